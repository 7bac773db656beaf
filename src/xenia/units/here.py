"""How this unit stands with its centre, for the foot of every page and the page behind it: line, backlog, ages, clock, lease."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from xenia.journal.models import Entry
from xenia.units import card, sending, status, telling, watch
from xenia.units.down import manifest, release
from xenia.units.models import Line, Taken

KEPT_S: Final = 5.0
QUIET: Final = timedelta(minutes=3)
"""A unit says something each minute; after three without an answer there is no line. Own choice."""
WARNS: Final = ("refuses", "clock", "lease", "disk", "swap", "battery")
"""The disk takes nothing; the clock is wrong; the lease runs out; the disk is nearly full; swap is on and
not encrypted; the battery is low."""


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
    leapt_s: int = 0
    warns: frozenset[str] = frozenset()
    update: release.Update | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing here asks for a person."""
        return self.line == "up" and not any(one.is_past for one in self.came) and not self.warns

    @property
    def warned(self) -> list[str]:
        """What is warned of, the gravest first."""
        return [word for word in WARNS if word in self.warns]

    @property
    def leapt_size(self) -> int:
        """How far the clock has leapt in seconds, to whichever side."""
        return abs(self.leapt_s)


def warnings(told: Mapping[str, Any], level: status.Levels) -> frozenset[str]:
    """What the foot of every page warns of: the words of `WARNS`. Pure."""
    off_ms = max(abs(told.get("drift_ms", 0)), abs(told.get("leapt_ms", 0)))
    found = {
        "refuses": bool(told.get("disk_refuses")),
        "disk": status.is_short_of_disk(told, level),
        "swap": bool(told.get("swap_plain")),
        "battery": status.is_short_of_battery(told, level),
        "clock": off_ms > level.drift_seconds * 1000,
        "lease": told.get("lease_min", level.lease_hours * 60) < level.lease_hours * 60,
    }
    return frozenset(word for word, holds in found.items() if holds) - ({"disk"} if found["refuses"] else set())


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
    came, counted = [], watch.counted(now)
    for one in Taken.objects.order_by("name"):
        age = manifest.age(one.as_of, one.max_age_s, counted)
        came.append(Came(one.name, one.version, one.as_of, age.age.total_seconds(), age.is_past))
    told = telling.of_unit(held, now)
    return Here(
        node=known.node,
        post=known.post,
        line=line,
        trouble=held.halted or held.trouble or held.down_trouble,
        waiting=max(0, sending.sealed(known.node) - held.acknowledged) + pending,
        acknowledged=held.acknowledged,
        silent_s=silent,
        drift_s=round(held.drift_ms / 1000, 1) if held.drift_ms is not None else None,
        lease_s=(held.lease_until - counted).total_seconds() if held.lease_until else None,
        told=told,
        came=tuple(came),
        leapt_s=told.get("leapt_ms", 0) // 1000,
        warns=warnings(told, status.levels()),
        update=release.waits(),
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
