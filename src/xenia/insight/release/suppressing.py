"""Which cells of a table are not published, so that none under the threshold can be worked out from the others. Pure.

Cells of 1 to threshold - 1 are hidden, and as few and as small others as it takes: the exact method of Fischetti and Salazar
(2001). The choice is a whole-number programme; whoever might attack it is a linear one. As long as the attacker gets too near
to a cell, his own dual values say which cells would stop him, and the choice is made again with that condition.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from xenia.insight.release.solver import TOLERANCE, NoAnswer, Programme, Row, Vector
from xenia.insight.release.tables import Counts, Mask, adds_up, lines

SECONDS = 20.0  # for the best choice; then a good one


@dataclass(frozen=True)
class Choice:
    """`hidden`: the cells that don't leave; `primary`: those of them under the threshold. `best`: that no smaller choice exists."""

    hidden: Mask
    primary: Mask
    best: bool


def under(counts: Counts, threshold: int) -> Mask:
    """The cells that must not be published: some, but fewer than the threshold."""
    return (counts > 0) & (counts < threshold)


def room(count: int, threshold: int) -> tuple[float, float]:
    """How far below and above a cell's count an attacker must still think it possible."""
    return float(min(count, 2)), float(max(threshold - count, 2))


def choose(counts: Counts, threshold: int, seconds: float = SECONDS) -> Choice:
    """The cells to hide. Cells of 0 are always published.

    Raises `ValueError` where the totals are not the sums of their lines: such a table cannot be protected this way.
    """
    if not adds_up(counts):
        raise ValueError("the totals are not the sums of their lines")
    primary = under(counts, threshold)
    if not primary.any():
        return Choice(np.zeros_like(primary), primary, True)
    attack = _Attack(counts, threshold)
    try:
        chosen, best = attack.best(seconds), True
    except NoAnswer:
        chosen, best = attack.good(), False
    hidden = np.zeros(counts.size, dtype=bool)
    hidden[attack.cells[chosen]] = True
    return Choice(hidden.reshape(counts.shape), primary, best)


class _Attack:
    """What can move in a table while all lines still add up: the columns are the cells that are not 0."""

    def __init__(self, counts: Counts, threshold: int) -> None:
        flat = counts.ravel()
        self.cells = np.flatnonzero(flat)
        self.counts = flat[self.cells].astype(float)
        self.threshold = threshold
        self.primary = np.flatnonzero((self.counts > 0) & (self.counts < threshold))
        place = {int(cell): number for number, cell in enumerate(self.cells)}
        self.lines = [
            [(place[cell], 1.0 if cell != line[-1] else -1.0) for cell in line if cell in place]
            for line in lines(counts.shape)
        ]
        self.lines = [line for line in self.lines if line]
        self.high = np.full(len(self.cells), float(flat.max()) * 2 + threshold)
        # Hiding a cell costs one, and a little more the more it holds: totals stay as long as they can.
        self.costs = 1.0 + np.log1p(self.counts) / 10 + (self.counts >= self.counts.max()) * 5
        rows: list[Row] = [([i for i, _ in line], [one for _, one in line]) for line in self.lines]
        zeros = [0.0] * len(rows)
        nothing = np.zeros(len(self.cells))
        self.moving = Programme(nothing, nothing, rows, zeros, zeros)

    def best(self, seconds: float) -> Mask:
        """The cheapest choice that holds. Raises `NoAnswer` where the time does not suffice."""
        ends = time.monotonic() + seconds
        lower = np.zeros(len(self.cells))
        lower[self.primary] = 1.0
        rows = self._never_alone()
        choosing = Programme(
            lower, np.ones(len(self.cells)), rows, [0.0] * len(rows), [np.inf] * len(rows),
            costs=self.costs, whole=True,
        )  # fmt: skip
        while True:
            if time.monotonic() > ends:
                raise NoAnswer("time")
            choosing.limit(ends - time.monotonic())
            hidden = choosing.cheapest() > 0.5
            cuts = self._cuts(hidden)
            if not cuts:
                return hidden
            for values, least in cuts:
                index = np.flatnonzero(values)
                choosing.also((index.tolist(), values[index].tolist()), least)

    def _never_alone(self) -> list[Row]:
        """A cell that is hidden alone in its line is no secret: each needs another one beside it."""
        rows: list[Row] = []
        for line in self.lines:
            index = [i for i, _one in line]
            for one in index:
                others = [i for i in index if i != one]
                rows.append(([*others, one], [1.0] * len(others) + [-1.0]))
        return rows

    def _allow(self, hidden: Mask) -> None:
        self.moving.bound(np.where(hidden, -self.counts, 0.0), np.where(hidden, self.high, 0.0))

    def _cuts(self, hidden: Mask) -> list[tuple[Vector, float]]:
        """What the choice lacks: for each cell that an attacker comes too near to, which cells would keep him away."""
        self._allow(hidden)
        found = []
        for cell in self.primary:
            down, up = room(int(self.counts[cell]), self.threshold)
            for needed, upwards in ((up, True), (down, False)):
                reached, worth = self.moving.furthest(int(cell), up=upwards)
                if abs(reached) >= needed - TOLERANCE:
                    continue
                # A bound of 0 on a cell that is published holds back what its reduced cost says, in either direction.
                values = np.where(worth < 0, -worth * self.high, worth * self.counts)
                values = np.minimum(np.where(values > TOLERANCE, values, 0.0), needed)
                found.append((values, needed))
        return found

    def good(self) -> Mask:
        """A choice that holds, cell by cell: the cheapest way to move each by as much as it must be able to."""
        number = len(self.cells)
        hidden = np.zeros(number, dtype=bool)
        hidden[self.primary] = True
        rows = [([*(i for i, _ in line), *(i + number for i, _ in line)], [*(one for _, one in line), *(-one for _, one in line)])
                for line in self.lines]  # fmt: skip
        lower, upper = np.zeros(2 * number), np.concatenate([self.high, self.counts])
        ways = Programme(lower, upper, rows, [0.0] * len(rows), [0.0] * len(rows))
        for cell in self.primary:
            for needed, upwards in zip(room(int(self.counts[cell]), self.threshold), (False, True), strict=True):
                at = int(cell) if upwards else int(cell) + number
                least, most = lower.copy(), upper.copy()
                least[at] = needed
                most[int(cell) + number if upwards else int(cell)] = 0.0
                ways.bound(least, most)
                costs = np.where(hidden, 0.0, self.costs)
                moved = ways.cheapest(np.concatenate([costs, costs]))
                hidden |= (moved[:number] > TOLERANCE) | (moved[number:] > TOLERANCE)
        return hidden
