"""Who stands where now, as the last entries say: a place chosen and not left since, within a session's longest life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from xenia.access.models import Account
from xenia.journal import entries
from xenia.journal.models import Entry

CHOSEN, LEFT = "access.place_chosen", "access.signed_out"


@dataclass(frozen=True)
class Present:
    """Somebody at a post, with or without a lane."""

    account: UUID
    name: str
    post: str
    lane: str
    since: datetime


def everybody() -> list[Present]:
    """Everybody who chose a place and has not signed out; one who closed the browser counts until the session's end."""
    since = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = list(Entry.objects.filter(kind__in=(CHOSEN, LEFT), recorded_at__gte=since).order_by("id"))
    bodies = entries.bodies(rows)
    there: dict[str, tuple[str, str, datetime]] = {}
    for row in rows:
        body = bodies.get(row.id) or {}
        if row.kind == LEFT or not body.get("post"):
            there.pop(row.actor, None)
        else:
            there[row.actor] = (body["post"], body.get("lane") or "", row.recorded_at)
    named = {f"account:{one.pk}": one for one in Account.objects.filter(pk__in=[UUID(a.split(":")[1]) for a in there])}
    return [
        Present(named[actor].pk, named[actor].display_name, *place) for actor, place in there.items() if actor in named
    ]


def at(post: str, lane: str | None = None) -> list[Present]:
    """Who stands at the post, or at one lane of it."""
    return [one for one in everybody() if one.post == post and lane in (None, one.lane)]
