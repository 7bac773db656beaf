"""When a report is due. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAILY, WEEKLY, MONTHLY = EVERY = ("daily", "weekly", "monthly")
LAST_DAY_OF_ALL_MONTHS = 28


def next_due(every: str, day: int, hour: int, zone: str, after: datetime) -> datetime:
    """The first moment after `after`, in UTC. `day`: 1 Monday to 7 Sunday, or 1 to 28 of the month; `hour`: 0 to 23 there.

    Where clocks are put forward over the hour, the report is made right after; where they go back, once, the first time.
    Raises `ValueError` for another rhythm.
    """
    if every not in EVERY:
        raise ValueError(f"{every} is no rhythm")
    here = ZoneInfo(zone)
    first = after.astimezone(here).date()
    for offset in range(-1, 33):
        on = first + timedelta(days=offset)
        if _is_on(every, day, on):
            moment = datetime.combine(on, time(hour), here).astimezone(UTC)
            if moment > after:
                return moment
    raise ValueError("every month has a day from 1 to 28")


def _is_on(every: str, day: int, on: date) -> bool:
    if every == DAILY:
        return True
    return on.isoweekday() == day if every == WEEKLY else on.day == day


def last_due(every: str, day: int, hour: int, zone: str, due: datetime, now: datetime) -> datetime:
    """The latest moment up to `now`, from `due` on: what was missed meanwhile is made up for once, by it."""
    while (following := next_due(every, day, hour, zone, due)) <= now:
        due = following
    return due
