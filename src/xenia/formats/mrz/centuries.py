"""Dates of a machine-readable zone: six characters, two digits for the year, unknown parts as filler."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from xenia.formats.dates import BadDate, PartialDate
from xenia.formats.mrz.digits import DIGITS, FILLER

# Expiry dates are read into the hundred years around today; outside of these they are unusual.
# Source: the project's notes on documents, section 2 (accept 10 years back, 50 ahead).
EXPIRY_YEARS_AHEAD = 50
EXPIRY_YEARS_BACK = 10

Problem = Literal["impossible", "zeros", "unusual"]


@dataclass(frozen=True)
class Dated:
    """A date as read: None where nothing is known or no calendar has it; `problem` says which."""

    value: PartialDate | None
    problem: Problem | None = None


def birth(text: str, today: date) -> Dated:
    """The birth date: the last year with these two digits that does not put the birth after `today`."""
    parts = _parts(text)
    if parts is None:
        return Dated(None, "impossible")
    year, month, day = parts
    if year is not None:
        year = today.year - (today.year - year) % 100
    dated = _dated(year, month, day, zeros="00" in (text[2:4], text[4:6]))
    first = dated.value.earliest() if dated.value else None
    if year is not None and (first is None or first > today):
        return _dated(year - 100, month, day, zeros=dated.problem == "zeros")
    return dated


def expiry(text: str, today: date) -> Dated:
    """The expiry date: the year with these two digits from 49 years ago to 50 years ahead of `today`."""
    parts = _parts(text)
    if parts is None:
        return Dated(None, "impossible")
    year, month, day = parts
    if year is not None:
        latest = today.year + EXPIRY_YEARS_AHEAD
        year = latest - (latest - year) % 100
    dated = _dated(year, month, day, zeros="00" in (text[2:4], text[4:6]))
    if dated.value and dated.problem is None and year is not None and year < today.year - EXPIRY_YEARS_BACK:
        return Dated(dated.value, "unusual")
    return dated


def six(value: PartialDate | None) -> str:
    """The date as a zone has it, unknown parts as filler."""
    if value is None:
        return FILLER * 6
    year = FILLER * 2 if value.year is None else f"{value.year % 100:02}"
    month = FILLER * 2 if value.month is None else f"{value.month:02}"
    return year + month + (FILLER * 2 if value.day is None else f"{value.day:02}")


def _parts(text: str) -> tuple[int | None, int | None, int | None] | None:
    """Year of the century, month and day, None for unknown ones (`<<`, and `00` for month and day)."""
    values: list[int | None] = []
    for start in (0, 2, 4):
        pair = text[start : start + 2]
        if pair == FILLER * 2:
            values.append(None)
        elif len(pair) == 2 and DIGITS.issuperset(pair):
            values.append(int(pair))
        else:
            return None
    year, month, day = values
    if text == "000000":
        year = None  # nobody writes the year 2000 that way
    return year, month or None, day or None


def _dated(year: int | None, month: int | None, day: int | None, *, zeros: bool) -> Dated:
    try:
        value = PartialDate(year, month, day)
    except BadDate:
        return Dated(None, "impossible")
    return Dated(None if value.is_unknown else value, "zeros" if zeros else None)
