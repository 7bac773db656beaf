"""Days, weeks and months of a post, in its own local days. Pure: today is passed in."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY, WEEK, MONTH = "day", "week", "month"


@dataclass(frozen=True)
class Period:
    """Local days from `first` to `last`, both counted. A week begins on Monday (ISO 8601)."""

    kind: str
    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it."""
        return tuple(self.first + timedelta(days=at) for at in range((self.last - self.first).days + 1))

    @property
    def before(self) -> Period:
        """The period of the same kind before it."""
        return period(self.kind, self.first - timedelta(days=1))

    @property
    def after(self) -> Period:
        """The period of the same kind after it."""
        return period(self.kind, self.last + timedelta(days=1))

    @property
    def name(self) -> str:
        """As it stands in the name of a file: `2026-11-21`, `2026-W47`, `2026-11`."""
        if self.kind == DAY:
            return self.first.isoformat()
        if self.kind == WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02d}"
        return f"{self.first:%Y-%m}"


FIRST = date(2000, 1, 1)
"""No report goes back beyond this day."""


def period(kind: str, on: date) -> Period:
    """The day, week or month that `on` is in."""
    if kind == WEEK:
        first = on - timedelta(days=on.weekday())
        return Period(WEEK, first, first + timedelta(days=6))
    if kind == MONTH:
        return Period(MONTH, on.replace(day=1), on.replace(day=calendar.monthrange(on.year, on.month)[1]))
    return Period(DAY, on, on)


def bounds(on: date, zone: str) -> tuple[datetime, datetime]:
    """When a local day begins and ends, as UTC: 23, 24 or 25 hours apart."""
    here = ZoneInfo(zone)
    begins, ends = (datetime.combine(day, time(), here) for day in (on, on + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def local(at: datetime, zone: str) -> datetime:
    """The moment on the clock of the post."""
    return at.astimezone(ZoneInfo(zone))


def days_between(since: datetime, until: datetime, zone: str) -> tuple[date, ...]:
    """The local days that a span of time touches."""
    first, last = local(since, zone).date(), local(until, zone).date()
    return Period(DAY, first, last).days if first <= last else ()
