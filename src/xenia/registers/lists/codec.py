"""How a record lies in a list file: a JSON array by position, empty ends cut off, long common texts kept once.

Pure. Equal records pack to equal text, in whatever file they are, so two versions are compared without unpacking.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from xenia.formats.lists.records import (
    DOCUMENT,
    DOCUMENT_FIELDS,
    LIST_FIELDS,
    NAME_FIELDS,
    NUMBER_FIELDS,
    PAPER_FIELDS,
    PERSON,
    PERSON_FIELDS,
    STATUSES,
    VEHICLE,
    VEHICLE_FIELDS,
    VISA,
    VISA_FIELDS,
    YES_NO_FIELDS,
    Body,
    document_record_id,
)

# Fields in which the same sentence stands in thousands of records.
_SHARED = frozenset({"instruction_first", "instruction_second", "issuing_authority", "legal_basis"})
_SHARED_FROM_CHARS = 16
_STATUS_NUMBER = {status: number for number, status in enumerate(STATUSES, 1)}
_FIELDS = {PERSON: PERSON_FIELDS, VISA: VISA_FIELDS, VEHICLE: VEHICLE_FIELDS}

_BLANK_NAME: tuple[Any, ...] = ("",) * len(NAME_FIELDS)

Share = Callable[[str], int]


def text_number(text: str) -> int:
    """The number under which a list file keeps a shared text: 52 bits of its hash, the same in every file."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 12


def pack(record_id: str, kind: str, body: Mapping[str, Any], share: Share) -> str:
    """The body as it is kept. `share` stores a common text and gives its number back, or -1 to keep it inline."""
    row = _document_row(record_id, body) if kind == DOCUMENT else _row(_FIELDS[kind], body, share)
    return json.dumps(_trimmed(row), ensure_ascii=False, separators=(",", ":"))


def unpack(record_id: str, kind: str, packed: str, text: Callable[[int], str]) -> Body:
    """The body with every field of its kind. `text` gives a shared text back by number."""
    row = json.loads(packed)
    return _document_body(record_id, row) if kind == DOCUMENT else _body(_FIELDS[kind], row, text)


def _trimmed(row: list[Any]) -> list[Any]:
    while row and row[-1] in ("", 0, [], None):
        row.pop()
    return row


def _document_row(record_id: str, body: Mapping[str, Any]) -> list[Any]:
    row = [body.get(name, "") for name in DOCUMENT_FIELDS]
    row[0] = _STATUS_NUMBER.get(row[0], row[0])
    if record_id == document_record_id(*row[5:8]):
        del row[5:]
    return row


def _document_body(record_id: str, row: list[Any]) -> Body:
    body: Body = dict.fromkeys(DOCUMENT_FIELDS, "")
    body.update(zip(DOCUMENT_FIELDS, row, strict=False))
    if not body["number"]:
        body.update(zip(PAPER_FIELDS, record_id.split(":", 2), strict=False))
    status = row[0] if row else 0
    body["status"] = status if isinstance(status, str) else STATUSES[status - 1] if status else ""
    return body


def _row(fields: Sequence[str], body: Mapping[str, Any], share: Share) -> list[Any]:
    row: list[Any] = []
    for name in fields:
        value: Any = body.get(name) or ""
        if name == "names":
            value = [_name_row(item) for item in value]
        elif name == "documents":
            value = [_trimmed([item.get(part, "") for part in PAPER_FIELDS]) for item in value]
        elif name in _SHARED and len(value) >= _SHARED_FROM_CHARS:
            number = share(value)
            value = value if number < 0 else number
        row.append(list(value) if isinstance(value, tuple) else value or 0)
    return row


def _body(fields: Sequence[str], row: list[Any], text: Callable[[int], str]) -> Body:
    body: Body = {name: _empty(name) for name in fields}
    for name, value in zip(fields, row, strict=False):
        if not value:
            continue
        if name == "names":
            value = [_name_body(item) for item in value]
        elif name == "documents":
            value = [dict(zip(PAPER_FIELDS, [*item, "", "", ""], strict=False)) for item in value]
        elif name in _SHARED and isinstance(value, int):
            value = text(value)
        body[name] = value
    return body


def _empty(name: str) -> Any:
    if name in LIST_FIELDS:
        return []
    return 0 if name in NUMBER_FIELDS else False if name in YES_NO_FIELDS else ""


def _joined(surname: str, given_names: str) -> str:
    return f"{given_names} {surname}".strip()


def _name_row(name: Mapping[str, Any]) -> list[Any]:
    row = [name.get(part, "") for part in NAME_FIELDS]
    if row[2] == _joined(row[0], row[1]):
        row[2] = 0
    row[3] = 0 if row[3] in ("", "Latn") else row[3]
    row[4] = 0 if row[4] in ("", "main") else row[4]
    return _trimmed(row)


def _name_body(row: list[Any]) -> Body:
    surname, given_names, full, script, kind, quality = (*row, *_BLANK_NAME[len(row) :])
    return {
        "surname": surname or "",
        "given_names": given_names or "",
        "full": full or _joined(surname or "", given_names or ""),
        "script": script or "Latn",
        "kind": kind or "main",
        "quality": quality or "",
    }
