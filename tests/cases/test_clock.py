"""Time limits and what happens by time alone: over daylight saving, after days of a worker's sleep, once and in order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import people
from tests.cases.engine import MONDAY, begin, do, filed, lead, officer, permit, sweep, world
from xenia.access.standing import Standing
from xenia.cases.models import Case, CaseDeadline, CaseEvent
from xenia.errors import Conflict
from xenia.journal.models import Entry
from xenia.work.models import WorkItem

__all__ = ["lead", "officer", "permit", "world"]
pytestmark = pytest.mark.usefixtures("permit")


def _limit(case: Case, rule: str, state: str = "running") -> CaseDeadline:
    return case.deadlines.get(rule=rule, state=state)


@pytest.fixture(autouse=True)
def _state(settings) -> None:
    settings.XENIA_STATE = "CHE"  # a state with a zone that changes its clock on 29 March 2026


def test_a_limit_says_where_it_comes_from(officer: Standing) -> None:
    row = _limit(filed(officer), "answer")
    assert (row.due_on, row.calendar, row.length) == (date(2026, 3, 16), "CHE", "10 working days")
    assert row.basis == "Invented Act, section 4"
    assert row.computed_from.action == "file"
    assert row.due_at == datetime(2026, 3, 16, 23, 0, tzinfo=UTC)


def test_days_and_hours_survive_the_change_of_the_clock(officer: Standing) -> None:
    case = filed(officer, datetime(2026, 3, 27, 20, 0, tzinfo=UTC), hurried=True)
    assert _limit(case, "hurry").due_at == datetime(2026, 3, 29, 20, 0, tzinfo=UTC)
    assert _limit(case, "answer").due_at == datetime(2026, 4, 10, 22, 0, tzinfo=UTC)  # summer time
    assert _limit(case, "answer").due_on == date(2026, 4, 10)


def test_nothing_happens_a_moment_too_early(officer: Standing) -> None:
    case = filed(officer)
    at = _limit(case, "answer").due_at
    do(officer, case, "ask", at=at - timedelta(days=6))
    do(officer, case, "supply", at=at - timedelta(days=3))
    later = _limit(case, "answer").due_at
    assert later > at
    sweep(later - timedelta(seconds=1))
    assert Case.objects.get(pk=case.pk).state == "filed"
    sweep(later)
    assert Case.objects.get(pk=case.pk).state == "deemed_granted"


def test_a_worker_that_slept_catches_up_in_the_order_of_the_times(officer: Standing) -> None:
    case = filed(officer)
    long_after = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
    sweep(long_after)
    events = list(CaseEvent.objects.filter(case=case).order_by("number"))
    assert [(one.action, one.after) for one in events][2:] == [("deem", "deemed_granted"), ("lapse", "closed")]
    assert [one.at for one in events][2:] == [
        datetime(2026, 3, 16, 23, 0, tzinfo=UTC),
        datetime(2026, 6, 17, 22, 0, tzinfo=UTC),
    ]
    assert {one.recorded_at for one in events[2:]} == {long_after}
    assert {one.actor for one in events[2:]} == {"system:clock"}
    entry = Entry.objects.get(pk=events[2].entry)
    assert entry.occurred_at == events[2].at and entry.actor == "system:clock"


def test_sweeping_twice_changes_nothing(officer: Standing) -> None:
    case = filed(officer)
    at = _limit(case, "answer").due_at
    assert sweep(at) >= 1
    before = (CaseEvent.objects.count(), WorkItem.objects.count(), Entry.objects.count())
    assert sweep(at) == 0
    assert (CaseEvent.objects.count(), WorkItem.objects.count(), Entry.objects.count()) == before


def test_whoever_acts_too_late_finds_that_the_law_was_quicker(officer: Standing) -> None:
    case = filed(officer)
    with pytest.raises(Conflict) as caught:
        do(officer, case, "ask", at=_limit(case, "answer").due_at + timedelta(hours=1))
    assert caught.value.code == "case-state"
    assert Case.objects.get(pk=case.pk).state == "deemed_granted"


def test_a_limit_is_extended_once_and_the_old_row_stays(officer: Standing) -> None:
    case = filed(officer)
    do(officer, case, "prolong", at=MONDAY + timedelta(days=1))
    do(officer, case, "prolong", at=MONDAY + timedelta(days=2))
    rows = list(case.deadlines.filter(rule="answer").order_by("due_at"))
    assert [(row.state, row.due_on.isoformat(), row.extensions) for row in rows] == [
        ("replaced", "2026-03-16", 0),
        ("running", "2026-03-23", 1),
    ]


def test_a_suspended_limit_does_not_pass(officer: Standing) -> None:
    case = filed(officer)
    do(officer, case, "ask", at=MONDAY + timedelta(days=1))
    assert sweep(MONDAY + timedelta(days=60)) == 0
    do(officer, case, "supply", at=MONDAY + timedelta(days=61))
    assert _limit(case, "answer").due_on > date(2026, 5, 2)


def test_a_limit_without_action_becomes_a_work_item(officer: Standing) -> None:
    case = filed(officer, hurried=True)
    sweep(_limit(case, "hurry").due_at)
    item = WorkItem.objects.get(kind="cases.deadline")
    assert (item.subject, item.body["rule"], item.body["passed"]) == (str(case.pk), "hurry", True)
    do(officer, Case.objects.get(pk=case.pk), "ask", at=MONDAY + timedelta(days=3))
    item.refresh_from_db()
    assert item.outcome == "done"


def test_a_limit_that_is_near_is_told_once(officer: Standing) -> None:
    case = filed(officer)
    near = _limit(case, "answer").warn_at
    assert near == datetime(2026, 3, 12, 23, 0, tzinfo=UTC)  # the beginning of Friday, one working day before Monday
    assert sweep(near) == 1
    assert sweep(near) == 0
    assert WorkItem.objects.get(kind="cases.deadline").body == {
        "reference": case.reference, "rule": "answer", "passed": False,
    }  # fmt: skip


def test_a_case_that_fails_holds_up_no_other(officer: Standing, world: people.World) -> None:
    broken, sound = filed(officer), filed(officer)
    Case.objects.filter(pk=broken.pk).update(version=99)
    sweep(_limit(sound, "answer").due_at)
    assert Case.objects.get(pk=sound.pk).state == "deemed_granted"
    assert Case.objects.get(pk=broken.pk).state == "filed"
    assert begin(officer).state == "draft"
