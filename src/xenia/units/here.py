"""How this unit stands with its centre, for the foot of every page and the page behind it: line, backlog, ages, clock, lease."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from xenia.journal.models import Entry
from xenia.units import card, sending, status
from xenia.units.down import manifest
from xenia.units.models import Line, Taken

KEPT_S: Final = 5.0
QUIET: Final = timedelta(minutes=3)
"""A unit says something each minute; after three without an answer there is no line. Own choice."""


@dataclass(frozen=True)
class Came:
    """Something that came down. `is_past`: older than it may become."""

    name: str
    version: str
    as_of: datetime
    age_s: float
    is_past: bool


@dataclass(frozen=True)
class Here:
    """How it stands. `line`: up, down, waiting (not admitted yet), halted. `waiting`: entries that the centre has not.

    `silent_s`: seconds since the centre's last answer; None: it never gave one. `lease_s`: seconds until the lease is over.
    """

    node: str
    post: str
    line: str
    trouble: str
    waiting: int
    acknowledged: int
    silent_s: float | None
    drift_s: float | None
    lease_s: float | None
    told: dict[str, Any]
    came: tuple[Came, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing here asks for a person."""
        return self.line == "up" and not any(one.is_past for one in self.came)


def of_line(held: Line, now: datetime) -> tuple[str, float | None]:
    """The state of the line, and for how long the centre has been silent. Pure but for the row."""
    silent = (now - held.answered_at).total_seconds() if held.answered_at else None
    if held.halted:
        return "halted", silent
    if held.trouble == "busy":
        return "waiting", silent
    if silent is None or silent > QUIET.total_seconds() or held.trouble == "no-line":
        return "down", silent
    return "up", silent


def look(now: datetime) -> Here:
    """How it stands now. Raises `NotFound` (code `no-unit`)."""
    known, held = card.needed(), sending.line()
    line, silent = of_line(held, now)
    pending = Entry.objects.filter(position__isnull=True).count()
    came = []
    for one in Taken.objects.order_by("name"):
        age = manifest.age(one.as_of, one.max_age_s, now)
        came.append(Came(one.name, one.version, one.as_of, age.age.total_seconds(), age.is_past))
    return Here(
        node=known.node,
        post=known.post,
        line=line,
        trouble=held.halted or held.trouble or held.down_trouble,
        waiting=max(0, sending.sealed(known.node) - held.acknowledged) + pending,
        acknowledged=held.acknowledged,
        silent_s=silent,
        drift_s=round(held.drift_ms / 1000, 1) if held.drift_ms is not None else None,
        lease_s=(held.lease_until - now).total_seconds() if held.lease_until else None,
        told=status.of_machine(settings.XENIA_HOME),
        came=tuple(came),
    )


class _Kept:
    """Held for a moment, shared by all threads; a race costs a few queries more."""

    here: tuple[float, Here | None] = (float("-inf"), None)


def kept(now: datetime) -> Here | None:
    """How it stood a few seconds ago; None where this installation is no unit. For every page."""
    if not settings.XENIA_UNIT:
        return None
    at, found = _Kept.here
    if time.monotonic() - at > KEPT_S:
        found = look(now)
        _Kept.here = (time.monotonic(), found)
    return found
