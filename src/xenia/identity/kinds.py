"""Kinds of journal entries that this room writes."""

from xenia.journal import kinds

CLAIMED = "identity.claimed"


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(kinds.Kind(name=CLAIMED, schema=1, retention_class="identity", label="Identity claimed"))
