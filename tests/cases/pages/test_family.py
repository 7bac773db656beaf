"""A family member's case from the page of the main one: who may, what is filled in, what is linked, what is said when not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.cases.pages.conftest import APPLICATION, browser
from tests.people import World
from xenia.access.standing import Standing
from xenia.cases import actions, queries
from xenia.cases.models import Case, CaseDraft
from xenia.errors import Conflict
from xenia.journal.models import Entry, EntrySubject

FAMILY: dict[str, Any] = {
    **APPLICATION,
    "accelerated": True,
    "apprehended_on": "2026-11-20",
    "authority_file": "F 77",
    "person": {**APPLICATION["person"], "last_residence": "Old Street 4"},
    "family": [
        {"relation": "child", "surname": "Qvistgaard", "given_names": "Ottilie", "birth_date": "2019-05-06"},
        {"relation": "spouse", "surname": "Qvistgaard", "given_names": "Berit", "nationality": "AZE"},
    ],
}


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def main(standing: Standing) -> Case:
    """A family's main case, urgent, in draft."""
    return actions.start(
        standing, "readmission", side="requesting", profile="CH-AZ", counterpart="AZE/SMS", form=FAMILY, urgent=True
    )


def _at(main: Case) -> str:
    return f"/cases/{main.pk}/member/create/"


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}"[^>]* value="([^"]*)"', page)
    return found[1] if found else ""


def _finished(officer: Client, main: Case) -> Case:
    """What is still missing is answered; the case is opened."""
    for number in range(6):
        page = _text(officer.get(f"{_at(main)}{number}/"))
        if 'name="person.nationality"' in page:
            said = {name: _value(page, name) for name in re.findall(r' name="(person\.[^"]+)"', page)}
            assert officer.post(f"{_at(main)}{number}/", {**said, "person.nationality": "AZE"}).status_code == 302
    answer = officer.post(_at(main) + "check/")
    assert answer.status_code == 302, re.findall(r'class="errors".*?</div>', _text(answer))
    child = Case.objects.exclude(pk=main.pk).get()
    assert answer["Location"] == f"/cases/{child.pk}/"
    return child


def test_a_member_is_opened_from_the_main_case_with_what_the_family_shares(officer: Client, main: Case) -> None:
    assert f'href="{_at(main)}"' in _text(officer.get(f"/cases/{main.pk}/"))
    page = _text(officer.get(_at(main)))
    assert "Qvistgaard, Ottilie, 6 May 2019" in page and "Qvistgaard, Berit" in page and "AZE/SMS" in page
    assert re.search(r'name="urgent"[^>]* checked', page)
    answer = officer.post(_at(main), {"member": "family.0", "urgent": "on"})
    assert answer["Location"] == _at(main) + "0/"
    grounds = _text(officer.get(answer["Location"]))
    assert re.search(r'value="child" checked', grounds)
    assert _value(grounds, "apprehended_on") and re.search(r'name="accelerated" value="yes" checked', grounds)
    check = _text(officer.get(_at(main) + "check/"))
    assert "Ottilie" in check and "Old Street 4" in check and "F 77" in check
    assert "Anselm" not in check and "AX7654321" not in check and "Berit" not in check
    child = _finished(officer, main)
    assert (child.parent, child.profile, child.counterpart, child.urgent) == (main.pk, "CH-AZ", "AZE/SMS", True)
    assert not CaseDraft.objects.exists()
    shown = _text(officer.get(f"/cases/{main.pk}/"))
    assert f'href="/cases/{child.pk}/"' in shown and "Ottilie" in shown and child.reference in shown
    back = _text(officer.get(f"/cases/{child.pk}/"))
    assert f'href="/cases/{main.pk}/"' in back and "/member/" not in back


def test_names_of_the_family_are_journalled_as_read(officer: Client, main: Case, standing: Standing) -> None:
    child = actions.start(
        standing, "readmission", side="requesting", profile="CH-AZ", counterpart="AZE/SMS", form=APPLICATION, parent=main.pk
    )  # fmt: skip
    officer.get(f"/cases/{main.pk}/")
    last = Entry.objects.filter(kind="case.shown").order_by("-id").first()
    assert last is not None
    named = set(EntrySubject.objects.filter(entry_id=last.pk).values_list("subject", flat=True))
    assert named == {main.about, child.about}


def test_a_child_shows_its_state_and_the_light_of_its_next_limit(
    officer: Client, main: Case, standing: Standing
) -> None:
    child = actions.start(
        standing, "readmission", side="requesting", profile="CH-AZ", counterpart="AZE/SMS", form=FAMILY, parent=main.pk
    )
    found = queries.case(standing, main.pk).children
    assert [one.case.pk for one in found] == [child.pk]
    assert found[0].deadline is not None and found[0].deadline.case_id == child.pk
    assert {one.case_id for one in queries.case(standing, main.pk).deadlines} == {main.pk}
    part = re.search(r'<section[^>]* id="family">.*?</section>', _text(officer.get(f"/cases/{main.pk}/")))
    assert queries.case(standing, main.pk).duplicates == ()
    assert part and 'class="light ' in part[0] and '<span class="tag">' in part[0]


def test_whom_it_is_about_must_be_chosen_and_the_error_leads_to_the_choice(officer: Client, main: Case) -> None:
    answer = officer.post(_at(main), {})
    text = _text(answer)
    assert answer.status_code == 422 and "Error:" in text
    assert text.count("Choose who it is about") >= 2
    assert not CaseDraft.objects.exists()


def test_a_draft_is_kept_for_each_main_case_and_not_for_another_person(
    officer: Client, main: Case, standing: Standing
) -> None:
    other = actions.start(
        standing, "readmission", side="requesting", profile="CH-AZ", counterpart="AZE/SMS", form=FAMILY
    )
    officer.post(_at(main), {"member": "family.0"})
    officer.post(_at(main) + "0/", {"category": "child", "apprehended_at": "Bridge Seven", "_go": "later"})
    listed = _text(officer.get("/cases/"))
    assert f'href="{_at(main)}"' in listed and main.reference in listed
    assert "Bridge Seven" not in _text(officer.get(_at(other) + "check/"))
    assert officer.get(_at(other) + "0/")["Location"] == _at(other)
    assert officer.get("/cases/new/readmission/create/0/")["Location"] == "/cases/new/readmission/create/"
    officer.post(_at(main), {"member": "family.0"})
    assert "Bridge Seven" in _text(officer.get(_at(main) + "0/"))
    officer.post(_at(main), {"member": "family.1"})
    check = _text(officer.get(_at(main) + "check/"))
    assert "Bridge Seven" not in check and "Ottilie" not in check and "Berit" in check
    assert officer.post(_at(main) + "discard/")["Location"] == f"/cases/{main.pk}/"
    assert not CaseDraft.objects.exists()


def test_somebody_who_is_not_listed_begins_with_what_is_shared_only(officer: Client, main: Case) -> None:
    officer.post(_at(main), {"member": "other"})
    check = _text(officer.get(_at(main) + "check/"))
    assert "Old Street 4" in check and "Qvistgaard" not in check


def test_no_member_under_a_case_that_is_over_or_is_a_member_itself(
    officer: Client, main: Case, standing: Standing
) -> None:
    child = actions.start(
        standing, "readmission", side="requesting", profile="CH-AZ", counterpart="AZE/SMS", form=APPLICATION, parent=main.pk
    )  # fmt: skip
    assert officer.get(_at(child)).status_code == 404
    Case.objects.filter(pk=main.pk).update(counterpart="AZE/OTHER")
    for parent in (child, main):
        with pytest.raises(Conflict) as refused:
            _under(standing, parent)
        assert refused.value.code == "case-parent"
    Case.objects.filter(pk=main.pk).update(counterpart="AZE/SMS")
    officer.post(_at(main), {"member": "other"})
    actions.act(standing, main.pk, "discard")
    assert "/member/" not in _text(officer.get(f"/cases/{main.pk}/"))
    for at in ("", "0/", "check/"):
        assert officer.get(_at(main) + at).status_code == 404, at
    with pytest.raises(Conflict) as over:
        _under(standing, main)
    assert over.value.code == "case-parent"
    assert Case.objects.count() == 2


def _under(standing: Standing, parent: Case) -> Case:
    return actions.start(
        standing, "readmission", side="requesting", profile="CH-AZ", counterpart="AZE/SMS", form=APPLICATION,
        parent=parent.pk,
    )  # fmt: skip


def test_who_opens_no_such_cases_finds_no_door(world: World, main: Case) -> None:
    border = browser(world, "border", "first-line-officer", "UTO-BG")
    consul = browser(world, "consul", "consular-officer", "UTO-MG")
    asylum = browser(world, "asylum", "asylum-officer", "UTO-AS")
    assert "/member/" not in _text(consul.get(f"/cases/{main.pk}/"))
    for at in ("", "0/", "check/"):
        assert border.get(_at(main) + at).status_code == 403, at
        assert consul.get(_at(main) + at).status_code == 404, at
        assert asylum.get(_at(main) + at).status_code in (403, 404), at
    assert consul.post(_at(main), {"member": "other"}).status_code == 404
    assert Case.objects.count() == 1


def test_a_case_of_the_other_side_takes_no_member_here(officer: Client, main: Case) -> None:
    Case.objects.filter(pk=main.pk).update(side="requested")
    assert officer.get(_at(main)).status_code == 404
    assert "/member/" not in _text(officer.get(f"/cases/{main.pk}/"))
