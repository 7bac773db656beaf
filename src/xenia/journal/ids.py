"""UUIDv7: identity with a time in front. Order is never read from it; order is the entry's position."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A fresh UUID of version 7 (RFC 9562 section 5.7), greater than every one made before in this process."""
    global _last
    with _lock:
        now = time.time_ns() * 4096 // 1_000_000  # 48 bits of milliseconds, 12 bits of their fraction
        _last = max(now, _last + 1)
        stamp = _last
    tail = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | tail)
