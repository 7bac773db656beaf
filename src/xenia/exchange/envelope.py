"""What is said between authorities: messages, what is enclosed, receipts; and the strict reading of their bytes.

The bytes are canonical JSON as the journal's (RFC 8785, no floats). Any other spelling of the same thing is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from xenia.errors import BadInput
from xenia.journal.canonical import json_bytes

MESSAGE: Final = "xenia/message/1"
RECEIPT: Final = "xenia/receipt/1"
MESSAGE_LIMIT: Final = 512 * 1024
"""Bytes of a message without what is enclosed."""
ENCLOSURE_LIMIT: Final = 16 << 20
ENCLOSURES: Final = 32
TOTAL_LIMIT: Final = 32 << 20
DEPTH_LIMIT: Final = 24
EARLIEST: Final = 2020
"""No message is older than this format; times near the beginning of counting overflow in other zones."""
ADDRESS: Final = re.compile(r"[A-Z]{3}/[A-Z0-9][A-Z0-9-]{0,31}")
TYPE: Final = re.compile(r"[a-z][a-z0-9-]{0,59}/[a-z][a-z0-9_-]{0,59}")
MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
PRIORITIES: Final = ("normal", "urgent")
KINDS: Final = ("delivered", "accepted", "refused")
"""Receipts that are signed. `answered` is noted by the sender when the answer came."""


@dataclass(frozen=True)
class Attachment:
    """What a message says of something enclosed: hash and size in bytes of its content, media type."""

    sha256: str
    size: int
    type: str


@dataclass(frozen=True)
class Enclosure:
    """Something to enclose: its media type, such as `application/pdf`, and its bytes."""

    type: str
    data: bytes

    @property
    def attachment(self) -> Attachment:
        """What the message says of it."""
        return Attachment(hashlib.sha256(self.data).hexdigest(), len(self.data), self.type)


@dataclass(frozen=True)
class Message:
    """One message. `sender`, `recipient`: addresses such as `CHE/SEM`. Times are aware UTC.

    `number` counts the sender's messages of the thread from 1; `after`: the number that must have been dealt with
    before (0: none). `case_ref`: the sender's reference. `body`: JSON without floats.
    """

    id: UUID
    thread: UUID
    number: int
    after: int
    case_ref: str
    reply_to: UUID | None
    sender: str
    recipient: str
    type: str
    version: int
    created: datetime
    expires: datetime
    purpose: str
    legal_basis: str
    classification: str
    priority: str
    body: Mapping[str, Any]
    attachments: tuple[Attachment, ...] = ()

    def to_bytes(self) -> bytes:
        """The canonical bytes that are signed. Raises `BadInput` (`bad-message`, `bad-body`)."""
        shown = {
            "format": MESSAGE,
            "id": str(self.id),
            "thread": str(self.thread),
            "number": self.number,
            "after": self.after,
            "case_ref": self.case_ref,
            "reply_to": str(self.reply_to) if self.reply_to else None,
            "from": self.sender,
            "to": self.recipient,
            "type": self.type,
            "version": self.version,
            "created": moment(self.created),
            "expires": moment(self.expires),
            "purpose": self.purpose,
            "legal_basis": self.legal_basis,
            "classification": self.classification,
            "priority": self.priority,
            "body": dict(self.body),
            "attachments": [{"sha256": a.sha256, "size": a.size, "type": a.type} for a in self.attachments],
        }
        raw = json_bytes(shown)
        read_message(raw)
        return raw


@dataclass(frozen=True)
class Receipt:
    """What became of a message. `kind`: delivered, accepted, refused or answered. `hash`: SHA-256 of the message's bytes.

    `at`: when it was stored by the recipient `by`, aware UTC; an `accepted` one starts the clock. `code`, `what`: why
    it was refused; never personal data.
    """

    message: UUID
    kind: str
    at: datetime
    hash: str
    by: str
    to: str = ""
    code: str = ""
    what: str = ""

    def to_bytes(self) -> bytes:
        """The canonical bytes that are signed."""
        shown = {
            "format": RECEIPT,
            "message": str(self.message),
            "kind": self.kind,
            "at": moment(self.at),
            "hash": self.hash,
            "from": self.by,
            "to": self.to,
            "code": self.code,
            "what": self.what,
        }
        raw = json_bytes(shown)
        read_receipt(raw)
        return raw


def digest(raw: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def moment(at: datetime) -> str:
    """As messages write a time: UTC, microseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _bad(what: str) -> BadInput:
    return BadInput(f"The message {what}.", "Ask the sender to look at its own log.", code="bad-message")


