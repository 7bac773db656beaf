"""Whether the body of a record entered by hand has what its register asks for. Pure; raises `BadInput` that names the field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from xenia.errors import BadInput
from xenia.formats.dates import PartialDate
from xenia.registers import bodies

MOST_CHARS = 2000


class PoorRecord(BadInput):
    """The body lacks something that its register asks for, or holds what it does not know."""

    code = "record-minimum"


def needed(body: Mapping[str, Any], fields: Iterable[str], what_to_do: str) -> None:
    """Every one of these fields holds something."""
    for field in fields:
        value = body.get(field)
        if value in (None, [], ()) or not str(value).strip():
            raise PoorRecord(f"The field {field} is missing.", what_to_do)


def surname(body: Mapping[str, Any]) -> None:
    """The first name has a surname."""
    if not bodies.whole_names(body) or not body["names"][0].get("surname"):
        raise PoorRecord("The surname is missing.", "Enter at least a surname.")


def one_of(body: Mapping[str, Any], field: str, allowed: Collection[str]) -> None:
    """The field holds one of these words, or nothing."""
    if body.get(field) and str(body[field]) not in allowed:
        raise PoorRecord(f"The field {field} holds an unknown word.", f"Use {', '.join(allowed)}.")


def days(body: Mapping[str, Any], *fields: str) -> None:
    """These fields are whole days, and the validity does not end before it begins."""
    for field in fields:
        try:
            date.fromisoformat(str(body[field])) if body.get(field) else None
        except ValueError:
            raise PoorRecord(f"The field {field} is not a day.", "Write it as 2027-03-31.") from None
    if body.get("valid_from") and body.get("valid_until") and body["valid_until"] < body["valid_from"]:
        raise PoorRecord("The validity ends before it begins.", "Correct one of the two days.")


def shape(body: Mapping[str, Any]) -> None:
    """Birth dates are dates, texts are not endless."""
    for text in body.get("birth_dates") or ():
        PartialDate.parse(text)
    for field, value in body.items():
        if isinstance(value, str) and len(value) > MOST_CHARS:
            raise PoorRecord(
                f"The field {field} is longer than {MOST_CHARS} characters.", "Shorten it.", code="too-long"
            )
