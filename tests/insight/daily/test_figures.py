"""A day beside others, by hand."""

from __future__ import annotations

from datetime import date, timedelta

from xenia.insight.daily import figures

DAY = date(2026, 11, 17)  # a Tuesday


def days(number: int, value: int = 100) -> dict[date, int | None]:
    """So many days up to the day, each with the value."""
    return {DAY - timedelta(days=one): value for one in range(number)}


def test_a_day_beside_others() -> None:
    series = days(400) | {DAY: 180, DAY - timedelta(days=1): 90, DAY - timedelta(days=7): 110, date(2025, 11, 17): 70}
    one = figures.of(series, DAY, min(series))
    assert (one.number, one.yesterday, one.week_ago, one.year_ago) == (180, 90, 110, 70)
    assert one.mean == (26 * 100 + 90 + 110) / 28
    assert one.usual is not None and one.usual.days == 8 and one.reading == "above"


def test_before_the_first_fact_nothing_is_known_and_after_it_nothing_is_none() -> None:
    first = DAY - timedelta(days=3)
    one = figures.of({first: 50, DAY: 40}, DAY, first)
    assert (one.number, one.yesterday, one.week_ago, one.year_ago) == (40, 0, None, None)
    assert one.mean == 50 / 3 and one.usual is None and one.reading == ""
    assert figures.of({}, DAY, None).number is None


def test_a_hidden_day_makes_no_figure() -> None:
    one = figures.of(days(60) | {DAY: None}, DAY, min(days(60)))
    assert one.number is None and one.reading == "" and one.usual is not None


def test_the_year_before_a_leap_day() -> None:
    leap = date(2028, 2, 29)
    series: dict[date, int | None] = {date(2027, 2, 28): 7, leap: 1}
    assert figures.of(series, leap, date(2027, 1, 1)).year_ago == 7


def test_occupancy_by_hand() -> None:
    assert figures.occupancy(240, 30, 4) == 0.5  # 240 controls of 30 s in four hours of lanes
    assert figures.occupancy(240, None, 4) is None and figures.occupancy(240, 30, 0) is None
