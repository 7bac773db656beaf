"""What the worker does for the daily report: yesterday's at the set hour, and once a day those of the three days before."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from xenia.access import standing
from xenia.exchange import own
from xenia.insight import actions, coverage
from xenia.insight.daily import making
from xenia.insight.daily.making import Daily
from xenia.journal.act import Act
from xenia.journal.node import node

AGAIN_DAYS: Final = 3
BASIS: Final = "operation of the installation"

_looked: date | None = None


def due(now: datetime) -> list[date]:
    """Days whose report is to be made or looked at again; empty before the set hour and where it was done today.

    A day of the facts is one of UTC: where midnight comes sooner than there, it is waited for.
    """
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if here.date() > now.astimezone(UTC).date():
        return []
    if settings.XENIA_UNIT or not 0 <= settings.XENIA_DAILY_HOUR <= 23 or here.hour < settings.XENIA_DAILY_HOUR:
        return []
    if _looked == here.date():
        return []
    return [here.date() - timedelta(days=number) for number in range(1, AGAIN_DAYS + 2)]


def make(now: datetime | None = None) -> int:
    """Make what is due; how many reports were kept, new ones and new versions. A day gets none before there are facts."""
    global _looked
    moment, kept = now or datetime.now(UTC), 0
    days = due(moment)
    where = actions.warehouse()
    if not days or not (where.folder / "files.json").is_file():
        return 0
    known = making.versions(where)
    for number, day in enumerate(reversed(days)):
        if number == len(days) - 1 or day in known:  # only yesterday's is made for the first time
            kept += of_day(day, moment) is not None
    _looked = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return kept


def of_day(day: date, now: datetime) -> Daily | None:
    """Make and keep the report of a day; None where it says nothing new, or there were no facts yet."""
    where = actions.warehouse()
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    lanes = {code: len(place.lanes) for code, place in standing.places().items()}
    made = making.make(where, day, now, coverage.reaching(coverage.now(now), end), lanes)
    if made.first is None or made.first > day:
        return None
    return making.keep(where, made, Act("system:daily", own.authority(), actions.PURPOSE, BASIS, "daily", node()))


CHORES: Final = (("insight.daily", 60.0, make),)
