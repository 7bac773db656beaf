"""What somebody with the published table alone can prove about the cells that are hidden. Pure.

The attacker knows every published cell, that all lines add up, and that counts are no less than nothing. Linear bounds say
between which two numbers each hidden cell must lie; a table leaves only where these are wide enough for each cell that had to
be hidden. Method: linear bounds on suppressed tables, as statistical offices check theirs (Hundepool and others, 2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenia.insight.release.solver import TOLERANCE, NoAnswer, Programme
from xenia.insight.release.tables import Counts, Mask, lines


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
    """The bounds of each hidden cell, or of those in `only`. What stands in hidden cells of `published` is never read.

    Raises `NoAnswer` where the published cells contradict each other.
    """
    flat, away = published.ravel(), hidden.ravel()
    columns = np.flatnonzero(away)
    place = {int(cell): number for number, cell in enumerate(columns)}
    rows, sums = [], []
    for line in lines(published.shape):
        inside = [(place[cell], 1.0 if cell != line[-1] else -1.0) for cell in line if away[cell]]
        if not inside:
            continue
        known = sum(int(flat[cell]) for cell in line[:-1] if not away[cell])
        total = 0 if away[line[-1]] else int(flat[line[-1]])
        rows.append(([index for index, _one in inside], [one for _index, one in inside]))
        sums.append(float(total - known))
    if not len(columns):
        return []
    programme = Programme(np.zeros(len(columns)), np.full(len(columns), np.inf), rows, sums, sums)
    wanted = columns if only is None else np.flatnonzero(away & only.ravel())
    return [_bounds(programme, place[int(cell)], int(cell)) for cell in wanted]


def _bounds(programme: Programme, column: int, cell: int) -> Bounds:
    least, _worth = programme.furthest(column, up=False)
    try:
        most, _worth = programme.furthest(column, up=True)
    except NoAnswer:  # nothing published holds it from above
        most = float("inf")
    return Bounds(cell, least, most)
