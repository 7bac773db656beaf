"""What pages of tables and saved questions write into the journal: who took what as a file, who saved, what was made."""

from __future__ import annotations

from typing import Final

from xenia.journal import kinds
from xenia.journal.kinds import Kind

TAKEN: Final = "insight.table-taken"
SAVED: Final = "insight.question-saved"
MADE: Final = "insight.report-made"


def register() -> None:
    """Make these kinds known to the journal."""
    kinds.register(
        Kind(TAKEN, retention_class="read", personal=False, label="Statistical table taken as a file"),
        Kind(SAVED, personal=False, label="Question to the statistics saved, changed or put away"),
        Kind(MADE, personal=False, label="Scheduled statistical report made"),
    )
