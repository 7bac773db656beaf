"""Dates of which a part may be unknown: birth dates in documents, alerts and lists.

`PartialDate` is what rooms hand each other. It holds what is known and never fills the rest in:
`1974-08` is not 1 August. The century of a two-digit year is decided in `xenia.formats.mrz`.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Literal

from xenia.errors import BadInput

Qualifier = Literal["exact", "approximate", "between"]

# 2000 is a leap year: 29 February is possible as long as the year is unknown.
_LEAP_YEAR = 2000
# No longer text is a date: "0001-01-01/0001-01-01" with room for spaces around it.
_LONGEST_TEXT = 64


class BadDate(BadInput):
    """A date that no calendar has, or a text that is not a date."""

    code = "bad-date"

    def __init__(self, message: str) -> None:
        super().__init__(message, "Write it as 1974-08-12, 1974-08, 1974, 1974~ or 1974/1978.")


@dataclass(frozen=True)
class PartialDate:
    """A day, of which year, month or day may be unknown (None). Raises `BadDate` for 30 February.

    `qualifier`: `exact` (what is given is certain), `approximate` (about that time), `between`
    (some year from `year` to `year_to`, both included; month and day are then None).
    A day may be known without its month and a month without its year (both occur in MRZs).
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    qualifier: Qualifier = "exact"
    year_to: int | None = None

    def __post_init__(self) -> None:
        if self.year is not None and not 1 <= self.year <= 9999:
            raise BadDate(f"There is no year {self.year}.")
        if self.month is not None and not 1 <= self.month <= 12:
            raise BadDate(f"There is no month {self.month}.")
        if self.day is not None and not 1 <= self.day <= _days_in(self.year, self.month):
            raise BadDate(f"There is no day {self.day} in that month.")
        if (self.qualifier == "between") != (self.year_to is not None):
            raise BadDate("A range of years needs its last year, and only a range has one.")
        if self.year_to is not None:
            self._check_range(self.year_to)

    def _check_range(self, year_to: int) -> None:
        if self.year is None or self.month is not None or self.day is not None:
            raise BadDate("A range of years has a first and a last year, no month and no day.")
        if not self.year <= year_to <= 9999:
            raise BadDate(f"The range {self.year} to {year_to} runs backwards.")

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """The fully known date of a calendar day."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """The date written as `iso()` writes it. Raises `BadDate` for anything else; `""` is unknown."""
        text = text.strip() if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT]
        if not text:
            return UNKNOWN
        if "/" in text:
            first, last = text.split("/", 1)
            return cls(_number(first, 4), qualifier="between", year_to=_number(last, 4))
        approximate = text.endswith("~")
        parts = text.removesuffix("~").split("-")
        if len(parts) > 3:
            raise BadDate("That is not a date.")
        year = _number(parts[0], 4)
        month = _number(parts[1], 2) if len(parts) > 1 else None
        day = _number(parts[2], 2) if len(parts) > 2 else None
        return cls(year, month, day, qualifier="approximate" if approximate else "exact")

    def iso(self) -> str:
        """ISO 8601 with unknown parts left out from the right: `1974-08-12`, `1974-08`, `1974`, `""`.

        Approximate dates end in `~`, ranges are `1974/1978` (ISO 8601-2:2019). A month without its
        year and a day without its month have no place in it and are left out.
        """
        if self.year is None:
            return ""
        if self.year_to is not None:
            return f"{self.year:04}/{self.year_to:04}"
        text = f"{self.year:04}"
        if self.month is not None:
            text += f"-{self.month:02}"
            if self.day is not None:
                text += f"-{self.day:02}"
        return text + ("~" if self.qualifier == "approximate" else "")

    def __str__(self) -> str:
        return self.iso()

    @property
    def is_full(self) -> bool:
        """Year, month and day are known and certain."""
        return self.as_date() is not None and self.qualifier == "exact"

    @property
    def is_unknown(self) -> bool:
        """Nothing at all is known."""
        return self.year is None and self.month is None and self.day is None

    def as_date(self) -> date | None:
        """The calendar day, where year, month and day are all given; else None."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    def earliest(self) -> date | None:
        """The first day that it can be; None where the year is unknown. Adds nothing for `approximate`."""
        if self.year is None:
            return None
        month = self.month or 1
        return date(self.year, month, (self.day or 1) if self.month else 1)

    def latest(self) -> date | None:
        """The last day that it can be; None where the year is unknown. Adds nothing for `approximate`."""
        if self.year is None:
            return None
        year, month = self.year_to or self.year, self.month or 12
        day = self.day if self.month and self.day else _days_in(year, month)
        return date(year, month, day)

    def may_equal(self, other: PartialDate) -> bool:
        """Nothing known of the two contradicts: `1974-08` may equal `1974` and `1974-08-12`, not `1975`.

        Symmetric, not transitive. Unknown may equal anything. Does not widen `approximate`.
        """
        if self.year is not None and other.year is not None:
            last, other_last = self.year_to or self.year, other.year_to or other.year
            if last < other.year or other_last < self.year:
                return False
        months_agree = self.month is None or other.month is None or self.month == other.month
        return months_agree and (self.day is None or other.day is None or self.day == other.day)

    def years(self) -> range:
        """The years that it can be, in order; empty where unknown. Adds nothing for `approximate`."""
        if self.year is None:
            return range(0)
        return range(self.year, (self.year_to or self.year) + 1)


UNKNOWN = PartialDate()


def _days_in(year: int | None, month: int | None) -> int:
    if month is None:
        return 31
    return calendar.monthrange(year or _LEAP_YEAR, month)[1]


def _number(text: str, length: int) -> int:
    if len(text) != length or not (text.isascii() and text.isdigit()):
        raise BadDate("That is not a date.")
    return int(text)
