"""A table that somebody else published, read as it is. Pure.

What such files do: a byte-order mark; Latin-1 where one expects UTF-8; commas within thousands (`540,080`) or blanks; `:` for what is
not available, sometimes with a flag behind it (`: c`, `12 p`) and sometimes with the flag in a column of its own.

Two things that look like faults are none. Totals of Eurostat are rounded on their own, to 5, so that parts need not add up. UNHCR
writes counts of 1 to 4 as 5, so that a sum of its cells is too high and a 5 may be any of 1 to 5.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xenia.errors import BadInput

NUMBER: Final = re.compile(r"-?\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")
VALUE: Final = re.compile(r"(?P<value>:|-?[\d.,\u00a0\u202f ]*\d)\s*(?P<flag>[a-z]{0,4})")
VALUES: Final = ("Value", "OBS_VALUE", "value")
FLAGS: Final = ("Flag and Footnotes", "OBS_FLAG", "flag")
YEARS: Final = ("TIME", "TIME_PERIOD", "year", "time", "period")
PLACES: Final = ("GEO", "geo", "coa_name", "coa")
MOST_BYTES: Final = 200_000_000
MOST_ROWS: Final = 2_000_000


@dataclass(frozen=True)
class Given:
    """One figure. `members`: what it is of, as the file says; `value` None: not available; `flag`: the publisher's."""

    members: tuple[str, ...]
    measure: str
    value: float | None
    flag: str = ""


@dataclass(frozen=True)
class Table:
    """What a file holds. `breakdowns`: names of the columns that say what a figure is of, `time` and `place` those of when and
    where, "" where there is none. `rounded`: every figure is a multiple of so many, 0 where not; `encoding`: as it was read."""

    breakdowns: tuple[str, ...]
    time: str
    place: str
    measures: tuple[str, ...]
    figures: tuple[Given, ...]
    encoding: str
    rounded: int

    @property
    def missing(self) -> int:
        """How many figures are not available."""
        return sum(one.value is None for one in self.figures)


def read(data: bytes) -> Table:
    """The table of a CSV file. Raises `BadInput` (`outside-file`) where it is none."""
    if len(data) > MOST_BYTES:
        raise _bad(f"The file has more than {MOST_BYTES:,} bytes.")
    text, encoding = _text(data)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        heads = [one.strip() for one in next(rows, [])]
        lines = [row for _number, row in zip(range(MOST_ROWS), rows, strict=False) if row]
    except csv.Error as error:
        raise _bad(f"The file is no table: {error}.") from None
    if len(heads) < 2 or len(set(heads)) != len(heads) or not lines:
        raise _bad("The file has no line of headings with a name for each column, or nothing below it.")
    if wrong := next((number for number, row in enumerate(lines, 2) if len(row) != len(heads)), None):
        raise _bad(f"Line {wrong} has another number of columns than the headings.")
    return _table(heads, lines, encoding)


def _text(data: bytes) -> tuple[str, str]:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding), {"utf-8-sig": "UTF-8", "cp1252": "Latin-1"}[encoding]
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "Latin-1"


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]], encoding: str) -> Table:
    flags = next((one for one in FLAGS if one in heads), "")
    values = [one for one in VALUES if one in heads][:1] or _numeric(heads, lines)
    if not values:
        raise _bad("No column holds figures.")
    named = tuple(one for one in heads if one not in values and one != flags)
    at = {name: place for place, name in enumerate(heads)}
    figures = []
    for row in lines:
        members = tuple(row[at[one]].strip() for one in named)
        for name in values:
            value, flag = figure(row[at[name]])
            figures.append(Given(members, name, value, (row[at[flags]].strip() if flags else "") or flag))
    time, place = (next((one for one in known if one in named), "") for known in (YEARS, PLACES))
    return Table(named, time, place, tuple(values), tuple(figures), encoding, _step(figures))


def _numeric(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """Columns of figures where none is called so: those with nothing but figures, years left out."""
    found = []
    for place, name in enumerate(heads):
        texts = {row[place].strip() for row in lines} - {"", ":"}
        if name not in YEARS and texts and all(NUMBER.fullmatch(one) for one in texts):
            found.append(name)
    return found


def figure(text: str) -> tuple[float | None, str]:
    """A figure and its flag: `540,080`, `1 234 p`, `:`, `: c`, "" for nothing. Raises `BadInput` (`outside-file`)."""
    plain = text.strip()
    if not plain:
        return None, ""
    found = VALUE.fullmatch(plain)
    if found is None or (found["value"] != ":" and not NUMBER.fullmatch(found["value"].strip())):
        raise _bad(f"“{plain[:30]}” is no figure.")
    if found["value"] == ":":
        return None, found["flag"]
    return float(re.sub(r"[,\u00a0\u202f ]", "", found["value"])), found["flag"]


def _step(figures: Sequence[Given]) -> int:
    """5 where every figure is a multiple of 5 and some are no multiple of 10; else 0."""
    known = [one.value for one in figures if one.value]
    return 5 if len(known) >= 20 and all(one % 5 == 0 for one in known) and any(one % 10 for one in known) else 0


def _bad(message: str) -> BadInput:
    return BadInput(message, "Give a CSV file as its publisher gives it out.", code="outside-file")
