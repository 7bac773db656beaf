"""How much goes into one batch, and how much a centre takes of one unit in a day: far more than any post writes, so that a unit
in wrong hands fills no disk.

The day is counted in this process: a restart begins anew. What is past the bound waits at the unit; nothing is lost.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

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


def is_full(unit: UUID, now: datetime) -> bool:
    """Whether nothing more is taken of this unit today."""
    day = _days.get(unit)
    return day is not None and day.on == now.date() and (day.entries >= MOST_ENTRIES or day.size_bytes >= MOST_BYTES)


def took(unit: UUID, entries: Iterable[Record], now: datetime) -> None:
    """These were stored."""
    sizes = [EACH + len(one.body or b"") + len(one.subjects) for one in entries]
    with _lock:
        day = _days.get(unit)
        if day is None or day.on != now.date():
            day = _days[unit] = _Day(now.date())
        day.entries += len(sizes)
        day.size_bytes += sum(sizes)


def forget() -> None:
    """Begin anew; for tests."""
    with _lock:
        _days.clear()
