"""Kinds of journal entries that this room writes. Their bodies hold ids, counts and codes; no person's data."""

from xenia.journal.kinds import Kind, register

FOUND = "subject.found"
EXPORTED = "subject.exported"
ERASURE = "subject.erasure"
VIEWED = "journal.viewed"
RUN = "retention.run"

OWN = (
    Kind(FOUND, retention_class="read", personal=False, label="Searched for a person who asks about their data"),
    Kind(EXPORTED, retention_class="read", personal=False, label="Exported what is held about a person"),
    Kind(ERASURE, personal=False, label="Erased subjects: counts and reason"),
    Kind(VIEWED, retention_class="read", personal=False, label="Read the journal"),
    Kind(RUN, personal=False, label="Retention run: counts"),
)


def register_own() -> None:
    """Make the kinds known; called when Django starts."""
    register(*OWN)
