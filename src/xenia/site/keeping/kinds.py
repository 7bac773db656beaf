"""Kinds of journal entries that the keeping of the installation writes."""

from xenia.journal.kinds import Kind, register

BACKED_UP = "keeping.backed-up"


def register_own() -> None:
    """Make the kinds known; called when Django starts."""
    register(Kind(BACKED_UP, personal=False, label="Backup made"))
