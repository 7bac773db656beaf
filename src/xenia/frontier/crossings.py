"""Writing crossings. Called by `actions` and `referrals` inside `journal.writing()` only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.frontier import expecting, kinds, reading, staying, telling
from xenia.frontier import record as record_of
from xenia.frontier import territory as land
from xenia.frontier.models import Check, Crossing
from xenia.frontier.reading import ReadDocument
from xenia.frontier.second import receipts
from xenia.frontier.terms import term
from xenia.frontier.trip import Trip
from xenia.identity.models import PURPOSE, Identity
from xenia.journal import actions as journal
from xenia.journal import clock, data_keys
from xenia.journal.ids import uuid7

LONGEST_DETAIL = 500
KINDS = {"admitted": kinds.ADMITTED, "refused": kinds.REFUSED}


def own_national() -> NotAllowed:
    """Nobody is refused entry to the own state (`territory.at_home`)."""
    return NotAllowed(
        "An own national is not refused entry.",
        "Admit, or hand over to the authority that must act.",
        code="own-national",
    )


def record(
    standing: Standing,
    check: Check,
    outcome: str,
    now: datetime,
    purpose: str,
    reasons: Sequence[str] = (),
    details: Mapping[str, str] | None = None,
    trip: Trip | None = None,
    known: Known | None = None,
) -> UUID:
    """One crossing for an open (or referred) check, with its entry, and the stay that it begins or ends.

    `trip`: what was said of it, over what the check keeps. `known`: what the check keeps, where the caller has opened it.
    """
    known = known or opened(check)
    if outcome == "refused" and land.at_home(check.direction, check.category):
        raise own_national()
    said = (trip or Trip()).over(Trip.from_json(known.kept.trip))
    counted = _counted(check, known, said, now)
    today = now.astimezone(ZoneInfo(standing.zone)).date()
    row = Crossing(
        id=uuid7(),
        check_made=check,
        identity=check.identity,
        owner=check.owner,
        post=check.post,
        lane=check.lane,
        direction=check.direction,
        outcome=outcome,
        reasons=list(reasons),
        sealed_details=_sealed(check.identity, details),
        sealed_trip=_sealed_trip(check.identity, said),
        officer=standing.account,
        decided_at=now,
        local_date=today,
        zone=standing.zone,
        entry=uuid7(),
        delete_on=today + timedelta(days=term("crossing-kept-days", today)),
        **counted,
    )
    act = standing.act(purpose, f"check:{check.id}")
    move(check, outcome)
    told = telling.of_crossing(check.identity, known.kept, said, _filled(details))
    body = {**_body(row, check, counted), "sealed": told}
    journal.append(KINDS[outcome], body, act, subjects=[row.identity], occurred_at=now, entry_id=row.entry)
    row.save(force_insert=True)
    _keep(check, row.delete_on)
    if row.basis:
        staying.write(row, known, act)
    return row.id


def _body(row: Crossing, check: Check, counted: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "crossing": str(row.id),
        "check": str(check.id),
        "identity": str(row.identity),
        "direction": row.direction,
        "post": row.post,
        "lane": row.lane,
        "local_date": row.local_date.isoformat(),
        "zone": row.zone,
        "reasons": row.reasons,
        "verdict": check.verdict,
        "checked_at": check.read_at.isoformat(),
        **{name: _plain(name, value) for name, value in counted.items()},
    }


@dataclass(frozen=True)
class Known:
    """What a check keeps, opened."""

    kept: record_of.Kept
    document: ReadDocument


def opened(check: Check) -> Known:
    """What the check keeps. Raises `NotFound` once it has been erased."""
    try:
        kept = record_of.unseal(check.identity, bytes(check.sealed))
    except data_keys.Erased:
        raise NotFound("What was read has been erased.", "Read the document again.", code="no-check") from None
    return Known(kept, reading.again(kept.document, check.local_date))


def _counted(check: Check, known: Known, said: Trip, now: datetime) -> dict[str, Any]:
    """What reports count a crossing by, and by what right the stay is."""
    entitled = known.kept.entitled
    until = date.fromisoformat(entitled["until"]) if entitled.get("until") else None
    referred = check.state != "open"
    return {
        "group": check.group,
        "border": check.border,
        "nationality": check.nationality,
        "document_type": check.document_type,
        "category": entitled.get("category", check.category),
        "purpose_of_travel": said.purpose,
        "carrier": said.carrier,
        "flight": said.flight,
        "basis": entitled.get("basis", ""),
        "exception": said.request,
        "may_stay_until": until or _as_asked(check, said),
        "seconds": check.seconds if referred else _seconds(check.read_at, now),
        "referral_seconds": _seconds(check.decided_at, now) if referred and check.decided_at else None,
    }


def _as_asked(check: Check, said: Trip) -> date | None:
    """Where no rule says until when (an exception was made), the days that were asked for."""
    return check.local_date + timedelta(days=said.days - 1) if said.request and said.days else None


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, int) or name.endswith("seconds"):
        return value
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _sealed_trip(identity: UUID, said: Trip) -> bytes | None:
    part = said.sealed_part()
    return data_keys.seal(identity, PURPOSE, json.dumps(part, ensure_ascii=False).encode()) if part else None


def _sealed(identity: UUID, details: Mapping[str, str] | None) -> bytes | None:
    given = _filled(details)
    if any(len(text) > LONGEST_DETAIL for text in given.values()):
        raise BadInput(
            f"A field of the form is longer than {LONGEST_DETAIL} characters.", "Shorten it.", code="too-long"
        )
    return data_keys.seal(identity, PURPOSE, json.dumps(given, ensure_ascii=False).encode()) if given else None


def _filled(details: Mapping[str, str] | None) -> dict[str, str]:
    return {name: text.strip() for name, text in (details or {}).items() if text.strip()}


def _keep(check: Check, until: date) -> None:
    Identity.objects.filter(id=check.identity).update(delete_on=until)
    Check.objects.filter(id=check.id).update(delete_on=until)


def move(check: Check, state: str) -> None:
    """Bring the check from the state it was read in to another. Raises `Conflict` where somebody was first.

    With the first move the lane is done with the traveller: when, and after how many seconds.
    """
    done: dict[str, Any] = {}
    if check.state == "open":
        now = clock.now()
        done = {"decided_at": now, "seconds": _seconds(check.read_at, now)}
    if not Check.objects.filter(id=check.id, state=check.state).update(state=state, **done):
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
    Check.objects.filter(id=crossing.check_made_id).update(state="open", decided_at=None, seconds=None)
    body = {"crossing": str(crossing.id), "reverses": str(crossing.entry), "identity": str(crossing.identity)}
    act = standing.act(purpose, f"check:{crossing.check_made_id}")
    journal.append(kinds.TAKEN_BACK, body, act, subjects=[crossing.identity], occurred_at=now)
    if crossing.basis:
        staying.take_back(crossing.id, act)
    receipts.undone(crossing.check_made_id)
    expecting.taken_back(crossing, act)
