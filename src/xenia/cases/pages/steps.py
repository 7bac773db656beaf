"""Which of the open actions is the next step: the one that moves the case on, not the way out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xenia.cases.actions import Offer
from xenia.cases.definition import Procedure


@dataclass(frozen=True)
class Next:
    """`first`: the one obvious step. `decisions`: the answers between which a person decides; then none is the first.

    Steps of equal rank are answers too. `stopped`: what would be the step if nothing stood in its way. All empty where the other side is to move.
    """

    first: Offer | None = None
    decisions: tuple[Offer, ...] = ()
    stopped: Offer | None = None

    @property
    def shown(self) -> tuple[Offer, ...]:
        """Every offer that is named here."""
        return tuple(one for one in (self.first, *self.decisions, self.stopped) if one is not None)

    @property
    def missing(self) -> str:
        """The kind of document that the step waits for; "" where it waits for none."""
        return next(iter(self.stopped.missing), "") if self.stopped else ""

    @property
    def two_persons(self) -> bool:
        """Does a second person release whatever is chosen?"""
        chosen = [one for one in (self.first, *self.decisions) if one is not None]
        return bool(chosen) and all(one.four_eyes for one in chosen)


def next_step(procedure: Procedure, state: str, offers: Sequence[Offer]) -> Next:
    """What is to be done now in a case in this state."""
    deciding = tuple(one for one in offers if procedure.actions[one.action].decision and not one.blocked)
    if deciding:
        return Next(decisions=deciding)
    rank = {one.action: _rank(procedure, state, one) for one in offers}
    ranked = sorted(offers, key=lambda one: rank[one.action])
    best = next((one for one in ranked if rank[one.action][0] < 2), None)
    if best is None:
        return Next()
    if not best.blocked:
        equal = tuple(one for one in ranked if rank[one.action] == rank[best.action] and not one.blocked)
        return Next(decisions=equal) if len(equal) > 1 else Next(best)
    stays = [one for one in ranked if not one.blocked and one.form and not procedure.actions[one.action].to]
    return Next(stays[0] if stays else None, stopped=best)


def _rank(procedure: Procedure, state: str, offer: Offer) -> tuple[int, int]:
    """0: moves on; 1: ends the case; 2: stays, or set aside. Then by the number of states from which it is open."""
    action = procedure.actions[offer.action]
    if action.aside or not action.to or action.to == state:
        return 2, len(action.from_)
    return (1 if procedure.states[action.to].final else 0), len(action.from_)
