"""Kinds of journal entries that searching writes."""

from xenia.journal import kinds

ASKED = "search.asked"


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(kinds.Kind(name=ASKED, schema=1, retention_class="read", label="Registers asked"))
