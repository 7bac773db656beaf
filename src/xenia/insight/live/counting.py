"""Counts of the last days by minute, changed in the transaction that follows the journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from xenia.insight.tailing.models import Count

KEPT: Final = timedelta(hours=49)
"""A day and the one before it, in any zone."""

Counted = tuple[datetime, str, dict[str, Any], int]
"""When it happened, the fact, its row, and 1 or -1."""

ADD: Final = """INSERT INTO tailing_count (minute, post, nationality, direction, outcome, n, key) VALUES (%s, %s, %s, %s, %s, %s, %s)
 ON CONFLICT (minute, post, nationality, direction, outcome) DO UPDATE SET n = tailing_count.n + excluded.n,
 key = tailing_count.key + excluded.key"""


def add(counted: Iterable[Counted], now: datetime) -> None:
    """Add crossings to their minutes, or take them off. What is older than is kept is passed over. Inside `writing()`."""
    cells: dict[tuple[Any, ...], list[int]] = {}
    for at, fact, row, sign in counted:
        if fact != "crossing" or at < now - KEPT:
            continue
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        place = (minute, row["post"], row["nationality"], row["direction"], row["outcome"])
        cell = cells.setdefault(place, [0, 0])
        cell[0] += sign * row["n"]
        cell[1] += sign * row["record"]
    values = [
        [connection.ops.adapt_datetimefield_value(place[0]), *place[1:], *cells[place]] for place in sorted(cells)
    ]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(ADD, values)


def forget(now: datetime) -> int:
    """Remove the counts of minutes that are past. Inside `writing()`."""
    return int(Count.objects.filter(minute__lt=now - KEPT).delete()[0])


__all__ = ["KEPT", "Counted", "add", "forget"]
