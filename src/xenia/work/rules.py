"""Who may take, answer, approve. Pure; the actions enforce them, the database repeats the hardest one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from xenia.errors import Conflict, NotAllowed

PROPOSAL_DAYS: Final = 14
"""Days after which a proposal that nobody decided expires. Our own choice; an action may set another."""

URGENCIES: Final = ("now", "today", "later")
SOON: Final = timedelta(hours=24)


def urgency(level: int, due_at: datetime | None, now: datetime) -> str:
    """The group an item is shown in: `late`, `now`, `today` or `later`. A due time within 24 hours counts as today."""
    if due_at is not None and due_at < now:
        return "late"
    if level == 0:
        return "now"
    if level == 1 or (due_at is not None and due_at - now <= SOON):
        return "today"
    return "later"


def may_answer(claimed_by: UUID | None, answered_at: datetime | None, account: UUID) -> None:
    """Nothing, if the account holds the item. Raises `Conflict`: `already-answered`, `not-claimed`, `claimed-by-another`."""
    if answered_at is not None:
        raise Conflict("Somebody has already answered this.", "Look at the answer.", code="already-answered")
    if claimed_by is None:
        raise Conflict("Nobody has taken this yet.", "Take it first.", code="not-claimed")
    if claimed_by != account:
        raise Conflict("Somebody else has taken this.", "Ask for it, or take another.", code="claimed-by-another")


def may_decide(state: str, expires_at: datetime, proposer: UUID, account: UUID, now: datetime) -> None:
    """Nothing, if the account may approve or reject.

    Raises `NotAllowed` (`own-proposal`) for the proposer in whatever role, `Conflict` (`already-decided`, `proposal-expired`).
    """
    if account == proposer:
        raise NotAllowed(
            "Nobody decides the own proposal.", "Ask a second person, or withdraw it.", code="own-proposal"
        )
    if state != "waiting":
        raise Conflict(f"This proposal is {state}.", "Load the list again.", code="already-decided")
    if expires_at <= now:
        raise Conflict("This proposal has expired.", "It must be proposed again.", code="proposal-expired")


def sees(
    owner: str, post: str, *, above_owner: Collection[str], authority: str, here: str | None, everywhere: bool
) -> bool:
    """Whether somebody of `authority`, standing at the post `here`, sees what belongs to `owner` and `post`.

    `above_owner`: the owner and the authorities above it. `everywhere`: may act at every authority and post (the operator).
    """
    if everywhere:
        return True
    return (owner == authority or authority in above_owner) and (not post or here is None or post == here)
