"""Versions of messages on the pages: what an older one leaves out, before it is sent and afterwards; sending again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import people
from tests.cases.pages.conftest import browser, photographed
from tests.exchange import pair
from xenia.access.standing import Standing
from xenia.cases import actions
from xenia.cases.models import Case
from xenia.exchange import delivery
from xenia.exchange.models import Outgoing, Partner
from xenia.journal import blobs, clock
from xenia.work import proposals
from xenia.work.models import Proposal

TYPE = "readmission/application"
FORM: dict[str, Any] = {
    "category": "own_national",
    "person": {
        "surname": "Inventia", "given_names": "Mirabel", "nationality": "ARC", "language": "Arcadian",
        "description": "Tall; a scar on the left hand.",
    },
    "interview_requested": True,
}  # fmt: skip


@pytest.fixture
def world(db: None) -> people.World:
    return people.build()


@pytest.fixture
def other(world: people.World) -> Iterator[pair.Other]:
    made = pair.Other()
    pair.pin(made, world.operator)
    yield made


@pytest.fixture
def case(other: pair.Other, standing: Standing) -> Case:
    made = actions.start(
        standing, "readmission", side="requesting", profile="UTO-ARC", counterpart=pair.ADDRESS, form=FORM
    )
    photographed(standing, made)
    return made


def submitted(case: Case, standing: Standing, world: people.World) -> None:
    done = actions.act(standing, case.pk, "submit", reason="Complete.")
    assert done.proposal is not None
    proposals.approve(world.standing("lead", "case-lead", authority="UTO-MG"), done.proposal.pk)


def refused(other: pair.Other) -> None:
    """The partner signs that it does not read what was sent last."""
    row = Outgoing.objects.order_by("-number").first()
    assert row is not None
    token = other.answer(blobs.get(row.blob), "refused", clock.now(), "unknown-type")
    assert delivery.take_receipt(token, Partner.objects.get())


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_what_an_older_version_leaves_out_is_read_before_it_is_sent_and_by_the_second_person(
    other: pair.Other, case: Case, standing: Standing, world: people.World, officer: Client
) -> None:
    check = f"/cases/{case.pk}/do/submit/check/"
    assert "It cannot carry" not in text(officer.get(check))
    submitted(case, standing, world)
    refused(other)
    history = text(officer.get(f"/cases/{case.pk}/"))
    assert "Sent in version 1 of the message, since the other authority reads no newer one." in history
    assert "It could not carry: Language spoken, Physical description." in history
    again = actions.start(
        standing, "readmission", side="requesting", profile="UTO-ARC", counterpart=pair.ADDRESS, form=FORM
    )
    photographed(standing, again)
    check = f"/cases/{again.pk}/do/submit/check/"
    shown = text(officer.get(check))
    assert (
        "ARC/RET reads version 1 of this message only. It cannot carry: Language spoken, Physical description" in shown
    )
    officer.post(check, {"why": "Complete."})
    proposal = Proposal.objects.get(state="waiting")
    second = browser(world, "lead", "case-lead", "UTO-MG")
    shown = text(second.get(reverse("proposal", args=[proposal.pk])))
    assert "Version 1 of the message is sent. It cannot carry Language spoken, Physical description" in shown
    assert "Arcadian" not in shown


def test_what_nobody_over_there_read_is_sent_again_from_the_page_of_the_case(
    other: pair.Other, case: Case, standing: Standing, world: people.World, officer: Client
) -> None:
    submitted(case, standing, world)
    page = f"/cases/{case.pk}/"
    assert "Send it again" not in text(officer.get(page))
    refused(other)
    assert "Send it again" not in text(officer.get(page))  # the older version is on its way
    refused(other)
    shown = officer.get(page).content.decode()
    assert "The other authority did not read this message. Nothing of it is lost." in shown
    (at,) = re.findall(r'action="([^"]+/again/)"', shown)
    assert officer.get(at).status_code == 405
    reader = browser(world, "border", "first-line-officer", "UTO-BG")
    assert reader.post(at).status_code in (403, 404) and Outgoing.objects.count() == 2
    answer = officer.post(at)
    assert (answer.status_code, answer["Location"]) == (302, f"{page}#messages")
    assert list(Outgoing.objects.order_by("number").values_list("version", "state")) == [
        (2, "refused"), (1, "refused"), (2, "waiting"),
    ]  # fmt: skip
    assert "Send it again" not in text(officer.get(page))
    assert officer.post(at).status_code == 404 and Outgoing.objects.count() == 3
