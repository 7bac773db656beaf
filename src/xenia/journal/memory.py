"""What verification must remember until the end: erased bodies, keys, and entries that stand where they weren't sealed.

Erasures can be many; they are kept in a temporary SQLite database that goes to disk when it grows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from xenia.journal import kinds
from xenia.journal.findings import Findings
from xenia.journal.models import Entry, KeyRecord
from xenia.journal.stream import Hashed

MOST = 100_000
"""The most entries out of place that are remembered by name."""
SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE gone (entry TEXT PRIMARY KEY, position INTEGER) WITHOUT ROWID;
CREATE TABLE named (entry TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE unlisted (subject TEXT, entry TEXT, PRIMARY KEY (subject, entry)) WITHOUT ROWID;
CREATE TABLE forgotten (subject TEXT PRIMARY KEY) WITHOUT ROWID;
"""


def _hex(ids: Iterable[Any]) -> list[tuple[str]]:
    return [(str(one).replace("-", "").lower(),) for one in ids]


class KeysSeen:
    """The signing keys that heads name and entries introduce, of all nodes."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.introduced: set[str] = set()
        self._used: dict[tuple[str, str], int] = {}
        self._newest: dict[str, tuple[str, int]] = {}

    def used(self, node: str, key_id: str, size: int) -> None:
        """Notes the key of a good head."""
        self._used.setdefault((node, key_id), size)
        self._newest[node] = (key_id, size)

    def finish(self, own_node: str, own_key: str | None, sizes: Mapping[str, int]) -> None:
        """Says which keys nobody introduced. `own_key`: id of the installation's key, None if it isn't here.

        `sizes`: how far each node was verified. A key whose entry waits to be sealed, or was sealed meanwhile, is no finding.
        """
        for (node, key_id), size in self._used.items():
            if key_id not in self.introduced:
                self.findings.add(
                    "unknown-key", node, size, f"no sealed entry introduces the key {key_id} that signed heads"
                )
        for record in KeyRecord.objects.exclude(key_id__in=self.introduced | {key_id for _, key_id in self._used}):
            entry = Entry.objects.filter(pk=record.entry_id, kind=kinds.KEY_INTRODUCED.name).first()
            if entry is not None and (entry.position is None or entry.position > sizes.get(record.node, 0)):
                continue
            what = f"no sealed entry introduces the recorded key {record.key_id}"
            self.findings.add("unknown-key", record.node, None, what)
        newest, size = self._newest.get(own_node, ("", 0))
        if own_key and newest and newest != own_key:
            what = "the newest head is signed by another key than this installation's"
            self.findings.add("foreign-key", own_node, size, what)


class Memory:
    """The remembrance of one node's verification.

    `own`: that of this installation's own node, verified before: its entries also say which bodies of other nodes were
    erased here. What another node says counts for its own entries only.
    """

    def __init__(self, node: str, findings: Findings, keys: KeysSeen, own: Memory | None = None) -> None:
        self.node, self.findings, self.keys, self.own = node, findings, keys, own
        self.erased = 0
        self._present = 0
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.executescript(SCHEMA)
        self._standing: dict[str, int] = {}
        self._sealed: dict[str, int] = {}

    def saw(self, entry: Hashed) -> None:
        """Notes an entry whose leaf fits, if its body is gone or says something about others."""
        if entry.is_erased:
            if entry.kind in kinds.LASTING:
                self._removed(entry.position, entry.id)
            else:
                self.erased += 1
                self._store.execute("INSERT OR IGNORE INTO gone VALUES (?, ?)", (entry.id, entry.position))
        elif entry.kind in kinds.LASTING and entry.is_intact and entry.body is not None:
            self._learn(entry.kind, entry.body, entry.position, entry.id)

    def _learn(self, kind: str, text: bytes, position: int | None, entry: str) -> None:
        try:
            body = json.loads(text)
            if kind == kinds.KEY_INTRODUCED.name:
                self.keys.introduced.add(str(body["key"]))
            else:
                self._learn_erasure(body)
        except (ValueError, KeyError, TypeError):
            what = f"an entry of kind {kind} that Xenia never wrote: it cannot be read"
            self.findings.add("edited", self.node, position, what, entry=named(entry))

    def _learn_erasure(self, body: dict[str, Any]) -> None:
        self._store.executemany("INSERT OR IGNORE INTO named VALUES (?)", _hex(body["entries"]))
        self._store.executemany("INSERT OR IGNORE INTO forgotten VALUES (?)", _hex(body["subjects"]))

    def stands_at(self, entry: str, position: int) -> None:
        """An entry stands at a position whose leaf isn't its own."""
        if len(self._standing) < MOST:
            self._standing.setdefault(entry, position)

    def sealed_at(self, entry: str, position: int) -> None:
        """A leaf names an entry that doesn't stand there."""
        if len(self._sealed) < MOST:
            self._sealed.setdefault(entry, position)

    def compare_subjects(self, entries: Iterable[Hashed], rows: Sequence[Sequence[str]]) -> None:
        """The index rows of a range against the subjects that its entries were sealed with."""
        sealed = {
            (entry.id, entry.subjects[at : at + 16].hex())
            for entry in entries
            if entry.is_intact
            for at in range(0, len(entry.subjects), 16)
        }
        listed = {(row[0], row[1]) for row in rows}
        if sealed == listed:
            return
        odd = {entry.id: entry for entry in entries if not entry.is_intact}
        for entry, subject in sorted(listed - sealed):
            if entry not in odd:
                self.findings.add(
                    "subject-added", self.node, self._position(entry), f"the index names subject {subject}, the entry does not",
                    entry=str(UUID(entry)),
                )  # fmt: skip
        self._store.executemany("INSERT OR IGNORE INTO unlisted VALUES (?, ?)", [(s, e) for e, s in sealed - listed])

    def finish(self, present: int) -> None:
        """Says what could be said only at the end of the node."""
        self._present = present
        self._learn_of_later()
        if self.own is not None:
            self.own._learn_of_later()  # what was erased since the own node was read
        self._out_of_place()
        self._bodies()
        if self.own is not None:
            self.close()

    def close(self) -> None:
        """The end; that of the own node is asked until all others are done."""
        self._store.close()

    def _learn_of_later(self) -> None:
        later = Q(position__isnull=True) | Q(position__gt=self._present)
        for entry in Entry.objects.filter(later, node=self.node, kind__in=kinds.LASTING, body__isnull=False):
            self._learn(entry.kind, bytes(entry.body or b""), entry.position, entry.id.hex)

    def _position(self, entry: str) -> int | None:
        return Entry.objects.filter(pk=UUID(entry)).values_list("position", flat=True).first()

    def _removed(self, position: int, entry: str) -> None:
        self.findings.add(
            "body-removed",
            self.node,
            position,
            "the body is gone and no sealed entry says that it was erased",
            entry=named(entry),
        )

    def _bodies(self) -> None:
        unnamed = "SELECT position, entry FROM gone WHERE entry NOT IN (SELECT entry FROM named) ORDER BY position"
        for position, entry in self._store.execute(unnamed):
            if self.own is None or not self.own._says("named", "entry", entry):
                self._removed(position, entry)
        unlisted = (
            "SELECT entry, subject FROM unlisted WHERE subject NOT IN (SELECT subject FROM forgotten) ORDER BY entry"
        )
        for entry, subject in self._store.execute(unlisted):
            if self._says("named", "entry", entry):
                continue  # erased since its range was read
            if self.own is not None and (
                self.own._says("forgotten", "subject", subject) or self.own._says("named", "entry", entry)
            ):
                continue
            self.findings.add(
                "subject-removed", self.node, self._position(entry), f"the entry names subject {subject}, the index does not",
                entry=named(entry),
            )  # fmt: skip

    def _says(self, table: str, column: str, value: str) -> bool:
        return self._store.execute(f"SELECT 1 FROM {table} WHERE {column} = ?", (value,)).fetchone() is not None

    def _out_of_place(self) -> None:
        there = _positions(set(self._sealed) - set(self._standing))
        lines: list[tuple[int, str, str, str]] = []
        for entry, sealed in self._sealed.items():
            stands = self._standing.get(entry, there.get(entry, 0))
            if entry not in self._standing and entry not in there:
                lines.append((sealed, "deleted", entry, "the entry sealed here is gone"))
            elif stands is None:
                lines.append((sealed, "moved", entry, "the entry sealed here has lost its position"))
            elif stands != sealed:
                way = "later" if stands > sealed else "earlier"
                lines.append(
                    (
                        stands,
                        "moved",
                        entry,
                        f"the entry here stands {abs(stands - sealed)} positions {way} than it was sealed",
                    )
                )
            else:
                lines.append((sealed, "moved", entry, "the entry sealed here was put under another node"))
        for entry, stands in self._standing.items():
            if entry not in self._sealed:
                lines.append((stands, "inserted", entry, "an entry stands here that was never sealed here"))
        for position, kind, entry, what in sorted(lines):
            self.findings.add(kind, self.node, position, what, entry=named(entry), join=kind == "moved")


def named(entry: str) -> str:
    """An id of 32 digits as it is usually written; anything else as it is."""
    try:
        return str(UUID(entry))
    except ValueError:
        return entry


def _positions(ids: set[str]) -> dict[str, int | None]:
    """Where the entries stand that are still in the table, by id."""
    wanted = sorted(ids)
    found: dict[str, int | None] = {}
    for start in range(0, len(wanted), 400):
        piece = [UUID(one) for one in wanted[start : start + 400] if len(one) == 32]
        found |= {pk.hex: position for pk, position in Entry.objects.filter(pk__in=piece).values_list("id", "position")}
    return found
