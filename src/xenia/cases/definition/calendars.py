"""The calendar of a state: zone of its capital, weekend, public holidays.

`calendars.json`: zones from the zone database (public domain), weekends and holidays from the library `holidays`.
Holidays that a state decrees from year to year are only as good as that library; a country pack may bring its own.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from xenia.cases.definition.terms import Calendar

_SPELLINGS = {"D": "DEU"}


@lru_cache(maxsize=1)
def _known() -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / "calendars.json").read_text(encoding="utf-8")
    known: dict[str, dict[str, Any]] = json.loads(text)
    return known


class _Days:
    """Public holidays of one state, asked of the library when first needed."""

    def __init__(self, alpha2: str) -> None:
        self._alpha2 = alpha2
        self._book: Any = None

    def _of(self) -> Any:
        if self._book is None:
            import holidays  # 0.1 s to import; most processes never count days

            self._book = holidays.country_holidays(self._alpha2)
        return self._book

    def is_holiday(self, day: date) -> bool:
        return day in self._of()

    def also_working(self, day: date) -> bool:
        book = self._of()
        book.get(day)  # makes the library work out that year
        return day in getattr(book, "weekend_workdays", ())


@lru_cache(maxsize=512)
def calendar_of(state: str, convention: str = "plain") -> Calendar:
    """The calendar of an ICAO three-letter code; a code we know nothing of: UTC, Saturday and Sunday off.

    Raises ValueError for an unknown convention.
    """
    known = _known().get(_SPELLINGS.get(state, state))
    if known is None:
        return Calendar().with_convention(convention)
    weekend = frozenset(known["weekend"])
    if not known["holidays"]:
        return Calendar(known["zone"], weekend=weekend).with_convention(convention)
    days = _Days(known["holidays"])
    return Calendar(known["zone"], days.is_holiday, weekend, "plain", days.also_working).with_convention(convention)
