"""Kinds of journal entries of the shift. What is written in free text is sealed; all else are ids, codes and counts."""

from xenia.journal import kinds
from xenia.journal.kinds import Kind

LANE = "lane.set"
OPENED = "shift.opened"
HANDED_OVER = "shift.handed-over"
TAKEN_OVER = "shift.taken-over"
CLOSED = "shift.closed"
LOGGED = "incident.logged"
FOLLOWED_UP = "incident.followed-up"
INCIDENTS_SHOWN = "incident.shown"
REPORT_TAKEN = "report.taken"


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(
        Kind(LANE, personal=False, label="Lane opened or closed"),
        Kind(OPENED, retention_class="shift", label="Shift opened"),
        Kind(HANDED_OVER, retention_class="shift", label="Shift handed over"),
        Kind(TAKEN_OVER, retention_class="shift", label="Shift taken over"),
        Kind(CLOSED, retention_class="shift", label="Shift closed"),
        Kind(LOGGED, retention_class="incident", label="Incident written down"),
        Kind(FOLLOWED_UP, retention_class="incident", label="Incident followed up"),
        Kind(INCIDENTS_SHOWN, retention_class="read", personal=False, label="Incidents shown"),
        Kind(REPORT_TAKEN, personal=False, label="Report of a post taken as a file"),
    )
