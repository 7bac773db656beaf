"""Traffic lights of deadlines: a colour with its sign and its word, and how long is left. Pure.

green: more than half of the time is left; amber: less; red: at most one working day where it counts; black: it is over.
Source of the four steps: shared domain notes on readmission, work list of the case officer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from xenia.cases.definition.terms import Calendar, Length, due

WORDS: dict[str, str | Promise] = {
    "green": _lazy("On time"),
    "amber": _lazy("Soon"),
    "red": _lazy("Due now"),
    "black": _lazy("Overdue"),
    "none": _lazy("Clock stands"),
}
ICONS = {"green": "check", "amber": "look", "red": "stop", "black": "clock", "none": "none"}
_DAY = Length(1, "working day")


@dataclass(frozen=True)
class Light:
    """`colour`: green, amber, red, black, none; `left`: how long is left, in words."""

    colour: str
    left: str = ""

    @property
    def word(self) -> str:
        """What it says beside its sign."""
        return str(WORDS[self.colour])

    @property
    def icon(self) -> str:
        """The sign, so that colour never speaks alone."""
        return ICONS[self.colour]


def light(starts_at: datetime, due_at: datetime, now: datetime, calendar: Calendar | None = None) -> Light:
    """The light of a running deadline at `now`; all moments aware. `calendar`: of whoever must act; Monday to Friday without."""
    if now >= due_at:
        return Light("black", _left(now - due_at))
    left = _left(due_at - now)
    if due_at <= _next_working_day(now.replace(second=0, microsecond=0), calendar or Calendar()):
        return Light("red", left)
    return Light("green" if due_at - now > (due_at - starts_at) / 2 else "amber", left)


@lru_cache(maxsize=256)
def _next_working_day(now: datetime, calendar: Calendar) -> datetime:
    return due(now, _DAY, calendar).at


def _left(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours} if hours else _("under 1 hour")
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
