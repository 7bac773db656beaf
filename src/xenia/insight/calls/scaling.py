"""From subscribers to persons: each home region by its population. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xenia.insight.calls.estimate import Homes, estimate
from xenia.insight.calls.withholding import NOT_TOLD


@dataclass(frozen=True)
class Region:
    """One home region by what was released of it. `factor`: persons for each subscriber; None: population not known.

    `share`, `low`, `high`: of those who lived there, displaced; None where too little was released of it.
    """

    name: str
    subscribers: int
    population: int | None
    factor: float | None
    share: float | None
    low: float | None
    high: float | None

    @property
    def persons(self) -> tuple[int, int, int] | None:
        """Persons displaced, with the interval, to two significant figures; None where something is missing."""
        if self.population is None or self.share is None or self.low is None or self.high is None:
            return None
        low, middle, high = (rough(self.population * one) for one in (self.low, self.share, self.high))
        return low, middle, high

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out that nobody was displaced."""
        return bool(self.low)


def rough(number: float) -> int:
    """To two significant figures: more would promise what no estimate holds."""
    whole = round(number)
    return whole if abs(whole) < 100 else int(round(whole, 2 - len(str(abs(whole)))))


def regions(flows: Sequence[Sequence[str]], event: str, usual: str, population: Mapping[str, int]) -> list[Region]:
    """The home regions of a study. `flows`: rows of flows.csv; `event`, `usual`: the dates of its two matrices."""
    after, before = _released(flows, event), _released(flows, usual)
    found = []
    for name in sorted(after):
        everybody, away = after[name]
        lived = population.get(name)
        here: dict[str, Any] = {"share": None, "low": None, "high": None}
        if away is not None and name in before and before[name][1] is not None:
            quiet = before[name]
            made = estimate(Homes({name: everybody}, {name: away}), [Homes({name: quiet[0]}, {name: quiet[1] or 0})])
            if made is not None:
                here = {"share": max(made.share, 0.0), "low": made.low, "high": made.high}
        found.append(Region(name, everybody, lived, lived / everybody if lived is not None else None, **here))
    return found


def _released(flows: Sequence[Sequence[str]], day: str) -> dict[str, tuple[int, int | None]]:
    """Of each home its subscribers, and those away; None where those who stayed are not told apart."""
    everybody: dict[str, int] = {}
    stayed: dict[str, int] = {}
    for row in flows:
        if row[0] != day:
            continue
        home, place, number = row[1], row[2], int(row[3])
        everybody[home] = everybody.get(home, 0) + number
        if place == home:
            stayed[home] = number
    return {
        home: (number, number - stayed[home] if home in stayed else None)
        for home, number in everybody.items()
        if home != NOT_TOLD
    }
