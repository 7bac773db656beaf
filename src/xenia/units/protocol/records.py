"""Sealed entries as they travel from a unit to the centre, in columns, so that what repeats is compressed away. Pure.

A pack: `XUP1`, 4 bytes length of the table, the table (JSON, columns by name), then the raw bytes of all records one after the
other: id, salt, key, subjects, body of each, or id and content hash where the body was erased. Compressed with zlib.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from xenia.errors import BadInput
from xenia.journal import canonical
from xenia.journal.act import CONTROL, split_reference
from xenia.units.protocol.words import WORDS

MAGIC: Final = b"XUP1"
MOST_RECORDS: Final = 2000
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of one pack before compression; a larger one is refused before it is unpacked."""
MOST_BODY: Final = canonical.BODY_LIMIT + 1024
"""Of one body, sealed or not."""
SHA256: Final = 32
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TEXTS: Final = (
    "kind", "owner", "origin", "actor", "purpose", "legal_basis", "reference", "retention_class",
)  # fmt: skip
LONGEST: Final = 500
SHORT: Final = {"kind": 80, "retention_class": 80}
"""As long as a text may be; these two are shorter."""
MOST_SUBJECTS: Final = 20_000
"""Of one entry. Own choice, past any list that a page shows."""
TABLE_LIMIT: Final = 6 * 1024 * 1024
"""Of the table alone: what it unfolds to in memory is many times as much."""


@dataclass(frozen=True)
class Record:
    """One sealed entry. Times in microseconds since 1970, UTC. `body` None: erased, and salt, key and subjects with it.

    `key`: 16 bytes of the data key that sealed the body, or none. `subjects`: 16 bytes each, rising.
    `content`: the hash that commits to everything that can be erased, 32 bytes.
    """

    id: UUID
    kind: str
    schema: int
    owner: str
    origin: str
    actor: str
    purpose: str
    legal_basis: str
    reference: str
    retention_class: str
    occurred: int
    recorded: int
    salt: bytes
    key: bytes
    subjects: bytes
    body: bytes | None
    content: bytes

    def leaf(self, node: str) -> bytes:
        """The leaf of this entry in the tree of its node."""
        header = canonical.header_bytes(
            actor=self.actor,
            id=str(self.id),
            kind=self.kind,
            legal_basis=self.legal_basis,
            node=node,
            occurred_at=moment(self.occurred),
            origin=self.origin,
            owner=self.owner,
            purpose=self.purpose,
            recorded_at=moment(self.recorded),
            reference=split_reference(self.reference)[0],
            retention_class=self.retention_class,
            schema=self.schema,
        )
        return canonical.leaf_hash(header, self.content)


def content_of(reference: str, salt: bytes, key: bytes, subjects: bytes, body: bytes) -> bytes:
    """The content hash of an entry whose body is there."""
    return canonical.content_hash(salt, split_reference(reference)[1].encode(), key, subjects, body)


