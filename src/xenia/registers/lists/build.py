"""Writing a list version: aside, in one pass over the input and one over what was staged, then renamed into place."""

from __future__ import annotations

import os
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xenia import matching
from xenia.errors import Unavailable
from xenia.formats.dates import BadDate, PartialDate
from xenia.formats.lists.records import DOCUMENT, Body, Record, Refused
from xenia.registers.lists import codec
from xenia.registers.lists.file import KINDS, SCHEMA, file_hash

Progress = Callable[[str, int], None]
_TELL_EVERY = 2_000
_FAST = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-32000;"
_TABLES = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record(n INTEGER PRIMARY KEY, record_id TEXT NOT NULL, kind INTEGER NOT NULL, packed TEXT NOT NULL);
CREATE TABLE text(n INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE name_key(key INTEGER PRIMARY KEY, records NOT NULL);
CREATE TABLE document_key(key INTEGER PRIMARY KEY, records NOT NULL);
"""


@dataclass(frozen=True)
class Built:
    """What was written: records by kind, bytes and the hash of the file."""

    counts: Mapping[str, int]
    sha256: str
    size_bytes: int


@dataclass
class _Keys:
    """Keys of one table as they come: key by key, with the number of the staged row."""

    keys: array[int] = field(default_factory=lambda: array("q"))
    rows: array[int] = field(default_factory=lambda: array("I"))

    def add(self, keys: Iterable[int], row: int) -> None:
        for key in keys:
            self.keys.append(key)
            self.rows.append(row)


class _Texts:
    """Shared texts, written as they come; a number that two different texts would have is given to the first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.known: dict[int, str] = {}

    def share(self, text: str) -> int:
        number = codec.text_number(text)
        known = self.known.get(number)
        if known is None:
            self.connection.execute("INSERT OR IGNORE INTO text VALUES (?, ?)", (number, text))
            known = self.connection.execute("SELECT text FROM text WHERE n = ?", (number,)).fetchone()[0]
            if len(self.known) < 20_000:
                self.known[number] = known
        return number if known == text else -1


def build(
    path: Path,
    records: Iterable[Record],
    meta: Mapping[str, str],
    *,
    secret: bytes,
    progress: Progress | None = None,
    refuse: Callable[[Refused], None] | None = None,
    keys: bool = True,
) -> Built:
    """Writes the list file at `path` and gives its counts and hash; until it is whole, nothing stands there.

    `meta`: what the file says of itself (register, source, number, as_of ...). `secret` keys the document hashes.
    A second record of the same record_id goes to `refuse`. `keys=False` leaves the search keys out, for comparing only.
    `progress(step, rows)` is called now and then; what it raises stops the build. Leftovers of a stopped build are
    removed here and before the next one. Raises `Unavailable` (code `disk-full`) where the disk does not take it.
    """
    part, stage = path.with_name(path.name + ".part"), path.with_name(path.name + ".stage")
    _remove(part, stage)
    tell = progress or (lambda step, rows: None)
    try:
        counts = _write(part, stage, records, meta, secret, tell, refuse or (lambda refused: None), keys)
        _synced(part)
        digest = file_hash(part)
        part.replace(path)
        _synced(path.parent)
    except sqlite3.Error as error:
        raise Unavailable(
            "The list could not be written to disk.", "Free some space and load it again.", code="disk-full"
        ) from error
    finally:
        _remove(part, stage)
    return Built(counts, digest, path.stat().st_size)


def _write(
    part: Path,
    stage: Path,
    records: Iterable[Record],
    meta: Mapping[str, str],
    secret: bytes,
    tell: Progress,
    refuse: Callable[[Refused], None],
    keys: bool,
) -> dict[str, int]:
    names, documents = _Keys(), _Keys()
    with closing(_fresh(part)) as out, closing(_fresh(stage)) as staged:
        out.executescript(_TABLES)
        staged.execute(
            "CREATE TABLE record(s INTEGER PRIMARY KEY, record_id TEXT, kind INTEGER, packed TEXT, line INTEGER)"
        )
        out.execute("BEGIN")
        staged.execute("BEGIN")
        rows = _staged(records, _Texts(out), names, documents, secret if keys else None, tell)
        staged.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?)", rows)
        staged.execute("COMMIT")
        order = _Order(staged, tell, refuse)
        out.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", order.rows())
        _write_keys(out, "name_key", names, order.number_of)
        tell("keys", len(names.keys))
        _write_keys(out, "document_key", documents, order.number_of)
        tell("keys", len(names.keys) + len(documents.keys))
        counts = {kind: order.counts[number] for number, kind in enumerate(KINDS)}
        own = {"schema": SCHEMA, "rules_version": matching.RULES_VERSION, "records": sum(order.counts), **counts}
        out.executemany(
            "INSERT INTO meta VALUES (?, ?)", sorted({**meta, **{k: str(v) for k, v in own.items()}}.items())
        )
        out.execute("COMMIT")
    return counts


