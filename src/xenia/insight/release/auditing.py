"""What somebody with the published tables alone can prove about the cells that are hidden. Pure.

The attacker knows every published cell, that all lines add up, that a hidden cell holds at least 1 since cells of 0 are shown, and
that counts are whole. Linear bounds say between which two numbers each hidden cell must lie; a table leaves only where these are
wide enough for each cell that had to be hidden. Where a bound is reached by numbers that are not whole, whole ones are asked for.
Method: linear bounds on suppressed tables, as statistical offices check theirs (Hundepool and others, 2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xenia.insight.release.solver import TOLERANCE, NoAnswer, Programme, Row, Vector
from xenia.insight.release.systems import Line
from xenia.insight.release.tables import Counts, Mask, lines

SECONDS = 10.0  # for one bound in whole numbers
MOST_WHOLE = 2_000  # columns; beyond, bounds are those of numbers that need not be whole


@dataclass(frozen=True)
class Bounds:
    """Between which numbers the hidden cell at `place` (flat index) must lie."""

    place: int
    least: float
    most: float

    @property
    def exact(self) -> bool:
        """Whether a whole number between the two is the only one."""
        return bool(np.floor(self.most + TOLERANCE) - np.ceil(self.least - TOLERANCE) < 1)


def bounds(published: Counts, hidden: Mask, only: Mask | None = None) -> list[Bounds]:
    """The bounds of each hidden cell of a table, or of those in `only`. What stands in hidden cells is never read.

    Raises `NoAnswer` where the published cells contradict each other.
    """
    flat, away = published.ravel().astype(float), hidden.ravel()
    rows: list[Line] = [[(cell, 1.0 if cell != line[-1] else -1.0) for cell in line] for line in lines(published.shape)]
    return bounds_in(flat, away, rows, np.ones(flat.size), None if only is None else only.ravel())


def bounds_in(
    published: Vector, hidden: Mask, rows: Sequence[Line], least: Vector, only: Mask | None = None
) -> list[Bounds]:
    """The bounds of each hidden column of a system, or of those in `only`; `least`: what each is known to be at least."""
    columns = np.flatnonzero(hidden)
    if not len(columns):
        return []
    place = {int(cell): number for number, cell in enumerate(columns)}
    inside: list[Row] = []
    sums: list[float] = []
    for line in rows:
        if unknown := [(place[cell], value) for cell, value in line if cell in place]:
            inside.append(([index for index, _one in unknown], [one for _index, one in unknown]))
            sums.append(-sum(value * published[cell] for cell, value in line if cell not in place))
    lower, upper = least[columns], np.full(len(columns), np.inf)
    knows = Programme(lower, upper, inside, sums, sums)
    whole = Programme(lower, upper, inside, sums, sums, whole=True) if len(columns) <= MOST_WHOLE else None
    if whole:
        whole.limit(SECONDS)
    wanted = columns if only is None else np.flatnonzero(hidden & only)
    return [
        Bounds(int(cell), _end(knows, whole, place[int(cell)], up=False), _end(knows, whole, place[int(cell)], up=True))
        for cell in wanted
    ]


def _end(knows: Programme, whole: Programme | None, column: int, *, up: bool) -> float:
    try:
        end, _worth = knows.furthest(column, up=up)
    except NoAnswer:
        if not up:
            raise
        return float("inf")  # nothing published holds it from above
    if whole is not None and not knows.is_whole():
        end, _worth = whole.furthest(column, up=up)
    return end
