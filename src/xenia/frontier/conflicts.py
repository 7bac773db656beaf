"""Two crossings of one document that cannot both be: admitted twice in one direction at two posts, hours apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from xenia.frontier.models import Crossing
from xenia.frontier.terms import term
from xenia.identity.models import IdentityKey


@dataclass(frozen=True)
class Seen:
    """One admission of a document."""

    crossing: UUID
    identity: UUID
    check: UUID
    post: str
    direction: str
    at: datetime


def against(one: Seen, others: Iterable[Seen], within: timedelta) -> Seen | None:
    """The admission next to this one, before or after, that contradicts it; the earlier of two.

    The same direction without the other between them, at another post, at most `within` apart. Pure.
    """
    apart = [other for other in others if other.crossing != one.crossing]
    before = max((other for other in apart if _key(other) < _key(one)), key=_key, default=None)
    after = min((other for other in apart if _key(other) > _key(one)), key=_key, default=None)
    for other in (before, after):
        if other and (other.direction == one.direction) and other.post != one.post and abs(other.at - one.at) <= within:
            return other
    return None


def _key(one: Seen) -> tuple[datetime, bytes]:
    return one.at, one.crossing.bytes


def find(crossings: Sequence[Crossing], on: date) -> dict[UUID, Seen]:
    """For each of these admissions that contradicts another, the other one, by the check of the first. Three queries.

    A document is known by its exact key. Ask before the transaction, never inside it.
    """
    mine = [_seen(row) for row in crossings if row.outcome == "admitted" and row.taken_back_at is None]
    if not mine:
        return {}
    within = timedelta(hours=term("conflict-hours", on))
    keys = _keys(IdentityKey.objects.filter(identity_id__in={one.identity for one in mine}, kind="d"))
    shared = {key for found in keys.values() for key in found}
    owners = _keys(IdentityKey.objects.filter(key__in=shared, kind="d"))
    near = Crossing.objects.filter(
        identity__in=owners,
        outcome="admitted",
        taken_back_at__isnull=True,
        decided_at__range=(min(one.at for one in mine) - within, max(one.at for one in mine) + within),
    )
    there = [_seen(row) for row in near]
    return {
        one.check: other
        for one in mine
        if (other := against(one, [it for it in there if keys[one.identity] & owners[it.identity]], within))
    }


def _keys(rows: Iterable[IdentityKey]) -> dict[UUID, set[int]]:
    found: dict[UUID, set[int]] = {}
    for row in rows:
        found.setdefault(row.identity_id, set()).add(row.key)
    return found


def _seen(row: Crossing) -> Seen:
    return Seen(row.id, row.identity, row.check_made_id, row.post, row.direction, row.decided_at)
