"""Kinds of journal entries that live registers write."""

from xenia.journal import kinds
from xenia.journal.kinds import Kind

ENTERED = "alert.entered"
DELETED = "alert.deleted"
LISTED = "register.shown"


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(
        Kind(ENTERED, retention_class="alert", label="Alert entered"),
        Kind(DELETED, retention_class="alert", personal=False, label="Alert deleted"),
        Kind(LISTED, retention_class="read", personal=False, label="Records of a register shown"),
    )
