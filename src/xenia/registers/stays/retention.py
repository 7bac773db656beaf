"""How long stays are kept, from `terms.json`. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import re2

from xenia.registers.stays.rules import terms

PERIOD = re2.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")


@lru_cache(maxsize=16)
def _period(code: str) -> tuple[int, int, int]:
    row = next(row for row in terms()["terms"] if row["code"] == code)
    years, months, days = (int(part or 0) for part in PERIOD.fullmatch(row["value"]).groups())
    return years, months, days


def after(code: str, day: date) -> date:
    """The day that a period ends which began on `day`; where the month is too short, its last day."""
    years, months, days = _period(code)
    year, month = divmod(day.year * 12 + day.month - 1 + years * 12 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=days)


def record_until(state: str, entry_on: date, exit_on: date | None, authorised_until: date | None) -> date:
    """The deletion day of one stay: after its exit, or, where none is recorded, after the authorised stay."""
    if state in ("open", "missing-exit"):
        return after("open-kept", max(authorised_until or entry_on, entry_on))
    return after("record-kept", exit_on or entry_on)


def file_until(records: Iterable[date], today: date) -> date:
    """The deletion day of a file: a day after its last record, or today where it holds none."""
    return max((day + timedelta(days=1) for day in records), default=today)
