"""Which cases follow an older version, and the page that moves one to the newest: two persons, in words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cases.engine import FORM, PERMIT, PERSON
from tests.cases.pages.conftest import browser
from tests.people import World
from xenia.access.standing import Standing
from xenia.cases import actions, catalogue
from xenia.cases.models import Case, CaseEvent
from xenia.work import proposals
from xenia.work.models import Proposal


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """A second version of the small procedure: called with pairs of old and new text; known until the test ends."""
    with catalogue.reading(PERMIT):
        reading: list[Any] = []

        def made(*changes: tuple[str, str]) -> None:
            folder = tmp_path / "permit"
            shutil.copytree(PERMIT, folder)
            for file, old, new in (("procedure.yaml", "version: 1", "version: 2"), *(("*", *one) for one in changes)):
                for path in (folder / "procedure.yaml", folder / "locale/en.yaml"):
                    if file in ("*", path.name):
                        path.write_text(path.read_text().replace(old, new))
            context = catalogue.reading(folder)
            context.__enter__()
            reading.append(context)
            assert catalogue.latest("permit").version == 2, catalogue.faulty()

        yield made
        for context in reading:
            context.__exit__(None, None, None)


def _filed(standing: Standing, surname: str = "Inventia") -> Case:
    case = actions.start(standing, "permit", form={**FORM, "person": {**PERSON, "surname": surname}})
    return actions.act(standing, case.pk, "file").case


def test_the_page_of_a_procedure_counts_open_cases_by_version_and_leads_to_them(
    officer: Client, standing: Standing, newer: Callable[..., None]
) -> None:
    old, over = _filed(standing), _filed(standing, "Secunda")
    actions.act(standing, over.pk, "end")
    newer()
    young = actions.start(standing, "permit", form=FORM)
    page = _text(officer.get("/cases/procedures/permit/"))
    part = re.search(r'id="versions">.*?</section>', page)
    assert part and part[0].count("one case") == 2
    at = re.search(r'href="(/cases/\?[^"]*version=1)"', part[0])
    assert at
    listed = _text(officer.get(at[1].replace("&amp;", "&")))
    assert old.reference in listed and over.reference not in listed and young.reference not in listed
    assert 'name="version"' in listed and '<option value="1" selected>' in listed
    odd = officer.get("/cases/?which=all&procedure=permit&version=nonsense")
    assert odd.status_code == 200 and young.reference in _text(odd)


def test_a_case_follows_the_newest_version_when_a_second_person_approves(
    lead: Client, standing: Standing, world: World, newer: Callable[..., None]
) -> None:
    case = _filed(standing)
    assert "/version/" not in _text(lead.get(f"/cases/{case.pk}/"))
    newer(("state.filed: Filed", "state.filed: Lodged"), ("10 working days", "20 working days"))
    at = f"/cases/{case.pk}/version/"
    assert f'href="{at}"' in _text(lead.get(f"/cases/{case.pk}/"))
    page = _text(lead.get(at))
    assert "Filed" in page and "Lodged" in page and 'name="state"' not in page
    assert "Answer" in page and "Its rule has changed" in page
    assert lead.post(at, {"why": " "}).status_code == 422
    assert not Proposal.objects.exists()
    assert lead.post(at, {"why": "New rules."})["Location"] == f"/cases/{case.pk}/"
    proposal = Proposal.objects.get(action="cases.migrate")
    waiting = _text(lead.get(at))
    assert f"/proposals/{proposal.pk}/" in waiting and "<textarea" not in waiting
    case.refresh_from_db()
    assert case.version == 1
    lead.post(reverse("proposal-decide", args=[proposal.pk]), {"decision": "approve"})
    case.refresh_from_db()
    assert case.version == 1
    second = browser(world, "lara", "case-lead", "UTO-MG")
    assert "Lodged" in _text(second.get(reverse("proposal", args=[proposal.pk])))
    proposals.approve(world.standing("lara", "case-lead", authority="UTO-MG"), proposal.pk)
    case.refresh_from_db()
    assert (case.version, case.state) == (2, "filed")
    assert CaseEvent.objects.filter(case=case, action="migrate").count() == 1
    assert lead.get(at).status_code == 404


def test_a_state_that_is_gone_needs_a_choice(
    lead: Client, standing: Standing, world: World, newer: Callable[..., None]
) -> None:
    case = _filed(standing)
    newer(("filed", "lodged"), ("state.lodged: Filed", "state.lodged: Lodged"))
    at = f"/cases/{case.pk}/version/"
    page = _text(lead.get(at))
    assert 'name="state"' in page and "does not know this state" in page
    options = set(re.findall(r'<option value="(\w+)"', page))
    assert "lodged" in options and not options & {"filed", "closed"}
    answer = lead.post(at, {"why": "New rules."})
    assert answer.status_code == 422
    assert _text(answer).count("Choose the state in the new version") >= 2
    assert lead.post(at, {"why": "New rules.", "state": "closed"}).status_code == 422
    assert lead.post(at, {"why": "New rules.", "state": "lodged"}).status_code == 302
    proposal = Proposal.objects.get(action="cases.migrate")
    assert "Lodged" in _text(lead.get(reverse("proposal", args=[proposal.pk])))
    proposals.approve(world.standing("lara", "case-lead", authority="UTO-MG"), proposal.pk)
    case.refresh_from_db()
    assert (case.version, case.state) == (2, "lodged")


def test_a_deadline_that_is_gone_is_said(lead: Client, standing: Standing, newer: Callable[..., None]) -> None:
    case = _filed(standing)
    newer(("  answer:\n    starts: file", "  reply:\n    starts: file"), ("deadline.answer:", "deadline.reply:"))
    assert "The new version has no such deadline" in _text(lead.get(f"/cases/{case.pk}/version/"))


def test_who_may_not_decide_or_reach_the_case_finds_no_door(
    officer: Client, standing: Standing, world: World, newer: Callable[..., None]
) -> None:
    case = _filed(standing)
    newer()
    at = f"/cases/{case.pk}/version/"
    assert at not in _text(officer.get(f"/cases/{case.pk}/"))
    assert officer.get(at).status_code == 403
    assert officer.post(at, {"why": "New rules."}).status_code == 403
    stranger = browser(world, "stranger", "case-lead", "UTO-AS")
    assert stranger.get(at).status_code in (403, 404)
    assert not Proposal.objects.exists()
