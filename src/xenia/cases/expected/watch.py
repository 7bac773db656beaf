"""Which states of a case mean that somebody is expected at the border, and telling lanes that this has changed."""

from __future__ import annotations

from xenia.access import epochs
from xenia.cases.definition import Procedure

EPOCH = "expected"


def border_states(procedure: Procedure, side: str) -> frozenset[str]:
    """The states of a procedure in which the border of this side waits for the person; empty for most procedures."""
    return frozenset(
        state
        for action in procedure.actions.values()
        if action.by == "border" and action.side in ("", side)
        for state in action.from_
    )


def is_expected(procedure: Procedure, side: str, state: str) -> bool:
    """Whether a case in this state waits for the person at the border."""
    return state in border_states(procedure, side)


def note(procedure: Procedure, side: str, before: str, after: str) -> None:
    """Tell the lanes and units that somebody is expected now, no longer, or on another day, at another post, under another name.

    Call inside `journal.actions.writing()`. `before` is empty for a new case. Writes nothing for changes that the border does not see.
    """
    if border_states(procedure, side) & {before, after}:
        epochs.bump(EPOCH)
