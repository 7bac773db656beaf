"""A unit and a centre as the simulation runs them: the real machines on disks of its own, which keep what was committed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from xenia.journal.tree import Frontier
from xenia.units.protocol import up

POISON = b"poison"


@lru_cache(maxsize=4096)
def leaf_of(entry: bytes) -> bytes:
    """The leaf of an entry of the simulation."""
    return hashlib.sha256(b"\x00" + entry).digest()


@dataclass
class Unit:
    """A unit: `entries` and `kept` are on its disk; the machine is in memory and is made anew after a crash.

    `promised`: entries of which the officer was told that they are written. `restored`: set back to an older backup once.
    """

    name: str
    entries: list[bytes] = field(default_factory=list)
    kept: int = 0
    promised: list[bytes] = field(default_factory=list)
    restored: bool = False
    is_down: bool = False
    disk_full: bool = False
    clock: float = 0.0
    halted: str = ""
    written: int = 0
    machine: up.Sending = field(default_factory=up.Sending)

    def boot(self) -> None:
        """Start again from the disk."""
        self.is_down = False
        self.machine = up.Sending(self.kept, _tree(self.entries[: self.kept]), self.halted)

    def write(self, draw: Random) -> bool:
        """An officer decides; whether it was written. With a power cut in mid-write it is on disk or it is not."""
        if self.is_down or self.disk_full:
            return False
        self.written += 1
        mark = POISON if draw.random() < 0.02 else b"entry"
        entry = b"%s %s %d %d" % (mark, self.name.encode(), self.written, draw.getrandbits(32))
        cut = draw.random()
        if cut < 0.01:  # before the commit
            self.is_down = True
            return False
        self.entries.append(entry)
        if cut < 0.02:  # after the commit, before anybody was told
            self.is_down = True
            return False
        self.promised.append(entry)
        return True

    def leaves(self, first: int, last: int) -> list[bytes]:
        """Leaves of those positions."""
        return [leaf_of(one) for one in self.entries[first - 1 : last]]

    def batch(self, now: float, most: int) -> tuple[up.Batch, list[bytes]] | None:
        """What is due now, with its entries."""
        wanted = self.machine.due(len(self.entries), now + self.clock, most)
        if wanted is None:
            return None
        made = self.machine.batch(self.name, wanted, self.leaves(wanted.start, wanted.stop - 1), now + self.clock)
        return made, self.entries[wanted.start - 1 : wanted.stop - 1]

    def hear(self, answer: up.Answer, now: float, draw: Random) -> None:
        """An answer comes; what is acknowledged is kept on disk, unless the power is cut just then."""
        self.machine.answered(answer, len(self.entries), self.leaves, now + self.clock)
        if draw.random() < 0.01:
            self.is_down = True
            return
        self.kept, self.halted = self.machine.acknowledged, self.machine.halted

    def set_back(self, count: int) -> None:
        """An older backup of the whole disk is put back: the last entries are gone, and so is what was kept of answers."""
        left = max(0, len(self.entries) - count)
        gone = set(self.entries[left:])
        self.entries = self.entries[:left]
        self.promised = [one for one in self.promised if one not in gone]
        self.kept, self.restored = min(self.kept, max(0, left - count)), True
        self.boot()


def _tree(entries: Sequence[bytes]) -> Frontier:
    grown = Frontier()
    for one in entries:
        grown.add(leaf_of(one))
    return grown


@dataclass
class Held:
    """What the centre keeps of one unit."""

    entries: list[bytes] = field(default_factory=list)
    frontier: Frontier = field(default_factory=Frontier)
    quarantined: int = 0
    halted: str = ""


@dataclass
class Centre:
    """The centre: `held` and `state` are in one database and change together or not at all."""

    held: dict[str, Held] = field(default_factory=dict)
    state: Counter[str] = field(default_factory=Counter)
    is_down: bool = False
    faults: Counter[str] = field(default_factory=Counter)

    def copied(self) -> tuple[dict[str, Held], Counter[str]]:
        """All that is on its disk, as a backup takes it."""
        held = {
            name: Held(list(one.entries), one.frontier.copy(), one.quarantined, one.halted)
            for name, one in self.held.items()
        }
        return held, Counter(self.state)

    def restore(self, backup: tuple[dict[str, Held], Counter[str]]) -> None:
        """Put a backup in the place of what is there."""
        self.held, self.state = backup
        self.held, self.state = self.copied()

    def take(self, batch: up.Batch, entries: Sequence[bytes], draw: Random) -> up.Answer | None:
        """One transaction for one batch; None where the centre falls before it can answer."""
        held = self.held.setdefault(batch.node, Held())
        if held.halted:
            return up.Answer(up.HALTED, held.frontier.size)
        machine = up.Arriving(held.frontier)
        found = machine.look(batch, lambda first, last: [leaf_of(one) for one in held.entries[first - 1 : last]])
        if isinstance(found, up.Answer):
            if found.kind == up.FORKED:
                held.halted = up.FORKED
            return found
        cut = draw.random()
        if cut < 0.01:  # in the transaction: nothing of it happened
            self.is_down = True
            self.faults["centre killed before commit"] += 1
            return None
        new = list(entries[len(entries) - len(found.new) :])
        answer = machine.take(found)
        held.frontier = machine.frontier
        held.entries += new
        for one in new:
            self._apply(held, one)
        if cut < 0.02:  # committed, and nobody hears of it
            self.is_down = True
            self.faults["centre killed after commit"] += 1
            return None
        return answer

    def greet(self, name: str, first: int) -> up.Answer:
        """The answer to a unit that has nothing to send."""
        held = self.held.get(name, Held())
        return up.Answer(up.HALTED, held.frontier.size) if held.halted else up.Arriving(held.frontier).greeted(first)

    def _apply(self, held: Held, entry: bytes) -> None:
        """What an entry changes; one that cannot be applied is kept aside and acknowledged all the same."""
        if entry.startswith(POISON):
            held.quarantined += 1
        else:
            self.state[entry.split()[1].decode()] += 1
