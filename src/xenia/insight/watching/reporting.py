"""Which posts had reported a day when it was judged. Where a post had not, nothing is said of it: neither an alarm nor that all is well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from xenia.insight import coverage
from xenia.insight.tailing import following
from xenia.insight.watching.series import WEEK, Mask, Table, quiet_mean
from xenia.insight.watching.terms import term, whole
from xenia.journal.models import Entry
from xenia.journal.node import node


def heard_until(at: datetime | None = None) -> dict[str, datetime | None]:
    """For each post that has not told everything: until when it has, None where it never did. "": for all of them, where
    entries are here that nobody has counted yet."""
    seen = coverage.now(at)
    found = {one.post: one.until for one in seen.missing}
    if seen.behind:
        after = Entry.objects.filter(node=node(), position__gt=following.mark().position).order_by("position")
        found[""] = after.values_list("recorded_at", flat=True).first() or seen.at
    return found


def lacking(table: Table, heard: Mapping[str, datetime | None]) -> tuple[Mask, dict[date, tuple[str, ...]]]:
    """Where a number lacks what a post had not reported, and for each such day the posts.

    Two signs, either is enough: after the day nothing was heard of the post (`insight/coverage.py`), or a post that usually counts five and more
    a day counted nothing at all. A sum lacks what any of its posts lacks.
    """
    found = np.zeros(table.values.shape, dtype=bool)
    lines = {one.post: line for line, one in enumerate(table.segments) if one.post and not one.nationality}
    away: dict[str, Mask] = {}
    for post, line in lines.items():
        mask = _silent(table.values[line])
        for who in (post, ""):
            if who in heard:
                mask |= _unheard(table, heard[who])
        away[post] = mask & ~np.isnan(table.values[line])
    missing: dict[date, tuple[str, ...]] = {}
    everywhere = np.zeros(table.days, dtype=bool)
    for post in sorted(away):
        everywhere |= away[post]
        for column in np.flatnonzero(away[post]):
            day = table.first + timedelta(days=int(column))
            missing[day] = (*missing.get(day, ()), post)
    for line, segment in enumerate(table.segments):
        found[line] = away.get(segment.post, np.zeros(table.days, dtype=bool)) if segment.post else everywhere
    return found, missing


def posts(table: Table) -> list[str]:
    """The posts that counted anything in the last four weeks: those that are expected to report."""
    latest = table.values[:, -4 * WEEK :]
    return sorted(
        one.post
        for line, one in enumerate(table.segments)
        if one.post and not one.nationality and np.nansum(latest[line]) > 0
    )


def _silent(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Mask:
    """Days on which a post that is busy otherwise counted nothing."""
    found = np.zeros(len(values), dtype=bool)
    for column in np.flatnonzero(values == 0):
        past = values[max(0, column - WEEK * whole("base-weeks")) : column]
        past = past[past > 0]
        found[column] = len(past) >= WEEK and float(quiet_mean(past)) >= term("rare-mean")
    return found


def _unheard(table: Table, until: datetime | None) -> Mask:
    if until is None:
        return np.ones(table.days, dtype=bool)
    over = [datetime.combine(one + timedelta(days=1), time(), UTC) > until for one in table.dates()]
    return np.array(over, dtype=bool)
