"""What the pair of servers writes into the journal: who serves, and by whose word."""

from __future__ import annotations

from typing import Final

from xenia.journal.kinds import Kind, register

PAIRED: Final = "standby.paired"
TOGETHER: Final = "standby.together"
ALONE: Final = "standby.alone"
PROMOTED: Final = "standby.promoted"


def register_own() -> None:
    """Make the kinds known; called when Django starts."""
    register(
        Kind(PAIRED, personal=False, label="Second server named"),
        Kind(TOGETHER, personal=False, label="Nothing is acknowledged before both servers have it"),
        Kind(ALONE, personal=False, label="One server goes on without the other"),
        Kind(PROMOTED, personal=False, label="Second server takes the place of the first"),
    )
