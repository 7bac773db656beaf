"""Which of the open actions is the next step: the one that moves the case on, not the way out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xenia.cases.actions import Offer
from xenia.cases.definition import Procedure

MANY_STATES = 4
"""An action open from more states than this is a way out (withdraw, lapse), never the obvious next step."""


@dataclass(frozen=True)
class Next:
    """`first`: the one obvious step. `decisions`: the answers between which a person decides; then none is the first.

    `stopped`: what would be the step if nothing stood in its way. All empty where the other side is to move.
    """

    first: Offer | None = None
    decisions: tuple[Offer, ...] = ()
    stopped: Offer | None = None

    @property
    def shown(self) -> tuple[Offer, ...]:
        """Every offer that is named here."""
        return tuple(one for one in (self.first, *self.decisions, self.stopped) if one is not None)


def next_step(procedure: Procedure, state: str, offers: Sequence[Offer]) -> Next:
    """What is to be done now in a case in this state."""
    deciding = tuple(one for one in offers if procedure.actions[one.action].decision and not one.blocked)
    if deciding:
        return Next(decisions=deciding)
    ranked = sorted(offers, key=lambda one: _rank(procedure, state, one))
    best = next((one for one in ranked if _rank(procedure, state, one)[0] < 2), None)
    if best is None or not best.blocked:
        return Next(best)
    stays = [one for one in ranked if not one.blocked and one.form and not procedure.actions[one.action].to]
    return Next(stays[0] if stays else None, stopped=best)


def _rank(procedure: Procedure, state: str, offer: Offer) -> tuple[int, int]:
    """0: moves on; 1: ends the case; 2: stays, or a way out. Then by the number of states from which it is open."""
    action = procedure.actions[offer.action]
    if not action.to or action.to == state:
        return 2, len(action.from_)
    if procedure.states[action.to].final:
        alone = all(one.to in ("", action.to) for one in procedure.from_state(state))
        ends = alone or (not action.form and len(action.from_) > 1)
        return (1 if ends else 2), len(action.from_)
    return (0 if len(action.from_) <= MANY_STATES else 2), len(action.from_)
