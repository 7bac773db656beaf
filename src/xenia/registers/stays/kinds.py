"""Kinds of journal entries that the register of stays writes. Names and numbers stand in `stay.file_noted` only, sealed."""

from __future__ import annotations

from typing import Any

from xenia.journal import kinds
from xenia.journal.kinds import Kind

FILE_NOTED = "stay.file_noted"
ENTERED = "stay.entered"
EXITED = "stay.exited"
REFUSED = "stay.refused"
TAKEN_BACK = "stay.taken_back"
CORRECTED = "stay.corrected"
LINKED = "stay.linked"
OVERSTAYS = "stay.overstays_marked"
SHOWN = "stay.shown"

SINCE_2: dict[str, Any] = {
    "nationality": "", "stay_basis": "", "entered_on": None, "authorised_until": None, "missing_entry": None,
    "stay_days": None, "used_days": None, "overstay_days": None,
}  # fmt: skip
"""What an exit says since schema 2: the stay that it ended, for counting."""


def exited_2(body: dict[str, Any]) -> dict[str, Any]:
    """An exit of schema 1 as one of schema 2."""
    return {**SINCE_2, **body}


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(
        Kind(FILE_NOTED, retention_class="crossing", label="File of stays opened or completed"),
        Kind(ENTERED, retention_class="crossing", label="Entry recorded in a stay"),
        Kind(EXITED, 2, "crossing", {1: exited_2}, label="Exit recorded in a stay"),
        Kind(REFUSED, retention_class="crossing", label="Refusal recorded beside stays"),
        Kind(TAKEN_BACK, retention_class="crossing", label="Crossing taken out of the stays"),
        Kind(CORRECTED, retention_class="crossing", label="Stay corrected by two persons"),
        Kind(LINKED, retention_class="crossing", label="Files of stays linked or parted"),
        Kind(OVERSTAYS, retention_class="crossing", personal=False, label="Overstays marked"),
        Kind(SHOWN, retention_class="read", personal=False, label="Stays shown"),
    )
