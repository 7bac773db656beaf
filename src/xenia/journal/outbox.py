"""What must be carried elsewhere: rows written with their entries, gone only when the carrier says done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import F

from xenia.journal.models import Outbox
from xenia.journal.writing import writing

LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Parcel:
    """One entry to carry. `attempts` counts this one."""

    id: int
    topic: str
    entry_id: UUID
    attempts: int


def take(topic: str, count: int, now: datetime | None = None) -> list[Parcel]:
    """Up to `count` due rows of a topic, oldest first; nobody else gets them for five minutes."""
    now = now or datetime.now(UTC)
    with writing():
        due = Outbox.objects.filter(topic=topic, next_at__lte=now).order_by("id").select_for_update(skip_locked=True)
        rows = list(due[:count])
        Outbox.objects.filter(id__in=[row.pk for row in rows]).update(attempts=F("attempts") + 1, next_at=now + LEASE)
    return [Parcel(row.pk, row.topic, row.entry_id, row.attempts + 1) for row in rows]


def done(parcels: Iterable[Parcel]) -> None:
    """The parcels arrived: their rows go."""
    with writing():
        Outbox.objects.filter(id__in=[parcel.id for parcel in parcels]).delete()


def failed(parcel: Parcel, trouble: str, now: datetime | None = None) -> None:
    """The parcel didn't arrive: it is due again after 2, 4, 8 ... seconds, at most an hour; never dropped.

    `trouble`: a code or a few words for the operator, without personal data.
    """
    now = now or datetime.now(UTC)
    wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(parcel.attempts, 12)))
    with writing():
        Outbox.objects.filter(id=parcel.id).update(next_at=now + wait, trouble=trouble[:200])


def waiting() -> int:
    """How many rows wait, of all topics."""
    return Outbox.objects.count()
