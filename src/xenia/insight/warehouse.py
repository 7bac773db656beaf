"""The facts without persons, on disk: immutable Parquet files in a folder, and DuckDB over them.

    DIR/facts/crossing/<name>.parquet    facts, never changed once written
    DIR/files.json                       which file came from where: rows, SHA-256, when; and how far the journal has come in
    DIR/released.jsonl                   what has left, one line each; of the installation's own warehouse beside it (`memory`)
    DIR/.lock, DIR/locks/                who reads and who writes (`turns.py`)

The secrets of noise and pseudonyms lie elsewhere: `own_secrets.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from xenia.errors import NotFound, Unavailable
from xenia.insight import declarations, turns
from xenia.insight.declarations import Fact

MEMORY = "2GB"
THREADS = 2
FOR_ONE = 3 << 30  # of the machine's memory, for each engine that may run at once: it and what is made of its answer
MOST_AT_ONCE = 4
PATIENCE_S = 120.0
SQL_TYPES = {"timestamp": "TIMESTAMP", "date": "DATE", "text": "VARCHAR", "whole": "INTEGER", "key": "UBIGINT"}
SPILL = ".spill"  # in the folder, of each engine its own: what a question has no memory for, while it is counted


@dataclass(frozen=True)
class File:
    """One file of facts. `digest`: SHA-256 of its bytes; `source`: what it was made of.

    `first`, `last`: positions of the journal whose facts it holds, both 0 where it came from elsewhere; `kept`: its facts are of
    entries that were erased, so that nothing can make them again.
    """

    fact: str
    name: str
    rows: int
    digest: str
    source: str
    source_digest: str
    at: str
    first: int = 0
    last: int = 0
    kept: bool = False

    @property
    def made_here(self) -> bool:
        """Whether it follows from this journal, and is made again from it."""
        return self.last > 0 and not self.kept


@dataclass(frozen=True)
class Tail:
    """How far the journal has come into the files. `leaf`: the hash at that position, so that another history is noticed.

    `applied`: changes of files that this index holds already. `number`: grows with every index.
    """

    position: int = 0
    leaf: str = ""
    at: str = ""
    number: int = 0
    applied: tuple[int, ...] = ()


@dataclass(frozen=True)
class Fresh:
    """Facts that are in no file yet: made of the entry at `position`, a row with every column."""

    fact: str
    position: int
    row: Mapping[str, Any]


class Warehouse:
    """A folder of facts. Raises `Unavailable` (`warehouse-disk`) where it cannot be read or written."""

    def __init__(
        self, folder: Path, fresh: Callable[[], Sequence[Fresh]] | None = None, memory: Path | None = None
    ) -> None:
        """`fresh`: what waits to be written into files, where somebody follows a journal into this folder.

        `memory`: the folder of what has left, where it outlives the facts; else it lies with them.
        """
        self.folder, self._fresh, self.memory = folder, fresh, memory or folder
        self.engines, self.patience_s = at_once(), PATIENCE_S

    @property
    def log(self) -> Path:
        """Where what has left is written down."""
        return self.memory / "released.jsonl"

    def files(self) -> list[File]:
        """What was put in, the oldest first. Raises `NotFound` (`no-warehouse`) where there is nothing, nor anything waiting."""
        if not self.index.is_file() and not (self._fresh and self._fresh()):
            raise NotFound(
                _("There are no facts in %(folder)s.") % {"folder": self.folder},
                _("Load some: xenia insight load."),
                code="no-warehouse",
            )
        return self.known()

    def known(self) -> list[File]:
        """As `files`; empty where there is nothing."""
        return self._index()[0]

    def tail(self) -> Tail:
        """How far the journal has come into the files."""
        return self._index()[1] if self.index.is_file() else Tail()

    @property
    def index(self) -> Path:
        """Which files count."""
        return self.folder / "files.json"

    def _index(self) -> tuple[list[File], Tail]:
        if not self.index.is_file():
            return [], Tail()
        raw = json.loads(self.index.read_text(encoding="utf-8"))
        tail = raw.get("tail", {})
        return [File(**one) for one in raw["files"]], Tail(**{**tail, "applied": tuple(tail.get("applied", ()))})

    def swap(self, files: Sequence[File], tail: Tail) -> None:
        """Make these the files that count, all at once. The caller holds `alone()`, and removes what counts no longer after it."""
        told = {"files": [asdict(one) for one in files], "tail": asdict(tail)}
        write_whole(self.index, json.dumps(told, indent=1).encode())

    def holds(self, source_digest: str) -> bool:
        """Whether a file with these bytes was loaded before."""
        return self.index.is_file() and any(one.source_digest == source_digest for one in self.files())

    def place(self, fact: str, name: str) -> Path:
        """Where a file of facts lies."""
        return self.folder / "facts" / fact / name

    def add(self, made: File) -> None:
        """Take a file that was written to its place into the index: from now on it counts."""
        with self.alone():
            known = self.known()
            if any(one.name == made.name for one in known):
                return  # another was as quick, with the same bytes
            self.swap([*known, made], self.tail())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else changes files or the index meanwhile, and nobody reads them, in this process or another.

        No stream of readers keeps it waiting: those who come later wait behind it.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # pseudonyms and exact counts lie in it
        with turns.alone(self._gate), turns.alone(self.folder / ".lock"):
            yield

    @contextmanager
    def reading(self, turn: str = "") -> Iterator[Callable[[], None]]:
        """Nobody changes files meanwhile, others read them too; of the same `turn` only one at a time.

        Gives what lets go of the engine's place once the engine is closed, while what it said is still thought about.
        Raises `Unavailable` (`warehouse-busy`, `warehouse-disk`).
        """
        until = time.monotonic() + self.patience_s
        engines = [self.folder / turns.FOLDER / f"engine-{number}.lock" for number in range(self.engines)]
        with ExitStack() as held:
            if turn:
                held.enter_context(turns.one_of([self.memory / turns.FOLDER / f"{turn}.lock"], until))
            place = held.enter_context(ExitStack())
            place.enter_context(turns.one_of(engines, until))
            held.enter_context(turns.one_of([self.folder / ".lock"], until, shared=True, gate=self._gate))
            yield place.close

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Nobody else writes down what left meanwhile."""
        with turns.alone(self.memory / turns.FOLDER / turns.LOG):
            yield

    @property
    def _gate(self) -> Path:
        return self.folder / turns.FOLDER / "gate.lock"

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """An engine that sees one view for each fact, and no other file of this machine.

        Files and what waits beside them are one: what waits is read first, so that a row that goes into a file meanwhile is seen
        once. The caller holds `reading()` or `alone()` where files may be rewritten at the same time.
        """
        fresh = self._fresh() if self._fresh is not None else ()
        files, tail = self._index()
        by_fact: dict[str, list[str]] = {}
        for one in files:
            by_fact.setdefault(one.fact, []).append(str(self.place(one.fact, one.name)))
        connection = engine([self.folder])
        try:
            for name, fact in declarations.facts().items():
                rows = [one.row for one in fresh if one.fact == name and one.position > tail.position]
                table(connection, f"fresh_{name}", fact, rows)
                connection.execute(f"CREATE VIEW {name} AS {_source(fact, by_fact.get(name, []), bool(rows))}")
            yield connection
        except duckdb.OutOfMemoryException:
            raise Unavailable(
                _("The question needs more than %(memory)s of memory.") % {"memory": MEMORY},
                "Ask for fewer breakdowns or a shorter period.",
                code="warehouse-memory",
            ) from None
        except duckdb.IOException as error:
            raise Unavailable("A file of facts cannot be read.", str(error)[:200], code="warehouse-disk") from None
        finally:
            connection.close()


