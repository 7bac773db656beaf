"""At a centre: which generation of its servers this one serves in, and why it does not; a room above says so.

A centre with one server has no generation and always serves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Now:
    """`why`: a code where this server is not to be relied on now, "" where it serves. `doors`: of all servers of this centre."""

    generation: int = 0
    doors: tuple[str, ...] = ()
    why: str = ""


ALONE: Final = Now()
_ask: Callable[[], Now] | None = None


def ask(who: Callable[[], Now] | None) -> None:
    """Who knows; asked with each request of a unit, so it must answer from memory."""
    global _ask
    _ask = who


def now() -> Now:
    """How it is now."""
    return _ask() if _ask is not None else ALONE
