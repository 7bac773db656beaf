"""News for the lane: what second line answered to this officer's referrals. Codes first; names only when there is news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from typing import Final
from uuid import UUID

from xenia.access.standing import Standing
from xenia.frontier import kinds
from xenia.frontier.models import Check
from xenia.frontier.referrals import KIND, OUTCOMES
from xenia.identity import actions as identity
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.work import items
from xenia.work.models import WorkItem

SHOWN_MIN: Final = 30
MOST: Final = 5


@dataclass(frozen=True)
class NewsView:
    """One answer. `note`: what second line wrote for the lane; empty for a hand-over."""

    check: UUID
    name: str
    outcome: str
    at: datetime
    note: str


def since(standing: Standing, seen: datetime) -> list[WorkItem]:
    """Answers to referrals that this officer made at this post, newest first. Says nothing about anybody."""
    return list(
        WorkItem.objects.filter(
            kind=KIND, post=standing.post or "", opened_by=standing.actor, answered_at__gt=seen
        ).order_by("-answered_at")[:MOST]
    )


def mark(rows: Sequence[WorkItem]) -> str:
    """A word that changes with the news; reading it is no read of data."""
    return blake2s("|".join(str(row.id) for row in rows).encode(), digest_size=6).hexdigest() if rows else ""


def shown(standing: Standing, rows: Sequence[WorkItem]) -> list[NewsView]:
    """The news with names and notes; one read entry names them all."""
    checks = {str(row.id): row for row in Check.objects.filter(id__in=[one.subject for one in rows])}
    claims = identity.read([row.identity for row in checks.values()])
    if checks:
        body = {"items": [str(one.id) for one in rows], "identities": [str(row.identity) for row in checks.values()]}
        act = standing.act("border-first-line", f"lane:{standing.post}/{standing.lane}")
        journal.record_read(kinds.LANE_SHOWN, body, act, subjects=list(claims))
    found = []
    for one in rows:
        check = checks.get(one.subject)
        claim = claims.get(check.identity) if check else None
        if check is None or claim is None or one.answered_at is None:
            continue
        outcome = OUTCOMES.get(one.outcome, one.outcome)
        found.append(NewsView(check.id, claim.main_name().whole, outcome, one.answered_at, _note(one)))
    return found


def _note(item: WorkItem) -> str:
    try:
        return items.note_of(item)
    except data_keys.Erased:
        return ""
