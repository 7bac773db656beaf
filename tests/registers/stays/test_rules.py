"""The short-stay rule: every vector of the domain notes, the edges, and random lives against the plainest reading."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenia.registers.stays import rules
from xenia.registers.stays.rules import Limit, Stay, Visa, allowance, local_day, situation
from xenia.site.soak import stays as lives


def day(text: str) -> date:
    return date.fromisoformat(text)


def stay(text: str, *, counted: bool = True) -> Stay:
    begin, _, end = text.partition("/")
    return Stay(day(begin), day(end) if end else None, counted)


def stays(*texts: str) -> list[Stay]:
    return [stay(text) for text in texts]


FIRST_QUARTER = "2026-01-01/2026-03-31"


@pytest.mark.parametrize(
    ("name", "lived", "on", "used", "lawful"),
    [
        ("V1", ["2026-03-10/2026-03-10"], "2026-03-10", 1, True),
        ("V2", [FIRST_QUARTER], "2026-03-31", 90, True),
        ("V3", ["2026-01-01/2026-04-01"], "2026-04-01", 91, False),
        ("V4", ["2026-01-10/2026-02-08", "2026-05-01/2026-06-29"], "2026-06-29", 90, True),
        ("V5", ["2026-02-01/2026-02-10", "2026-02-10/2026-02-20"], "2026-02-20", 20, True),
        ("V6", ["2028-02-01/2028-03-01"], "2028-03-01", 30, True),
        ("L2", [FIRST_QUARTER], "2026-06-29", 91, False),
    ],
)
def test_days_used(name, lived, on, used, lawful):
    found = situation(stays(*lived), day(on))
    assert (found.used_days, found.lawful) == (used, lawful)
    assert found.remaining_days == max(0, 90 - used)


@pytest.mark.parametrize(
    ("name", "lived", "entry", "latest"),
    [
        ("L1", [], "2026-01-01", "2026-03-31"),
        ("L2", [FIRST_QUARTER], "2026-06-29", None),
        ("L3", [FIRST_QUARTER], "2026-06-30", "2026-09-27"),
        ("L4", ["2026-01-01/2026-01-30"], "2026-04-01", "2026-05-30"),
        ("L5", ["2026-01-01/2026-03-01"], "2026-05-15", "2026-06-13"),
    ],
)
def test_the_latest_lawful_exit(name, lived, entry, latest):
    found = situation(stays(*lived), day(entry)).latest_exit
    assert found == (day(latest) if latest else None)
    begun = stays(*lived, entry)  # the same while the stay is open
    assert situation(begun, day(entry)).latest_exit == found


def test_the_allowance_grows_while_old_days_leave_the_window():
    lived = stays("2026-01-01/2026-02-09")  # 40 days, the first of which leaves the window on 30 June
    found = situation(lived, day("2026-06-15"))
    assert found.remaining_days == 49
    assert found.latest_exit == day("2026-09-12")  # all 90 days, since each old day leaves before it is missed


@pytest.mark.parametrize("on", ["2026-03-31", "2026-04-01", "2026-06-29"])
def test_l6_the_earliest_reentry_is_after_ninety_full_days_outside(on):
    assert situation(stays(FIRST_QUARTER), day(on)).earliest_reentry == day("2026-06-30")


def test_a_day_of_presence_moves_the_reentry_and_a_day_turned_back_does_not():
    assert situation(stays("2026-01-01"), day("2026-04-01")).earliest_reentry == day("2026-07-01")
    assert situation(stays(FIRST_QUARTER), day("2026-04-01")).earliest_reentry == day("2026-06-30")


def test_who_has_days_left_may_come_again_the_next_day():
    assert situation([], day("2026-01-01")).earliest_reentry == day("2026-01-02")


@pytest.mark.parametrize(
    ("lived", "on", "used"),
    [
        (["2026-02-01/2026-02-01", "2026-02-01/2026-02-01"], "2026-02-01", 1),
        (["2026-02-01/2026-02-10", "2026-02-05/2026-02-07"], "2026-02-10", 10),
        (["2026-02-01"], "2026-02-10", 10),
        (["2026-02-01", "2026-02-05/2026-02-06"], "2026-02-10", 10),
        (["2026-02-01/2026-02-03"], "2026-02-10", 4),
        (["2026-03-01/2026-03-10"], "2026-02-10", 1),
        (["2024-02-28/2024-03-01"], "2024-03-01", 3),
        (["2025-02-28/2025-03-01"], "2025-03-01", 2),
        (["2026-01-01/2026-01-10"], "2026-06-29", 11),
        (["2026-01-01/2026-01-10"], "2026-06-30", 10),
    ],
)
def test_edges_of_counting(lived, on, used):
    assert situation(stays(*lived), day(on)).used_days == used


def test_days_under_a_permit_do_not_count():
    lived = [stay("2026-01-01/2026-05-31", counted=False), stay("2026-06-01/2026-06-10")]
    assert situation(lived, day("2026-06-10")).used_days == 10


def test_a_day_both_of_a_permit_and_of_a_short_stay_counts():
    lived = [stay("2026-01-01/2026-06-01", counted=False), stay("2026-06-01/2026-06-02")]
    assert situation(lived, day("2026-06-02")).used_days == 2


def test_another_limit_can_be_asked_about():
    found = situation([], day("2026-01-01"), Limit(30, 60, "an agreement", "design"))
    assert (found.remaining_days, found.latest_exit) == (29, day("2026-01-30"))


@pytest.mark.parametrize("numbers", [(0, 180), (180, 180), (200, 180)])
def test_a_limit_without_end_is_none(numbers):
    with pytest.raises(ValueError, match="limit"):
        Limit(*numbers, "", "")


def test_the_limit_carries_its_source():
    law = rules.short_stay(day("2026-01-01"))
    assert (law.days, law.window_days, law.confidence) == (90, 180, "read")
    assert "2016/399" in law.source
    assert rules.short_stay(day("1990-01-01")) == law


ON = "2026-06-01"


@pytest.mark.parametrize(
    ("visa", "under", "until", "by"),
    [
        (Visa(), [], "2026-08-29", "short-stay"),
        (Visa(valid_until=day("2026-06-20")), [], "2026-06-20", "visa-validity"),
        (Visa(days=15), [], "2026-06-15", "visa-days"),
        (Visa(days=15), ["2026-05-01/2026-05-10"], "2026-06-05", "visa-days"),
        (Visa(days=10), ["2026-05-01/2026-05-10"], None, "visa-days"),
        (Visa(days=15), ["2026-06-01/2026-06-01"], "2026-06-15", "visa-days"),
        (Visa(entries=1), ["2026-05-01/2026-05-10"], None, "visa-entries"),
        (Visa(entries=2), ["2026-05-01/2026-05-10"], "2026-08-29", "short-stay"),
        (Visa(entries=None), ["2026-05-01/2026-05-10"] * 9, "2026-08-29", "short-stay"),
        (Visa(valid_from=day("2026-06-02")), [], None, "visa-not-yet"),
        (Visa(valid_until=day("2026-05-31")), [], None, "visa-validity"),
        (Visa(day(ON), day(ON), 90, 1), [], ON, "visa-validity"),
    ],
)
def test_the_lowest_limit_of_a_visa_wins(visa, under, until, by):
    found = allowance([], day(ON), visa, stays(*under))
    assert (found.until, found.by) == (day(until) if until else None, by)


def test_the_rule_still_holds_under_a_visa():
    assert allowance(stays("2026-03-01/2026-05-29"), day(ON), Visa(days=90)).until is None


def test_a_limited_territory_visa_stands_by_its_own_terms():
    found = allowance(
        stays("2026-03-01/2026-05-29"), day(ON), Visa(valid_until=day("2026-07-01"), days=90), short=False
    )
    assert (found.until, found.by) == (day("2026-07-01"), "visa-validity")


def test_without_any_limit_nothing_ends_the_stay():
    assert allowance([], day(ON), short=False).by == ""


@pytest.mark.parametrize(
    ("at", "zone", "local"),
    [
        ("2026-03-28T20:30:00", "Asia/Tbilisi", "2026-03-29"),
        ("2026-03-29T00:59:59", "Europe/Lisbon", "2026-03-29"),
        ("2026-10-24T22:59:59", "Europe/Lisbon", "2026-10-24"),
        ("2026-10-24T23:00:00", "Europe/Lisbon", "2026-10-25"),
        ("2026-12-31T11:00:00", "Pacific/Kiritimati", "2027-01-01"),
        ("2026-01-01T02:00:00", "America/St_Johns", "2025-12-31"),
    ],
)
def test_the_day_is_the_local_day_of_the_post(at, zone, local):
    assert local_day(datetime.fromisoformat(at).replace(tzinfo=UTC), zone) == day(local)


def test_a_moment_without_zone_is_no_moment():
    with pytest.raises(ValueError, match="zone"):
        local_day(datetime(2026, 1, 1), "UTC")  # noqa: DTZ001


def test_leaving_west_minutes_after_entering_east_is_one_day():
    east, west = day("2026-02-02"), day("2026-02-01")
    assert situation([Stay(east, west)], day("2026-02-10")).used_days == 2


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_random_lives_agree_with_the_plainest_reading(seed):
    assert lives.differs(lives.life(random.Random(seed))) == ""


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_every_day_up_to_the_latest_exit_is_lawful_and_the_next_is_not(seed):
    one = lives.life(random.Random(seed))
    lived = [one for one in lives.stays_of(one) if one.entry <= day("2150-01-01")]
    found = situation(lived, one.on)
    if found.latest_exit is None:
        return
    known = [s for s in lived if s.entry <= one.on]
    here = [Stay(s.entry, min(s.exit or one.on, one.on), s.counted) for s in known] + [Stay(one.on)]
    assert situation(here, found.latest_exit).lawful
    assert not situation(here, found.latest_exit + timedelta(days=1)).lawful
