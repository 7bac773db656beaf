"""What this room needs from rooms above it; they put their function here when they are ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xenia.access.standing import Standing


def _nobody(standing: Standing, base: str, changes: Sequence[Mapping[str, Any]], reason: str) -> str:
    raise RuntimeError("work/ has registered no way to propose a change of policy.")


propose_policy: Callable[[Standing, str, Sequence[Mapping[str, Any]], str], str] = _nobody
"""Propose a change of policy to a second person; gives back the proposal's id. Set by `work/`."""


def _no_second_person(standing: Standing, action: str, arguments: Mapping[str, Any], reason: str) -> str:
    raise RuntimeError("work/ has registered no way to propose a change of an account.")


propose_account_change: Callable[[Standing, str, Mapping[str, Any], str], str] = _no_second_person
"""Propose an act on an account to a second person; gives back the proposal's id. Set by `work/`."""


unfinished: list[Callable[[Standing], list[str]]] = []
"""What an officer has still open, in words, said before signing out. Rooms above add their function when they are ready."""


def _nothing() -> None:
    return None


may_ask: Callable[[], None] = _nothing
"""Raises where nothing may be asked here now: at a unit whose lease is over. Set by `units/`."""


told_by_centre: Callable[[], bool] = bool
"""Whether a centre says who there is: then no account, role, post or policy is made here. Set by `units/`."""
