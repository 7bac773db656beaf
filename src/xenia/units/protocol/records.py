"""Sealed entries apart from database and line, and how much one may hold. Pure. `packs.py` has how they travel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from xenia.errors import BadInput
from xenia.journal import canonical
from xenia.journal.act import CONTROL, split_reference

MOST_RECORDS: Final = 2000
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of one pack before compression; a larger one is refused before it is unpacked."""
MOST_BODY: Final = canonical.BODY_LIMIT + 1024
"""Of one body, sealed or not."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST: Final = 500
SHORT: Final = {"kind": 80, "retention_class": 80}
"""As long as a text may be; these two are shorter."""
MOST_SUBJECTS: Final = 20_000
"""Of one entry. Own choice, past any list that a page shows."""
MOST_HEADERS: Final = 1024 * 1024
"""Of the headers alone: what they unfold to in memory is many times as much."""
HIGHEST_SCHEMA: Final = 32767


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


def bad_pack() -> BadInput:
    """What came is no pack."""
    return BadInput("That is no pack of entries.", "Send it again from the unit.", code="bad-pack")


def text(value: Any, longest: int) -> str:
    """The value, if it is a text that a header may hold. Raises `TypeError`, `UnicodeEncodeError` (a `ValueError`)."""
    if type(value) is not str or len(value) > longest or CONTROL.search(value):
        raise TypeError("no text")
    value.encode()
    return value