def _staged(
    records: Iterable[Record],
    texts: _Texts,
    names: _Keys,
    documents: _Keys,
    secret: bytes | None,
    tell: Progress,
) -> Iterator[tuple[int, str, int, str, int]]:
    for row, record in enumerate(records, 1):
        kind = KINDS.index(record.kind)
        if secret is not None:
            if record.kind == DOCUMENT:
                documents.add((_document_key(secret, record.body),), row)
            else:
                names.add(name_keys(record.body), row)
                documents.add((_document_key(secret, paper) for paper in record.body.get("documents") or ()), row)
        yield (
            row,
            record.record_id,
            kind,
            codec.pack(record.record_id, record.kind, record.body, texts.share),
            record.line,
        )
        if row % _TELL_EVERY == 0:
            tell("reading", row)


class _Order:
    """The staged rows in the order of record_id, numbered from 1; duplicates go to `refuse`, the first in the file stays."""

    def __init__(self, staged: sqlite3.Connection, tell: Progress, refuse: Callable[[Refused], None]) -> None:
        self.staged, self.tell, self.refuse = staged, tell, refuse
        last = staged.execute("SELECT max(s) FROM record").fetchone()[0] or 0
        self.number_of = np.zeros(last + 1, dtype=np.uint32)
        self.counts = [0] * len(KINDS)

    def rows(self) -> Iterator[tuple[int, str, int, str]]:
        number, before = 0, None
        sql = "SELECT s, record_id, kind, packed, line FROM record ORDER BY record_id, s"
        for s, record_id, kind, packed, line in self.staged.execute(sql):
            if record_id == before:
                self.refuse(Refused(line, "same-record-id", record_id, "record_id"))
                continue
            number, before = number + 1, record_id
            self.number_of[s] = number
            self.counts[kind] += 1
            yield number, record_id, kind, packed
            if number % _TELL_EVERY == 0:
                self.tell("writing", number)


def _write_keys(out: sqlite3.Connection, table: str, keys: _Keys, number_of: npt.NDArray[np.uint32]) -> None:
    if not keys.keys:
        return
    key = np.frombuffer(keys.keys, dtype=np.int64)
    number = number_of[np.frombuffer(keys.rows, dtype=np.uint32)]
    kept = np.flatnonzero(number)
    order = kept[np.lexsort((number[kept], key[kept]))]
    key, number = key[order], number[order]
    fresh = np.ones(len(key), dtype=bool)
    fresh[1:] = (key[1:] != key[:-1]) | (number[1:] != number[:-1])
    key, number = key[fresh], number[fresh].astype("<u4")
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else np.array([], dtype=np.int64)
    out.executemany(f"INSERT INTO {table} VALUES (?, ?)", _postings(key, number, starts))


def _postings(
    key: npt.NDArray[np.int64], number: npt.NDArray[np.uint32], starts: npt.NDArray[np.int64]
) -> Iterator[tuple[int, int | bytes]]:
    ends = np.append(starts[1:], len(key))
    step = 100_000
    for at in range(0, len(starts), step):
        first, last = starts[at : at + step], ends[at : at + step]
        for value, start, end, one in zip(
            key[first].tolist(), first.tolist(), last.tolist(), number[first].tolist(), strict=True
        ):
            yield value, one if end - start == 1 else number[start:end].tobytes()


def full_names(body: Body) -> list[str]:
    """Every name of a person in one line each."""
    names = (
        name.get("full") or f"{name.get('given_names', '')} {name.get('surname', '')}".strip() for name in body["names"]
    )
    return [name for name in names if name]


def name_keys(body: Body) -> tuple[int, ...]:
    """The name keys of a listed person, over all names and all birth dates."""
    names = full_names(body)
    births = [birth for text in body.get("birth_dates") or () if (birth := _birth(text)) is not None]
    keys: dict[int, None] = {}
    for birth in births or (None,):
        keys.update(zip(matching.name_keys(names, birth), repeat(None)))
    return tuple(keys)


def _birth(text: str) -> PartialDate | None:
    with suppress(BadDate):
        birth = PartialDate.parse(text)
        return None if birth.is_unknown else birth
    return None


def _document_key(secret: bytes, paper: Mapping[str, str]) -> int:
    return matching.document_keys(secret, paper["issuing_state"], paper["type"], paper["number"]).exact


def _fresh(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(_FAST)
    return connection


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
