"""Time limits: when a period that begins now ends, in the calendar of the one who must act.

The day of the event is never counted. Conventions (a profile's value `convention`):

    plain              a period of days, weeks, months or years ends on its last day, whatever day that is (default)
    next-working-day   an end on a day off moves to the next working day
    R1182              the same, the hour of the event is not counted either, and a period of two days or more holds
                       at least two working days. Source: Regulation (EEC, Euratom) 1182/71, Articles 2 and 3

A period counted backwards never moves. A limit of hours runs in real hours, also through a change of the clock.
"""

from __future__ import annotations

import calendar as gregorian
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

UNITS = ("calendar day", "working day", "week", "month", "year", "hour")
CONVENTIONS = ("plain", "next-working-day", "R1182")
_LENGTH = re.compile(rf"(\d{{1,4}}) ({'|'.join(UNITS)})s?")
_HIGHEST = {"calendar day": 3660, "working day": 2600, "week": 520, "month": 1200, "year": 110, "hour": 8760}


class BadLength(ValueError):
    """A length that cannot be read."""


@dataclass(frozen=True)
class Length:
    """`amount` of `unit` (one of `UNITS`)."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Length:
        """`15 calendar days`, `1 working day`, `2 weeks`, `3 months`, `1 year`, `48 hours`.

        Raises `BadLength`: also for plain `days`, since the law always says which, and for more than the highest.
        """
        found = _LENGTH.fullmatch(text.strip()) if isinstance(text, str) else None
        if found is None:
            raise BadLength(f"“{text}” is no length of time")
        length = cls(int(found[1]), found[2])
        if length.amount > _HIGHEST[length.unit]:
            raise BadLength(f"“{text}” is too long")
        return length

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


@dataclass(frozen=True)
class Calendar:
    """Days of one state. `weekend`: weekdays off, Monday 0; `zone`: where its days begin and end.

    `also_working`: days of the weekend that the state made working days in exchange for others.
    """

    zone: str = "UTC"
    holidays: Callable[[date], bool] = lambda day: False
    weekend: frozenset[int] = frozenset({5, 6})
    convention: str = "plain"
    also_working: Callable[[date], bool] = lambda day: False

    def is_working(self, day: date) -> bool:
        """Is it a working day there?"""
        if day.weekday() in self.weekend:
            return self.also_working(day)
        return not self.holidays(day)

    def with_convention(self, convention: str | None) -> Calendar:
        """The same days, counted by another convention; None leaves it. Raises ValueError for an unknown one."""
        if convention is None:
            return self
        if convention not in CONVENTIONS:
            raise ValueError(f"no convention is called {convention}")
        return replace(self, convention=convention)

    def local_day(self, moment: datetime) -> date:
        """The day over there at `moment` (aware)."""
        return moment.astimezone(_zone(self.zone)).date()

    def end_of(self, day: date) -> datetime:
        """The moment (UTC) at which `day` is over there: the first that no longer belongs to it."""
        return datetime.combine(day + timedelta(days=1), time(), _zone(self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Due:
    """`on`: last day, over there. `at`: UTC, first moment that is too late (days) or the exact end (hours)."""

    on: date
    at: datetime


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def due(start: datetime, length: Length, calendar: Calendar) -> Due:
    """The end of a period of `length` that begins with an event at `start` (aware; raises ValueError if not)."""
    _aware(start)
    if length.unit == "hour":
        return _hours(_full_hour(start, calendar) if calendar.convention == "R1182" else start, length.amount, calendar)
    return due_from_day(calendar.local_day(start), length, calendar)


def due_from_day(event_on: date, length: Length, calendar: Calendar) -> Due:
    """The end of a period of days, weeks, months or years whose event fell on `event_on`. Raises `BadLength` for hours."""
    if length.unit == "hour":
        raise BadLength("a period counted from a day is not in hours")
    return _ends(_moved(event_on, _added(event_on, length, calendar), length, calendar), calendar)


def latest_before(event_on: date, length: Length, calendar: Calendar) -> date:
    """The last day on which notice may be given `length` before `event_on`. Not moved by weekends or holidays.

    3 working days before Friday the 13th: Tuesday the 10th. Raises `BadLength` for hours.
    """
    if length.unit == "hour":
        raise BadLength("a period counted backwards from a day is not in hours")
    return _added(event_on, Length(-length.amount, length.unit), calendar)


def extended(before: Due, length: Length, calendar: Calendar) -> Due:
    """The end of the period that begins when `before` would have ended."""
    if length.unit == "hour":
        return _hours(before.at, length.amount, calendar)
    return _ends(_moved(before.on, _added(before.on, length, calendar), length, calendar), calendar)


def suspended(before: Due, stopped: datetime, resumed: datetime, length: Length, calendar: Calendar) -> Due:
    """`before`, later by as long as the clock stood: hours for hours, working days for working days, else days."""
    _aware(stopped)
    _aware(resumed)
    if resumed <= stopped:
        return before
    if length.unit == "hour":
        at = before.at + (resumed - stopped)
        return Due(calendar.local_day(at), at)
    first, last = calendar.local_day(stopped), calendar.local_day(resumed)
    days = (last - first).days
    if length.unit == "working day":
        lost = sum(calendar.is_working(first + timedelta(days=n)) for n in range(1, days + 1))
        return _ends(_working(before.on, lost, calendar), calendar)
    return _ends(_rolled(before.on + timedelta(days=days), calendar), calendar)


def is_late(limit: Due, now: datetime) -> bool:
    """Is it too late at `now`?"""
    return now >= limit.at


def _aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("a moment without zone")


def _ends(day: date, calendar: Calendar) -> Due:
    return Due(day, calendar.end_of(day))


def _hours(start: datetime, hours: int, calendar: Calendar) -> Due:
    at = start.astimezone(UTC) + timedelta(hours=hours)
    return Due(calendar.local_day(at), at)


def _full_hour(start: datetime, calendar: Calendar) -> datetime:
    local = start.astimezone(_zone(calendar.zone))
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return start.astimezone(UTC) - into + timedelta(hours=1)


def _added(day: date, length: Length, calendar: Calendar) -> date:
    match length.unit:
        case "working day":
            return _working(day, length.amount, calendar)
        case "month":
            return _months(day, length.amount)
        case "year":
            return _months(day, 12 * length.amount)
        case "week":
            return day + timedelta(weeks=length.amount)
    return day + timedelta(days=length.amount)


def _working(day: date, amount: int, calendar: Calendar) -> date:
    step = timedelta(days=1 if amount > 0 else -1)
    left, tried = abs(amount), 0
    while left:
        day += step
        tried += 1
        left -= calendar.is_working(day)
        if tried > 36_600:
            raise ValueError("a calendar without working days")
    return day


def _months(day: date, months: int) -> date:
    """The same date, or the last of the month where that date is missing."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def _rolled(day: date, calendar: Calendar) -> date:
    if calendar.convention == "plain" or calendar.is_working(day):
        return day
    return _working(day, 1, calendar)


def _moved(event_on: date, day: date, length: Length, calendar: Calendar) -> date:
    day = _rolled(day, calendar)
    long_enough = length.unit not in ("calendar day", "working day") or length.amount >= 2
    if calendar.convention == "R1182" and long_enough and length.amount:
        return max(day, _working(event_on, 2, calendar))
    return day
