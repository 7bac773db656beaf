"""What a decision tells the register of stays. Called by `crossings` inside `journal.writing()` only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from xenia.frontier.models import Check
from xenia.journal.act import Act
from xenia.registers.stays import actions as stays

if TYPE_CHECKING:
    from xenia.frontier.crossings import Known


def write(
    check: Check,
    outcome: str,
    crossing: UUID,
    known: Known,
    counted: Mapping[str, Any],
    now: datetime,
    on: date,
    zone: str,
    reasons: Sequence[str],
    act: Act,
) -> None:
    """An entry, an exit, or a refused entry. A refused exit leaves the stay as it is."""
    entitled = known.kept.entitled
    move = stays.Movement(
        crossing=crossing,
        identity=check.identity,
        claimed=known.document.claimed,
        at=now,
        on=on,
        zone=zone,
        post=check.post,
        basis=counted["basis"],
        visa_sticker=entitled.get("visa", ""),
        visa_until=date.fromisoformat(entitled["visa_until"]) if entitled.get("visa_until") else None,
        visa_days=entitled.get("visa_days"),
        authorised_until=counted["may_stay_until"],
    )
    if check.direction == "exit":
        if outcome == "admitted":
            stays.record_exit(move, act)
    elif outcome == "admitted":
        stays.record_entry(move, act)
    else:
        stays.record_refusal(move, list(reasons), act)


def take_back(crossing: UUID, act: Act) -> None:
    """The stay as it was before that crossing."""
    stays.take_back(crossing, act)
