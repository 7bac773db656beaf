"""How many bytes of documents a centre takes of one unit in a day: far more than any post makes. What is past it waits at the unit.

Counted in this process; a restart begins anew. Bytes count whether or not they are of any use.
"""

from __future__ import annotations

import threading
from datetime import date, datetime
from typing import Final
from uuid import UUID

MOST_BYTES: Final = 4 << 30
"""Own choice: two thousand photographs of two megabytes."""
EACH: Final = 1024
"""What a question costs, whatever it says."""

_days: dict[UUID, tuple[date, int]] = {}
_lock = threading.Lock()


def took(unit: UUID, size_bytes: int, now: datetime) -> bool:
    """So much came; whether it is within the bound of the day."""
    with _lock:
        on, held = _days.get(unit, (now.date(), 0))
        held = (held if on == now.date() else 0) + size_bytes + EACH
        _days[unit] = (now.date(), held)
        return held <= MOST_BYTES


def forget() -> None:
    """Begin anew; for tests."""
    with _lock:
        _days.clear()
