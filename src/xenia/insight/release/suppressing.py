"""Which cells of a table are not published, so that none under the threshold can be worked out from the others. Pure.

Cells of fewer persons than the threshold are hidden, and as few others as it takes: the exact method of Fischetti and
Salazar (2001). The choice is a whole-number programme; whoever might attack it is a linear one. As long as the attacker gets too
near to a cell, his own dual values say which cells would stop him, and the choice is made again with that condition. The attacker
has read what was published before.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from xenia.insight.release import systems
from xenia.insight.release.solver import TOLERANCE, NoAnswer, Programme, Row, Vector
from xenia.insight.release.systems import System
from xenia.insight.release.tables import Counts, Mask

SECONDS = 20.0  # for the best choice; then a good one


@dataclass(frozen=True)
class Choice:
    """`hidden`: the cells that don't leave; `primary`: those of them under the threshold. `best`: that no smaller choice exists."""

    hidden: Mask
    primary: Mask
    best: bool


def choose(
    counts: Counts, threshold: int, seconds: float = SECONDS, persons: Counts | None = None, seed: int = 0
) -> Choice:
    """The cells of a table that shares no facts with another to hide. Cells of 0 are always published.

    Raises `ValueError` where the totals are not the sums of their lines: such a table cannot be protected this way.
    """
    return choose_in(reachable(systems.of_table(counts, threshold, persons, seed)), counts.shape, seconds)


def reachable(system: System) -> System:
    """The system with no more room asked for below a cell than there is with everything hidden.

    A total of three cells of 1 is known to be at least 3: no choice changes that. Above there must be room in any case.
    """
    attack = Attack(system)
    attack.allow(system.choosable | system.always)
    down = system.down.copy()
    for cell in attack.primary[down[attack.primary] > 0]:
        reached, _worth = attack.moving.furthest(int(cell), up=False)
        down[cell] = min(down[cell], np.floor(-reached + TOLERANCE))
    return replace(system, down=down)


def choose_in(system: System, shape: tuple[int, ...], seconds: float = SECONDS) -> Choice:
    """The cells of a table to hide that are columns of a system. Raises `NoAnswer` where none makes it safe."""
    if system.primary.any():
        attack = Attack(system)
        try:
            chosen, best = attack.best(seconds), True
        except NoAnswer:
            chosen, best = attack.good(), False
    else:
        chosen, best = np.zeros(len(system.counts), dtype=bool), True
    hidden, primary = (_of_cells(system, one, shape) for one in (chosen | system.always, system.primary))
    return Choice(hidden, primary, best)


def _of_cells(system: System, columns: Mask, shape: tuple[int, ...]) -> Mask:
    return np.asarray((np.append(columns, False)[system.columns]).reshape(shape))


class Attack:
    """What can move in a system while all rows still add up, and what it costs to let more of it move."""

    def __init__(self, system: System) -> None:
        self.system = system
        number = len(system.counts)
        self.primary = np.flatnonzero(system.primary)
        self.low = system.counts - system.least  # how far a hidden column may fall
        self.high = np.full(number, float(system.counts.max(initial=0)) * 2 + 10)
        self.costs = np.where(system.choosable, system.costs, 0.0)
        self.rows: list[Row] = [([i for i, _ in line], [one for _, one in line]) for line in system.rows]
        zeros, nothing = [0.0] * len(self.rows), np.zeros(number)
        self.moving = Programme(nothing, nothing, self.rows, zeros, zeros)

    def best(self, seconds: float) -> Mask:
        """The cheapest choice that holds. Raises `NoAnswer` where the time does not suffice, or nothing would."""
        ends, system = time.monotonic() + seconds, self.system
        lower = (system.primary | system.always).astype(float)
        upper = (system.choosable | system.always).astype(float)
        rows = self._never_alone()
        choosing = Programme(lower, upper, rows, [0.0] * len(rows), [np.inf] * len(rows), costs=self.costs, whole=True)
        while True:
            if time.monotonic() > ends:
                raise NoAnswer("time")
            choosing.limit(ends - time.monotonic())
            hidden = choosing.cheapest() > 0.5
            cuts = self._cuts(hidden)
            if not cuts:
                return np.asarray(hidden)
            for values, least in cuts:
                index = np.flatnonzero(values)
                choosing.also((index.tolist(), values[index].tolist()), least)

    def _never_alone(self) -> list[Row]:
        """A cell that is hidden alone in its line is no secret: each needs another one beside it."""
        rows: list[Row] = []
        for line in self.system.rows[: self.system.beside]:
            index = [i for i, _one in line]
            for one in index:
                others = [i for i in index if i != one]
                rows.append(([*others, one], [1.0] * len(others) + [-1.0]))
        return rows

    def allow(self, hidden: Mask) -> None:
        """Let what is hidden move, and nothing else."""
        self.moving.bound(np.where(hidden, -self.low, 0.0), np.where(hidden, self.high, 0.0))

    def _cuts(self, hidden: Mask) -> list[tuple[Vector, float]]:
        """What the choice lacks: for each cell that an attacker comes too near to, which cells would keep him away."""
        self.allow(hidden)
        found = []
        for cell in self.primary:
            for needed, upwards in ((self.system.up[cell], True), (self.system.down[cell], False)):
                if not needed:
                    continue
                reached, worth = self.moving.furthest(int(cell), up=upwards)
                if abs(reached) >= needed - TOLERANCE:
                    continue
                # A bound of 0 on a cell that is published holds back what its reduced cost says, in either direction.
                values = np.where(worth < 0, -worth * self.high, worth * self.low)
                values = np.minimum(np.where(values > TOLERANCE, values, 0.0), needed)
                found.append((values, float(needed)))
        return found

    def good(self) -> Mask:
        """A choice that holds, cell by cell: the cheapest way to move each by as much as it must be able to. Raises `NoAnswer`."""
        system, number = self.system, len(self.system.counts)
        hidden = system.primary | system.always
        may = system.choosable | system.always
        rows = [([*index, *(i + number for i in index)], [*values, *(-one for one in values)])
                for index, values in self.rows]  # fmt: skip
        lower = np.zeros(2 * number)
        upper = np.concatenate([np.where(may, self.high, 0.0), np.where(may, self.low, 0.0)])
        ways = Programme(lower, upper, rows, [0.0] * len(rows), [0.0] * len(rows))
        for cell in self.primary:
            for needed, upwards in ((system.down[cell], False), (system.up[cell], True)):
                if not needed:
                    continue
                at = int(cell) if upwards else int(cell) + number
                least, most = lower.copy(), upper.copy()
                least[at] = needed
                most[int(cell) + number if upwards else int(cell)] = 0.0
                ways.bound(least, most)
                costs = np.where(hidden, 0.0, self.costs)
                moved = ways.cheapest(np.concatenate([costs, costs]))
                hidden = hidden | (moved[:number] > TOLERANCE) | (moved[number:] > TOLERANCE)
        return np.asarray(hidden)
