"""The lane of blobs under faults: a unit, its centre and the line between them, one seed, one run, on the very machines that are in use.

What must hold: nothing is said to be kept that is not there whole, a piece never goes while an entry waits, what was erased is not
there, and once the faults are over everything is kept, erased, or known to be lost.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from xenia.units.blobs import machine
from xenia.units.blobs.machine import AWAITED, ERASED, GONE, KEPT, UNKNOWN, Answer, Ask, Lane, Piece, Wanted
from xenia.units.simulation.run import Outcome

STEPS = 400
HEALS = 4000


@dataclass
class _Awaited:
    size: int
    state: str = AWAITED


@dataclass
class _Centre:
    """What lasts at a centre: which blobs it awaits, the parts of them, and those that are whole."""

    rows: dict[str, _Awaited] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    whole: dict[str, bytes] = field(default_factory=dict)

    def copied(self) -> _Centre:
        return _Centre({a: _Awaited(r.size, r.state) for a, r in self.rows.items()}, dict(self.parts), dict(self.whole))

    def erase(self, address: str) -> None:
        self.rows[address].state = ERASED
        self.parts.pop(address, None)
        self.whole.pop(address, None)

    def hear(self, sent: Ask | Piece, data: bytes, of: int) -> Answer:
        said = {}
        if isinstance(sent, Piece):
            said[sent.address] = self.take(sent, data, of)
        else:
            for address in sent.gone:
                if address in self.rows and self.rows[address].state == AWAITED:
                    self.rows[address].state = GONE
            for address in (*sent.about, *sent.gone):
                said[address] = self.rows[address].state if address in self.rows else UNKNOWN
        wanted = [one for one, row in self.rows.items() if row.state == AWAITED][: machine.MOST_NEXT]
        return Answer(said, tuple(Wanted(one, len(self.parts.get(one, b""))) for one in wanted))

    def take(self, sent: Piece, data: bytes, of: int) -> str:
        row = self.rows.get(sent.address)
        if row is None or row.state != AWAITED:
            return row.state if row else UNKNOWN
        there = self.parts.get(sent.address, b"")
        does = machine.look(len(there), row.size, sent.first, len(data))
        if does == machine.TOO_MUCH or of != row.size:
            return machine.REFUSED  # no honest unit: the run would end with it missing
        if does == machine.APPENDS:
            there = self.parts[sent.address] = there + data
        if len(there) == row.size:
            if hashlib.sha256(there).hexdigest() != sent.address:
                self.parts[sent.address] = b""
                return AWAITED
            self.whole[sent.address] = self.parts.pop(sent.address)
            row.state = KEPT
        return row.state


class World:
    """One unit at a centre. `entries`: so many wait; a blob is offered once its entry has arrived."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)  # noqa: S311 - chance of a simulation, replayed from its seed
        self.seed, self.now, self.entries = seed, 0.0, 0
        self.centre, self.unit = _Centre(), dict[str, bytes]()
        self.backup = self.centre.copied()
        self.states: dict[str, str] = {}
        self.arrived: list[str] = []
        self.faults: Counter[str] = Counter()
        self.violations: list[str] = []
        self.erased: set[str] = set()
        self.late: list[tuple[Ask | Piece, Answer]] = []
        self.lane = Lane(self._has)
        self.loss = self.draw.choice((0.0, 0.1, 0.4))

    def _has(self, address: str) -> int | str:
        return len(self.unit[address]) if address in self.unit else "erased"

    def run(self) -> Outcome:
        """Faults first, then none."""
        for _step in range(STEPS):
            self.now += self.draw.random() * 10
            self._something()
            self._turn(self.loss)
        self.entries, self.late = 0, []
        for _step in range(HEALS):
            self.now += 30
            self._turn(0.0)
            if not self.violations and self._is_done():
                break
        self._at_the_end()
        return Outcome(self.seed, len(self.states), self.faults, tuple(self.violations))

    def _something(self) -> None:
        what = self.draw.random()
        self.entries = max(0, self.entries + self.draw.choice((-3, -2, -1, 0, 1)))
        if what < 0.15:
            data = b"%d " % len(self.arrived) + self.draw.randbytes(self.draw.choice((1, 500, 9_000, 40_000)))
            address = hashlib.sha256(data).hexdigest()
            self.unit[address], self.states[address] = data, "waiting"
            self.arrived.append(address)
            self.centre.rows.setdefault(address, _Awaited(len(data)))
        elif what < 0.18 and self.states:
            self.faults["unit killed"] += 1
            self.lane = Lane(self._has)
        elif what < 0.20:
            self._tail_lost()
        elif what < 0.22 and self.unit:
            self.faults["erased at the unit"] += 1
            self.unit.pop(self.draw.choice(list(self.unit)))
        elif what < 0.24 and self.centre.rows:
            self.faults["erased at the centre"] += 1
            address = self.draw.choice(list(self.centre.rows))
            self.centre.erase(address)
            self.erased.add(address)
        elif what < 0.25:
            self._set_back()
        elif what < 0.26:
            self.faults["clock jump"] += 1
            self.now += self.draw.choice((-86400.0, 86400.0))
        elif what < 0.30:
            self.backup = self.centre.copied()

    def _tail_lost(self) -> None:
        """The centre's machine lost its power: the last bytes of a part are gone, or are others."""
        self.faults["power cut at the centre"] += 1
        for address, there in self.centre.parts.items():
            if there and self.draw.random() < 0.5:
                self.centre.parts[address] = there[: self.draw.randrange(len(there))]
            elif there and self.draw.random() < 0.2:
                self.centre.parts[address] = there[:-1] + bytes([there[-1] ^ 1])

    def _set_back(self) -> None:
        self.faults["centre set back"] += 1
        self.centre = self.backup.copied()
        # The entries come once more; what was erased since is erased again by whoever restored it.
        for address in self.arrived:
            if address not in self.centre.rows and address in self.states:
                size = len(self.unit[address]) if address in self.unit else 1
                self.centre.rows[address] = _Awaited(size)
        for address in self.erased & set(self.centre.rows):
            self.centre.erase(address)

    def _turn(self, loss: float) -> None:
        waiting = [one for one, state in self.states.items() if state == "waiting"]
        due = self.lane.due(self.now, waiting, entries_wait=self.entries > 0)
        if due is None:
            return
        if self.entries:
            self.violations.append("a document went while an entry waited")
        data = self.unit[due.address][due.first : due.first + due.count] if isinstance(due, Piece) else b""
        of = len(self.unit[due.address]) if isinstance(due, Piece) else 0
        if self.draw.random() < loss:
            self.faults["message lost"] += 1
            self.lane.failed(self.now, self.draw.random())
            return
        answer = self.centre.hear(due, data, of)
        if self.draw.random() < loss / 2:
            self.faults["message twice"] += 1
            answer = self.centre.hear(due, data, of)
        if self.draw.random() < loss:
            self.faults["answer lost"] += 1
            self.lane.failed(self.now, self.draw.random())
            return
        over = self.lane.answered(due, answer, self.now, self.draw.random() * 3)
        for address, state in over.items():
            if address in self.states:
                self.states[address] = state
        for one in answer.next:
            if one.address in self.states:
                self.states[one.address] = "waiting"
        self._always(over)

    def _always(self, over: dict[str, str]) -> None:
        for address, state in over.items():
            if state == KEPT and hashlib.sha256(self.centre.whole.get(address, b"")).hexdigest() != address:
                self.violations.append("something is said to be kept that is not there whole")
        if self.erased & (set(self.centre.whole) | set(self.centre.parts)):
            self.violations.append("something that was erased is there")

    def _is_done(self) -> bool:
        return all(row.state != AWAITED for row in self.centre.rows.values()) and "waiting" not in self.states.values()

    def _at_the_end(self) -> None:
        for address, row in self.centre.rows.items():
            if row.state == AWAITED:
                self.violations.append("something never came")
            if row.state == GONE and address in self.unit:
                self.violations.append("something is given up that the unit has")
            if row.state not in (KEPT, ERASED, GONE):
                self.violations.append(f"something honest is {row.state}")
        if "waiting" in self.states.values():
            self.violations.append("something waits at the unit for ever")


def one(seed: int) -> Outcome:
    """The run of one seed."""
    return World(seed).run()


def many(count: int, first: int = 1) -> Iterator[Outcome]:
    """The runs of so many seeds from `first` on."""
    for seed in range(first, first + count):
        yield one(seed)
