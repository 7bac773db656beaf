"""The kinds of entry that this part of the room writes. Their bodies hold sources, numbers, hashes and counts only."""

from __future__ import annotations

from xenia.journal import kinds
from xenia.journal.kinds import Kind

SOURCE_PROPOSED = "list.source-proposed"
SOURCE_APPROVED = "list.source-approved"
SOURCE_CHANGED = "list.source-changed"
SOURCE_CLOSED = "list.source-closed"
VERSION_PUBLISHED = "list.version-published"
VERSION_WAITING = "list.version-waiting"
VERSION_REJECTED = "list.version-rejected"
RECORDS_ERASED = "list.records-erased"
VERSION_TAKEN = "list.version-taken"
VERSION_WITHDRAWN = "list.version-withdrawn"
REFUSED_READ = "list.refused-read"
REPORT_READ = "list.report-read"
FILE_LOOKED_AT = "list.file-looked-at"

_LABELS = {
    SOURCE_PROPOSED: "List source proposed",
    SOURCE_APPROVED: "List source approved",
    SOURCE_CHANGED: "List source changed",
    SOURCE_CLOSED: "List source closed",
    VERSION_PUBLISHED: "List version taken into use",
    VERSION_WAITING: "List version waits for a second person",
    VERSION_REJECTED: "List version rejected",
    RECORDS_ERASED: "Records taken out of a list file",
    VERSION_TAKEN: "List version of the centre taken into use at a unit",
    VERSION_WITHDRAWN: "List that the centre offers no more put out of force at a unit",
    REFUSED_READ: "Refused rows of a list read",
    REPORT_READ: "Report of a list load read",
    FILE_LOOKED_AT: "First rows of a list file read",
}


def register() -> None:
    """Makes the kinds known; called when the app is ready."""
    kinds.register(*(Kind(name, personal=False, label=label) for name, label in _LABELS.items()))
