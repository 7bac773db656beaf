"""A list version as one immutable SQLite file: reading and searching it in place. `build.py` writes it.

    meta(name, value)               what the file is: schema, register, source, rules of the keys, counts
    record(n, record_id, kind, packed, prepared)   records in the order of their subjects; packed by `codec.py`; names folded
                                    for comparison by `matching` (`Prepared.pack`). n: the first 31 bits of the
                                    subject, or the next number that is free
    text(n, text)                   sentences that many records share
    name_key(key, records)          name key -> n of one record, or a blob of sorted 32-bit n of several
    document_key(key, records)      exact document key -> the same; made with the `document_secret` that `meta` holds

The file brings the secret of its document keys with it: it holds the documents themselves, and whoever has the file, on
whatever machine, finds them in it. The installation's own secret cannot be found from it (`file_secret`).

No Django here: units, workers and benches open the same files.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import secrets
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from xenia.errors import Unavailable
from xenia.formats.lists.records import Body, Record
from xenia.journal import at_rest
from xenia.matching.numbers import DocumentKeys
from xenia.matching.rarity import DEFAULT, Rarity
from xenia.registers.lists import codec
from xenia.registers.lists.subjects import number_near, place_of, subject_bytes

SCHEMA = 1
KEYED = "keyed-1"
"""A file of keys, without names (`keyed.py`). A release that does not know them refuses it; it would find nobody in it."""
NUMBERS = "subject"
"""How records are numbered; in files of an earlier release from 1, one after the other."""
# Their numbers stand in every list file: add new ones at the end only.
KINDS = ("person", "document", "visa", "vehicle")

# A key that more records share than this says little. 4,000 of 5 million: recall .949 against .951 with 20,000, at
# half the work (our measurement of name keys over invented alerts); it grows with the register.
STOP_RECORDS = 4_000
STOP_SHARE = 1_000
_BEHIND_ALL = 1 << 40
_MMAP_LIMIT = 0x7FFF0000

Found = tuple[str, Body]


class Near(NamedTuple):
    """A record that shares keys with a question: enough to compare it; `ListFile.body(number)` has the rest."""

    number: int
    record_id: str
    prepared: str


class BadListFile(Unavailable):
    """A list file that is not there, not whole, or not ours."""

    code = "list-file"


class ListFile:
    """A list version, open for reading by any number of threads; each thread has its own connection.

    Nothing changes under a reader: the file is never written again, and whoever would overwrite it when it is done away
    with waits for the lock that is held here (`store.discard_file`), in whatever process. Close it, or let go of it: the
    last reader's reference closes it. Records whose `hidden_key` is in `hidden` are not found: they wait to be erased.
    Raises `BadListFile` where the file cannot be opened or is of an unknown schema.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connections: dict[int, sqlite3.Connection] = {}
        self._sealed = at_rest.is_sealed(path)
        self._memory = ""
        self._texts: dict[int, str] = {}
        self.hidden: frozenset[int] = frozenset()
        self.hidden_key: Callable[[str], int] = hash
        self._finish = weakref.finalize(self, _close_all, self._connections, _held(path))
        try:
            self.meta: dict[str, str] = dict(self._connection().execute("SELECT name, value FROM meta"))
        except (sqlite3.Error, MemoryError) as error:
            raise BadListFile(f"The list file {path.name} cannot be read.", "Load the list again.") from error
        self.keyed = self.meta.get("schema") == KEYED
        if not self.keyed and self.meta.get("schema") != str(SCHEMA):
            raise BadListFile(f"The list file {path.name} is of an unknown schema.", "Load the list again.")
        self.count = int(self.meta["records"])
        self.place = place_of(self.meta.get("register", ""), self.meta.get("source", ""))
        self.persons = int(self.meta.get("person", 0))
        self.rules_version = int(self.meta["rules_version"])
        self.numbers_by_subject = self.meta.get("numbers") == NUMBERS
        self.document_secret = bytes.fromhex(self.meta.get("document_secret", ""))
        self.rarity = Rarity.from_json(json.loads(self.meta["rarity"])) if "rarity" in self.meta else DEFAULT
        self._stop_bytes = 4 * max(STOP_RECORDS, self.count // STOP_SHARE)

    @classmethod
    def open(cls, path: Path) -> ListFile:
        """The list version at `path`."""
        return cls(path)

    def close(self) -> None:
        """Closes every connection. Only where no other thread reads it any more."""
        self._finish()

    def _connection(self) -> sqlite3.Connection:
        me = threading.get_ident()
        connection = self._connections.get(me)
        if connection is None:
            connection = self._connections[me] = self._another()
        return connection

    def _another(self) -> sqlite3.Connection:
        """A connection for one more thread; a shared one where a newer version has taken the file's name away."""
        if self._sealed:
            return self._in_memory()
        try:
            return _connect(self.path)
        except sqlite3.OperationalError:
            if not self._connections:
                raise
            return next(iter(self._connections.values()))

    def _in_memory(self) -> sqlite3.Connection:
        """A connection to a sealed file, which is opened into the memory of this process, once, and never onto a disk."""
        first = not self._memory
        self._memory = self._memory or f"file:/list-{secrets.token_hex(8)}?vfs=memdb"
        connection = sqlite3.connect(self._memory, uri=True, isolation_level=None, check_same_thread=False)
        if first:
            raw = bytearray().join(at_rest.pieces(self.path))
            with closing(sqlite3.connect(":memory:")) as whole:
                whole.deserialize(raw)
                raw.clear()
                whole.backup(connection)
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        return connection

    def _text(self, number: int) -> str:
        known = self._texts.get(number)
        if known is None:
            row = self._connection().execute("SELECT text FROM text WHERE n = ?", (number,)).fetchone()
            known = row[0] if row else ""
            if len(self._texts) < 4096:
                self._texts[number] = known
        return known

    def _body(self, record_id: str, kind: int, packed: str) -> Body:
        return codec.unpack(record_id, KINDS[kind], packed, self._text)

    def near(self, keys: Sequence[int], limit: int = 300) -> list[Near]:
        """Records that share name keys with the question: most shared keys first, rarer keys before common ones.

        `keys`: signed 64-bit, from `matching.query_keys`. Keys that too many records share are passed over unless
        nothing else is found. At most `limit` records; the same question always gives the same order.
        """
        wanted = _json(keys)
        connection = self._connection()
        sql = "SELECT records FROM name_key WHERE key IN (SELECT value FROM json_each(?)) AND {} ORDER BY key"
        rare = "(typeof(records) = 'integer' OR length(records) <= ?)"
        rows = connection.execute(sql.format(rare), (wanted, self._stop_bytes)).fetchall()
        if not rows:
            common = "typeof(records) = 'blob' AND length(records) > ?"
            rows = connection.execute(sql.format(common), (wanted, self._stop_bytes)).fetchall()
        numbers = _ranked([row[0] for row in rows], limit)
        sql = "SELECT n, record_id, prepared FROM record WHERE n IN (SELECT value FROM json_each(?))"
        found = {row[0]: Near(*row) for row in connection.execute(sql, (_json(numbers),))}
        return [found[number] for number in numbers if self._shows(found[number].record_id)]

    def holding(self, parts: Sequence[str], most: int) -> Iterator[Near]:
        """Of the first `most` records those whose folded names, or how these sound, hold one of `parts` anywhere.

        Looks through them all; the caller compares what is found.
        """
        some = " OR ".join("instr(prepared, ?)" for _ in parts)
        first = "SELECT n, record_id, prepared FROM record ORDER BY n LIMIT ?"
        sql = f"SELECT n, record_id, prepared FROM ({first}) WHERE {some} ORDER BY n"
        for row in self._connection().execute(sql, (most, *parts)):
            if self._shows(row[1]):
                yield Near(*row)

    def search_names(self, keys: Sequence[int], limit: int = 300) -> list[Found]:
        """As `near`, with whole bodies: dearer, for few records or for tests."""
        return self._records([near.number for near in self.near(keys, limit)])

    def body(self, number: int) -> Body:
        """The body of the record with that number, as `near` gives it."""
        sql = "SELECT record_id, kind, packed FROM record WHERE n = ?"
        return self._body(*self._connection().execute(sql, (number,)).fetchone())

    def key_of(self, keys: DocumentKeys) -> int:
        """The key of a document in this file. A file of an earlier release was made with the installation's own secret."""
        return keys.exact_under(self.document_secret) if self.document_secret else keys.exact

    def search_document(self, keys: DocumentKeys) -> list[Found]:
        """Records under a document's exact key. The caller compares the full number: keys are hashes of 63 bits."""
        wanted = self.key_of(keys)
        row = self._connection().execute("SELECT records FROM document_key WHERE key = ?", (wanted,)).fetchone()
        if row is None:
            return []
        return self._records([row[0]] if isinstance(row[0], int) else np.frombuffer(row[0], dtype="<u4").tolist())

    def search_documents(self, asked: Sequence[DocumentKeys]) -> dict[DocumentKeys, list[Found]]:
        """Records for many documents at once; those without a record are left out."""
        by_key = {self.key_of(keys): keys for keys in asked}
        sql = "SELECT key, records FROM document_key WHERE key IN (SELECT value FROM json_each(?))"
        found: dict[DocumentKeys, list[Found]] = {}
        for key, records in self._connection().execute(sql, (_json(list(by_key)),)).fetchall():
            numbers = [records] if isinstance(records, int) else np.frombuffer(records, dtype="<u4").tolist()
            found[by_key[key]] = self._records(numbers)
        return found

    def _records(self, numbers: Sequence[int]) -> list[Found]:
        if not numbers:
            return []
        wanted = _json(numbers)
        sql = "SELECT n, record_id, kind, packed FROM record WHERE n IN (SELECT value FROM json_each(?))"
        rows = {
            n: (record_id, kind, packed) for n, record_id, kind, packed in self._connection().execute(sql, (wanted,))
        }
        return [(rows[n][0], self._body(*rows[n])) for n in numbers if self._shows(rows[n][0])]

    def get(self, record_id: str) -> Body | None:
        """The body of one record, or None."""
        found = self.find_subject(subject_bytes(self.place, record_id))
        return found[1] if found and found[0] == record_id else None

    def find_subject(self, subject: bytes) -> Found | None:
        """The record of a subject (16 bytes), or None. Records lie in the order of their subjects, near the number that says so."""
        if self.numbers_by_subject:
            find = "SELECT record_id, kind, packed FROM record WHERE n >= ? ORDER BY n"
            for record_id, kind, packed in self._connection().execute(find, (number_near(subject),)):
                at = subject_bytes(self.place, record_id)
                if at >= subject:
                    found = at == subject and self._shows(record_id)
                    return (record_id, self._body(record_id, kind, packed)) if found else None
            return None
        low, high = 1, self.count
        find = "SELECT record_id, kind, packed FROM record WHERE n = ?"
        while low <= high:
            middle = (low + high) // 2
            record_id, kind, packed = self._connection().execute(find, (middle,)).fetchone()
            at = subject_bytes(self.place, record_id)
            if at == subject:
                return (record_id, self._body(record_id, kind, packed)) if self._shows(record_id) else None
            low, high = (middle + 1, high) if at < subject else (low, middle - 1)
        return None

    def page(self, beside: int, limit: int, *, backwards: bool = False) -> list[tuple[int, str, Body]]:
        """Up to `limit` records in the file's order after the one with number `beside` (0: from the beginning).

        `backwards`: in the other order, before it (0: from the end). Records that are being erased are left out.
        """
        after = "n < ? ORDER BY n DESC" if backwards else "n > ? ORDER BY n"
        start = beside or (_BEHIND_ALL if backwards else 0)
        sql = f"SELECT n, record_id, kind, packed FROM record WHERE {after} LIMIT ?"
        rows = self._connection().execute(sql, (start, limit)).fetchall()
        return [
            (n, record_id, self._body(record_id, kind, packed))
            for n, record_id, kind, packed in rows
            if self._shows(record_id)
        ]

    @cached_property
    def ends(self) -> tuple[int, int]:
        """The numbers of the first and the last record; 0 where there is none."""
        sql = "SELECT coalesce((SELECT min(n) FROM record), 0), coalesce((SELECT max(n) FROM record), 0)"
        return cast("tuple[int, int]", self._connection().execute(sql).fetchone())

    def _shows(self, record_id: str) -> bool:
        return not self.hidden or self.hidden_key(record_id) not in self.hidden

    def records(self) -> Iterator[Record]:
        """Every record in the order of subjects, without holding them in memory."""
        for record_id, kind, packed in self._stream("SELECT record_id, kind, packed FROM record ORDER BY n"):
            yield Record(record_id, KINDS[kind], self._body(record_id, kind, packed))

    def packed(self) -> Iterator[tuple[str, str]]:
        """(record_id, packed body) of every record in the order of subjects; equal records pack to equal text in every file."""
        return cast("Iterator[tuple[str, str]]", self._stream("SELECT record_id, packed FROM record ORDER BY n"))

    def record_ids(self) -> Iterator[str]:
        """Every record_id, in the order of subjects."""
        return (row[0] for row in self._stream("SELECT record_id FROM record ORDER BY n"))

    def _stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        return self._connection().execute(sql)


def _json(numbers: Sequence[int]) -> str:
    return "[" + ",".join(map(str, numbers)) + "]"


def _connect(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA mmap_size={_MMAP_LIMIT}")
    connection.execute("PRAGMA cache_size=-2000")
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _held(path: Path) -> int:
    """A descriptor with the readers' shared lock on the file, kept until the last reader of this process lets go."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise BadListFile(f"The list file {path.name} cannot be opened.", "Load the list again.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        gone = os.fstat(handle).st_nlink == 0
    except OSError:
        gone = True
    if gone:
        os.close(handle)
        raise BadListFile(f"The list file {path.name} was just replaced.", "Ask again.")
    return handle


def _close_all(connections: dict[int, sqlite3.Connection], handle: int) -> None:
    for connection in connections.values():
        connection.close()
    connections.clear()
    os.close(handle)


def _ranked(postings: Sequence[int | bytes], limit: int) -> list[int]:
    """Record numbers by how many keys they share, then by how rare those keys are, then by number."""
    if not postings:
        return []
    parts: list[npt.NDArray[np.uint32]] = [
        np.array([posting], dtype="<u4") if isinstance(posting, int) else np.frombuffer(posting, dtype="<u4")
        for posting in postings
    ]
    lengths = np.array([len(part) for part in parts])
    weights = np.repeat(1 + 0.01 / lengths, lengths)
    numbers, inverse = np.unique(np.concatenate(parts), return_inverse=True)
    scores = np.bincount(inverse.ravel(), weights=weights)
    best = np.lexsort((numbers, -scores))[:limit]
    return cast("list[int]", numbers[best].tolist())


def file_secret(secret: bytes) -> bytes:
    """The secret of the document keys of list files, of the installation's own: the same in every version of every list."""
    return hmac.digest(secret, b"xenia/list-documents/1", "sha256")


def file_hash(path: Path) -> str:
    """SHA-256 of what the file holds, in hexadecimal."""
    return at_rest.sha256(path)
