"""Positions one after the other, each with the entry and the leaf found there; a range is fetched at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xenia.journal.findings import Findings
from xenia.journal.memory import Memory
from xenia.journal.stream import RANGE, Hashed, entry_rows, leaf_rows, reader, subject_rows


class Stored(NamedTuple):
    """A row of the table of leaves. `id`: 32 hexadecimal digits."""

    id: str
    hash: bytes


Pair = tuple[int, Hashed | None, Stored | None]


class Window:
    """Reads a node's positions in rising order; what doesn't belong to any position is noted as found.

    `committed`: up to where entries and leaves are known to be committed.
    """

    def __init__(self, node: str, findings: Findings, memory: Memory) -> None:
        self.node, self.findings, self.memory = node, findings, memory
        self._read = reader(node)
        self.committed = 0
        self._start = 0
        self._pairs: list[Pair] = []

    def pairs(self, after: int, until: int) -> Iterator[Pair]:
        """The positions past `after` up to `until`. Ask for neighbouring ranges in rising order."""
        while after < until:
            if not self._start <= after < self._start + len(self._pairs):
                self._start, self._pairs = after, self._load(after, self._reach(after, until), noting=True)
            part = self._pairs[after - self._start : until - self._start]
            yield from part
            after += len(part)

    def _reach(self, after: int, until: int) -> int:
        """How far to fetch: never past what was committed before, as half of a batch might be seen that is sealed just now."""
        return min(after + RANGE, max(self.committed, until))

    def again(self, after: int, until: int) -> Iterator[Pair]:
        """The same positions once more, without noting anything."""
        for start in range(after, until, RANGE):
            yield from self._load(start, min(start + RANGE, until), noting=False)

    def _load(self, after: int, until: int, *, noting: bool) -> list[Pair]:
        leaves = {row[0]: Stored(str(row[1]), row[2]) for row in leaf_rows(self.node, after, until)}
        entries: dict[int, Hashed] = {}
        strays: list[Hashed] = []
        for row in entry_rows(self.node, after, until):
            entry = self._read(row)
            other = entries.get(entry.position)
            if type(entry.position) is not int:
                strays.append(entry)
            elif other is None:
                entries[entry.position] = entry
            else:  # two at one position: possible only where the constraint was dropped
                leaf = leaves.get(entry.position)
                stays, goes = (entry, other) if leaf and leaf.id == entry.id else (other, entry)
                entries[entry.position] = stays
                strays.append(goes)
        if noting:
            for stray in strays:
                self.memory.stands_at(stray.id, int(stray.position))
            self.memory.compare_subjects(entries.values(), subject_rows(self.node, after, until))
        return [(position, entries.get(position), leaves.get(position)) for position in range(after + 1, until + 1)]
