"""The bytes that are hashed. Specified in docs/reference/journal.md; what is sealed can never change.

Everything is JSON as in RFC 8785 (JCS), narrowed: no floats, integers of at most 53 bits, names of printable ASCII.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any

from xenia.errors import BadInput

FORMAT = "xenia/entry/1"
SALT_BYTES = 16
BODY_LIMIT = 1 << 20
INTEGER_LIMIT = (1 << 53) - 1
DEPTH_LIMIT = 32
quoted = encode_basestring
"""A text as a JSON string: only quotation mark, backslash and control characters are escaped."""


def _refuse(what: str, path: str) -> BadInput:
    return BadInput(f"{path or 'The body'} {what}.", "Use text, whole numbers, lists and objects.", code="bad-body")


def _check(value: Any, path: str, depth: int) -> None:
    kind = type(value)
    if isinstance(value, str) or value is None or kind is bool:
        return
    if kind is int:
        if not -INTEGER_LIMIT <= value <= INTEGER_LIMIT:
            raise _refuse("is past 53 bits; write it as text", path)
    elif depth >= DEPTH_LIMIT:
        raise _refuse(f"is nested deeper than {DEPTH_LIMIT}", path)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if type(name) is not str or not name.isascii() or not name.isprintable():
                raise _refuse("has a name that is not printable ASCII", path)
            _check(inner, f"{path}.{name}", depth + 1)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            _check(inner, f"{path}[{number}]", depth + 1)
    else:
        raise _refuse(f"is a {kind.__name__}", path)


def json_bytes(value: Any) -> bytes:
    """The canonical JSON of `value` in UTF-8.

    Raises `BadInput` (code `bad-body`) that names the path of a float, a large integer, a lone surrogate or another type.
    """
    _check(value, "", 0)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=dict)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _refuse("holds half a character", "") from error


def moment(at: datetime) -> str:
    """An aware time as the header writes it: UTC, always six digits of a second, `Z`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


HEADER = (
    '{{"actor":{},"format":"' + FORMAT + '","id":"{}","kind":{},"legal_basis":{},"node":{},"occurred_at":"{}",'
    '"origin":{},"owner":{},"purpose":{},"recorded_at":"{}","reference":{},"retention_class":{},"schema":{}}}'
).format


def header_bytes(
    *,
    actor: str,
    id: str,
    kind: str,
    legal_basis: str,
    node: str,
    occurred_at: str,
    origin: str,
    owner: str,
    purpose: str,
    recorded_at: str,
    reference: str,
    retention_class: str,
    schema: int,
) -> bytes:
    """The header's canonical JSON; `id` with hyphens, times as `moment`, `reference` without its erasable text."""
    return HEADER(
        quoted(actor), id, quoted(kind), quoted(legal_basis), quoted(node), occurred_at, quoted(origin), quoted(owner),
        quoted(purpose), recorded_at, quoted(reference), quoted(retention_class), schema,
    ).encode()  # fmt: skip


def content_hash(salt: bytes, note: bytes, key: bytes, subjects: bytes, body: bytes) -> bytes:
    """The commitment to everything of an entry that can be erased: SHA-256 of the salt and the four framed parts.

    `note`: free text of an external reference, UTF-8. `key`: 16 bytes of the data key's id, or none.
    `subjects`: 16 bytes each, rising. `body`: canonical JSON, or what the data key sealed.
    """
    frames = b"".join((len(part).to_bytes(4, "big") + part) for part in (note, key, subjects, body))
    return hashlib.sha256(salt + frames).digest()


def leaf_hash(header: bytes, content: bytes) -> bytes:
    """The leaf of the tree: SHA-256(0x00, SHA-256(header), content hash). Source: RFC 6962 section 2.1."""
    return hashlib.sha256(b"\x00" + hashlib.sha256(header).digest() + content).digest()


def subject_bytes(subjects: Sequence[bytes]) -> bytes:
    """The subjects of an entry as sealed: each once, 16 bytes, rising."""
    return b"".join(sorted(set(subjects)))
