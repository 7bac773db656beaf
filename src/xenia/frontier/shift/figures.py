"""The figures of a shift: whole numbers and codes, ready to be hashed and kept. No traveller is in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from xenia.access.standing import Place
from xenia.frontier.referrals import KIND as REFERRAL
from xenia.frontier.shift import board, counting, periods, presence
from xenia.frontier.shift.counts import median
from xenia.frontier.shift.models import HandOver, Incident, Shift
from xenia.journal.models import Head
from xenia.work.models import WorkItem

VERSION: Final = 1


def of_shift(shift: Shift, place: Place, ended: datetime) -> dict[str, Any]:
    """The report of a shift from its beginning to `ended`: counts, waits, incidents, hand-overs, lists and the seal."""
    days = periods.days_between(shift.began_at, ended, place.zone)
    counts = counting.count(place.code, place.zone, days, shift.began_at, ended)
    answered = WorkItem.objects.filter(
        kind=REFERRAL, post=place.code, answered_at__gte=shift.began_at, answered_at__lt=ended
    )
    waits = counting.waits(list(answered.values_list("id", flat=True)))
    middle = median(waits)
    return {
        "version": VERSION,
        "post": place.code,
        "name": place.name,
        "zone": place.zone,
        "supervisor": presence.name_of(shift.supervisor),
        "began_at": shift.began_at.astimezone(UTC).isoformat(),
        "ended_at": ended.astimezone(UTC).isoformat(),
        "counts": counts.to_json(),
        "waits": {
            "answered": len(waits),
            "median_min": round(middle) if middle is not None else None,
            "longest_min": round(max(waits)) if waits else None,
        },
        "still_waiting": waiting(place, ended),
        "incidents": incidents(place, shift.began_at, ended),
        "hand_overs": [
            {"at": one.offered_at.astimezone(UTC).isoformat(), "items": one.items}
            for one in HandOver.objects.filter(shift=shift).order_by("offered_at")
        ],
        "lists": [{"register": row.register, "age_s": row.age_s, "state": row.state} for row in board.list_rows(ended)],
        "seal": _seal(),
        "state": _totals(place, shift.began_at, ended),
    }


def is_current(report: dict[str, Any], place: Place, since: datetime, until: datetime) -> bool:
    """Whether no decision of the span was written since the report was counted."""
    return bool(report["state"] == _totals(place, since, until))


def _totals(place: Place, since: datetime, until: datetime) -> dict[str, int]:
    days = periods.days_between(since, until, place.zone)
    return counting.totals(counting.crossings(place.code, days, since, until))


def waiting(place: Place, now: datetime) -> dict[str, Any]:
    """How many wait at second line, and how long the longest has, in whole minutes."""
    since = list(
        WorkItem.objects.filter(kind=REFERRAL, post=place.code, answered_at__isnull=True)
        .order_by("opened_at")
        .values_list("opened_at", flat=True)
    )
    longest = int((now - since[0]).total_seconds() // 60) if since else None
    return {"waiting": len(since), "longest_min": longest}


def incidents(place: Place, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Incidents that happened in the span: kind and time, no text."""
    rows = Incident.objects.filter(post=place.code, happened_at__gte=since, happened_at__lt=until).order_by(
        "happened_at"
    )
    return [
        {"incident": str(row.id), "kind": row.kind, "at": row.happened_at.astimezone(UTC).isoformat()}
        for row in rows
        if row.is_first
    ]


def _seal() -> dict[str, Any]:
    head = Head.objects.order_by("-size").first()
    if head is None:
        return {"size": 0, "root": "", "signed_at": ""}
    return {"size": head.size, "root": bytes(head.root).hex(), "signed_at": head.signed_at.astimezone(UTC).isoformat()}
