"""Xenia's own CSV for lists of persons (alerts, notices) and of documents (lost documents), read row by row.

The format is described in `docs/reference/list-formats.md`. Pure: takes a binary stream, opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from xenia.formats.lists import values
from xenia.formats.lists.records import DOCUMENT, PERSON, STATUSES, Body, Limits, Record, Refused, Told
from xenia.formats.lists.rows import Columns, Row, read_rows

PERSON_COLUMNS = Columns(
    required=("record_id", "surname", "given_names", "birth_date"),
    optional=(
        "category",
        "aliases",
        "weak_aliases",
        "birth_names",
        "native_names",
        "sex",
        "nationalities",
        "documents",
        "reason",
        "instruction_first",
        "instruction_second",
        "handling",
        "valid_from",
        "valid_until",
        "review_on",
        "issuing_authority",
        "legal_basis",
        "decision",
        "confidence",
    ),
)
DOCUMENT_COLUMNS = Columns(
    required=("type", "issuing_state", "number", "status"),
    optional=("record_id", "event_on", "event_place", "owner", "reference"),
)
_PLAIN_PERSON = ("reason", "instruction_first", "instruction_second", "issuing_authority", "legal_basis", "decision")
_PLAIN_DOCUMENT = ("event_place", "owner", "reference")
_OTHER_NAMES = (
    ("aliases", "alias", "good"),
    ("weak_aliases", "alias", "low"),
    ("birth_names", "birth", ""),
    ("native_names", "native", ""),
)

# Ranges of letters, enough to say in which script a name is written. Source: Unicode blocks.
_SCRIPTS = (("Cyrl", "\u0400", "\u052f"), ("Arab", "\u0600", "\u08ff"), ("Geor", "\u10a0", "\u10ff"))
_MORE_SCRIPTS = (("Armn", "\u0530", "\u058f"), ("Grek", "\u0370", "\u03ff"), ("Hebr", "\u0590", "\u05ff"))


def read_persons(
    stream: BinaryIO, limits: Limits | None = None, told: Told | None = None
) -> Iterator[Record | Refused]:
    """Listed persons, row by row. Raises `BadList` where the whole file is refused, also at its end (`list-cut`)."""
    return _read(stream, PERSON_COLUMNS, _person, limits or Limits(), told or Told())


def read_documents(
    stream: BinaryIO, limits: Limits | None = None, told: Told | None = None
) -> Iterator[Record | Refused]:
    """Listed documents, row by row. Raises `BadList` where the whole file is refused, also at its end (`list-cut`)."""
    return _read(stream, DOCUMENT_COLUMNS, _document, limits or Limits(), told or Told())


Make = Callable[[int, Mapping[str, str], Limits], Record]


def _read(stream: BinaryIO, columns: Columns, make: Make, limits: Limits, told: Told) -> Iterator[Record | Refused]:
    heading, rows = read_rows(stream, columns, limits, told, _whose)
    for row in rows:
        yield row if isinstance(row, Refused) else _one(row, heading, make, limits)


def _one(row: Row, heading: list[str], make: Make, limits: Limits) -> Record | Refused:
    line, cells = row
    try:
        return make(
            line, {name: values.clean(cell, name, limits) for name, cell in zip(heading, cells, strict=True)}, limits
        )
    except values.Refusal as refusal:
        return refusal.at(line, _record_id(dict(zip(heading, cells, strict=True))))


def _record_id(cells: Mapping[str, str]) -> str:
    """Which record a refused row would have been, so that a listed person is not lost by a bad cell."""
    told = cells.get("record_id", "").strip()
    if told or "number" not in cells:
        return told
    kind, issuer = (cells[name].replace("<", "").strip().upper() for name in ("type", "issuing_state"))
    return values.own_record_id(kind, issuer, cells["number"])


def _whose(cells: Mapping[str, str]) -> str:
    return _record_id(cells)[:120] if cells else ""


def _person(line: int, cells: Mapping[str, str], limits: Limits) -> Record:
    get = cells.get
    body: Body = {name: get(name, "") for name in _PLAIN_PERSON}
    body["names"] = _names(cells, limits)
    births = values.several(cells["birth_date"], "birth_date", limits)
    body["birth_dates"] = [values.partial_date(text, "birth_date") for text in births]
    body["category"] = values.category(get("category", ""))
    body["sex"] = values.sex(get("sex", ""))
    nationalities = values.several(get("nationalities", ""), "nationalities", limits)
    body["nationalities"] = [values.state(text, "nationalities") for text in nationalities]
    body["documents"] = values.papers(values.several(get("documents", ""), "documents", limits))
    for name in ("handling", "confidence"):
        body[name] = values.word(get(name, ""), name)
    for name in ("valid_from", "valid_until", "review_on"):
        body[name] = values.full_date(get(name, ""), name)
    return Record(values.record_id(cells["record_id"]), PERSON, body, line)


def _names(cells: Mapping[str, str], limits: Limits) -> list[Body]:
    surname, given_names = cells["surname"], cells["given_names"]
    if not surname and not given_names:
        raise values.Refusal("name-missing", "surname", "")
    names = [name(surname, given_names, "main")]
    for column, kind, quality in _OTHER_NAMES:
        for text in values.several(cells.get(column, ""), column, limits):
            first, comma, rest = text.partition(",")
            names.append(
                name(first.strip(), rest.strip(), kind, quality) if comma else name("", "", kind, quality, text)
            )
    return names


def name(surname: str, given_names: str, kind: str, quality: str = "", full: str = "") -> Body:
    """One name as bodies hold it; `full` where it is not parted into surname and given names."""
    whole = full or f"{given_names} {surname}".strip()
    return {
        "surname": surname,
        "given_names": given_names,
        "full": whole,
        "script": script(whole),
        "kind": kind,
        "quality": quality,
    }


def script(text: str) -> str:
    """The script of a name (ISO 15924), by its first letter beyond Latin; `Latn` else, `Zyyy` for one we do not tell."""
    if text.isascii():
        return "Latn"
    for letter in text:
        if letter > "\u02af" and letter.isalpha() and not "\u1e00" <= letter <= "\u1eff":
            return next((code for code, low, high in _SCRIPTS + _MORE_SCRIPTS if low <= letter <= high), "Zyyy")
    return "Latn"


def _document(line: int, cells: Mapping[str, str], limits: Limits) -> Record:
    get = cells.get
    kind = values.document_type(cells["type"])
    issuer = values.state(cells["issuing_state"], "issuing_state")
    number = values.document_number(cells["number"])
    status = cells["status"].lower()
    if status not in STATUSES:
        raise values.Refusal("status", "status", cells["status"])
    told = get("record_id", "")
    identity = values.record_id(told) if told else values.own_record_id(kind, issuer, number)
    body: Body = {name: get(name, "") for name in _PLAIN_DOCUMENT}
    body.update(type=kind, issuing_state=issuer, number=number, status=status)
    body["event_on"] = values.partial_date(get("event_on", ""), "event_on")
    return Record(identity, DOCUMENT, body, line)
