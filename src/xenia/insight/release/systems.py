"""What is published and what is not, as columns and the equations that hold between them. Pure.

A column is a cell that holds something; cells of 0 are always published and need no column. One table alone is its cells and its
lines. Tables that share facts are linked (`linked.py`): the same cell of two tables is one column, and small common parts of their
cells are columns that no table shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xenia.insight.release.tables import Counts, Mask, lines

Vector = NDArray[np.float64]
Line = list[tuple[int, float]]


@dataclass(frozen=True)
class System:
    """`rows`: each sums to nothing. Of the columns: `counts`, how they are; `primary`, that nobody may work out; `choosable`, that
    may be hidden or shown; `always`, that nobody sees whatever is chosen; the others were shown before. `least`: what somebody knows
    a column that isn't shown to be at least. `down`, `up`: how far from its count a primary one must still seem possible.
    `costs`: what it costs to hide a choosable one. `columns`: of each cell of the table in question the column, -1 where it holds nothing. `beside`: `rows` that are lines of it.
    """

    counts: Vector
    rows: Sequence[Line]
    primary: Mask
    choosable: Mask
    always: Mask
    least: Vector
    down: Vector
    up: Vector
    costs: Vector
    columns: NDArray[np.int64]
    beside: int

    def hidden(self, choice: Mask) -> Mask:
        """Which columns nobody sees once the choice has left: a mask over the table's cells becomes one over columns."""
        away = self.always.copy()
        chosen = self.columns[choice.ravel()]
        away[chosen[chosen >= 0]] = True
        return away


def room(count: float, threshold: int) -> tuple[float, float]:
    """How far below and above a hidden count somebody must still think it possible.

    That a hidden cell holds at least 1 is known, since cells of 0 are shown. Up to the threshold; a count that is as big already,
    since few persons make it, by a fifth of it.
    """
    if count >= threshold:
        wide = max(2.0, count // 5)
        return min(wide, count - 1.0), wide
    return max(min(count - 1.0, 2.0), 0.0), float(threshold - count)


def prices(shape: tuple[int, ...], seed: int) -> Vector:
    """What it costs to hide each cell of a table: totals more than parts, and otherwise by chance.

    Never by what the cells hold: were the smallest hidden beside a small one, a reader who knows the rule could tell from those
    that are shown how big the hidden ones are. The seed comes from the keys of the facts, which nobody outside knows.
    """
    totals = np.zeros(shape)
    for axis, length in enumerate(shape):
        last = np.zeros(length)
        last[-1] = 1.0
        totals += last.reshape([-1 if one == axis else 1 for one in range(len(shape))])
    dearer = 1.0 + totals + np.where(totals == len(shape), 4.0, 0.0)
    return np.asarray((dearer * (1.0 + np.random.default_rng(seed).random(shape))).ravel())


def under(counts: Counts, threshold: int, persons: Counts | None = None) -> Mask:
    """The cells that must not be published: some, but fewer persons than the threshold. Without `persons`: a count is a person."""
    return np.asarray((counts > 0) & ((counts if persons is None else np.minimum(counts, persons)) < threshold))


def of_table(counts: Counts, threshold: int, persons: Counts | None = None, seed: int = 0) -> System:
    """One table that shares no facts with any other. Raises `ValueError` where a total is not the sum of its line."""
    flat = counts.ravel()
    cells = np.flatnonzero(flat)
    columns = np.full(flat.size, -1)
    columns[cells] = np.arange(len(cells))
    rows = table_rows(counts, columns)
    everything, nothing = np.ones(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    values = flat[cells].astype(float)
    primary = under(counts, threshold, persons).ravel()[cells]
    down, up = rooms(values, threshold)
    return System(values, rows, primary, everything, nothing, np.ones(len(cells)), down, up, prices(counts.shape, seed)[cells],
                  columns, len(rows))  # fmt: skip


def rooms(values: Vector, threshold: int) -> tuple[Vector, Vector]:
    """`room` of each of the counts."""
    both = [room(float(one), threshold) for one in values]
    return np.array([one[0] for one in both]), np.array([one[1] for one in both])


def table_rows(counts: Counts, columns: NDArray[np.int64]) -> list[Line]:
    """The lines of a table over its columns; what stands twice in a line with other signs goes. Raises `ValueError`."""
    flat, rows = counts.ravel(), []
    for line in lines(counts.shape):
        if flat[list(line[:-1])].sum() != flat[line[-1]]:
            raise ValueError("the totals are not the sums of their lines")
        values: dict[int, float] = {}
        for cell in line:
            if columns[cell] >= 0:
                column = int(columns[cell])
                values[column] = values.get(column, 0.0) + (1.0 if cell != line[-1] else -1.0)
        if row := [(column, value) for column, value in values.items() if value]:
            rows.append(row)
    return rows
