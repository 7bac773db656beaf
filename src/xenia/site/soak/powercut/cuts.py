"""Transactions that were recorded are written again on a disk that loses its power, and what is left is compared."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import apsw

from xenia.errors import Unavailable
from xenia.journal.tree import Frontier
from xenia.site.soak import pair
from xenia.site.soak.powercut import recording
from xenia.site.soak.powercut.disk import Disk, FileSystem, Lasting, Step

FILE: Final = "xenia.sqlite3"
OFTEN: Final = "PRAGMA wal_autocheckpoint=20;"
"""Half of the runs move the log into the database so often, so that many cuts fall into that."""

AGAIN: Final = 0.25
GO_ON: Final = 3


@dataclass(frozen=True)
class Tape:
    """What one node wrote: the database before, its settings, and transactions in order."""

    node: str
    base: bytes
    pragmas: str
    transactions: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, node: str, home: Path) -> Tape:
        """The one that a recording left."""
        said = json.loads((home / recording.TAPE).read_text(encoding="utf-8"))
        transactions = tuple(tuple(one) for one in said["transactions"])
        return cls(node, (home / recording.BASE).read_bytes(), said["pragmas"], transactions)


@dataclass
class Played:
    """A tape on a disk: every step of it, and what the tables were after each transaction."""

    tape: Tape
    steps: list[Step]
    states: list[str]
    tables: tuple[str, ...]


@dataclass
class Found:
    """What cuts came to. `lost`: acknowledged and not there; `half`: neither before nor after a transaction."""

    cuts: int = 0
    lost: int = 0
    half: int = 0
    damaged: int = 0
    untrue: int = 0
    worst: int = 0
    twice: int = 0
    pieces: Counter[str] = field(default_factory=Counter)
    first: int | None = None

    @property
    def violations(self) -> int:
        """Cuts after which something was wrong."""
        return self.lost + self.half + self.damaged + self.untrue


@contextmanager
def connected(name: str, files: dict[str, bytearray], pragmas: str) -> Iterator[tuple[apsw.Connection, Disk]]:
    """The database on a disk with these files, with these settings; exclusively, since the disk has no shared memory."""
    disk = Disk(files)
    system = FileSystem(name, disk)
    try:
        with closing(apsw.Connection(FILE, vfs=name)) as link:
            link.execute("PRAGMA locking_mode=EXCLUSIVE;" + pragmas).fetchall()
            _in_force(link, pragmas)
            yield link, disk
    finally:
        system.unregister()


def play(tape: Tape, pragmas: str) -> Played:
    """Write the tape. The database before it is on the disk for good."""
    with connected("play", {FILE: bytearray(tape.base)}, pragmas) as (link, disk):
        before = {row[0] for row in link.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        tables = tuple(sorted(name for name in before if _touches(tape.transactions, name)))
        states = [state(link, tables)]
        for number in range(len(tape.transactions)):
            write(link, disk, tape, number, 1)
            states.append(state(link, tables))
        steps = list(disk.steps)
    return Played(tape, steps, states, tables)


def write(link: apsw.Connection, disk: Disk, tape: Tape, written: int, count: int) -> None:
    """The next transactions of a tape of which so many are written; each is acknowledged after its commit."""
    for number, statements in enumerate(tape.transactions[written : written + count], written + 1):
        link.execute("BEGIN IMMEDIATE")
        for statement in statements:
            link.execute(statement).fetchall()
        link.execute("COMMIT")
        disk.steps.append(Step("done", at=number))


def _in_force(link: apsw.Connection, pragmas: str) -> None:
    """Raises `Unavailable` (code `soak-settings`) where the database does not do what its settings say."""
    level = {0: "OFF", 1: "NORMAL", 2: "FULL"}[link.pragma("synchronous")]
    if f"synchronous={level};" not in pragmas or link.pragma("journal_mode") != "wal":
        raise Unavailable("The settings of the database are not in force.", "Adapt the soak.", code="soak-settings")


def _touches(transactions: Iterable[Sequence[str]], table: str) -> bool:
    return any(f'"{table}"' in one or f" {table} " in one for statements in transactions for one in statements)


def state(link: apsw.Connection, tables: Sequence[str]) -> str:
    """A digest of all rows of these tables."""
    digest = hashlib.blake2b(digest_size=16)
    for table in tables:
        digest.update(table.encode())
        for row in link.execute(f'SELECT rowid, * FROM "{table}" ORDER BY rowid'):
            digest.update(repr(row).encode())
    return digest.hexdigest()


def cut(played: Played, seeds: Sequence[int], pragmas: str) -> Found:
    """Cut the power once for each seed; the same seed cuts at the same moment and leaves the same pieces."""
    found = Found()
    moments = sorted((random.Random(seed).randrange(1, len(played.steps) + 1), seed) for seed in seeds)  # noqa: S311
    lasting, at = Lasting({FILE: bytearray(played.tape.base)}), 0
    for moment, seed in moments:
        for step in played.steps[at:moment]:
            lasting.take(step)
        at = moment
        before = found.violations
        _look(played, lasting, random.Random(f"{seed} pieces"), pragmas, found)  # noqa: S311
        if found.violations > before and (found.first is None or seed < found.first):
            found.first = seed
    return found


def _look(played: Played, lasting: Lasting, chance: random.Random, pragmas: str, found: Found) -> None:
    """One cut: open what is left, as the next start would, and compare. A quarter of the runs go on and are cut once more."""
    found.cuts += 1
    acknowledged = lasting.acknowledged
    for name, steps in lasting.under_way.items():
        found.pieces[name.removeprefix(FILE) or "database"] += len(steps)
    files = lasting.after_a_cut(chance)
    again = chance.random() < AGAIN
    if again:
        before = {name: bytearray(content) for name, content in files.items()}
        more = _compared(played, files, acknowledged, pragmas, found, go_on=GO_ON)
        if more is None:
            return
        lasting = Lasting(before, acknowledged=acknowledged)
        for step in more[: chance.randrange(len(more) + 1)]:
            lasting.take(step)
        found.twice += 1
        acknowledged, files = lasting.acknowledged, lasting.after_a_cut(chance)
    _compared(played, files, acknowledged, pragmas, found)


def _compared(
    played: Played, files: dict[str, bytearray], acknowledged: int, pragmas: str, found: Found, go_on: int = 0
) -> list[Step] | None:
    """Whether what is left holds all that was acknowledged, and no half; then so many transactions more are written.

    The steps since the start, None where something is wrong.
    """
    try:
        with connected("look", files, pragmas) as (link, disk):
            if link.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                found.damaged += 1
                return None
            now = state(link, played.tables)
            if now not in played.states[acknowledged:]:
                found.lost, found.half = found.lost + (now in played.states), found.half + (now not in played.states)
                if now in played.states:
                    found.worst = max(found.worst, acknowledged - _last(played.states, now))
                return None
            if _untrue(link, played.tape.node):
                found.untrue += 1
                return None
            write(link, disk, played.tape, _last(played.states, now), go_on)
            return list(disk.steps)
    except apsw.Error:
        found.damaged += 1
        return None


def _last(states: Sequence[str], state: str) -> int:
    return len(states) - 1 - list(reversed(states)).index(state)


def _untrue(link: apsw.Connection, node: str) -> bool:
    """Whether what the node says of its line is not what its tables hold: positions, leaves, and the tree over them."""
    rows: Any = link.execute(
        "SELECT l.position, l.hash, e.position, e.node FROM journal_leaf l LEFT JOIN journal_entry e ON e.id = l.entry_id"
        " WHERE l.node = ? ORDER BY l.position", (pair.NODE,),
    ).fetchall()  # fmt: skip
    if any((at, at, pair.NODE) != (row[0], row[2], row[3]) for at, row in enumerate(rows, 1)):
        return True
    known = (
        "SELECT acknowledged, frontier FROM units_line WHERE id = 1"
        if node == "unit"
        else f"SELECT received, frontier FROM units_unit WHERE name = '{pair.NODE}'"
    )
    line: Any = link.execute(known).fetchone()
    size, frontier = line or (0, b"")
    if size > len(rows) or (node == "centre" and size != len(rows)):
        return True
    grown = Frontier()
    for row in rows[:size]:
        grown.add(row[1])
    return bool(size) and grown.pack() != frontier
