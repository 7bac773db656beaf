"""Whether the body of a record entered by hand has what its register asks for. Pure; raises `BadInput` that names the field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from xenia.errors import BadInput
from xenia.formats.dates import PartialDate
from xenia.registers import bodies

MOST_CHARS = 2000
CODE = "record-minimum"


def needed(body: Mapping[str, Any], fields: Iterable[str], what_to_do: str) -> None:
    """Every one of these fields holds something."""
    for field in fields:
        value = body.get(field)
        if value in (None, [], ()) or not str(value).strip():
            raise BadInput(f"The field {field} is missing.", what_to_do, code=CODE)


def surname(body: Mapping[str, Any]) -> None:
    """The first name has a surname."""
    if not bodies.whole_names(body) or not body["names"][0].get("surname"):
        raise BadInput("The surname is missing.", "Enter at least a surname.", code=CODE)


def one_of(body: Mapping[str, Any], field: str, allowed: Collection[str]) -> None:
    """The field holds one of these words, or nothing."""
    if body.get(field) and str(body[field]) not in allowed:
        raise BadInput(f"The field {field} holds an unknown word.", f"Use {', '.join(allowed)}.", code=CODE)


def days(body: Mapping[str, Any], *fields: str) -> None:
    """These fields are whole days, and the validity does not end before it begins."""
    for field in fields:
        try:
            date.fromisoformat(str(body[field])) if body.get(field) else None
        except ValueError:
            raise BadInput(f"The field {field} is not a day.", "Write it as 2027-03-31.", code=CODE) from None
    if body.get("valid_from") and body.get("valid_until") and body["valid_until"] < body["valid_from"]:
        raise BadInput("The validity ends before it begins.", "Correct one of the two days.", code=CODE)


def shape(body: Mapping[str, Any]) -> None:
    """Birth dates are dates, texts are not endless."""
    for text in body.get("birth_dates") or ():
        PartialDate.parse(text)
    for field, value in body.items():
        if isinstance(value, str) and len(value) > MOST_CHARS:
            raise BadInput(f"The field {field} is longer than {MOST_CHARS} characters.", "Shorten it.", code="too-long")
