"""The facts without persons, on disk: immutable Parquet files in a folder, and DuckDB over them.

    DIR/facts/crossing/<name>.parquet    facts, never changed once written
    DIR/files.json                       which file came from where: rows, SHA-256, when
    DIR/released.jsonl                   what has left, one line each

The secret that the noise of cells is chosen with lies in the installation's home, not here.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from xenia.errors import NotFound, Unavailable
from xenia.insight import declarations
from xenia.insight.declarations import Fact

MEMORY = "2GB"
THREADS = 2
SQL_TYPES = {"timestamp": "TIMESTAMP", "date": "DATE", "text": "VARCHAR", "whole": "INTEGER", "key": "UBIGINT"}
KEY_FILE = "insight.key"  # in the home: what the noise is chosen with


@dataclass(frozen=True)
class File:
    """One file of facts. `digest`: SHA-256 of its bytes; `source`: what it was made of."""

    fact: str
    name: str
    rows: int
    digest: str
    source: str
    source_digest: str
    at: str


class Warehouse:
    """A folder of facts. Raises `Unavailable` (`warehouse-disk`) where it cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def log(self) -> Path:
        """Where what has left is written down."""
        return self.folder / "released.jsonl"

    def files(self) -> list[File]:
        """What was put in, the oldest first. Raises `NotFound` (`no-warehouse`)."""
        index = self.folder / "files.json"
        if not index.is_file():
            raise NotFound(
                f"There are no facts in {self.folder}.", "Load some: xenia insight load.", code="no-warehouse"
            )
        return [File(**one) for one in json.loads(index.read_text(encoding="utf-8"))["files"]]

    def holds(self, source_digest: str) -> bool:
        """Whether a file with these bytes was loaded before."""
        return (self.folder / "files.json").is_file() and any(
            one.source_digest == source_digest for one in self.files()
        )

    def place(self, fact: str, name: str) -> Path:
        """Where a file of facts lies."""
        return self.folder / "facts" / fact / name

    def add(self, made: File) -> None:
        """Take a file that was written to its place into the index: from now on it counts."""
        with self.alone():
            known = self.files() if (self.folder / "files.json").is_file() else []
            if any(one.name == made.name for one in known):
                return  # another was as quick, with the same bytes
            whole = {"files": [asdict(one) for one in (*known, made)]}
            write_whole(self.folder / "files.json", json.dumps(whole, indent=1).encode())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else changes the index or releases a table meanwhile, in this process or another."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """An engine that sees one view for each fact, and no other file of this machine."""
        by_fact: dict[str, list[str]] = {}
        for one in self.files():
            by_fact.setdefault(one.fact, []).append(str(self.place(one.fact, one.name)))
        connection = engine([self.folder])
        try:
            for name, fact in declarations.facts().items():
                connection.execute(f"CREATE VIEW {name} AS {_source(fact, by_fact.get(name, []))}")
            yield connection
        except duckdb.IOException as error:
            raise Unavailable("A file of facts cannot be read.", str(error)[:200], code="warehouse-disk") from None
        finally:
            connection.close()


def engine(allowed: list[Path]) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory that may touch these folders only."""
    connection = duckdb.connect(":memory:")
    folders = ", ".join("'" + str(one).replace("'", "''") + "'" for one in allowed)
    for said in (
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


def _source(fact: Fact, files: list[str]) -> str:
    if files:
        named = ", ".join("'" + one.replace("'", "''") + "'" for one in files)
        return f"SELECT * FROM read_parquet([{named}])"
    columns = ", ".join(f"CAST(NULL AS {SQL_TYPES[kind]}) AS {name}" for name, kind in fact.columns.items())
    return f"SELECT {columns} WHERE false"


def write_whole(path: Path, data: bytes) -> None:
    """A file that is there whole or as it was before. Raises `Unavailable` (`warehouse-disk`)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Unavailable(
            f"The warehouse cannot be written: {error.strerror}.", "Make room on its disk.", code="warehouse-disk"
        ) from None


def secret_of(home: Path) -> bytes:
    """The secret of the noise; made at the first time, readable by its owner only."""
    path = home / KEY_FILE
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return secret_of(home)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
    return path.read_bytes()


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
