"""How much goes into one batch, and how much a centre takes of one unit in a day: far more than any post writes, so that a unit
in wrong hands fills no disk.

The day is counted in the database, so that no restart begins it anew. What is past the bound waits at the unit; nothing is lost.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from xenia.units.models import Intake
from xenia.units.protocol.records import Record

MOST_ENTRIES: Final = 500_000
MOST_BYTES: Final = 1 << 30
"""Own choices: a post with 2,000 crossings a day writes some 20,000 entries of half a kilobyte; so 25 such days at once."""
EACH: Final = 600
"""Bytes that a row takes beside its body, about."""
FITS: Final = 8 * 1024 * 1024
"""Bytes of one batch before compression: half of what is refused, so that no texts and keys come past it."""


@dataclass
class _Day:
    on: date
    entries: int = 0
    size_bytes: int = 0


_days: dict[UUID, _Day] = {}
_lock = threading.Lock()


def fitting(entries: Sequence[Record]) -> list[Record]:
    """As many of them from the first on as fit into one batch; at least one."""
    size, count = 0, 0
    for one in entries:
        size += EACH + len(one.body or b"") + len(one.subjects)
        if size > FITS and count:
            break
        count += 1
    return list(entries[:count])


def _day(unit: UUID, now: datetime) -> _Day:
    """What was taken of a unit today, as this process knows it; read once after a start."""
    day = _days.get(unit)
    if day is None:
        row = Intake.objects.filter(pk=unit).first()
        day = _days.setdefault(unit, _Day(row.on, row.entries, row.size_bytes) if row else _Day(now.date()))
    if day.on != now.date():
        day = _days[unit] = _Day(now.date())
    return day


def is_full(unit: UUID, now: datetime) -> bool:
    """Whether nothing more is taken of this unit today."""
    with _lock:
        day = _day(unit, now)
        return day.entries >= MOST_ENTRIES or day.size_bytes >= MOST_BYTES


def took(unit: UUID, entries: Iterable[Record], now: datetime) -> None:
    """These are stored. Inside `writing()`: what is taken back with it is counted in this process only, on the safe side."""
    sizes = [EACH + len(one.body or b"") + len(one.subjects) for one in entries]
    if not sizes:
        return
    with _lock:
        day = _day(unit, now)
        day.entries += len(sizes)
        day.size_bytes += sum(sizes)
        said = {"on": day.on, "entries": day.entries, "size_bytes": day.size_bytes}
    Intake.objects.update_or_create(pk=unit, defaults=said)


def forget() -> None:
    """Begin anew; for tests."""
    with _lock:
        _days.clear()
