"""What a unit says of itself with every batch, and what the centre makes of it: lights and alarms. Rules are pure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xenia.journal import disk

WORDS: Final = (
    "version", "sealed", "pending", "disk_free_mb", "disk_mb", "disk_days", "disk_refuses", "battery", "on_battery", "drift_ms",
    "leapt_ms", "lease_min", "stale_min", "halted", "held", "store", "swap_plain",
    "door",
)  # fmt: skip
TEXTS: Final = ("version", "halted", "disk_refuses", "store", "door")
LONGEST: Final = 40
LONG: Final = {"door": 140}
"""Eight certificates at sixteen digits each, see `servers.told`."""
LARGEST: Final = 1 << 53
EASE: Final = 1.25
"""What is measured must be better by a quarter than the level that raised its alarm before the alarm is over. Own choice."""
GRAVE: Final = frozenset({"quarantined", "silent", "halted", "drifting", "disk", "stale", "gap", "lapsing"})


@dataclass(frozen=True)
class Levels:
    """From where on something is an alarm; see docs/reference/settings.md, `XENIA_UNIT_`."""

    silent_minutes: int = 15
    drift_seconds: int = 60
    disk_mb: int = 1024
    disk_days: int = 7
    battery_percent: int = 20
    gap_minutes: int = 30
    lease_hours: int = 12
    calm_minutes: int = 10
    oldest: str = ""

    def eased(self, lease: timedelta) -> Levels:
        """Those at which an alarm that is there goes on, where units may work alone for so long."""
        more: dict[str, Any] = {
            name: int(getattr(self, name) * EASE) for name in ("disk_mb", "disk_days", "battery_percent", "lease_hours")
        }
        most = lease // timedelta(hours=1) - 1  # no more, or an alarm of the lease never ended
        more["lease_hours"] = min(more["lease_hours"], max(self.lease_hours, most))
        return replace(self, **more, drift_seconds=int(self.drift_seconds / EASE))


def levels() -> Levels:
    """Those of this installation."""
    known = {one.name for one in fields(Levels)}
    return Levels(**{name: value for name, value in settings.XENIA_UNIT_LEVELS.items() if name in known})


@dataclass(frozen=True)
class Alarm:
    """Something about a unit that a person should look at.

    `code`: quarantined, silent, halted, gap, stale, lapsing, drifting, disk, battery, old (its release), aside.
    """

    code: str
    grave: bool


@dataclass(frozen=True)
class Seen:
    """What a centre knows of a unit when it looks for alarms. `aside`: entries put aside that nobody has looked at."""

    state: str
    seen_at: datetime | None
    received: int
    received_at: datetime | None
    told: Mapping[str, Any]
    aside: int = 0


def read(told: Mapping[str, Any]) -> dict[str, Any]:
    """What of it is known, cut to size; whatever else a unit says is left out."""
    found: dict[str, Any] = {}
    for word in WORDS:
        value = told.get(word)
        if word in TEXTS:
            if isinstance(value, str) and value.isprintable():
                found[word] = value[: LONG.get(word, LONGEST)]
        elif type(value) is int and abs(value) <= LARGEST:
            found[word] = value
    return found


def alarms(seen: Seen, now: datetime, level: Levels, lease: timedelta) -> tuple[Alarm, ...]:
    """The alarms of a unit, the gravest first. `lease`: how long it may work without having heard of its centre."""
    codes: list[str] = ["quarantined"] if seen.state == "quarantined" else []
    if seen.state == "active":
        codes += _of_line(seen, now, level, lease)
        codes += _of_machine(seen.told, level)
    if seen.aside:
        codes.append("aside")
    found = [Alarm(code, code in GRAVE) for code in codes]
    return tuple(sorted(found, key=lambda one: not one.grave))


def _of_line(seen: Seen, now: datetime, level: Levels, lease: timedelta) -> list[str]:
    """What follows from when it was heard, and from what it said then of what it has and what it holds."""
    told, found = seen.told, []
    gone = now - seen.seen_at if seen.seen_at is not None else None
    is_silent = gone is None or gone > timedelta(minutes=level.silent_minutes)
    if is_silent:
        found.append("silent")
    if told.get("halted"):
        found.append("halted")
    came = seen.received_at
    if (
        not is_silent
        and _number(told, "sealed", 0) > seen.received
        and (came is None or now - came > timedelta(minutes=level.gap_minutes))
    ):
        found.append("gap")
    if gone is not None:
        minutes = gone // timedelta(minutes=1)
        left = min(
            _number(told, "lease_min", lease // timedelta(minutes=1)) - minutes, (lease - gone) // timedelta(minutes=1)
        )
        if left < level.lease_hours * 60:
            found.append("lapsing")
        if "stale_min" in told and _number(told, "stale_min", 0) - minutes < 0:
            found.append("stale")
    return found


def waiting(told: Mapping[str, Any], received: int) -> int | None:
    """How many entries lie at the unit and not here, as it last said; None where it never said."""
    if type(told.get("sealed")) is not int:
        return None
    return max(0, int(told["sealed"]) - received) + max(0, _number(told, "pending", 0))


def _of_machine(told: Mapping[str, Any], level: Levels) -> list[str]:
    found = []
    if max(abs(_number(told, "drift_ms", 0)), abs(_number(told, "leapt_ms", 0))) > level.drift_seconds * 1000:
        found.append("drifting")
    if is_short_of_disk(told, level):
        found.append("disk")
    if is_short_of_battery(told, level):
        found.append("battery")
    if level.oldest and is_older(str(told.get("version", "")), level.oldest):
        found.append("old")
    return found


def is_short_of_disk(told: Mapping[str, Any], level: Levels) -> bool:
    """Whether the disk takes nothing, has too little left, or will not last long enough at today's rate."""
    return (
        bool(told.get("disk_refuses"))
        or _number(told, "disk_free_mb", level.disk_mb) < level.disk_mb
        or _number(told, "disk_days", level.disk_days) < level.disk_days
    )


