"""What goes over the line between unit and centre: a batch with its head and data keys, and the answer. No database.

A batch: 4 bytes length of its cover, the cover (JSON), the pack of its entries and of the data keys that open them. Both travel in
the clear inside the connection, which both ends pinned; a file for a stick is encrypted as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from xenia.errors import BadInput
from xenia.journal import canonical, heads
from xenia.journal.heads import SignedHead
from xenia.units.protocol import packs, up
from xenia.units.protocol.records import Record
from xenia.units.protocol.shape import DataKey

UP: Final = "xenia/up/1"
ANSWER: Final = "xenia/up-answer/1"
MEDIA_TYPE: Final = "application/vnd.xenia.up"
LIMIT: Final = 20 * 1024 * 1024
COVER_LIMIT: Final = 2 * 1024 * 1024
ANSWER_LIMIT: Final = 64 * 1024
KINDS: Final = (up.RECEIVED, up.GAP, up.FORKED, up.FORGED, up.HALTED, up.BUSY)


@dataclass(frozen=True)
class Parcel:
    """A batch as it travels. `head`: signed over everything up to its last entry; None with no entries: only `told` goes."""

    node: str
    first: int
    entries: tuple[Record, ...]
    head: SignedHead | None
    keys: tuple[DataKey, ...]
    told: Mapping[str, Any]

    def batch(self) -> up.Batch:
        """What the state machine looks at."""
        root = bytes.fromhex(self.head.root) if self.head else b""
        return up.Batch(self.node, self.first, tuple(one.leaf(self.node) for one in self.entries), root)

    def to_bytes(self) -> bytes:
        """As it goes out."""
        cover = {
            "format": UP,
            "node": self.node,
            "first": self.first,
            "head": self.head.to_json() if self.head else None,
            "told": dict(self.told),
        }
        head = json.dumps(cover, ensure_ascii=False, separators=(",", ":")).encode()
        packed = packs.pack(self.entries, self.keys) if self.entries else b""
        return len(head).to_bytes(4, "big") + head + packed


def _bad(what: str) -> BadInput:
    return BadInput(f"The batch {what}.", "Update the unit to the centre's version.", code="bad-batch")


def read(raw: bytes) -> Parcel:
    """A batch that came. Raises `BadInput` (`bad-batch`, `bad-pack`, `bad-head`) for anything else, whoever made it."""
    length = int.from_bytes(raw[:4], "big")
    if len(raw) > LIMIT or not 0 < length <= COVER_LIMIT or len(raw) < 4 + length:
        raise _bad("is cut off or too large")
    try:
        cover = json.loads(raw[4 : 4 + length])
        if set(cover) != {"format", "node", "first", "head", "told"} or cover["format"] != UP:
            raise ValueError
        if type(cover["first"]) is not int or not isinstance(cover["told"], dict) or not isinstance(cover["node"], str):
            raise ValueError
        head = heads.from_json(json.dumps(cover["head"])) if cover["head"] is not None else None
        if head is not None:
            signed_at(head)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _bad("is none of this format") from error
    packed = raw[4 + length :]
    entries, keys = packs.unpack(packed) if packed else ((), ())
    if bool(entries) != (head is not None):
        raise _bad("has no head")
    return Parcel(cover["node"], cover["first"], entries, head, keys, cover["told"])


def signed_at(head: SignedHead) -> datetime:
    """When a head says that it was signed. Raises `ValueError`, `OverflowError` for what is no time."""
    return datetime.strptime(head.signed_at, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)


def answer_bytes(answer: up.Answer, now: datetime) -> bytes:
    """The centre's answer, with its time."""
    return json.dumps(
        {"format": ANSWER, "kind": answer.kind, "received": answer.received, "now": canonical.moment(now)}
    ).encode()


def read_answer(raw: bytes) -> tuple[up.Answer, datetime]:
    """The answer and the centre's time. Raises `BadInput` (code `bad-answer`)."""
    try:
        said = json.loads(raw)
        if said["format"] != ANSWER or said["kind"] not in KINDS or type(said["received"]) is not int:
            raise ValueError
        return up.Answer(said["kind"], said["received"]), datetime.strptime(said["now"], "%Y-%m-%dT%H:%M:%S.%f%z")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(
            "The centre's answer cannot be read.", "It is tried again by itself.", code="bad-answer"
        ) from error
