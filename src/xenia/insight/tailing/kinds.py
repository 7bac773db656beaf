"""What the follower writes into the journal: that facts were built again, and the checksums of months that are closed."""

from __future__ import annotations

from typing import Final

from xenia.journal import kinds
from xenia.journal.kinds import Kind

REBUILT: Final = "insight.rebuilt"
CLOSED: Final = "insight.closed"
KEY_DESTROYED: Final = "insight.key-destroyed"


def register() -> None:
    """Make these kinds known to the journal."""
    kinds.register(
        Kind(REBUILT, personal=False, label="Warehouse of facts built again"),
        Kind(CLOSED, personal=False, label="Month of facts closed"),
        Kind(KEY_DESTROYED, personal=False, label="Secret of a year's pseudonyms destroyed"),
    )
