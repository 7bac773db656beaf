"""What the serving process does for this room again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import connection

from xenia.oversight import cleaning


def empty_log() -> int:
    """Empty SQLite's write-ahead log, where a reader was in the way when somebody was erased; 1 if it is empty now."""
    return int(cleaning.clean(tries=1).complete) if connection.vendor == "sqlite" else 0


CHORES: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (("oversight.empty-log", 3600.0, empty_log),)
