"""Who is expected: found at the booth, told calmly, closed by the admission, and never at the cost of other travellers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.frontier.conftest import alert, at_lane, passport, person, post
from xenia.access import actions as access
from xenia.access import epochs, place_actions
from xenia.access.standing import Standing
from xenia.cases import actions as cases
from xenia.cases import catalogue, expected, facts
from xenia.cases.expected import border, lookup
from xenia.cases.models import Case, CaseEvent, CaseKey
from xenia.errors import Conflict, NotAllowed
from xenia.formats.dates import PartialDate
from xenia.frontier import actions as frontier
from xenia.frontier.models import Check
from xenia.frontier.rules import LISTS
from xenia.identity import actions as identity
from xenia.identity.claim import Claimed, Document, Name
from xenia.journal import actions as journal
from xenia.journal.models import Entry, EntrySubject
from xenia.site.demo.people import Person
from xenia.work.models import WorkItem

__all__ = ["alert", "at_lane", "post"]

REFERENCE = "RQ-2026-17"
UNTIL = date(2030, 1, 1)
Stand = Callable[..., Standing]


@pytest.fixture(autouse=True)
def nobody_kept() -> None:
    """Tests share a process; the counter of one is another's."""
    lookup._kept = None


def _expect(one: Person, state: str = "transfer_confirmed") -> Case:
    """A case of this person in that state at the requested side, as the engine leaves it."""
    procedure, now = catalogue.latest("readmission"), datetime.now(UTC)
    act = access.operator_standing("operator").act("readmission", "case:test", owner="UTO-BG")
    claim = Claimed(
        (Name(one.surname, one.given_names),),
        PartialDate.parse(one.born.isoformat()),
        one.sex,
        one.nationality,
        (Document("P", one.issuer, one.number),),
    )
    with journal.writing():
        who, entry = identity.note(claim, act, source="case", now=now, delete_on=UNTIL)
        journal.append_many([entry])
        case = Case(
            reference=REFERENCE, procedure=procedure.id, version=procedure.version, hash=procedure.hash,
            profile=sorted(procedure.profiles)[0], side="requested", state=state, owner="UTO-BG", counterpart="CHE/SEM",
            identity=who, opened_at=now, changed_at=now,
        )  # fmt: skip
        case.sealed = facts.seal(case, {"application": {"category": "own_national", "person": {"surname": "Secret"}}})
        case.save(force_insert=True)
        CaseKey.objects.bulk_create(CaseKey(case=case, kind=k, key=key) for k, key in facts.search_keys(claim))
        expected.note(procedure, "requested", "", state)
    return case


