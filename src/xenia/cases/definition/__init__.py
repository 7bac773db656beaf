"""A procedure is a folder: reading, judging, counting, drawing and describing it. Knows no database and no web."""

from pathlib import Path

from xenia.cases.definition.calendars import calendar_of
from xenia.cases.definition.conditions import Condition, holds, paths
from xenia.cases.definition.load import examine, load
from xenia.cases.definition.model import (
    Action,
    DeadlineRule,
    Decision,
    DocumentKind,
    Expiry,
    Extension,
    Fault,
    Faulty,
    LengthSource,
    Letter,
    MessageType,
    Procedure,
    Profile,
    Result,
    State,
    Suspension,
    Value,
)
from xenia.cases.definition.run import ends
from xenia.cases.definition.terms import (
    BadLength,
    Calendar,
    Due,
    Length,
    due,
    due_from_day,
    extended,
    is_late,
    latest_before,
    suspended,
)

__all__ = [
    "Action",
    "BadLength",
    "Calendar",
    "Condition",
    "DeadlineRule",
    "Decision",
    "DocumentKind",
    "Due",
    "Expiry",
    "Extension",
    "Fault",
    "Faulty",
    "Length",
    "LengthSource",
    "Letter",
    "MessageType",
    "Procedure",
    "Profile",
    "Result",
    "State",
    "Suspension",
    "Value",
    "calendar_of",
    "check",
    "due",
    "due_from_day",
    "ends",
    "examine",
    "extended",
    "holds",
    "is_late",
    "latest_before",
    "load",
    "paths",
    "suspended",
]


def check(folder: Path) -> tuple[Fault, ...]:
    """Every fault of a folder, its worked cases and the deeper look at its schemas included."""
    return examine(folder, deeper=True)[1]
