"""Kinds of journal entries that this room writes. Their bodies hold ids and codes, never a name or number."""

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


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(
        Kind(CHECKED, retention_class="check"),
        Kind(DISMISSED, retention_class="check"),
        Kind(PUT_ASIDE, retention_class="check"),
        Kind(REFERRED, retention_class="check"),
        Kind(ADMITTED, retention_class="crossing"),
        Kind(REFUSED, retention_class="crossing"),
        Kind(TAKEN_BACK, retention_class="crossing"),
        Kind(ANSWERED, retention_class="check"),
        Kind(SHOWN, retention_class="read", personal=False),
        Kind(LANE_SHOWN, retention_class="read", personal=False),
        Kind(SILENT, retention_class="check"),
    )
