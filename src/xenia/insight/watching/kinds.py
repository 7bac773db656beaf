"""What the watch writes into the journal: that something rang or ended, and what people said of it; never a figure."""

from __future__ import annotations

from typing import Final

from xenia.journal import kinds
from xenia.journal.kinds import Kind

RAISED: Final = "watch.raised"
CLOSED: Final = "watch.closed"
ACKNOWLEDGED: Final = "watch.acknowledged"
ASSESSED: Final = "watch.assessed"
TAKEN_BACK: Final = "watch.taken-back"
RULES_SET: Final = "watch.rules-set"
EVENT_SET: Final = "watch.event-set"
EVENT_REMOVED: Final = "watch.event-removed"
REMOVED: Final = "watch.removed"
EXPORTED: Final = "watch.exported"


def register() -> None:
    """Make the kinds known; called when Django starts. What is noted to a signal is free text: sealed for the signal."""
    kinds.register(
        Kind(RAISED, personal=False, label="Signal raised: more than usual"),
        Kind(CLOSED, personal=False, label="Signal over"),
        Kind(ACKNOWLEDGED, personal=False, label="Signal acknowledged"),
        Kind(ASSESSED, label="Signal assessed"),
        Kind(TAKEN_BACK, personal=False, label="Acknowledgement or assessment of a signal taken back"),
        Kind(RULES_SET, personal=False, label="Rules of the watch set"),
        Kind(EVENT_SET, personal=False, label="Known event noted for the watch"),
        Kind(EVENT_REMOVED, personal=False, label="Known event taken out of the watch"),
        Kind(EXPORTED, personal=False, label="Signals taken as a file"),
        Kind(REMOVED, personal=False, label="Old signals removed"),
    )
