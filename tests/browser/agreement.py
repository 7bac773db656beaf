"""The time limits of the agreement between the European Union and Azerbaijan, counted with nothing of Xenia.

The day of an event is not counted. Calendar days and months run through days off; working days are those of the state that
must act, by the almanac `holidays`. A notice is counted backwards from the day of the journey. Lithuania asks, Azerbaijan answers.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

VILNIUS, BAKU = ZoneInfo("Europe/Vilnius"), ZoneInfo("Asia/Baku")
ALMANACS = {VILNIUS: holidays.country_holidays("LT"), BAKU: holidays.country_holidays("AZ")}


def working_days(start: date, count: int, where: ZoneInfo) -> date:
    """The last of so many working days there after `start`; before it for a negative count."""
    day, step = start, timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not ALMANACS[where].is_working_day(day):
            day += step
    return day


def months(start: date, count: int) -> date:
    """The same date so many months later, or the last day of that month."""
    year, month = start.year + (start.month + count - 1) // 12, (start.month + count - 1) % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def over(day: date, where: ZoneInfo) -> datetime:
    """The moment at which that day is over there."""
    return datetime.combine(day + timedelta(days=1), time(), where).astimezone(UTC)


def reply(received: datetime) -> date:
    """15 calendar days after receipt; silence until then is consent."""
    return received.astimezone(BAKU).date() + timedelta(days=15)


def transfer(agreed: datetime) -> date:
    """Three months after consent."""
    return months(agreed.astimezone(VILNIUS).date(), 3)


def paper(asked: datetime) -> date:
    """A travel document, or the renewal of one, takes five working days from when it was asked for or ran out."""
    return working_days(asked.astimezone(BAKU).date(), 5, BAKU)


def notice(journey: date) -> date:
    """The transfer is announced three working days before."""
    return working_days(journey, -3, VILNIUS)


def error(arrived: datetime) -> date:
    """Six months after the hand-over of an own national."""
    return months(arrived.astimezone(BAKU).date(), 6)
