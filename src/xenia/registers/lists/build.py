"""Writing a list version: aside, in one pass over the input and one over what was staged, then renamed into place."""

from __future__ import annotations

import json
import os
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xenia.errors import Unavailable
from xenia.formats.lists.records import PERSON, Record, Refused, papers
from xenia.matching.claims import Prepared, prepare
from xenia.matching.keys import RULES_VERSION, name_keys
from xenia.matching.numbers import document_keys
from xenia.matching.rarity import Rarity
from xenia.registers.lists import codec
from xenia.registers.lists.claims import claim_of
from xenia.registers.lists.file import KINDS, NUMBERS, SCHEMA, file_hash, file_secret
from xenia.registers.lists.subjects import number_near, place_of, subject_bytes

Progress = Callable[[str, int], None]
_TELL_EVERY = 2_000
_FLUSH_BYTES = 8 << 20
_RARITY_SAMPLE = 100_000
_FAST = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-32000;"
_TABLES = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record(n INTEGER PRIMARY KEY, record_id TEXT NOT NULL, kind INTEGER NOT NULL, packed TEXT NOT NULL,
    prepared TEXT NOT NULL);
CREATE TABLE text(n INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE name_key(key INTEGER PRIMARY KEY, records NOT NULL);
CREATE TABLE document_key(key INTEGER PRIMARY KEY, records NOT NULL);
"""


_STAGE = """
CREATE TABLE record(s INTEGER PRIMARY KEY, subject BLOB, record_id TEXT, kind INTEGER, packed TEXT, prepared TEXT,
    line INTEGER)
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
    secret: bytes | None,
    progress: Progress | None = None,
    refuse: Callable[[Refused], None] | None = None,
) -> Built:
    """Writes the list file at `path` and gives its counts and hash; until it is whole, nothing stands there.

    `meta`: what the file says of itself (register, source, number, as_of ...). `secret`: of the installation, of which
    that of the document keys is made (`file_secret`); None leaves all search keys out, for comparing only. A second
    record of the same record_id goes to `refuse`.
    `progress(step, rows)` is called now and then; what it raises stops the build. Leftovers of a stopped build are
    removed here and before the next one. Raises `Unavailable` (code `disk-full`) where the disk does not take it.
    """
    part, stage = path.with_name(path.name + ".part"), path.with_name(path.name + ".stage")
    _remove(part, stage)
    tell = progress or (lambda step, rows: None)
    try:
        counts = _write(part, stage, records, meta, secret, tell, refuse or (lambda refused: None))
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
    secret: bytes | None,
    tell: Progress,
    refuse: Callable[[Refused], None],
) -> dict[str, int]:
    with closing(_fresh(part)) as out, closing(_fresh(stage)) as staged, _Steady(part, tell) as tell:
        out.executescript(_TABLES)
        staged.execute(_STAGE)
        out.execute("BEGIN")
        staged.execute("BEGIN")
        place, own_secret = place_of(meta.get("register", ""), meta.get("source", "")), secret and file_secret(secret)
        keyed = _Keyed(_Texts(out), place, own_secret, tell)
        staged.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)", keyed.rows(records))
        staged.execute("COMMIT")
        order = _Order(staged, tell, refuse)
        out.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?)", order.rows())
        tell("keys", 0)
        _write_keys(out, "name_key", keyed.names, order.number_of, tell)
        _write_keys(out, "document_key", keyed.documents, order.number_of, tell)
        counts = {kind: order.counts[number] for number, kind in enumerate(KINDS) if number < 2 or order.counts[number]}
        own: dict[str, object] = {
            "schema": SCHEMA,
            "rules_version": RULES_VERSION,
            "numbers": NUMBERS,
            "records": sum(order.counts),
            **counts,
        }
        if own_secret is not None:
            own["document_secret"] = own_secret.hex()
        if counts[PERSON] and own_secret is not None:
            own["rarity"] = json.dumps(Rarity.counted(_sample(out, counts[PERSON]), counts[PERSON]).to_json())
        named = {**meta, **{name: str(value) for name, value in own.items()}}
        out.executemany("INSERT INTO meta VALUES (?, ?)", sorted(named.items()))
        out.execute("COMMIT")
    return counts


