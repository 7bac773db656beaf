"""Writing crossings. Called by `actions` and `referrals` inside `journal.writing()` only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict
from xenia.frontier import kinds
from xenia.frontier.models import Check, Crossing
from xenia.frontier.terms import term
from xenia.identity.models import PURPOSE, Identity
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.journal.ids import uuid7

LONGEST_DETAIL = 500
KINDS = {"admitted": kinds.ADMITTED, "refused": kinds.REFUSED}


def record(
    standing: Standing,
    check: Check,
    outcome: str,
    now: datetime,
    purpose: str,
    reasons: Sequence[str] = (),
    details: Mapping[str, str] | None = None,
) -> UUID:
    """One crossing for an open (or referred) check, with its entry."""
    move(check, outcome)
    today = now.astimezone(ZoneInfo(standing.zone)).date()
    keep_until = today + timedelta(days=term("crossing-kept-days", today))
    crossing_id, entry = uuid7(), uuid7()
    act = standing.act(purpose, f"check:{check.id}")
    body = {
        "crossing": str(crossing_id),
        "check": str(check.id),
        "identity": str(check.identity),
        "direction": check.direction,
        "post": check.post,
        "lane": check.lane,
        "local_date": today.isoformat(),
        "zone": standing.zone,
        "reasons": list(reasons),
        "verdict": check.verdict,
        "checked_at": check.read_at.isoformat(),
    }
    journal.append(KINDS[outcome], body, act, subjects=[check.identity], occurred_at=now, entry_id=entry)
    Crossing(
        id=crossing_id,
        check_made=check,
        identity=check.identity,
        owner=check.owner,
        post=check.post,
        lane=check.lane,
        direction=check.direction,
        outcome=outcome,
        reasons=list(reasons),
        sealed_details=_sealed(check.identity, details),
        officer=standing.account,
        decided_at=now,
        local_date=today,
        zone=standing.zone,
        entry=entry,
        delete_on=keep_until,
    ).save(force_insert=True)
    _keep(check, keep_until)
    return crossing_id


def _sealed(identity: UUID, details: Mapping[str, str] | None) -> bytes | None:
    given = {name: text.strip() for name, text in (details or {}).items() if text.strip()}
    if any(len(text) > LONGEST_DETAIL for text in given.values()):
        raise BadInput(
            f"A field of the form is longer than {LONGEST_DETAIL} characters.", "Shorten it.", code="too-long"
        )
    return data_keys.seal(identity, PURPOSE, json.dumps(given, ensure_ascii=False).encode()) if given else None


def _keep(check: Check, until: date) -> None:
    Identity.objects.filter(id=check.identity).update(delete_on=until)
    Check.objects.filter(id=check.id).update(delete_on=until)


def move(check: Check, state: str) -> None:
    """Bring the check from the state it was read in to another. Raises `Conflict` where somebody was first."""
    if not Check.objects.filter(id=check.id, state=check.state).update(state=state):
        raise Conflict(
            "This check has been decided already.",
            "Read the document again if it is still with you.",
            code="already-decided",
        )


def reverse(standing: Standing, crossing: Crossing, now: datetime, purpose: str) -> None:
    """Take a crossing back by a reversing entry, and open its check again."""
    if not Crossing.objects.filter(id=crossing.id, taken_back_at__isnull=True).update(taken_back_at=now):
        raise Conflict(
            "This decision has been taken back already.", "Read the document again.", code="already-taken-back"
        )
    Check.objects.filter(id=crossing.check_made_id).update(state="open")
    body = {"crossing": str(crossing.id), "reverses": str(crossing.entry), "identity": str(crossing.identity)}
    act = standing.act(purpose, f"check:{crossing.check_made_id}")
    journal.append(kinds.TAKEN_BACK, body, act, subjects=[crossing.identity], occurred_at=now)