def at(micros: int) -> datetime:
    """The time of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def micros(when: datetime) -> int:
    """An aware time in microseconds since 1970."""
    return (when - EPOCH) // timedelta(microseconds=1)


def moment(count: int) -> str:
    """As headers write it."""
    return canonical.moment(at(count))


def pack(records: Sequence[Record]) -> bytes:
    """These records in order, compressed."""
    table: dict[str, Any] = {name: [getattr(one, name) for one in records] for name in TEXTS}
    table["schema"] = [one.schema for one in records]
    table["recorded"] = _steps([one.recorded for one in records])
    table["before"] = [one.recorded - one.occurred for one in records]
    table["subjects"] = [len(one.subjects) // 16 for one in records]
    table["keyed"] = [1 if one.key else 0 for one in records]
    table["body"] = [-1 if one.body is None else len(one.body) for one in records]
    head = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    raw = b"".join(_raw(one) for one in records)
    squeezed = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_DEFAULT_STRATEGY, WORDS)
    return squeezed.compress(MAGIC + len(head).to_bytes(4, "big") + head + raw) + squeezed.flush()


def _raw(one: Record) -> bytes:
    if one.body is None:
        return one.id.bytes + one.content
    return one.id.bytes + one.salt + one.key + one.subjects + one.body


def _steps(values: Sequence[int]) -> list[int]:
    return [value - (values[place - 1] if place else 0) for place, value in enumerate(values)]


def unpack(packed: bytes) -> tuple[Record, ...]:
    """The records of a pack. Raises `BadInput` (code `bad-pack`) for anything else, whoever made it."""
    try:
        return _unpacked(_expanded(packed))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _bad() from error


def _bad() -> BadInput:
    return BadInput("That is no pack of entries.", "Send it again from the unit.", code="bad-pack")


def _expanded(packed: bytes) -> bytes:
    opened = zlib.decompressobj(15, zdict=WORDS)
    try:
        plain = opened.decompress(packed, MOST_BYTES + 1)
    except zlib.error as error:
        raise _bad() from error
    if len(plain) > MOST_BYTES or not opened.eof or opened.unused_data or plain[:4] != MAGIC:
        raise _bad()
    return plain


def _unpacked(plain: bytes) -> tuple[Record, ...]:
    begins = 8 + int.from_bytes(plain[4:8], "big")
    if begins > TABLE_LIMIT:
        raise _bad()
    table = json.loads(plain[8:begins])
    count = len(table["kind"])
    if not 0 < count <= MOST_RECORDS or any(len(column) != count for column in table.values()):
        raise _bad()
    read, recorded, found = _Reader(plain, begins), 0, []
    for place in range(count):
        recorded += _whole(table["recorded"][place])
        texts = {name: _text(table[name][place], SHORT.get(name, LONGEST)) for name in TEXTS}
        found.append(
            _record(
                read,
                texts,
                schema=_whole(table["schema"][place]),
                recorded=recorded,
                occurred=recorded - _whole(table["before"][place]),
                subjects=_whole(table["subjects"][place]),
                keyed=_whole(table["keyed"][place]),
                length=_whole(table["body"][place]),
            )
        )
    if read.at != len(plain) or len({one.id for one in found}) != count:
        raise _bad()
    return tuple(found)


def _record(
    read: _Reader,
    texts: dict[str, str],
    *,
    schema: int,
    recorded: int,
    occurred: int,
    subjects: int,
    keyed: int,
    length: int,
) -> Record:
    moment(recorded), moment(occurred)  # what no calendar has is refused here
    id = UUID(bytes=read.take(16))
    if length < 0:
        if length != -1 or subjects or keyed or split_reference(texts["reference"])[1] or not 1 <= schema <= 32767:
            raise _bad()
        return Record(
            id, **texts, schema=schema, recorded=recorded, occurred=occurred, salt=b"", key=b"", subjects=b"", body=None,
            content=read.take(SHA256),
        )  # fmt: skip
    if not 0 <= subjects <= MOST_SUBJECTS or length > MOST_BODY or keyed not in (0, 1) or not 1 <= schema <= 32767:
        raise _bad()
    salt, key = read.take(canonical.SALT_BYTES), read.take(16 * keyed)
    about, body = read.take(16 * subjects), read.take(length)
    parts = [about[place : place + 16] for place in range(0, len(about), 16)]
    if sorted(set(parts)) != parts:
        raise _bad()
    content = content_of(texts["reference"], salt, key, about, body)
    return Record(
        id, **texts, schema=schema, recorded=recorded, occurred=occurred, salt=salt, key=key, subjects=about, body=body,
        content=content,
    )  # fmt: skip


class _Reader:
    """Takes bytes one after the other; never past the end."""

    def __init__(self, plain: bytes, at: int) -> None:
        self.plain, self.at = plain, at

    def take(self, count: int) -> bytes:
        """The next bytes. Raises `ValueError` where there are fewer."""
        end = self.at + count
        if end > len(self.plain):
            raise ValueError("too short")
        taken, self.at = self.plain[self.at : end], end
        return taken


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("no whole number")
    return value


def _text(value: Any, longest: int) -> str:
    if type(value) is not str or len(value) > longest or CONTROL.search(value):
        raise TypeError("no text")
    value.encode()
    return value