def _fold(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _bad("has a field twice")
    return found


def _shallow(raw: bytes) -> None:
    """Refuses bytes nested deeper than the limit before anything parses them."""
    depth = 0
    for mark in re.finditer(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', raw, re.DOTALL):
        first = mark[0][:1]
        if first in b"[{":
            depth += 1
            if depth > DEPTH_LIMIT:
                raise _bad(f"is nested deeper than {DEPTH_LIMIT}")
        elif first in b"]}":
            depth -= 1


def _object(raw: bytes, limit: int, fields: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    if len(raw) > limit:
        raise _bad(f"is larger than {limit} bytes")
    _shallow(raw)
    try:
        found = json.loads(raw, object_pairs_hook=_fold)
        if not isinstance(found, dict) or set(found) != set(fields):
            raise _bad("has other fields than a message of this format")
        if json_bytes(found) != raw:
            raise _bad("is not written canonically")
    except (ValueError, RecursionError) as error:
        raise _bad("is no JSON") from error
    except BadInput as error:
        raise _bad("has a value that canonical JSON has not") if error.code == "bad-body" else error from error
    return {name: read(found[name]) for name, read in fields.items()}


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words or not isinstance(value, str):
            raise _bad(f"says none of {', '.join(words)}")
        return str(value)

    return read


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _bad("has a field that does not look as it must")
        return value

    return read


def _text(limit: int) -> Callable[[Any], str]:
    return _matching(re.compile(rf"[^\x00-\x1f\x7f]{{0,{limit}}}"))


def _number(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise _bad("has a number out of its range")
        return value

    return read


def _uuid(value: Any) -> UUID:
    try:
        found = UUID(value)
    except (TypeError, ValueError, AttributeError) as error:
        raise _bad("has an id that is none") from error
    if str(found) != value:
        raise _bad("has an id that is none")
    return found


def _time(value: Any) -> datetime:
    try:
        found = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except (TypeError, ValueError) as error:
        raise _bad("has a time that is none") from error
    if moment(found) != value or found.year < EARLIEST:
        raise _bad("has a time that is none")
    return found


def _body(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _bad("has a body that is no object")
    return value


def _attachments(value: Any) -> tuple[Attachment, ...]:
    if not isinstance(value, list) or len(value) > ENCLOSURES:
        raise _bad("encloses too much")
    found = []
    for one in value:
        if not isinstance(one, dict) or set(one) != {"sha256", "size", "type"}:
            raise _bad("says oddly what is enclosed")
        hash, size = _matching(SHA256)(one["sha256"]), _number(1, ENCLOSURE_LIMIT)(one["size"])
        found.append(Attachment(hash, size, _matching(MEDIA_TYPE)(one["type"])))
    if len({one.sha256 for one in found}) != len(found) or sum(one.size for one in found) > TOTAL_LIMIT:
        raise _bad("encloses too much, or something twice")
    return tuple(found)


MESSAGE_FIELDS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "format": _one_of(MESSAGE),
    "id": _uuid,
    "thread": _uuid,
    "number": _number(1, 1_000_000),
    "after": _number(0, 1_000_000),
    "case_ref": _text(120),
    "reply_to": lambda value: None if value is None else _uuid(value),
    "from": _matching(ADDRESS),
    "to": _matching(ADDRESS),
    "type": _matching(TYPE),
    "version": _number(1, 9999),
    "created": _time,
    "expires": _time,
    "purpose": _text(80),
    "legal_basis": _text(300),
    "classification": _text(40),
    "priority": _one_of(*PRIORITIES),
    "body": _body,
    "attachments": _attachments,
}
RECEIPT_FIELDS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "format": _one_of(RECEIPT),
    "message": _uuid,
    "kind": _one_of(*KINDS),
    "at": _time,
    "hash": _matching(SHA256),
    "from": _matching(ADDRESS),
    "to": _matching(ADDRESS),
    "code": _text(60),
    "what": _text(300),
}


def read_message(raw: bytes) -> Message:
    """The message that these canonical bytes are. Raises `BadInput` (code `bad-message`) that names the fault, never a value."""
    found = _object(raw, MESSAGE_LIMIT, MESSAGE_FIELDS)
    del found["format"]
    message = Message(sender=found.pop("from"), recipient=found.pop("to"), **found)
    if message.after >= message.number or message.expires <= message.created:
        raise _bad("contradicts itself in its numbers or times")
    return message


def read_receipt(raw: bytes) -> Receipt:
    """The receipt that these canonical bytes are. Raises `BadInput` (code `bad-message`)."""
    found = _object(raw, 16 * 1024, RECEIPT_FIELDS)
    del found["format"]
    return Receipt(by=found.pop("from"), **found)
