"""What the live page shows of the last minutes: sums with the noise of the interactive grade, never the counts themselves.

Post and nationality are never crossed, and a nationality with few crossings in the window is shown among the others: who watches one
quiet lane while the page renews itself would else see its traveller come in. Exact counts of one's own post are on its board.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db.models import QuerySet, Sum
from django.utils import timezone

from xenia.insight.release import cell_keys
from xenia.insight.tailing import following
from xenia.insight.tailing.models import Count

WINDOWS: Final = ("15", "60", "day")
FEWEST: Final = 10
"""A nationality with fewer crossings in the window is shown among the others."""
MOST_LINES: Final = 20
OTHERS: Final = "*"
ADMITTED, REFUSED = "admitted", "refused"
CELLS: Final = (("entry", ADMITTED), ("exit", ADMITTED), ("", REFUSED))


@dataclass(frozen=True)
class Line:
    """A post or a nationality (`OTHERS` for those with few): entries, exits, refusals, protected. `name`: "" for the total."""

    name: str
    entries: int
    exits: int
    refused: int


@dataclass(frozen=True)
class Live:
    """The page's figures. `since`: where the window begins; `at`: when the journal was last followed."""

    window: str
    since: datetime
    at: datetime | None
    total: Line
    posts: tuple[Line, ...]
    nationalities: tuple[Line, ...]


Sums = dict[tuple[str, str], tuple[int, int]]


def live(window: str, now: datetime | None = None) -> Live:
    """The figures of a window: the last 15 or 60 minutes, or the day of this installation's zone. Three statements."""
    at = now or datetime.now(UTC)
    since = begins(window, at)
    rows = Count.objects.filter(minute__gte=since)
    posts = _by(rows.values("post", "direction", "outcome"), "post")
    nations: dict[str, Sums] = {}
    for name, sums in _by(rows.values("nationality", "direction", "outcome"), "nationality").items():
        _add(nations.setdefault(name if sum(n for n, _ in sums.values()) >= FEWEST else OTHERS, {}), sums)
    whole: Sums = {}
    for sums in posts.values():
        _add(whole, sums)
    lines = _shown(nations)
    return Live(
        window,
        since,
        following.mark().followed_at,
        _line("", whole),
        tuple(sorted(_shown(posts), key=lambda one: one.name)),
        tuple(sorted(lines, key=lambda one: (one.name == OTHERS, -one.entries - one.exits, one.name))[:MOST_LINES]),
    )


def begins(window: str, at: datetime) -> datetime:
    """Where a window begins."""
    if window == "day":
        return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return at.replace(second=0, microsecond=0) - timedelta(minutes=int(window) - 1)


def mark(window: str, missing: int, now: datetime | None = None) -> str:
    """What changes when the page would: how far the journal was followed, the minute, how many posts are silent."""
    at = now or datetime.now(UTC)
    return f"{following.mark().position}.{at:%H%M}.{missing}.{window}"


def _by(rows: QuerySet[Count, Any], column: str) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for row in rows.annotate(many=Sum("n"), keys=Sum("key")).order_by():
        direction = "" if row["outcome"] == REFUSED else row["direction"]
        _add(found.setdefault(row[column], {}), {(direction, row["outcome"]): (row["many"], row["keys"])})
    return found


def _add(to: Sums, more: Mapping[tuple[str, str], tuple[int, int]]) -> None:
    for place, (many, keys) in more.items():
        before = to.get(place, (0, 0))
        to[place] = (before[0] + many, before[1] + keys)


def _shown(found: Mapping[str, Sums]) -> list[Line]:
    """The lines without those in which nothing is shown: that one stood there would say that somebody came."""
    lines = [_line(name, sums) for name, sums in found.items()]
    return [one for one in lines if one.entries or one.exits or one.refused]


def _line(name: str, sums: Sums) -> Line:
    counts = np.array([max(0, sums.get(place, (0, 0))[0]) for place in CELLS], dtype=np.int64)
    keys = np.array([sums.get(place, (0, 0))[1] for place in CELLS], dtype=np.int64)
    shown = cell_keys.rounded(cell_keys.noisy(counts, keys))
    return Line(name, *(int(one) for one in shown))


Namer = Callable[[str], str]


def told(lines: Sequence[Line], named: Namer) -> list[tuple[str, Line]]:
    """The lines with what they are called."""
    return [(named(one.name), one) for one in lines]
