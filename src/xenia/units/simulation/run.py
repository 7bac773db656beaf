"""A run: what happens is drawn from the seed; what must always hold is looked at after every step and at the end."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from xenia.units.protocol import up
from xenia.units.simulation.parts import POISON, Centre, Unit, leaf_of

UNITS = 3
STEPS = 160
LASTS_S = 3600.0
HEALS_S = 48 * 3600.0
"""So long after the last fault everything must have arrived."""


@dataclass(frozen=True)
class Outcome:
    """One run. `violations`: what did not hold, in words; empty is right. `faults`: what was done to it, counted."""

    seed: int
    entries: int
    faults: Counter[str]
    violations: tuple[str, ...]


class World:
    """Units, a centre, the line between them, and a clock that only this world has."""

    def __init__(self, seed: int, *, units: int = UNITS, centre: Centre | None = None) -> None:
        self.draw = Random(seed)  # noqa: S311 - chance of a simulation, replayed from its seed
        self.seed, self.now, self.number = seed, 0.0, 0
        self.centre = centre or Centre()
        self.units = [Unit(f"unit-{number}") for number in range(units)]
        self.faults: Counter[str] = Counter()
        self.violations: list[str] = []
        self.cut_until: dict[str, float] = {}
        self.one_way: dict[str, float] = {}
        self.healing = False
        self.ever: dict[str, list[bytes]] = {one.name: [] for one in self.units}
        self.seen: dict[str, int] = {one.name: 0 for one in self.units}
        self.loss, self.twice = self.draw.choice((0.0, 0.1, 0.4)), self.draw.choice((0.0, 0.2))
        self.backup = self.centre.copied()
        self.was_set_back = False
        self.all_well: set[str] = set()
        """From then on the centre may hold less than it acknowledged, until all has come again."""
        self.most = self.draw.choice((1, 3, 20, up.BATCH))
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        """When, numbered so that what is due at the same moment keeps its order, and what."""

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """So it is to happen."""
        self.number += 1
        heapq.heappush(self._due, (self.now + seconds, self.number, what))

    def run(self) -> Outcome:
        """Faults for an hour, then none; then everything must have arrived."""
        for unit in self.units:
            self.later(self.draw.random(), lambda unit=unit: self._turn(unit))  # type: ignore[misc]
        for _step in range(STEPS):
            self.later(self.draw.random() * LASTS_S, self._something)
        self.later(LASTS_S, self._heal)
        while self._due:
            self.now, _number, what = heapq.heappop(self._due)
            what()
            self._always()
            if self.violations:
                break
        if not self.violations:
            self._at_the_end()
        self.faults += self.centre.faults
        entries = sum(len(one) for one in self.ever.values())
        return Outcome(self.seed, entries, self.faults, tuple(self.violations))

    # What happens -------------------------------------------------------------------------------------------------

    def _something(self) -> None:
        unit, what = self.draw.choice(self.units), self.draw.random()
        if self.draw.random() < 0.02:
            self.backup = self.centre.copied()
        if what < 0.55:
            for _one in range(self.draw.choice((1, 1, 4, 30))):
                before = len(unit.entries)
                unit.write(self.draw)
                self.ever[unit.name] += unit.entries[before:]
            self._down(unit, "power cut while writing")
        else:
            self._fault(unit, what)

    def _fault(self, unit: Unit, what: float) -> None:
        lasts = self.draw.random() * 900
        if what < 0.65:
            self.faults["line cut"] += 1
            self.cut_until[unit.name] = self.now + lasts
        elif what < 0.70:
            self.faults["line one way"] += 1
            self.one_way[unit.name] = self.now + lasts
        elif what < 0.78:
            unit.is_down = True
            self._down(unit, "unit killed")
        elif what < 0.84:
            self.faults["centre killed"] += 1
            self.centre.is_down = True
            self.later(self.draw.random() * 120, self._centre_up)
        elif what < 0.90:
            self.faults["clock jump"] += 1
            unit.clock += self.draw.choice((-86400.0, -3600.0, 60.0, 86400.0, 3 * 365 * 86400.0))
        elif what < 0.95:
            self.faults["disk full"] += 1
            unit.disk_full = True
            self.later(lasts, lambda: setattr(unit, "disk_full", False))
        elif what < 0.975:
            self._altered(unit)
        elif what < 0.98:
            self._set_back()
        elif not unit.restored:
            self.faults["unit set back to a backup"] += 1
            unit.set_back(self.draw.randrange(1, 12))
            self.ever[unit.name] = list(unit.entries)

    def _down(self, unit: Unit, what: str) -> None:
        if unit.is_down:
            self.faults[what] += 1
            self.later(self.draw.random() * 60, unit.boot)

    def _centre_up(self) -> None:
        self.centre.is_down = False

    def _altered(self, unit: Unit) -> None:
        """Somebody on the line, or a bad disk, changes a batch: nothing of it may be taken."""
        held = self.centre.held.get(unit.name)
        size = held.frontier.size if held else 0
        leaves = unit.leaves(size + 1, min(len(unit.entries), size + 5))
        if unit.restored or not leaves or self.centre.is_down:
            return
        self.faults["batch altered"] += 1
        place = self.draw.randrange(len(leaves))
        sending = up.Sending(size, held.frontier.copy() if held else None)
        sound = sending.batch(unit.name, range(size + 1, size + 1 + len(leaves)), leaves, 0.0)
        wrong = [*leaves[:place], leaf_of(b"something else"), *leaves[place + 1 :]]
        broken = up.Batch(unit.name, sound.first, tuple(wrong), sound.root)
        answer = self.centre.take(broken, [b"something else"] * len(wrong), self.draw)
        if answer is None or answer.kind not in (up.FORGED, up.HALTED):
            self.violations.append("an altered batch was taken")

    def _set_back(self) -> None:
        """The centre's backup of a while ago is put back: what came since is gone there, and still lies at the units."""
        self.faults["centre set back to a backup"] += 1
        self.centre.restore(self.backup)
        for unit in self.units:
            held = self.centre.held.get(unit.name)
            self.seen[unit.name] = min(self.seen[unit.name], len(held.entries) if held else 0)
        self.was_set_back = True

    def _heal(self) -> None:
        self.healing = True
        self.cut_until, self.one_way, self.loss, self.twice = {}, {}, 0.0, 0.0
        self.centre.is_down = False
        for unit in self.units:
            unit.disk_full = False
            if unit.is_down:
                unit.boot()

    # The line -----------------------------------------------------------------------------------------------------

    def _turn(self, unit: Unit) -> None:
        done = self.healing and not unit.is_down and (unit.halted or unit.name in self.all_well)
        if done or self.now > LASTS_S + HEALS_S:
            return
        self.later(0.5 + self.draw.random() * (60 if self.healing else 20), lambda: self._turn(unit))
        if unit.is_down:
            if self.healing:
                unit.boot()
            return
        made = unit.batch(self.now, self.most)
        if made is None:
            if unit.machine.acknowledged == len(unit.entries):
                self.later(self.draw.random() * 30, lambda: self._greets(unit, unit.machine.acknowledged + 1))
            return
        if self._lost(unit):
            self.later(5, lambda: self._failed(unit))
            return
        for _copy in range(2 if self.draw.random() < self.twice else 1):
            self.later(self.draw.random() * 30, lambda: self._comes(unit, *made))

    def _lost(self, unit: Unit) -> bool:
        lost = self.cut_until.get(unit.name, 0) > self.now or self.draw.random() < self.loss
        self.faults["message lost"] += lost
        return lost

    def _failed(self, unit: Unit) -> None:
        if not unit.is_down:
            unit.machine.failed(self.now + unit.clock, self.draw.random())

    def _greets(self, unit: Unit, first: int) -> None:
        """A unit with nothing to send says so; the centre's answer tells whether it still has everything."""
        if self.centre.is_down or unit.is_down or self._lost(unit):
            return
        answer = self.centre.greet(unit.name, first)
        if self.healing and answer == up.Answer(up.RECEIVED, len(unit.entries)):
            self.all_well.add(unit.name)
        self.later(self.draw.random() * 30, lambda: self._hears(unit, answer))

    def _comes(self, unit: Unit, batch: up.Batch, entries: list[bytes]) -> None:
        if self.centre.is_down:
            self._failed(unit)
            return
        answer = self.centre.take(batch, entries, self.draw)
        if self.centre.is_down:
            self.later(self.draw.random() * 120, self._centre_up)
        if answer is None or self.one_way.get(unit.name, 0) > self.now or self._lost(unit):
            self.later(5, lambda: self._failed(unit))
            return
        for _copy in range(2 if self.draw.random() < self.twice else 1):
            self.later(self.draw.random() * 60, lambda: self._hears(unit, answer))

    def _hears(self, unit: Unit, answer: up.Answer) -> None:
        if unit.is_down:
            return
        unit.hear(answer, self.now, self.draw)
        self._down(unit, "power cut while an answer was kept")

    # What must hold -----------------------------------------------------------------------------------------------

    def _always(self) -> None:
        for unit in self.units:
            held = self.centre.held.get(unit.name)
            if held is None or unit.restored:
                continue
            seen, there = self.seen[unit.name], held.entries
            if seen != len(there):
                if there[seen:] != self.ever[unit.name][seen : len(there)]:
                    self.violations.append(f"{unit.name}: what arrived is not what was written, in that order")
                self.seen[unit.name] = len(there)
            if unit.kept > len(there) and not self.was_set_back:
                self.violations.append(f"{unit.name}: more is acknowledged than has arrived")

    def _at_the_end(self) -> None:
        for unit in self.units:
            held = self.centre.held.get(unit.name)
            there = held.entries if held else []
            if len(set(there)) != len(there):
                self.violations.append(f"{unit.name}: something arrived twice")
            if unit.restored:
                continue
            if missing := set(unit.promised) - set(unit.entries):
                self.violations.append(f"{unit.name}: {len(missing)} that an officer was promised are gone")
            if there != unit.entries:
                self.violations.append(f"{unit.name}: {len(unit.entries) - len(there)} entries never arrived")
            if unit.halted:
                self.violations.append(f"{unit.name}: halted for no reason ({unit.halted})")
        self._state()

    def _state(self) -> None:
        for unit in self.units:
            held = self.centre.held.get(unit.name)
            there = held.entries if held else []
            poison = sum(one.startswith(POISON) for one in there)
            if self.centre.state[unit.name] != len(there) - poison or (held and held.quarantined != poison):
                self.violations.append(f"{unit.name}: the centre's state is not what its entries say")


def one(seed: int, **more: Any) -> Outcome:
    """The run of one seed."""
    return World(seed, **more).run()


def many(count: int, first: int = 1) -> Iterator[Outcome]:
    """The runs of so many seeds from `first` on."""
    for seed in range(first, first + count):
        yield one(seed)
