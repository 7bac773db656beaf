"""What this room writes into the journal: ids, hashes, codes and key names; never what a message says."""

from __future__ import annotations

from typing import Final

from xenia.journal import kinds
from xenia.journal.kinds import Kind

SENT: Final = "exchange.sent"
RECEIVED: Final = "exchange.received"
HELD: Final = "exchange.held"
LAPSED: Final = "exchange.lapsed"
REFUSED: Final = "exchange.refused"
REPEATED: Final = "exchange.repeated"
REJECTED: Final = "exchange.rejected"
RECEIPT: Final = "exchange.receipt"
DEAD: Final = "exchange.dead"
EXPORTED: Final = "exchange.exported"
PARTNER: Final = "exchange.partner-changed"
OWN_SET: Final = "exchange.own-set"

OWN = (
    Kind(SENT, personal=False, label="Message to another authority signed"),
    Kind(RECEIVED, personal=False, label="Message of another authority accepted"),
    Kind(HELD, personal=False, label="Message kept until an earlier one comes"),
    Kind(LAPSED, personal=False, label="Message kept for an earlier one that did not come was let go"),
    Kind(REFUSED, personal=False, label="Message of another authority refused"),
    Kind(REPEATED, personal=False, label="Message came again and was answered as before"),
    Kind(REJECTED, personal=False, label="Something that came was turned away"),
    Kind(RECEIPT, personal=False, label="Receipt for a message of ours"),
    Kind(DEAD, personal=False, label="Message not delivered in its time"),
    Kind(EXPORTED, retention_class="read", personal=False, label="Messages exported for a court or to a medium"),
    Kind(PARTNER, personal=False, label="Partner or its keys changed"),
    Kind(OWN_SET, personal=False, label="Own address or keys changed"),
)


def register() -> None:
    """Make this room's kinds known to the journal."""
    kinds.register(*OWN)
