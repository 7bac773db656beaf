"""What a unit says of itself with every batch, and what the centre makes of it: lights and alarms. Rules are pure."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

WORDS: Final = ("version", "sealed", "pending", "disk_free_mb", "disk_mb", "battery", "drift_ms", "halted")
TEXTS: Final = ("version", "halted")
LONGEST: Final = 40
LARGEST: Final = 1 << 53
SILENT: Final = timedelta(minutes=15)
DRIFT_MS: Final = 60_000
DISK_MB: Final = 1024
BATTERY: Final = 20
"""Own choices; a unit that was not heard of for so long, whose clock is so far off, or that has so little left, is an alarm."""


@dataclass(frozen=True)
class Alarm:
    """Something about a unit that a person should look at. `code`: silent, drifting, disk, battery, quarantined, halted, aside."""

    code: str
    grave: bool


def read(told: Mapping[str, Any]) -> dict[str, Any]:
    """What of it is known, cut to size; whatever else a unit says is left out."""
    found: dict[str, Any] = {}
    for word in WORDS:
        value = told.get(word)
        if word in TEXTS:
            if isinstance(value, str) and value.isprintable():
                found[word] = value[:LONGEST]
        elif type(value) is int and abs(value) <= LARGEST:
            found[word] = value
    return found


def alarms(
    state: str, seen_at: datetime | None, told: Mapping[str, Any], aside: int, now: datetime
) -> tuple[Alarm, ...]:
    """The alarms of a unit, the gravest first."""
    found: list[Alarm] = []
    if state == "quarantined":
        found.append(Alarm("quarantined", True))
    if state == "active":
        if seen_at is None or now - seen_at > SILENT:
            found.append(Alarm("silent", True))
        if told.get("halted"):
            found.append(Alarm("halted", True))
        found += _of_machine(told)
    if aside:
        found.append(Alarm("aside", False))
    return tuple(sorted(found, key=lambda one: not one.grave))


def waiting(told: Mapping[str, Any], received: int) -> int | None:
    """How many entries lie at the unit and not here, as it last said; None where it never said."""
    if type(told.get("sealed")) is not int:
        return None
    return max(0, int(told["sealed"]) - received) + max(0, _number(told, "pending", 0))


def _of_machine(told: Mapping[str, Any]) -> list[Alarm]:
    found = []
    if abs(_number(told, "drift_ms", 0)) > DRIFT_MS:
        found.append(Alarm("drifting", True))
    if _number(told, "disk_free_mb", DISK_MB) < DISK_MB:
        found.append(Alarm("disk", True))
    if 0 <= _number(told, "battery", 100) < BATTERY:
        found.append(Alarm("battery", False))
    return found


def _number(told: Mapping[str, Any], word: str, otherwise: int) -> int:
    value = told.get(word, otherwise)
    return value if type(value) is int else otherwise


def of_machine(home: Path) -> dict[str, Any]:
    """Disk and battery of this machine; a battery is told only where the machine has one and says so."""
    usage = shutil.disk_usage(home)
    told: dict[str, Any] = {"disk_free_mb": usage.free >> 20, "disk_mb": usage.total >> 20}
    charge = battery()
    return told | ({"battery": charge} if charge is not None else {})


def battery(folder: Path = Path("/sys/class/power_supply")) -> int | None:
    """Percent left in the first battery; None where there is none."""
    if not folder.is_dir():
        return None
    for one in sorted(folder.iterdir()):
        try:
            if (one / "type").read_text(encoding="ascii").strip() == "Battery":
                return max(0, min(100, int((one / "capacity").read_text(encoding="ascii"))))
        except (OSError, ValueError):
            continue
    return None
