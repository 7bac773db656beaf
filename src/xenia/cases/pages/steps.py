"""Which of the open actions is the next step: the one that moves the case on, not the way out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from xenia.cases.actions import Offer
from xenia.cases.definition import Procedure

MANY_STATES = 4
"""An action open from more states than this is a way out (withdraw, lapse), never the obvious next step."""


def next_step(procedure: Procedure, state: str, offers: Sequence[Offer]) -> tuple[Offer | None, Offer | None]:
    """The next step, and the one that would be it if nothing stood in its way. None where the other side is to move."""
    ranked = sorted(offers, key=lambda one: _rank(procedure, state, one))
    best = next((one for one in ranked if _rank(procedure, state, one)[0] < 2), None)
    if best is not None and not best.blocked:
        return best, None
    stays = [one for one in ranked if not one.blocked and one.form and not procedure.actions[one.action].to]
    if best is not None:
        return (stays[0] if stays else None), best
    return None, None


def _rank(procedure: Procedure, state: str, offer: Offer) -> tuple[int, int]:
    """0: moves on; 1: ends the case; 2: stays, or a way out. Then by the number of states from which it is open."""
    action = procedure.actions[offer.action]
    if not action.to or action.to == state:
        return 2, len(action.from_)
    if procedure.states[action.to].final:
        alone = all(one.to in ("", action.to) for one in procedure.from_state(state))
        return (1 if alone or (not action.form and len(action.from_) > 1) else 2), len(action.from_)
    return (0 if len(action.from_) <= MANY_STATES else 2), len(action.from_)
