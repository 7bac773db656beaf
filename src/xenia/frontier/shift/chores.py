"""What the serving process does for the shift: counting days that are over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import Max, Min

from xenia.access import standing
from xenia.access.standing import Place
from xenia.frontier.models import Crossing
from xenia.frontier.shift import counting, periods
from xenia.frontier.shift.models import DayCount
from xenia.frontier.shift.terms import term
from xenia.journal import actions as journal
from xenia.journal.ids import uuid7

AT_ONCE: Final = 20


def count_days(now: datetime | None = None) -> int:
    """Count days of posts that are over and not counted yet, twenty at a time, and young ones that changed; how many.

    Nothing is searched inside the transactions, and nothing is written where no day is due.
    """
    done, moment = 0, now or datetime.now(UTC)
    for place in standing.places().values():
        for day in _due(place, periods.local(moment, place.zone).date()):
            _count(place, day, moment)
            done += 1
            if done >= AT_ONCE:
                return done
    return done


def _due(place: Place, today: date) -> Iterator[date]:
    known = DayCount.objects.filter(post=place.code).aggregate(last=Max("on"))["last"]
    first = known + timedelta(days=1) if known else _first_day(place.code)
    while first is not None and first < today:
        yield first
        first += timedelta(days=1)
    if known is None:
        return
    yield from list(DayCount.objects.filter(post=place.code, again=True, on__lt=today).values_list("on", flat=True))
    young = DayCount.objects.filter(post=place.code, on__gte=today - timedelta(days=term("recount-days")), on__lt=today)
    for row in young:
        found = counting.totals(counting.crossings(place.code, [row.on]))
        if found["crossings"] > row.crossings or found["taken_back"] > row.taken_back:
            yield row.on


def _first_day(post: str) -> date | None:
    first: date | None = None
    for lane in counting.lanes_of(post):  # the first of each lane is at the edge of the index
        found = Crossing.objects.filter(post=post, lane=lane).aggregate(first=Min("local_date"))["first"]
        first = found if first is None or (found is not None and found < first) else first
    return first


def _count(place: Place, on: date, now: datetime) -> None:
    if DayCount.objects.filter(post=place.code, on=on, again=True).exists():
        with journal.writing():  # before counting: what comes meanwhile marks the day once more
            DayCount.objects.filter(post=place.code, on=on).update(again=False)
    totals = counting.totals(counting.crossings(place.code, [on]))
    counts = counting.count(place.code, place.zone, [on])
    values = {
        **totals,
        "counts": counts.to_json(),
        "made_at": now,
        "delete_on": on + timedelta(days=term("day-count-kept-days")),
    }
    with journal.writing():
        if not DayCount.objects.filter(post=place.code, on=on).update(**values):
            DayCount(id=uuid7(), post=place.code, on=on, **values).save(force_insert=True)


CHORES: Final = (("shift.count-days", 60.0, count_days),)
