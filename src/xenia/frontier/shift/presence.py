"""Who has signed in and stands at a post now, from the sessions that are not over. Names of officers, never of travellers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from xenia.access import standing
from xenia.access.sessions import SessionStore

MOST = 2000


@dataclass(frozen=True)
class Present:
    """One officer at the post. `lane` empty: no lane, such as the second line or the supervisor. `away`: locked or idle."""

    account: UUID
    name: str
    lane: str
    roles: tuple[str, ...]
    away: bool


def at(post: str) -> list[Present]:
    """Officers of running sessions at this post, by lane and name; somebody with two sessions at one lane once."""
    now = timezone.now()
    found: dict[tuple[UUID, str], Present] = {}
    idle_before = int(time.time()) - settings.XENIA_IDLE_MINUTES * 60
    store = SessionStore()
    for data in Session.objects.filter(expire_date__gt=now).values_list("session_data", flat=True)[:MOST]:
        session = store.decode(data)
        account = _account(session.get("_auth_user_id"))
        if account is None or session.get("seen_at", 0) < idle_before:
            continue
        known = standing.known(account)
        row = known.account() if known else None
        if known is None or row is None or not row.is_active or _post(account, session) != post:
            continue
        lane = str(session.get("lane") or "")
        roles = tuple(sorted(standing.roles_at(known, post, now)))
        away = bool(session.get("locked"))
        held = found.get((account, lane))
        if held is None or held.away:
            found[account, lane] = Present(account, row.display_name, lane, roles, away)
    return sorted(found.values(), key=lambda one: (not one.lane, one.lane, one.name))


def name_of(account: UUID | None) -> str:
    """The officer's name; "" for nobody and for an account that is not there any more."""
    known = standing.known(account) if account else None
    return known.account().display_name if known else ""


def _account(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _post(account: UUID, session: dict[str, object]) -> str | None:
    """The post that was chosen, or the only one that the account may stand at."""
    chosen = session.get("post")
    if isinstance(chosen, str) and chosen:
        return chosen
    places = standing.posts_of(account)
    return places[0].code if len(places) == 1 else None
