"""Which days a study looks at: homes before, places after; and the same again in quiet days, to know the usual moving. Pure.

    usual homes [-38, -10)   usual places [-10, 0)   event 0   ... lag ...   places [lag, lag + 10)
                             homes [-28, 0)

More quiet days before give more such pairs: their spread tells how much the usual moving itself goes up and down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from xenia.insight.calls.terms import term

MOST_QUIET = 6


@dataclass(frozen=True)
class Window:
    """Days from `first` until before `end`."""

    first: date
    end: date

    def meets(self, other: Window) -> bool:
        """Whether a day lies in both."""
        return self.first < other.end and other.first < self.end


@dataclass(frozen=True)
class Pair:
    """Where people lived, and where they were afterwards."""

    homes: Window
    places: Window


@dataclass(frozen=True)
class Study:
    """`event`: moving since it; `usual`: the same in quiet days before it, the flows of which leave as well."""

    event: Pair
    usual: Pair

    @property
    def needed(self) -> Window:
        """From the first to the last day that must be in the data."""
        return Window(self.usual.homes.first, self.event.places.end)

    def quiet(self, first: date) -> list[Pair]:
        """The usual pair and those before it, 10 days apart, as far as data from `first` on reaches."""
        step = self.event.places.end - self.event.places.first
        pairs = [_moved(self.usual, -step * number) for number in range(MOST_QUIET)]
        return [pair for pair in pairs if pair.homes.first >= first]


def _moved(pair: Pair, by: timedelta) -> Pair:
    windows = [Window(one.first + by, one.end + by) for one in (pair.homes, pair.places)]
    return Pair(*windows)


def study(event: date, lag_days: int = 0) -> Study:
    """The windows of an event of which the places `lag_days` later are asked for."""
    homes, places, lag = (timedelta(days=number) for number in (term("home-days"), term("now-days"), lag_days))

    def pair(day: date) -> Pair:
        return Pair(Window(day - homes, day), Window(day + lag, day + lag + places))

    return Study(pair(event), pair(event - lag - places))
