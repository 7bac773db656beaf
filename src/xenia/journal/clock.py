"""The moment at which something happens: now, unless a caller holds another for what it records later or makes up.

When an entry was *recorded* is always the machine's own time; only what the rooms say happened follows this clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_held: ContextVar[datetime | None] = ContextVar("xenia_moment", default=None)


def now() -> datetime:
    """The moment, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within, it is this moment. Raises `ValueError` for a naive time or one still to come."""
    if moment.tzinfo is None or moment > datetime.now(UTC):
        raise ValueError("A moment that is held is aware and in the past.")
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)
