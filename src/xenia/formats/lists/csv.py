"""Xenia's own CSV for lists of persons, documents, visas and vehicles, read row by row.

The format is described in `docs/reference/list-formats.md`. Pure: takes a binary stream, opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final

from xenia.formats.lists import values
from xenia.formats.lists.documents import DOCUMENT_COLUMNS, document
from xenia.formats.lists.persons import PERSON_COLUMNS, person
from xenia.formats.lists.records import DOCUMENT, PERSON, VEHICLE, VISA, Limits, Record, Refused, Told
from xenia.formats.lists.rows import Columns, Row, read_rows
from xenia.formats.lists.vehicles import VEHICLE_COLUMNS, vehicle
from xenia.formats.lists.visas import VISA_COLUMNS, visa

Make = Callable[[int, Mapping[str, str], Limits], Record]

# The columns of each kind, and what makes a record out of a row of them.
KINDS: Final[Mapping[str, tuple[Columns, Make]]] = {
    PERSON: (PERSON_COLUMNS, person),
    DOCUMENT: (DOCUMENT_COLUMNS, document),
    VISA: (VISA_COLUMNS, visa),
    VEHICLE: (VEHICLE_COLUMNS, vehicle),
}


def read(
    kind: str, stream: BinaryIO, limits: Limits | None = None, told: Told | None = None
) -> Iterator[Record | Refused]:
    """Records of one kind, row by row. Raises `BadList` where the whole file is refused, also at its end (`list-cut`)."""
    limits, (columns, make) = limits or Limits(), KINDS[kind]
    heading, rows = read_rows(stream, columns, limits, told or Told(), lambda cells: whose(kind, cells))
    for row in rows:
        yield row if isinstance(row, Refused) else _one(kind, row, heading, make, limits)


def _one(kind: str, row: Row, heading: list[str], make: Make, limits: Limits) -> Record | Refused:
    line, cells = row
    try:
        return make(
            line, {name: values.clean(cell, name, limits) for name, cell in zip(heading, cells, strict=True)}, limits
        )
    except values.Refusal as refusal:
        return refusal.at(line, whose(kind, dict(zip(heading, cells, strict=True))))


def whose(kind: str, cells: Mapping[str, str]) -> str:
    """Which record a refused row would have been, so that a bad cell takes nobody off a list; `""` if none can tell."""
    told = cells.get("record_id", "").strip()
    own = [cells.get(name, "").strip() for name in KINDS[kind][0].own]
    if told or not any(own):
        return told[:120]
    if kind == VEHICLE:
        state, plate, vin = own
        parts = ("VIN", "", vin) if vin else ("PLATE", state, plate)
    else:
        parts = (own[0], own[1], own[2]) if kind == DOCUMENT else ("V", own[0], own[1])
    plain = [part.replace("<", "").upper() for part in parts[:2]]
    return values.own_record_id(plain[0], plain[1], parts[2])[:120]
