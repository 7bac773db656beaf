"""Sealed rows as they lie in the database, read range by range and hashed again, without Django's models: for speed,
and so that a row altered into something no model would read is told as altered instead of stopping the reader."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection

from xenia.journal.act import EXTERNAL
from xenia.journal.canonical import HEADER, SALT_BYTES, quoted

Row = tuple[Any, ...]
RANGE = 2000
COLUMNS = (
    "position, {id}, kind, schema, owner, origin, actor, purpose, legal_basis, reference, {occurred}, {recorded},"
    " retention_class, salt, {key}, subjects, body, body_hash"
)
SQLITE = COLUMNS.format(id="id", occurred="occurred_at || ''", recorded="recorded_at || ''", key="key")
POSTGRESQL = COLUMNS.format(
    id="replace(id::text, '-', '')",
    occurred="to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    recorded="to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    key="replace(key::text, '-', '')",
)


@dataclass(slots=True)
class Hashed:
    """One entry as found: the leaf that its row gives (None if it gives none), and whether the content fits its hash.

    `id`: 32 hexadecimal digits. `subjects`: 16 bytes each, in one piece. `is_erased`: salt, key, subjects and body are gone.
    """

    position: int
    id: str
    kind: str
    leaf: bytes | None
    is_intact: bool
    is_erased: bool
    subjects: bytes
    body: bytes | None
    key: bytes


def _time(text: str) -> str:
    """A stored time as headers write it; anything but its own spelling stays odd, so that the hash differs."""
    if len(text) == 26 and text[10] == " ":
        return f"{text[:10]}T{text[11:]}Z"
    if len(text) == 19 and text[10] == " ":
        return f"{text[:10]}T{text[11:]}.000000Z"
    return text


def reader(node: str) -> Callable[[Row], Hashed]:
    """A function that hashes rows of that node."""
    own = quoted(node)
    sha256, frame = hashlib.sha256, int.to_bytes
    external = len(EXTERNAL)

    def read(row: Row) -> Hashed:
        (position, id, kind, schema, owner, origin, actor, purpose, basis, reference, occurred, recorded, retention,
         salt, key, subjects, body, body_hash) = row  # fmt: skip
        try:
            note = b""
            if reference.startswith(EXTERNAL):
                note, reference = reference[external:].encode(), EXTERNAL
            header = HEADER(
                quoted(actor), f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}", quoted(kind), quoted(basis), own,
                _time(occurred), quoted(origin), quoted(owner), quoted(purpose), _time(recorded), quoted(reference),
                quoted(retention), schema,
            )  # fmt: skip
            leaf = sha256(b"\x00" + sha256(header.encode()).digest() + body_hash).digest()
            if body is None:
                erased = salt is None and key is None and subjects is None and not note
                return Hashed(position, id, kind, leaf, erased, erased, b"", None, b"")
            with_key = bytes.fromhex(key) if key else b""
            content = sha256(
                salt + frame(len(note), 4, "big") + note + frame(len(with_key), 4, "big") + with_key
                + frame(len(subjects), 4, "big") + subjects + frame(len(body), 4, "big") + body
            ).digest()  # fmt: skip
            is_intact = content == body_hash and len(salt) == SALT_BYTES
            return Hashed(position, id, kind, leaf, is_intact, False, subjects, body, with_key)
        except (TypeError, ValueError, AttributeError):
            return Hashed(position, str(id), str(kind), None, False, False, b"", None, b"")

    return read


@contextmanager
def _lenient() -> Iterator[None]:
    """Text that is no UTF-8 is read with stand-ins (SQLite only)."""
    raw = connection.connection
    before, raw.text_factory = raw.text_factory, lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before


def _fetched(sql: str, values: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
    return rows


def _rows(sql: str, values: list[Any]) -> list[Row]:
    try:
        return _fetched(sql, values)
    except OperationalError:
        if connection.vendor != "sqlite":
            raise
    with _lenient():
        return _fetched(sql, values)


def waiting_rows(node: str, most: int) -> list[Row]:
    """The rows of up to `most` entries that wait to be sealed, by id; their position is None."""
    columns = SQLITE if connection.vendor == "sqlite" else POSTGRESQL
    return _rows(
        f"SELECT {columns} FROM journal_entry WHERE position IS NULL AND node = %s ORDER BY journal_entry.id LIMIT %s",
        [node, most],
    )


def entry_rows(node: str, after: int, until: int) -> list[Row]:
    """The rows of entries past position `after`, up to `until`, by position."""
    columns = SQLITE if connection.vendor == "sqlite" else POSTGRESQL
    sql = f"SELECT {columns} FROM journal_entry WHERE node = %s AND position > %s AND position <= %s ORDER BY position"
    return _rows(sql, [node, after, until])


def leaf_rows(node: str, after: int, until: int) -> list[Row]:
    """Position, entry id (32 digits) and hash of the leaves past `after`, up to `until`, by position."""
    id = "entry_id" if connection.vendor == "sqlite" else "replace(entry_id::text, '-', '')"
    sql = f"SELECT position, {id}, hash FROM journal_leaf WHERE node = %s AND position > %s AND position <= %s ORDER BY position"
    return _rows(sql, [node, after, until])


def subject_rows(node: str, after: int, until: int) -> list[Row]:
    """Entry id and subject (32 digits each) of the index rows of the entries in that range."""
    pair = "s.entry_id, s.subject"
    if connection.vendor == "postgresql":
        pair = "replace(s.entry_id::text, '-', ''), replace(s.subject::text, '-', '')"
    sql = (
        f"SELECT {pair} FROM journal_entrysubject AS s JOIN journal_entry AS e ON e.id = s.entry_id"
        " WHERE e.node = %s AND e.position > %s AND e.position <= %s"
    )
    return _rows(sql, [node, after, until])
