"""What needs no database: counts, periods, what is usual, how many lanes are needed, where bars stand."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.frontier.shift import charts, counts, periods, staffing, usual
from xenia.frontier.shift.counts import Counts


def test_counts_of_two_periods_add_up_and_come_back_from_json() -> None:
    one, two = Counts(), Counts()
    one.add("direction", "entry", "entry.admitted", 2)
    two.add("direction", "entry", "entry.admitted")
    two.add("direction", "exit", "taken-back")
    whole = counts.added([one, two])
    assert whole.total("direction") == 3 and whole.total("direction", "taken-back") == 1
    assert Counts.from_json(whole.to_json()).to_json() == whole.to_json()
    assert one.total("direction") == 2, "adding changes neither part"


@pytest.mark.parametrize(
    ("minutes", "step"), [(0, "0-5"), (4.99, "0-5"), (5, "5-10"), (29.9, "20-30"), (60, "60-"), (1000, "60-")]
)
def test_a_wait_is_in_one_step(minutes: float, step: str) -> None:
    assert counts.wait_step(minutes) == step and step in counts.wait_steps()


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=1))
def test_the_median_has_half_of_the_values_on_either_side(values: list[float]) -> None:
    middle = counts.median(values)
    assert middle is not None
    assert sum(one <= middle for one in values) >= len(values) / 2 <= sum(one >= middle for one in values)


def test_periods_are_local_days_weeks_from_monday_and_months() -> None:
    week = periods.period("week", date(2026, 11, 22))
    assert (week.first, week.last, week.name) == (date(2026, 11, 16), date(2026, 11, 22), "2026-W47")
    month = periods.period("month", date(2028, 2, 10))
    assert len(month.days) == 29 and month.before.name == "2028-01" and month.after.first == date(2028, 3, 1)
    assert periods.period("day", date(2026, 1, 1)).before.name == "2025-12-31"


def test_a_local_day_has_as_many_hours_as_its_clock_says() -> None:
    lengths = [
        (ends - begins).total_seconds() / 3600
        for begins, ends in (periods.bounds(day, "Europe/Paris") for day in (date(2026, 3, 29), date(2026, 10, 25)))
    ]
    assert lengths == [23, 25]
    night = datetime(2026, 11, 21, 21, tzinfo=UTC)
    assert periods.days_between(night, night, "Asia/Tbilisi") == (date(2026, 11, 22),)


def test_too_few_past_days_make_no_band() -> None:
    assert usual.band([5, 6, 7], 4) is None
    band = usual.band([100, 100, 100, 100], 4)
    assert band is not None and (band.low, band.high) == (80, 120), "chance alone: twice the root of the mean"
    assert [band.reading(n) for n in (79, 80, 120, 121)] == ["below", "within", "within", "above"]
    empty = usual.band([0, 0, 0, 0], 4)
    assert empty is not None and (empty.low, empty.high) == (0, 0)


@pytest.mark.parametrize(
    ("busy", "lanes", "chance"),
    # Chance of waiting by Erlang's C formula; values of common tables, three digits.
    [(0.5, 1, 0.5), (1.0, 2, 0.3333), (2.0, 3, 0.4444), (5.0, 7, 0.3241), (8.0, 10, 0.4092)],
)
def test_the_wait_is_erlangs(busy: float, lanes: int, chance: float) -> None:
    wait = staffing.mean_wait_s(busy, lanes, 60)
    assert wait * (lanes - busy) / 60 == pytest.approx(chance, abs=5e-4)


def test_an_estimate_says_when_the_queue_only_grows() -> None:
    made = staffing.estimate(per_quarter=60, lanes=2, service_s=45, wished_load=0.85)
    assert made.capacity == 20 and made.load == 1.5 and made.wait_s is None and made.needed == 4
    enough = staffing.estimate(60, 4, 45, 0.85)
    assert enough.load == 0.75 and enough.wait_s is not None and enough.wait_s < 60
    closed = staffing.estimate(10, 0, 45, 0.85)
    assert math.isinf(closed.load) and closed.wait_s is None
    assert staffing.estimate(0, 0, 45, 0.85).needed == 0


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_more_lanes_never_mean_a_longer_wait(lanes: int, share: float) -> None:
    busy = lanes * share
    assert staffing.mean_wait_s(busy, lanes + 1, 30) <= staffing.mean_wait_s(busy, lanes, 30)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=31), st.booleans())
def test_bars_stay_in_their_box_in_reading_direction(numbers: list[int], rtl: bool) -> None:
    labels = [str(at) for at in range(len(numbers))]
    made = charts.columns(labels, numbers, rtl=rtl)
    for one in made.columns:
        assert one.x >= 0 and one.x + one.width <= made.width and one.y >= charts.TOP - 1e-6
        assert one.y + one.height == pytest.approx(made.base)
    order = [one.x for one in made.columns]
    assert order == sorted(order, reverse=rtl)
    assert max(numbers) <= charts.nice(max([*numbers, 1]))
