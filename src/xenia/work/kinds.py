"""What this room writes into the journal. Bodies hold ids and codes; notes and arguments are sealed beside them."""

from __future__ import annotations

from xenia.journal import kinds
from xenia.journal.kinds import Kind

OWN = (
    Kind("work.opened", personal=False, label="Work item opened"),
    Kind("work.claimed", personal=False, label="Work item taken"),
    Kind("work.released", personal=False, label="Work item given back"),
    Kind("work.answered", personal=False, label="Work item answered"),
    Kind("work.noted", label="Note to a work item's answer"),
    Kind("proposal.made", personal=False, label="Proposed"),
    Kind("proposal.read", personal=False, label="Proposals read"),
    Kind("proposal.approved", personal=False, label="Proposal approved"),
    Kind("proposal.rejected", personal=False, label="Proposal rejected"),
    Kind("proposal.withdrawn", personal=False, label="Proposal withdrawn"),
    Kind("proposal.expired", personal=False, label="Proposal expired"),
    Kind("proposal.noted", label="Reason of a proposal or its rejection"),
)


def register() -> None:
    """Make this room's kinds known to the journal."""
    kinds.register(*OWN)
