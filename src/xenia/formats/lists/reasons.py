"""Why a row or an entry was refused: each code with its sentence. Described in `docs/reference/list-formats.md`."""

from __future__ import annotations

from typing import Final

REASONS: Final[dict[str, str]] = {
    "columns": "The row has another number of columns than the heading.",
    "line-too-long": "The row is longer than 64,000 bytes.",
    "value-too-long": "The value is longer than 4,000 characters.",
    "too-many-values": "The cell holds more than 100 values.",
    "quote-open": "A quotation mark is opened and not closed on the same line.",
    "control-character": "The value holds a control character.",
    "record-id-missing": "The row has no record_id.",
    "record-id": "The record_id is longer than 120 characters or begins with #.",
    "name-missing": "There is neither a surname nor given names.",
    "date": "That is not a date; write 1974-08-12, 1974-08, 1974, 1974~ or 1974/1978.",
    "full-date": "That is not a full date; write 1974-08-12.",
    "sex": "Sex is M, F, X or empty.",
    "state": "That is not a code of one to three letters.",
    "word": "That is not a word of small letters, digits and hyphens.",
    "category": "A category is a word of letters, digits and hyphens, at most 24 characters.",
    "document": "A document is written type:issuing state:number.",
    "document-type": "A document type has one or two letters or digits.",
    "document-number": "The number has no letter or digit, or more than 40 characters.",
    "status": "Status is stolen, lost, stolen-blank, revoked or invalid.",
    "visa-type": "A visa is of type A, C or D; a residence permit of type P.",
    "visa-status": "Status is issued, extended, used, expired, revoked, annulled, lost, stolen or falsified.",
    "entries": "Entries are 1, 2 or MULT.",
    "days": "Days are a number up to 3660.",
    "yes-no": "That is neither yes nor no.",
    "territory": "A territory is a code of letters, digits and hyphens, at most 24 characters.",
    "backwards": "The last day is before the first.",
    "vehicle-missing": "There is neither a number plate nor a VIN.",
    "vehicle-status": "Status is stolen, embezzled, plate-stolen or sought.",
    "same-record-id": "Another row has the same record_id; the first one was taken.",
    "entity": "The list names an organisation; registers hold persons and documents.",
    "thing": "The list names a ship or an aircraft; registers hold persons and documents.",
    "no-notice": "The entry is not a notice.",
    "impossible-date": "No calendar has that date; only its year was kept, or nothing where it tells none.",
    "unknown-country": "No table has that country; the value was left out.",
    "formula-error": "The cell holds an error of its spreadsheet.",
    "many-lines": "A quotation mark is opened and not closed within 50 lines.",
    "nothing-known": "The entry has no name.",
}


def sentence(reason: str) -> str:
    """The sentence of a reason code."""
    return REASONS.get(reason, reason)