def _arrives(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the engine is told; it marks the case without sending anything."""
    told: list[tuple[Any, ...]] = []

    def arrived(standing: Standing, case_id: Any, form: Any, act: Any) -> None:
        assert connection.in_atomic_block
        told.append((standing.account, case_id, dict(form), act.reference))
        Case.objects.filter(id=case_id).update(state="transferred")

    monkeypatch.setattr(cases, "arrived", arrived)
    return told


def _read(at_lane: Stand, one: Person, direction: str = "entry", lane: str = "L1") -> Any:
    return frontier.check_text(at_lane("first", lane), lane, passport(one), direction)


def test_the_officer_reads_who_hands_over_and_nothing_of_the_case(at_lane: Stand) -> None:
    _expect(person())
    view = _read(at_lane, person())
    told = next(fact for fact in view.facts if REFERENCE in fact)
    assert told == f"Expected: readmission {REFERENCE}, hand-over from Switzerland"
    assert {one.code for one in view.findings} <= set(LISTS) and not view.hits and "Secret" not in repr(view)
    assert next(one for one in view.asked if one.register == "expected").found is False


def test_the_read_of_the_register_is_on_record(at_lane: Stand) -> None:
    case = _expect(person())
    _read(at_lane, person())
    entry = Entry.objects.filter(kind="frontier.checked").order_by("-recorded_at").first()
    assert entry is not None and EntrySubject.objects.filter(entry=entry.id, subject=case.identity).exists()


def test_admitting_closes_the_case_in_the_same_transaction(at_lane: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    case, told = _expect(person()), _arrives(monkeypatch)
    view = _read(at_lane, person())
    frontier.admit(at_lane("first"), view.id)
    case.refresh_from_db()
    assert case.state == "transferred"
    ((account, which, form, reference),) = told
    assert account == at_lane("first").account and which == case.id and reference == f"check:{view.id}"
    assert form["border_point"] == "UTO-T1" and form["arrived_at"]


def test_an_admission_that_fails_leaves_the_case_open(at_lane: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _ = _expect(person()), _arrives(monkeypatch)
    view = _read(at_lane, person())
    Check.objects.filter(id=view.id).update(state="put-aside")
    with pytest.raises(Conflict):
        frontier.admit(at_lane("first"), view.id)
    case.refresh_from_db()
    assert case.state == "transfer_confirmed"


def test_a_case_that_cannot_move_keeps_nobody_out(at_lane: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _expect(person())

    def moved(*_: Any) -> None:
        raise Conflict("The case has moved.", code="case-moved")

    monkeypatch.setattr(cases, "arrived", moved)
    view = _read(at_lane, person())
    frontier.admit(at_lane("first"), view.id)
    assert Check.objects.get(id=view.id).state == "admitted"
    assert WorkItem.objects.get(kind="cases.task", subject=str(case.id)).body["why"] == "arrived-but-not-noted"


def test_the_first_line_does_not_refuse_whom_the_state_expects(at_lane: Stand) -> None:
    _expect(person(nationality="USA"))
    view = _read(at_lane, person(nationality="USA"))
    assert not view.keys["refuse"].allowed and view.keys["refer"].allowed
    with pytest.raises(NotAllowed):
        frontier.refuse(at_lane("first"), view.id, ["C"], {})


def test_a_refusal_by_the_second_line_is_told_to_the_case(at_lane: Stand) -> None:
    case = _expect(person(nationality="USA"))
    view = _read(at_lane, person(nationality="USA"))
    item = frontier.refer(at_lane("first"), view.id, "Please look.")
    second = at_lane("second", None)
    frontier.claim_referral(second, item)
    frontier.answer_referral(second, item, "refuse", "", ["C"])
    task = WorkItem.objects.get(kind="cases.task", subject=str(case.id))
    assert task.body["why"] == "refused-at-the-border" and task.owner == case.owner


def test_the_second_line_admits_and_the_case_closes(at_lane: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    case, told = _expect(person()), _arrives(monkeypatch)
    item = frontier.refer(at_lane("first"), _read(at_lane, person()).id, "Please look.")
    second = at_lane("second", None)
    frontier.claim_referral(second, item)
    frontier.answer_referral(second, item, "admit", "All in order.")
    assert [one[1] for one in told] == [case.id]


def test_an_admission_taken_back_is_told_to_the_cases_people(at_lane: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _ = _expect(person()), _arrives(monkeypatch)
    view = _read(at_lane, person())
    crossing = frontier.admit(at_lane("first"), view.id)
    now = datetime.now(UTC)
    CaseEvent.objects.create(
        case=case, number=1, action="arrive", actor=at_lane("first").actor, by="border", after="transferred", at=now,
        recorded_at=now,
    )  # fmt: skip
    frontier.take_back(at_lane("first"), crossing)
    assert WorkItem.objects.get(kind="cases.task", subject=str(case.id)).body["why"] == "admission-taken-back"


@pytest.mark.parametrize(
    "other",
    [
        person("UX7654321", born=date(1971, 2, 3)),
        person("UX7654321", "Ybrantor", "Ulla"),
    ],
    ids=["a namesake", "somebody else"],
)
def test_others_are_told_nothing(at_lane: Stand, other: Person) -> None:
    _expect(person())
    assert not any("Expected" in fact for fact in _read(at_lane, other).facts)


def test_who_travels_on_another_document_is_known_by_name_and_birth_date(at_lane: Stand) -> None:
    _expect(person())
    assert any(REFERENCE in fact for fact in _read(at_lane, person("UX9990001")).facts)


def test_who_leaves_is_not_arriving(at_lane: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    _expect(person())
    told = _arrives(monkeypatch)
    view = _read(at_lane, person(), "exit", "L2")
    assert not any(REFERENCE in fact for fact in view.facts)
    frontier.admit(at_lane("first", "L2"), view.id)
    assert told == []


def test_nobody_is_expected_before_the_transfer_is_confirmed(at_lane: Stand) -> None:
    _expect(person(), state="accepted")
    view = _read(at_lane, person())
    assert not any(REFERENCE in fact for fact in view.facts)
    assert not any(one.register == "expected" for one in view.asked), "and nobody is asked about"


def _statements(at_lane: Stand, one: Person) -> int:
    with epochs.one_request(), CaptureQueriesContext(connection) as asked:
        _read(at_lane, one)
    return len(asked)


def test_a_lane_pays_nothing_while_nobody_is_expected_and_nothing_for_others(at_lane: Stand) -> None:
    other = person("UX7654321", "Ybrantor", "Ulla")
    for _ in range(3):
        _read(at_lane, other)
    before = _statements(at_lane, other)
    _expect(person())
    with CaptureQueriesContext(connection) as asked, epochs.one_request():
        lookup.by_key()
    assert sum("cases_casekey" in one["sql"] for one in asked) == 1, "read once when it has changed"
    assert _statements(at_lane, other) == before
    assert _statements(at_lane, person()) <= before + 1


def test_on_the_word_of_a_unit_only_what_its_post_was_told_of_is_closed(
    at_lane: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, told = _expect(person()), _arrives(monkeypatch)
    operator = access.operator_standing("operator")
    place_actions.make_post(operator, "UTO-FAR", "Far Pass", authority="UTO-BG", zone="Asia/Tbilisi", border="land")
    here = at_lane("first")

    def arrives(planned_at: str) -> int:
        Case.objects.filter(id=case.id).update(sealed=facts.seal(case, {"transfer": {"border_point": planned_at}}))
        with journal.writing():
            act = here.act("border-first-line", "check:test")
            return border.arrived(here, [case.id], datetime.now(UTC), act, planned=True)

    assert arrives("Far Pass") == 0 and told == []
    assert WorkItem.objects.get(kind="cases.task", subject=str(case.id)).body["why"] == "arrived-but-not-noted"
    assert arrives("Testing") == 1 and len(told) == 1
