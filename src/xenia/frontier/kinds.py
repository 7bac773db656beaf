"""Kinds of journal entries that this room writes. Their bodies hold ids and codes, never a name or number,
but for what is sealed."""

from __future__ import annotations

from typing import Any

from xenia.journal import kinds
from xenia.journal.kinds import Kind

CHECKED = "frontier.checked"
DISMISSED = "hit.dismissed"
PUT_ASIDE = "check.put-aside"
REFERRED = "check.referred"
ADMITTED = "crossing.admitted"
REFUSED = "crossing.refused"
TAKEN_BACK = "crossing.taken-back"
ANSWERED = "referral.answered"
SHOWN = "check.shown"
LANE_SHOWN = "lane.shown"
SILENT = "alert.silent-hit"
KEPT = "check.kept"
RETRO = "alert.retro-hit"
CONFLICT = "crossing.conflict"
RULES_TAKEN = "procedures.taken"


# What bodies of crossings say since schema 2; earlier ones did not know it.
SINCE_2: dict[str, Any] = {
    "border": "", "nationality": "", "document_type": "", "category": "", "purpose_of_travel": "", "carrier": "",
    "flight": "", "basis": "", "exception": "", "may_stay_until": "", "group": "", "seconds": None,
    "referral_seconds": None,
}  # fmt: skip


def crossing_2(body: dict[str, Any]) -> dict[str, Any]:
    """A crossing of schema 1 as one of schema 2."""
    return {**SINCE_2, **body}


def crossing_3(body: dict[str, Any]) -> dict[str, Any]:
    """A crossing of schema 2 as one of schema 3: `sealed`, what of it is told of the person, in base64; units fill it."""
    return {**body, "sealed": ""}


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(
        Kind(CHECKED, retention_class="check", label="Traveller checked", reads=True),
        Kind(DISMISSED, retention_class="check", label="Possible hit dismissed"),
        Kind(PUT_ASIDE, retention_class="check", label="Check put aside"),
        Kind(REFERRED, retention_class="check", label="Traveller referred"),
        Kind(ADMITTED, 3, "crossing", {1: crossing_2, 2: crossing_3}, label="Traveller admitted"),
        Kind(REFUSED, 3, "crossing", {1: crossing_2, 2: crossing_3}, label="Traveller refused"),
        Kind(TAKEN_BACK, retention_class="crossing", label="Decision taken back"),
        Kind(ANSWERED, retention_class="check", label="Referral answered"),
        Kind(SHOWN, retention_class="read", personal=False, label="Check shown"),
        Kind(LANE_SHOWN, retention_class="read", personal=False, label="Lane or queue shown"),
        Kind(SILENT, retention_class="check", label="Alert to be handled unseen"),
        Kind(KEPT, retention_class="check", label="What a unit keeps of a check"),
        Kind(RULES_TAKEN, personal=False, label="Procedures, terms and letters taken from the centre"),
        Kind(RETRO, retention_class="check", label="Alert found after a unit's check"),
        Kind(CONFLICT, retention_class="crossing", label="Two crossings that cannot both be"),
    )
