"""Identifiers of everything: UUID version 7, rising within a process. Ids are identity, never order."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new UUID version 7, greater than every earlier one of this process, even if the clock steps back.

    48 bits of milliseconds since 1970, 12 bits of a counter that starts at random in its lower half, 62 random bits.
    Source: RFC 9562 sections 5.7 and 6.2 (method 1).
    """
    global _last
    entropy = int.from_bytes(os.urandom(10), "big")
    stamp = ((time.time_ns() // 1_000_000) << 12) | (entropy >> 69)  # 11 random bits begin the counter
    with _lock:
        _last = stamp = stamp if stamp > _last else _last + 1
    return UUID(int=(stamp >> 12 << 80) | (7 << 76) | ((stamp & 0xFFF) << 64) | (2 << 62) | (entropy & (1 << 62) - 1))


def floor(moment: datetime) -> UUID:
    """The least UUID version 7 of that millisecond: `id__lt=floor(moment)` finds what was made before it."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))