def at_once() -> int:
    """How many engines may run at once on this machine."""
    return max(1, min(MOST_AT_ONCE, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // FOR_ONE))


def table(connection: duckdb.DuckDBPyConnection, name: str, fact: Fact, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as a table of the engine, with the columns of their fact."""
    columns = ", ".join(f"{one} {SQL_TYPES[kind]}" for one, kind in fact.columns.items())
    connection.execute(f"CREATE TABLE {name} ({columns})")
    if not rows:
        return
    # As one text: given as lists, each value costs the engine's search for a library that is not there.
    shape = json.dumps([{one: SQL_TYPES[kind] for one, kind in fact.columns.items()}])
    text = json.dumps([{one: row.get(one) for one in fact.columns} for row in rows], default=_as_text)
    connection.execute(f"INSERT INTO {name} SELECT unnest(from_json(?, ?), recursive := true)", [text, shape])


def _as_text(value: Any) -> str:
    """Moments and days as the engine reads them."""
    return str(value.isoformat())


def engine(allowed: list[Path]) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory that may touch these folders only; what it has no memory for goes into the last, never elsewhere."""
    connection = duckdb.connect(":memory:")
    folders = ", ".join("'" + str(one).replace("'", "''") + "'" for one in allowed)
    spill = str(allowed[-1] / f"{SPILL}-{secrets.token_hex(6)}").replace(
        "'", "''"
    )  # two in one folder spoil each other's
    for said in (
        f"temp_directory = '{spill}'",
        f"memory_limit = '{MEMORY}'",
        f"threads = {THREADS}",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"allowed_directories = [{folders}]",
        "enable_external_access = false",
        "TimeZone = 'UTC'",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {said}")
    return connection


def named(files: Sequence[str | Path]) -> str:
    """Paths as a list in SQL."""
    return "[" + ", ".join("'" + str(one).replace("'", "''") + "'" for one in files) + "]"


def _source(fact: Fact, files: Sequence[str], with_fresh: bool) -> str:
    """The facts of all files, also of those that were written before a column was declared."""
    empty = ", ".join(f"CAST(NULL AS {SQL_TYPES[kind]}) AS {name}" for name, kind in fact.columns.items())
    parts = [f"SELECT {empty} WHERE false"]
    if files:
        parts.append(f"SELECT * FROM read_parquet({named(files)}, union_by_name = true)")
    if with_fresh:
        parts.append(f"SELECT * FROM fresh_{fact.name}")
    picked = ", ".join(
        f"COALESCE({name}, '') AS {name}" if kind == "text" else name for name, kind in fact.columns.items()
    )
    return f"SELECT {picked} FROM ({' UNION ALL BY NAME '.join(parts)})"


def write_whole(path: Path, data: bytes) -> None:
    """A file that is there whole or as it was before. Raises `Unavailable` (`warehouse-disk`)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise turns.unwritable(error) from None


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lines_of(path: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of a log; a last one that was cut off by a power cut is passed over."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue
