"""What this room writes into the journal: facts that came from elsewhere, and what left, by whom; never a figure."""

from __future__ import annotations

from typing import Final

from xenia.journal import kinds
from xenia.journal.kinds import Kind

LOADED: Final = "insight.loaded"
RELEASED: Final = "insight.released"
CALLS_TAKEN: Final = "insight.calls-taken"
DAILY_MADE: Final = "insight.daily-made"
DAILY_TAKEN: Final = "insight.daily-taken"
OUTSIDE: Final = "insight.outside-taken"


def register() -> None:
    """Make this room's kinds known to the journal."""
    kinds.register(
        Kind(LOADED, personal=False, label="Facts without persons loaded"),
        Kind(RELEASED, personal=False, label="Statistical table released"),
        Kind(CALLS_TAKEN, personal=False, label="Operator's study of mobile call data taken"),
        Kind(DAILY_MADE, personal=False, label="Daily report made"),
        Kind(DAILY_TAKEN, retention_class="read", personal=False, label="Daily report taken as a file"),
        Kind(OUTSIDE, personal=False, label="Figures of others taken"),
    )
