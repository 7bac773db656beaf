"""What a pack is made of: its parts, its marks, and the data keys that travel in it. See `packs.py`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from xenia.journal import canonical
from xenia.units.protocol import records

MAGIC: Final = b"XUP2"
BEGIN: Final = 4 + 3 * 4
HEADER: Final = ("kind", "owner", "origin", "actor", "purpose", "legal_basis", "retention_class")
SALT, SHA256, KEY, NONCE = canonical.SALT_BYTES, 32, 32, 12
SEALED: Final = b"\x01"
ERASED, OPEN, UNSEALED, CIPHER = range(4)
"""How a body travels: not at all, as it is, as what was sealed in it, or as the sealed bytes."""
RECENT: Final = 64
"""Ids and times named last that a place may point to; few, so that nobody can make the search long."""
ID, TIME, PLACE = "\x01", "\x02", 0x20
TOKENS: Final = re.compile(
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?:19|20)\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}\+00:00",
    re.ASCII,
)
BACK: Final = re.compile("[\x01\x02](.)", re.DOTALL)
CONTROL: Final = re.compile("[\x00-\x1f]")
PURPOSE: Final = 80
V7_AT, V7, VARIANT_AT, VARIANT = 76, 7, 62, 2
ESCAPE: Final = 63


@dataclass(frozen=True)
class DataKey:
    """A data key of the unit that opens bodies of a pack. `key`: 32 bytes."""

    id: UUID
    subject: UUID
    purpose: str
    made_at: datetime
    key: bytes


def moment(text: str) -> int | None:
    """Microseconds since 1970 of a time as bodies write it; None where it would be written otherwise."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return records.micros(at) if iso(records.micros(at)) == text else None


def iso(micros: int) -> str:
    """A time as bodies write it, from microseconds since 1970."""
    return records.at(micros).astimezone(UTC).isoformat(timespec="microseconds")
