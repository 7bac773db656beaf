"""Which part of the world a map shows, and how it is laid flat: always true to area, north up, by two projections. Pure.

A part is a box of degrees: one of those with names, or as large as the states with figures. Wide boxes are laid flat as Equal
Earth does it, others by Albers' cone, which keeps the shapes of a region. The numbers go into Vega as they are: nothing is fitted
there, so that what stands inside and what stands too close is known here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from xenia.insight.charts import world

Box = tuple[float, float, float, float]  # west, south, east, north

FIT: Final = "fit"
NAMED: Final[dict[str, Box]] = {
    "world": (-180, -58, 180, 84),
    "europe": (-24, 34, 46, 71),
    "black-sea": (24, 35, 56, 52),
    "asia": (26, -10, 146, 55),
    "africa": (-19, -36, 53, 38),
    "americas": (-128, -56, -34, 62),
    "oceania": (110, -48, 180, 0),
}
PARTS: Final = (FIT, *NAMED)
WIDE: Final = 130.0  # degrees of longitude from which a box is shown as the world is
MARGIN: Final = 0.08
LEAST: Final = 12.0  # degrees: a single small state is shown with its neighbours
EARTH: Final = (1.340264, -0.081106, 0.000893, 0.003796)  # Savric, Patterson, Jenny (2018), equation 1
STEPS: Final = 24


@dataclass(frozen=True)
class Flat:
    """A box laid flat on so many pixels."""

    box: Box
    width: int
    height: int

    @property
    def whole(self) -> bool:
        """Whether it is as wide as the world."""
        return self.box[2] - self.box[0] > WIDE

    @property
    def _middle(self) -> float:
        return (self.box[0] + self.box[2]) / 2

    def _plane(self, longitude: float, latitude: float) -> tuple[float, float]:
        """On the plane of the projection, before it is sized."""
        across, up = math.radians(longitude - self._middle), math.radians(latitude)
        return _equal_earth(across, up) if self.whole else _albers(across, up, *self._parallels())

    def _parallels(self) -> tuple[float, float]:
        south, north = self.box[1], self.box[3]
        sixth = (north - south) / 6
        low, high = south + sixth, north - sixth
        if abs(low + high) < 2:  # a cone over the equator has no end: a little beside it
            high += 2
        return low, high

    @cached_property
    def _sized(self) -> tuple[float, float, float]:
        """Pixels for one unit of the plane; the plane's point that stands in the middle of the picture."""
        west, south, east, north = self.box
        rim = [(at / STEPS) for at in range(STEPS + 1)]
        points = [self._plane(west + (east - west) * at, edge) for at in rim for edge in (south, north)]
        points += [self._plane(edge, south + (north - south) * at) for at in rim for edge in (west, east)]
        left, right = min(x for x, _y in points), max(x for x, _y in points)
        low, high = min(y for _x, y in points), max(y for _x, y in points)
        return min(self.width / (right - left), self.height / (high - low)), (left + right) / 2, (low + high) / 2

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place stands in the picture, in pixels from its upper left corner."""
        scale, across, up = self._sized
        x, y = self._plane(longitude, latitude)
        return self.width / 2 + (x - across) * scale, self.height / 2 - (y - up) * scale

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a place is in the picture."""
        x, y = self.at(longitude, latitude)
        return 0 <= x <= self.width and 0 <= y <= self.height

    def projection(self) -> dict[str, Any]:
        """The same for Vega; its `center` is where it reckons from, the plane's own origin being another for a cone."""
        scale, _x, _y = self._sized
        anchor = (self.box[1] + self.box[3]) / 2
        x, y = self.at(self._middle, anchor)
        said = {
            "rotate": [-self._middle, 0], "center": [0, anchor], "scale": scale, "translate": [x, y],
            "clipExtent": [[0, 0], [self.width, self.height]],
        }  # fmt: skip
        if self.whole:
            return {"type": "equalEarth", **said}
        return {"type": "conicEqualArea", "parallels": list(self._parallels()), **said}


def flat(part: str, states: Iterable[str], width: int, height: int) -> Flat:
    """The part of the world by its name; `fit`: as large as these states (numeric codes), the world where there are none."""
    box = _around(states) if part == FIT else NAMED[part]
    return Flat(NAMED["world"] if box[2] - box[0] > WIDE and part == FIT else box, width, height)


def _around(states: Iterable[str]) -> Box:
    boxes = [world.boxes()[one] for one in states]
    if not boxes:
        return NAMED["world"]
    west, south = min(one[0] for one in boxes), min(one[1] for one in boxes)
    east, north = max(one[2] for one in boxes), max(one[3] for one in boxes)
    across, up = (max(LEAST, one) * (0.5 + MARGIN) for one in (east - west, north - south))
    middle, high = (west + east) / 2, (south + north) / 2
    return middle - across, max(-85.0, high - up), middle + across, min(85.0, high + up)


def _equal_earth(across: float, up: float) -> tuple[float, float]:
    one, two, three, four = EARTH
    t = math.asin(math.sqrt(3) / 2 * math.sin(up))
    t2 = t * t
    below = one + 3 * two * t2 + t2**3 * (7 * three + 9 * four * t2)
    return across * math.cos(t) / (math.sqrt(3) / 2 * below), t * (one + two * t2 + t2**3 * (three + four * t2))


def _albers(across: float, up: float, first: float, second: float) -> tuple[float, float]:
    low = math.sin(math.radians(first))
    n = (low + math.sin(math.radians(second))) / 2
    c = 1 + low * (2 * n - low)
    r, r0 = math.sqrt(max(0.0, c - 2 * n * math.sin(up))) / n, math.sqrt(c) / n
    return r * math.sin(n * across), r0 - r * math.cos(n * across)