def is_short_of_battery(told: Mapping[str, Any], level: Levels) -> bool:
    """Whether it runs on a battery that is low. One that does not say whether it is being charged counts as running on it."""
    return 0 <= _number(told, "battery", 100) < level.battery_percent and bool(_number(told, "on_battery", 1))


def is_older(version: str, than: str) -> bool:
    """Whether a release came before another. What is no release is told as older: nobody knows what it is."""
    one, other = _release(version), _release(than)
    return one is None or (other is not None and one < other)


def _release(text: str) -> tuple[int, ...] | None:
    parts = text.strip().split(".")
    if not 1 <= len(parts) <= 4 or not all(part.isdecimal() and len(part) < 6 for part in parts):
        return None
    return tuple(int(part) for part in parts) + (0,) * (4 - len(parts))


def _number(told: Mapping[str, Any], word: str, otherwise: int) -> int:
    value = told.get(word, otherwise)
    return value if type(value) is int else otherwise


def of_machine(home: Path, power: Path = Path("/sys/class/power_supply")) -> dict[str, Any]:
    """Disk and battery of this machine; a battery is told only where the machine has one and says so."""
    usage, flags = shutil.disk_usage(home), os.statvfs(home).f_flag
    told: dict[str, Any] = {"disk_free_mb": usage.free >> 20, "disk_mb": usage.total >> 20}
    refuses = disk.refuses() or (disk.READ_ONLY if flags & os.ST_RDONLY else "")
    return told | ({"disk_refuses": refuses} if refuses else {}) | battery(power)


def battery(folder: Path) -> dict[str, int]:
    """`battery`: percent left in the first battery of the machine itself; `on_battery`: whether it runs on it. Empty without one."""
    for one in sorted(folder.iterdir()) if folder.is_dir() else ():
        if _said(one, "type") != "Battery" or _said(one, "scope") == "Device" or not _said(one, "capacity").isdecimal():
            continue
        found = {"battery": min(100, int(_said(one, "capacity")))}
        words = _said(one, "status")
        return found | ({"on_battery": int(words == "Discharging")} if words and words != "Unknown" else {})
    return {}


def _said(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
