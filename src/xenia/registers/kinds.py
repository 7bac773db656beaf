"""Kinds of journal entries that live registers write."""

from xenia.journal import kinds
from xenia.journal.kinds import Kind

ENTERED = "alert.entered"
DELETED = "alert.deleted"
LISTED = "register.shown"
RECORD_ENTERED, RECORD_CORRECTED, RECORD_DELETED = "register.entered", "register.corrected", "register.deleted"
EXPORTED = "register.exported"
TAKEN = "register.taken"


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(
        Kind(ENTERED, retention_class="alert", label="Alert entered"),
        Kind(DELETED, retention_class="alert", personal=False, label="Alert deleted"),
        Kind(RECORD_ENTERED, retention_class="alert", label="Record of a register entered"),
        Kind(RECORD_CORRECTED, retention_class="alert", label="Record of a register corrected"),
        Kind(RECORD_DELETED, retention_class="alert", personal=False, label="Record of a register deleted"),
        Kind(EXPORTED, retention_class="read", personal=False, label="Records of a register exported"),
        Kind(TAKEN, retention_class="alert", personal=False, label="Records of a register taken from the centre"),
        Kind(LISTED, retention_class="read", personal=False, label="Records of a register shown"),
    )
