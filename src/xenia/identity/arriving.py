"""What an identity that a unit noted does here: the same identity, found by this installation's own keys."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from xenia.identity import kinds
from xenia.identity.actions import write
from xenia.identity.claim import Claimed
from xenia.journal import arriving
from xenia.journal.arriving import Came

AT_FIRST = timedelta(days=30)
"""How long an identity is kept that no record holds longer; the room whose record it belongs to says the day. Own rule."""


def claimed(came: Came) -> None:
    """The identity as it was noted there: same id, owner, origin, source and moment; sealed with its own data key."""
    at, body = came.entry.occurred_at, came.body
    write(
        UUID(body["identity"]),
        Claimed.from_json(body["claim"]),
        came.act(),
        source=body["source"],
        now=at,
        delete_on=at.date() + AT_FIRST,
    )


def register() -> None:
    """Make it known; called when Django starts."""
    arriving.register(kinds.CLAIMED, claimed, at_desk=True)
