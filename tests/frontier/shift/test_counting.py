"""Counting: by the post's own days, taken-back decisions apart, nothing of alerts that the booth must not notice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.frontier.conftest import POST, passport, person
from tests.frontier.shift.conftest import ZONE
from xenia.errors import NotAllowed, NotFound
from xenia.frontier import actions
from xenia.frontier.models import Crossing
from xenia.frontier.shift import board, chores, counting, periods, reports
from xenia.frontier.shift.counts import added
from xenia.frontier.shift.models import DayCount
from xenia.journal import rebuild


def _day(now: datetime, back: int):
    return periods.local(now, ZONE).date() - timedelta(days=back)


def _at(now: datetime, back: int, hour: int) -> datetime:
    return periods.bounds(_day(now, back), ZONE)[0] + timedelta(hours=hour)


def test_a_day_is_the_local_day_of_the_post(travellers, now) -> None:
    travellers.admitted(_at(now, 2, 0))
    travellers.admitted(_at(now, 2, 23))
    travellers.admitted(_at(now, 3, 23))
    made = counting.count(POST, ZONE, [_day(now, 2)])
    assert made.total("direction") == 2
    assert set(made.rows("hour")) == {"00", "23"}


def test_taken_back_is_counted_apart(travellers, at_lane, now) -> None:
    kept, back = travellers.admitted(), travellers.admitted()
    actions.take_back(at_lane("first"), back.id)
    made = counting.count(POST, ZONE, [kept.local_date])
    assert made.rows("direction")["entry"] == {"entry.admitted": 1, "taken-back": 1}
    assert made.total("direction") == 1 and made.total("nationality") == 1 and made.total("hour") == 1


def test_a_span_counts_from_its_beginning_and_before_its_end(travellers, now) -> None:
    begin = _at(now, 2, 8)
    for minutes in (-1, 0, 59, 60):
        travellers.admitted(begin + timedelta(minutes=minutes))
    made = counting.count(POST, ZONE, [_day(now, 2)], begin, begin + timedelta(hours=1))
    assert made.total("direction") == 2


def test_hits_are_counted_by_register_band_and_outcome_and_silent_ones_never(travellers, at_lane, alert, now) -> None:
    hidden, seen = person("UX5000001", "Silentia", "Una"), person("UX5000002", "Ruvenholt", "Ane")
    alert(hidden, "CHK-D")
    alert(seen, "REF-B")
    standing = at_lane("first")
    check = actions.check_text(standing, "L1", passport(hidden), "entry")
    actions.admit(standing, check.id)
    stopped = actions.check_text(standing, "L1", passport(seen), "entry")
    actions.refer(standing, stopped.id, "Hit.")
    made = counting.count(POST, ZONE, [periods.local(now, ZONE).date()])
    assert sum(row["open"] for row in made.rows("hit").values()) == 1
    assert made.total("hit") == 1 and made.total("check", "admitted") == 1


def test_days_that_are_over_are_counted_once_and_young_ones_again(travellers, now) -> None:
    travellers.admitted(_at(now, 5, 9))
    travellers.admitted(_at(now, 1, 9))
    assert chores.count_days(now) == 5, "days without travellers count too"
    assert DayCount.objects.get(on=_day(now, 5)).crossings == 1 and DayCount.objects.get(on=_day(now, 3)).crossings == 0
    assert chores.count_days(now) == 0
    late = travellers.admitted(_at(now, 1, 10))
    assert chores.count_days(now) == 1 and DayCount.objects.get(on=_day(now, 1)).crossings == 2
    Crossing.objects.filter(id=late.id).update(taken_back_at=now)
    assert chores.count_days(now) == 1 and DayCount.objects.get(on=_day(now, 1)).taken_back == 1
    assert chores.count_days(now) == 0


def test_stored_days_and_rows_give_the_same_counts(travellers, now) -> None:
    for back in (1, 2, 9):
        travellers.admitted(_at(now, back, 7 + back), direction="entry")
    days, today = [_day(now, back) for back in range(12)], _day(now, 0)
    before = added(counting.by_day(POST, ZONE, days, today).values()).to_json()
    while chores.count_days(now):
        pass
    assert added(counting.by_day(POST, ZONE, days, today).values()).to_json() == before


def test_a_month_asks_few_questions_once_its_days_are_counted(travellers, sup, now) -> None:
    for back in range(1, 28):
        travellers.admitted(_at(now, back, 9))
    while chores.count_days(now):
        pass
    with CaptureQueriesContext(
        connection,
    ) as asked:
        reports.report(sup, periods.period("month", _day(now, 20)))
    assert len(asked) < 25, [one["sql"] for one in asked]


def test_counts_survive_forgetting_and_hold_no_person(travellers, now) -> None:
    crossing = travellers.admitted(_at(now, 1, 9))
    chores.count_days(now)
    held = json.dumps(DayCount.objects.get().counts).lower()
    assert "quorndale" not in held and "ux10" not in held and str(crossing.identity) not in held


def test_the_projection_of_days_agrees_with_the_entries(travellers, at_lane, now) -> None:
    travellers.admitted()
    back = travellers.admitted()
    actions.take_back(at_lane("first"), back.id)
    tomorrow = now + timedelta(days=1)
    chores.count_days(tomorrow)
    projection = next(one for one in rebuild.projections() if one.name == "days of a post")
    compared, erased, differences = rebuild.check(projection)
    assert compared == 1 and not erased and not differences
    DayCount.objects.update(crossings=7)
    assert [one.kind for one in rebuild.check(projection)[2]] == ["different"]


def test_usual_needs_enough_past_days_of_the_same_weekday(travellers, sup, now) -> None:
    assert board.board(sup).today.band is None and board.board(sup).today.days == 0
    for week in range(1, 6):
        for _one in range(3):
            travellers.admitted(_at(now, 7 * week, 0))
    while chores.count_days(now):
        pass
    today = board.board(sup).today
    assert today.days == 5
    band = today.hours[0].band
    assert band is not None and band.mean == 3 and band.days == 5


def test_another_authoritys_post_is_not_there(sup, post) -> None:
    from dataclasses import replace

    from xenia.access import actions as access
    from xenia.access import place_actions

    operator = access.operator_standing("operator")
    place_actions.make_authority(operator, "UTO-XX", "Other", kind="border")
    place_actions.make_post(operator, "UTO-X1", "Elsewhere", authority="UTO-XX", zone="UTC", border="land")
    elsewhere = replace(sup, post="UTO-X1")
    for ask in (
        lambda: reports.report(elsewhere, periods.period("day", datetime.now(UTC).date())),
        lambda: board.board(elsewhere),
    ):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(NotAllowed):
        board.board(replace(sup, post=None))


def test_officers_on_duty_are_those_with_a_running_session(client_of, sup) -> None:
    client_of("sup")
    view = board.board(sup)
    assert [one.name for one in view.elsewhere] == ["Supervisor sup"] and view.standing_at == 0


def test_staffing_speaks_of_the_post_as_a_whole(travellers, sup, now) -> None:
    for _one in range(31):
        travellers.admitted()
    Crossing.objects.update(seconds=33)
    staffing = board.board(sup).staffing
    assert staffing.handling_s == 33 and staffing.measured == 31 and staffing.now is not None
    assert staffing.now.capacity == pytest.approx(20)


def test_hours_asked_at_once_are_those_that_are_counted(travellers, at_lane, now) -> None:
    for hour in (0, 5, 5, 23):
        travellers.admitted(_at(now, 1, hour))
    back = travellers.admitted()
    actions.take_back(at_lane("first"), back.id)
    hours, totals = counting.hours_of(POST, ZONE, _day(now, 1))
    counted = counting.count(POST, ZONE, [_day(now, 1)]).rows("hour")
    assert hours == [sum(counted.get(f"{hour:02d}", {}).values()) for hour in range(24)] and sum(hours) == 4
    assert totals == {"admitted": 4, "refused": 0, "taken-back": 0}
    assert counting.hours_of(POST, ZONE, _day(now, 0))[1] == {"admitted": 0, "refused": 0, "taken-back": 1}
    assert sum(counting.hours_of(POST, "Europe/Paris", datetime(2026, 3, 29, tzinfo=UTC).date())[0]) == 0
