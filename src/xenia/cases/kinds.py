"""Kinds of journal entries that this room writes. What moved is told without persons; answers and words are sealed beside it."""

from __future__ import annotations

from typing import Any, Final

from xenia.journal import kinds
from xenia.journal.kinds import Kind

MOVED: Final = "case.moved"
TOLD: Final = "case.told"
LIMITED: Final = "case.limited"
STRAYED: Final = "case.strayed"
NOTED: Final = "case.noted"
ASSIGNED: Final = "case.assigned"
ATTACHED: Final = "case.attached"
MIGRATED: Final = "case.migrated"
CONVEYED: Final = "case.conveyed"
SHOWN: Final = "case.shown"
LISTED: Final = "case.listed"
PRINTED: Final = "case.printed"
EXPORTED: Final = "case.exported"
REMOVED: Final = "case.removed"


def moved_2(body: dict[str, Any]) -> dict[str, Any]:
    """A move of schema 1 as one of schema 2: agreement, state of the other side and beginning were not told."""
    return {**body, "profile": "", "counterpart": "", "opened_at": ""}


OWN = (
    Kind(MOVED, 2, "case", {1: moved_2}, personal=False, label="Case moved"),
    Kind(TOLD, retention_class="case", label="Answers and reasons of a case's action"),
    Kind(LIMITED, retention_class="case", personal=False, label="Time limit of a case set or ended"),
    Kind(STRAYED, retention_class="case", personal=False, label="Message that does not fit its case"),
    Kind(NOTED, retention_class="case", label="Note to a case"),
    Kind(ASSIGNED, retention_class="case", personal=False, label="Case assigned"),
    Kind(ATTACHED, retention_class="case", personal=False, label="Document put to a case"),
    Kind(MIGRATED, retention_class="case", personal=False, label="Case moved to another version of its procedure"),
    Kind(
        CONVEYED, retention_class="case", personal=False, label="Message of a case sent in an older version, or again"
    ),
    Kind(SHOWN, retention_class="read", personal=False, label="Case shown"),
    Kind(LISTED, retention_class="read", personal=False, label="List of cases shown"),
    Kind(EXPORTED, retention_class="read", personal=False, label="List of cases taken out as a file"),
    Kind(REMOVED, personal=False, label="Case removed at the end of its time"),
    Kind(PRINTED, retention_class="read", personal=False, label="Letter of a case made"),
)


def register() -> None:
    """Make this room's kinds known to the journal."""
    kinds.register(*OWN)
