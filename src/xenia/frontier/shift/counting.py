"""Counting checks and crossings of a post. The result holds no person, and nothing of alerts that the booth must not notice.

A day that is over is counted once (`DayCount`); today, and the hours of a shift, are counted when they are asked for.
Every query begins with post, lane and local day, the order of the index of both tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from xenia.access import epochs
from xenia.access.models import Lane
from xenia.frontier import record
from xenia.frontier.models import Check, Crossing
from xenia.frontier.referrals import KIND as REFERRAL
from xenia.frontier.shift import periods
from xenia.frontier.shift.counts import Counts, wait_step
from xenia.frontier.shift.models import DayCount
from xenia.work.models import WorkItem

# Table of the counts, and the column of a crossing that it counts.
BY: Final = {
    "nationality": "nationality",
    "document": "document_type",
    "category": "category",
    "purpose": "purpose_of_travel",
    "carrier": "carrier",
}
_STATES: Final = {"referred": "open"}
AT_ONCE: Final = 400


_lanes: dict[str, tuple[int, list[str]]] = {}


def lanes_of(post: str) -> list[str]:
    """Every lane that the post has or had, in order; lanes are closed, never deleted. Asked once while none changes."""
    epoch = epochs.read()["accounts"]
    held = _lanes.get(post)
    if held is None or held[0] != epoch:
        found = list(Lane.objects.filter(post_id=post).order_by("code").values_list("code", flat=True))
        held = _lanes[post] = (epoch, found)
    return held[1]


def crossings(
    post: str, days: Sequence[date], since: datetime | None = None, until: datetime | None = None
) -> QuerySet[Crossing]:
    """Crossings of these local days, from `since` on and before `until`."""
    span = Q()
    if since is not None:
        span &= Q(decided_at__gte=since)
    if until is not None:
        span &= Q(decided_at__lt=until)
    return Crossing.objects.filter(span, post=post, lane__in=lanes_of(post), local_date__in=days)


def checks(
    post: str, days: Sequence[date], since: datetime | None = None, until: datetime | None = None
) -> QuerySet[Check]:
    """Checks that were read on these local days, from `since` on and before `until`."""
    span = Q()
    if since is not None:
        span &= Q(read_at__gte=since)
    if until is not None:
        span &= Q(read_at__lt=until)
    return Check.objects.filter(span, post=post, lane__in=lanes_of(post), local_date__in=days)


def totals(rows: QuerySet[Crossing]) -> dict[str, int]:
    """How many crossings, and how many of them were taken back: tells whether one was written since they were counted."""
    return rows.aggregate(crossings=Count("id"), taken_back=Count("id", filter=Q(taken_back_at__isnull=False)))


def count(
    post: str, zone: str, days: Sequence[date], since: datetime | None = None, until: datetime | None = None
) -> Counts:
    """All tables of a span of time, from the rows themselves."""
    made = Counts()
    _crossings(made, crossings(post, days, since, until), zone)
    _checks(made, checks(post, days, since, until))
    return made


def _crossings(made: Counts, rows: QuerySet[Crossing], zone: str) -> None:
    held = rows.annotate(kept=ExpressionWrapper(Q(taken_back_at__isnull=True), BooleanField()))
    grouped: Any = held.values_list("direction", "outcome", *BY.values(), "kept").annotate(number=Count("id"))
    for direction, outcome, *values, kept, number in grouped:
        if not kept:
            made.add("direction", direction, "taken-back", number)
            continue
        column = f"{direction}.{outcome}"
        made.add("direction", direction, column, number)
        for table, value in zip(BY, values, strict=True):
            if value or table != "carrier":
                made.add(table, str(value or ""), column, number)
    valid = rows.filter(taken_back_at__isnull=True)
    hours = Counter(
        (periods.local(at, zone).hour, direction, outcome)
        for at, direction, outcome in valid.values_list("decided_at", "direction", "outcome").iterator(chunk_size=2000)
    )
    for (hour, direction, outcome), number in hours.items():
        made.add("hour", f"{hour:02d}", f"{direction}.{outcome}", number)
    for direction, reasons in valid.filter(outcome="refused").values_list("direction", "reasons"):
        for reason in reasons:
            made.add("reason", reason, f"{direction}.refused")


def _checks(made: Counts, rows: QuerySet[Check]) -> None:
    for verdict, state, number in rows.values_list("verdict", "state").annotate(number=Count("id")):
        made.add("check", verdict, _STATES.get(state, state), number)
    found = list(rows.exclude(verdict="clear").values_list("identity", "sealed", "state"))
    for start in range(0, len(found), AT_ONCE):
        part = found[start : start + AT_ONCE]
        opened = record.unseal_many([(identity, bytes(sealed)) for identity, sealed, _ in part])
        for kept, (_, _, state) in zip(opened, part, strict=True):
            for hit in kept.hits if kept else ():
                made.add("hit", f"{hit.register}/{hit.band}", _STATES.get(state, state))
    for minutes in waits(list(rows.filter(referral__isnull=False).values_list("referral", flat=True))):
        made.add("wait", wait_step(minutes), "answered")


def hours_of(post: str, zone: str, on: date) -> tuple[list[int], dict[str, int]]:
    """Decisions that stand for each of the 24 hours of the post's clock, and totals `admitted`, `refused`, `taken-back`.

    One question for a whole day, cheap enough to be asked again and again. An hour that comes twice holds both.
    """
    start, end = periods.bounds(on, zone)
    steps = [start + timedelta(hours=at) for at in range(round((end - start).total_seconds() / 3600))]
    kept = Q(taken_back_at__isnull=True)
    wanted = {
        f"h{at}": Count("id", filter=kept & Q(decided_at__gte=step, decided_at__lt=step + timedelta(hours=1)))
        for at, step in enumerate(steps)
    }
    found = crossings(post, [on]).aggregate(
        **wanted,
        admitted=Count("id", filter=kept & Q(outcome="admitted")),
        refused=Count("id", filter=kept & Q(outcome="refused")),
        back=Count("id", filter=~kept),
    )
    hours = [0] * 24
    for at, step in enumerate(steps):
        hours[periods.local(step, zone).hour] += found[f"h{at}"]
    return hours, {"admitted": found["admitted"], "refused": found["refused"], "taken-back": found["back"]}


def waits(items: Sequence[Any]) -> list[float]:
    """Minutes from referral to answer of these work items, as far as they are answered."""
    found: list[float] = []
    for start in range(0, len(items), AT_ONCE):
        rows = WorkItem.objects.filter(id__in=items[start : start + AT_ONCE], kind=REFERRAL, answered_at__isnull=False)
        found += [
            (end - begin).total_seconds() / 60 for begin, end in rows.values_list("opened_at", "answered_at") if end
        ]
    return found


def by_day(post: str, zone: str, days: Iterable[date], today: date) -> dict[date, Counts]:
    """The counts of each of these local days: stored ones, and the rest counted now. Days to come are left out."""
    wanted = [day for day in days if day <= today]
    stored = {
        row.on: Counts.from_json(row.counts)
        for row in DayCount.objects.filter(post=post, on__in=wanted)
        if row.on < today
    }
    return {day: stored[day] if day in stored else count(post, zone, [day]) for day in wanted}
