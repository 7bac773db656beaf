"""What a decision tells the register of stays. Called by `crossings` inside `journal.writing()` only."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from xenia.frontier.models import Crossing
from xenia.journal.act import Act
from xenia.registers.stays import actions as stays

if TYPE_CHECKING:
    from xenia.frontier.crossings import Known


def write(crossing: Crossing, known: Known, act: Act) -> None:
    """An entry, an exit, or a refused entry. A refused exit leaves the stay as it is."""
    entitled = known.kept.entitled
    move = stays.Movement(
        crossing=crossing.id,
        identity=crossing.identity,
        claimed=known.document.claimed,
        at=crossing.decided_at,
        on=crossing.local_date,
        zone=crossing.zone,
        post=crossing.post,
        basis=crossing.basis,
        visa_sticker=entitled.get("visa", ""),
        visa_until=date.fromisoformat(entitled["visa_until"]) if entitled.get("visa_until") else None,
        visa_days=entitled.get("visa_days"),
        authorised_until=crossing.may_stay_until,
    )
    if crossing.direction == "exit":
        if crossing.outcome == "admitted":
            stays.record_exit(move, act)
    elif crossing.outcome == "admitted":
        stays.record_entry(move, act)
    else:
        stays.record_refusal(move, list(crossing.reasons), act)


def take_back(crossing: UUID, act: Act) -> None:
    """The stay as it was before that crossing."""
    stays.take_back(crossing, act)