class _Steady:
    """Brings what was written to disk piece by piece, so that no commit of the journal waits behind a whole list."""

    def __init__(self, path: Path, tell: Progress) -> None:
        self.path, self.tell, self.last = path, tell, 0

    def __enter__(self) -> Progress:
        self.handle = os.open(self.path, os.O_RDONLY)
        return self._told

    def __exit__(self, *_: object) -> None:
        os.close(self.handle)

    def _told(self, step: str, rows: int) -> None:
        self.tell(step, rows)
        size = os.fstat(self.handle).st_size
        if size - self.last >= _FLUSH_BYTES:
            os.fdatasync(self.handle)
            self.last = size


class _Keyed:
    """Records on their way into the stage: packed, prepared for comparison, and their keys put aside."""

    def __init__(self, texts: _Texts, place: str, secret: bytes | None, tell: Progress) -> None:
        self.texts, self.place, self.secret, self.tell = texts, place, secret, tell
        self.names, self.documents = _Keys(), _Keys()

    def rows(self, records: Iterable[Record]) -> Iterator[tuple[int, bytes, str, int, str, str, int]]:
        for row, record in enumerate(records, 1):
            packed = codec.pack(record.record_id, record.kind, record.body, self.texts.share)
            prepared = self._keyed(record, row) if self.secret is not None else ""
            subject = subject_bytes(self.place, record.record_id)
            yield row, subject, record.record_id, KINDS.index(record.kind), packed, prepared, record.line
            if row % _TELL_EVERY == 0:
                self.tell("reading", row)

    def _keyed(self, record: Record, row: int) -> str:
        self.documents.add(map(self._document, papers(record.kind, record.body)), row)
        if record.kind != PERSON:
            return ""
        claim = claim_of(record.body)
        names = claim.whole_names()
        for birth in (claim.birth, *claim.births) if claim.birth else (None,):
            self.names.add(name_keys(names, birth), row)
        return prepare(claim).pack()

    def _document(self, paper: Mapping[str, str]) -> int:
        return document_keys(self.secret or b"", paper["issuing_state"], paper["type"], paper["number"]).exact


class _Order:
    """The staged rows in the order of their subjects, numbered by `number_near`; duplicates go to `refuse`, the first one stays."""

    def __init__(self, staged: sqlite3.Connection, tell: Progress, refuse: Callable[[Refused], None]) -> None:
        self.staged, self.tell, self.refuse = staged, tell, refuse
        last = staged.execute("SELECT max(s) FROM record").fetchone()[0] or 0
        self.number_of = np.zeros(last + 1, dtype=np.uint32)
        self.counts = [0] * len(KINDS)

    def rows(self) -> Iterator[tuple[int, str, int, str, str]]:
        number, before = 0, None
        sql = "SELECT s, subject, record_id, kind, packed, prepared, line FROM record ORDER BY subject, s"
        for s, subject, record_id, kind, packed, prepared, line in self.staged.execute(sql):
            if record_id == before:
                self.refuse(Refused(line, "same-record-id", record_id, "record_id"))
                continue
            number, before = max(number + 1, number_near(subject)), record_id
            self.number_of[s] = number
            self.counts[kind] += 1
            yield number, record_id, kind, packed, prepared
            if sum(self.counts) % _TELL_EVERY == 0:
                self.tell("writing", sum(self.counts))


def _write_keys(
    out: sqlite3.Connection, table: str, keys: _Keys, number_of: npt.NDArray[np.uint32], tell: Progress
) -> None:
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
    out.executemany(f"INSERT INTO {table} VALUES (?, ?)", _postings(key, number, starts, tell))


def _postings(
    key: npt.NDArray[np.int64], number: npt.NDArray[np.uint32], starts: npt.NDArray[np.int64], tell: Progress
) -> Iterator[tuple[int, int | bytes]]:
    ends = np.append(starts[1:], len(key))
    step = 100_000
    for at in range(0, len(starts), step):
        tell("keys", at)
        first, last = starts[at : at + step], ends[at : at + step]
        for value, start, end, one in zip(
            key[first].tolist(), first.tolist(), last.tolist(), number[first].tolist(), strict=True
        ):
            yield value, one if end - start == 1 else number[start:end].tobytes()


def _sample(out: sqlite3.Connection, persons: int) -> Iterator[list[str]]:
    """The name tokens of at most some persons, evenly taken, to say how rare a name is in this list."""
    step = max(1, persons // _RARITY_SAMPLE)
    for (line,) in out.execute("SELECT prepared FROM record WHERE kind = 0 AND n % ? = 0", (step,)):
        prepared = Prepared.unpack(line)
        yield sorted({token for form in prepared.forms for token in form.tokens}) if prepared else []


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
