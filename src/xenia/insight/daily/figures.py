"""One day of a series against what came before: yesterday, a week ago, four weeks, a year, and the usual band. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from xenia.frontier.shift.usual import Band, band

USUAL_WEEKS = 8
LEAST_DAYS = 4
"""Fewer days of the same weekday make no band."""
BACK_DAYS = 371
"""So many days of a series are asked for: 53 weeks, in which the day a year ago lies."""

Series = Mapping[date, int | None]  # days without facts are not in it; None: hidden


@dataclass(frozen=True)
class Figure:
    """A day beside others; None: nothing is known of that day. `mean`: of the 28 days before."""

    number: int | None
    yesterday: int | None
    week_ago: int | None
    mean: float | None
    year_ago: int | None
    usual: Band | None

    @property
    def reading(self) -> str:
        """`within`, `above` or `below` what is usual; empty where no band or number is known."""
        return self.usual.reading(self.number) if self.usual is not None and self.number is not None else ""


def of(series: Series, day: date, first: date | None) -> Figure:
    """The figure of a day. `first`: since when facts are known; a day after it without any counts as none.

    >>> of({date(2026, 3, 2): 10}, date(2026, 3, 2), date(2026, 3, 2)).yesterday is None
    True
    """

    def on(when: date) -> int | None:
        if first is None or when < first:
            return None
        return series.get(when, 0)

    month = [one for one in (on(day - timedelta(days=number)) for number in range(1, 29)) if one is not None]
    return Figure(
        number=on(day),
        yesterday=on(day - timedelta(days=1)),
        week_ago=on(day - timedelta(days=7)),
        mean=sum(month) / len(month) if month else None,
        year_ago=on(_year_before(day)),
        usual=usual(series, day, first),
    )


def usual(series: Series, day: date, first: date | None) -> Band | None:
    """The band of the same weekday in the last eight weeks."""
    days = (day - timedelta(weeks=number) for number in range(1, USUAL_WEEKS + 1))
    known = [series.get(one, 0) for one in days if first is not None and one >= first]
    return band([one for one in known if one is not None], LEAST_DAYS)


def occupancy(crossings: int, control_s: float | None, lanes: int | None) -> float | None:
    """Which part of an hour of all lanes the controls took, about: the median stands for each. None: not known."""
    if control_s is None or not lanes:
        return None
    return crossings * control_s / (3600 * lanes)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
