"""Kinds of journal entries that reference data write. No body holds anything about a person."""

from xenia.journal import kinds
from xenia.journal.kinds import Kind

INSTALLED = "reference.installed"
CHANGED = "reference.changed"
TAKEN = "reference.taken"
PRINTER = "printer.changed"


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(
        Kind(INSTALLED, personal=False, label="Reference data of this version of Xenia installed"),
        Kind(CHANGED, personal=False, label="Reference data changed"),
        Kind(TAKEN, personal=False, label="Reference data taken from the centre"),
        Kind(PRINTER, personal=False, label="Printer of a post changed"),
    )
