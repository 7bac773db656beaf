"""How old the live records are. At a centre they are of this moment; at a unit as old as the centre's last word about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from xenia.registers.port import AGEING, Age

LIVE = "live"
Confirmed = tuple[datetime | None, int]
"""When the centre last said that they are the newest (None: never), and how many seconds old they may become."""
_at_unit: Callable[[str], Confirmed | None] | None = None


def tell_by(told: Callable[[str], Confirmed | None] | None) -> None:
    """Say who knows, for a register; None from it, or nobody: they are of this moment."""
    global _at_unit
    _at_unit = told


def of(register: str, now: datetime) -> tuple[Age, ...]:
    """The age of a register's live records; empty where they are of this moment."""
    said = _at_unit(register) if _at_unit is not None else None
    if said is None:
        return ()
    as_of, limit_s = said
    if as_of is None:
        return (Age(LIVE, None, 0, limit_s, "never"),)
    age_s = max(0, int((now - as_of).total_seconds()))
    state = "old" if age_s > limit_s else "ageing" if age_s > AGEING * limit_s else "fresh"
    return (Age(LIVE, as_of, age_s, limit_s, state),)
