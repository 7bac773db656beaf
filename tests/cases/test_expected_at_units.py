"""Who is expected, as a unit is told and finds it: for its post and the coming days, without a name, gone when the case moves on."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.cases.test_expected import Stand, _expect, _read, nobody_kept
from tests.frontier.conftest import at_lane, person, post
from xenia.access import epochs
from xenia.cases import catalogue, expected, facts
from xenia.cases.expected import at_units
from xenia.cases.expected.watch import EPOCH
from xenia.cases.models import Case, CaseEvent
from xenia.exchange.models import Partner
from xenia.frontier import actions as frontier
from xenia.journal import actions as journal
from xenia.registers.live import taking
from xenia.registers.live.models import LiveKey, LiveRecord, Withheld
from xenia.registers.search.ask import probe
from xenia.registers.search.question import Question

__all__ = ["at_lane", "nobody_kept", "post"]
TODAY = date(2026, 11, 22)


def planned(case: Case, **plan: Any) -> None:
    case.sealed = facts.seal(case, {"transfer": plan})
    case.save()


def take(said: Any) -> tuple[int, int]:
    return taking.take(*taking.read(json.loads(json.dumps(said)), ("expected",)))


def found(name: str, born: str, number: str = "") -> list[str]:
    asked: dict[str, Any] = {"id": "1", "name": name, "birth_date": born}
    if number:
        asked["document"] = {"type": "P", "issuing_state": person().issuer, "number": number}
    (some,) = at_units.find([probe(Question.from_json(asked, TODAY))])
    return [one.expected.reference for one in some]


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({}, True),
        ({"border_point": "UTO-T1", "date": "2026-11-24"}, True),
        ({"border_point": "uto-t1 ", "date": "2026-11-20"}, True),
        ({"border_point": "Somewhere", "date": "2026-11-24"}, True),
        ({"border_point": "UTO-T1", "date": "2026-12-24"}, False),
        ({"date": "never"}, True),
    ],
)
def test_units_are_told_who_comes_to_their_post_in_the_coming_days(post: str, plan: dict[str, str], told: bool) -> None:
    planned(_expect(person()), **plan)
    assert len(at_units.told("UTO-T1", TODAY)["keys"]["records"]) == told
    elsewhere = plan.get("border_point", "").strip().upper() == "UTO-T1"
    assert len(at_units.told("UTO-X9", TODAY)["keys"]["records"]) == (told and not elsewhere)


def test_what_changed_of_a_case_that_still_waits_is_written_at_the_unit(post: str, settings: Any) -> None:
    one = person()
    _expect(one)
    said = at_units.told(post, TODAY)
    settings.XENIA_UNIT = True
    assert take(said) == (1, 0)
    said["keys"]["records"][0]["says"]["reference"] = "RQ-CORRECTED"
    del said["keys"]["records"][0]["keys"]["D"]
    assert take(said) == (1, 0) and take(said) == (0, 0)
    assert found(f"{one.given_names} {one.surname}", one.born.isoformat()) == ["RQ-CORRECTED"]
    assert not LiveKey.objects.filter(record__register="expected", kind="D").exists()


def test_a_case_that_still_waits_is_told_anew_when_its_plan_changes(post: str) -> None:
    case = _expect(person())
    procedure, before = catalogue.of(case), epochs.read()[EPOCH]
    with journal.writing():
        expected.note(procedure, case.side, case.state, case.state)
    after = epochs.read()[EPOCH]
    assert after != before
    with journal.writing():
        expected.note(procedure, case.side, "received", "verifying")
    assert epochs.read()[EPOCH] == after


def test_a_person_is_known_without_a_name_and_forgotten_when_the_case_moves_on(post: str, settings: Any) -> None:
    one = person()
    case = _expect(one)
    name, born = f"{one.given_names} {one.surname}", one.born.isoformat()
    said = at_units.told(post, TODAY)
    for word in (one.surname, one.given_names, one.number, born):
        assert word not in json.dumps(said)
    settings.XENIA_UNIT = True
    assert take(said) == (1, 0) and take(said) == (0, 0)
    row = LiveRecord.objects.get(register="expected")
    assert row.id == case.id and LiveKey.objects.filter(record=row).exclude(kind__in="NUD").count() == 0
    assert found(name, born, one.number) == found(name, born) == found(name, born, "X1") == [case.reference]
    assert found(name, "1930-01-01") == found("Ulla Ybrantor", born) == found("Ulla Ybrantor", "1930-01-01") == []
    with journal.writing():
        Case.objects.filter(pk=case.pk).update(state="transferred")
        expected.note(catalogue.latest("readmission"), "requested", "transfer_confirmed", "transferred")
    assert take(at_units.told(post, TODAY)) == (0, 1)
    assert found(name, born, one.number) == [] and not Withheld.objects.exists()


def test_an_arrival_takes_the_person_off_what_units_are_told(at_lane: Stand) -> None:
    Partner.objects.create(address="CHE/SEM", name="Invented", state="CHE", opened_at=datetime.now(UTC))
    case, now = _expect(person()), datetime.now(UTC)
    CaseEvent.objects.create(
        case=case, number=1, action="confirm", actor="account:0", by="role", before="transfer_notified",
        after="transfer_confirmed", at=now, recorded_at=now,
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(moves=1)
    assert len(at_units.told("UTO-T1", TODAY)["keys"]["records"]) == 1
    frontier.admit(at_lane("first"), _read(at_lane, person()).id)
    case.refresh_from_db()
    assert case.state == "transferred" and at_units.told("UTO-T1", TODAY)["keys"]["records"] == []
