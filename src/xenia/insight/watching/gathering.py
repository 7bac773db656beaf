"""Released daily numbers for the watch: asked for by whole months, kept, put together into series.

The watch asks the warehouse like any reader, through `release()` in the interactive grade, so that an alarm, its baseline and its
chart say nothing that the table does not say. It always asks for whole calendar months: the same question again and again is the
same table, two months have no fact in common, and so no two of its tables can be taken from each other.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xenia.errors import BadInput
from xenia.insight import actions, kinds, release
from xenia.insight.periods import months_later
from xenia.insight.question import asked
from xenia.insight.release import Released
from xenia.insight.warehouse import Warehouse
from xenia.insight.watching.models import Month
from xenia.insight.watching.series import WEEK, YEAR, Segment, Table
from xenia.insight.watching.terms import whole
from xenia.journal.act import Act
from xenia.journal.actions import append, writing

WHO = "system:watching"
GRADE = "interactive"
BACK = 26 * WEEK  # of what is shown and forecast
OLDER_A_LOOK = 2  # months of years ago are fetched one after the other, two a look
SHOWN_MONTHS = 13
OLDER_DAYS = 30  # a month that no late post will touch is asked for again after so many days

Numbers = dict[Segment, list[int]]


@dataclass(frozen=True)
class Indicator:
    """What is watched: a measure, with the conditions that make it about arrivals."""

    name: str
    measure: str
    where: tuple[str, ...]
    label: str | Promise


INDICATORS: Mapping[str, Indicator] = {
    one.name: one
    for one in (
        Indicator("entries", "crossings", ("direction=entry",), _("Entries into the country")),
        Indicator("refusals", "refusals", (), _("Refusals of entry")),
    )
}


SHARES: Mapping[str, Indicator] = {
    one.name: one
    for one in (
        Indicator("entries-share", "crossings", ("direction=entry",), _("Share of all entries into the country")),
    )
}
"""What `shares` judges, out of the series of the indicator before the hyphen."""


def base_of(indicator: str) -> str:
    """The indicator whose series an indicator is judged on."""
    return indicator.removesuffix("-share")


def refresh(where: Warehouse, indicator: Indicator, day: date, now: datetime, act: Act) -> int:
    """Ask for the months that a look at `day` rests on, those that may have changed since; how many tables. Raises as `release`.

    The newest first; before a month in which nothing at all was counted none is asked for: there the facts begin.
    """
    asked_for, older, empty = 0, 0, date.min
    daily = needed(day)
    for first in [*reversed(daily), *further(day, daily)]:
        if first < empty:
            continue
        row = Month.objects.filter(indicator=indicator.name, first=first).first()
        if row is None or _stale(row, day, now):
            if first not in daily:
                older += 1
                if older > OLDER_A_LOOK:
                    break
            asked_for += _ask(where, indicator, first, now, act)
            row = Month.objects.get(indicator=indicator.name, first=first)
        if bytes(row.numbers) == EMPTY:
            empty = max(empty, first)
    return asked_for


def needed(day: date) -> list[date]:
    """The first days of the months that a look at `day` rests on: half a year, and the season of the year before."""
    found: set[date] = set()
    for first, last in (
        (day - timedelta(days=BACK), day),
        (day - timedelta(days=YEAR + 12 * WEEK), day - timedelta(days=YEAR - 10)),
    ):
        one = first.replace(day=1)
        while one <= last:
            found.add(one)
            one = next_month(one)
    return sorted(found)


def further(day: date, daily: Sequence[date]) -> list[date]:
    """The months besides these that a chart by month rests on, the newest first."""
    first = day.replace(day=1)
    back = (months_later(first, -one) for one in range(SHOWN_MONTHS + whole("month-base")))
    return [one for one in back if one not in daily and months_later(one, whole("months-kept") - 1) > first]


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _stale(row: Month, day: date, now: datetime) -> bool:
    if row.sums is None or next_month(row.first) >= day:  # of yesterday or today
        return True
    if row.first >= day - timedelta(days=31 * whole("restated-months")) or bytes(row.numbers) == EMPTY:
        return row.released_at.date() < now.date()
    return row.released_at < now - timedelta(days=OLDER_DAYS)


def _ask(where: Warehouse, indicator: Indicator, first: date, now: datetime, act: Act) -> int:
    until = next_month(first)

    def table(*by: str) -> Released:
        question = asked(indicator.measure, ("day", *by), indicator.where, first, until)
        return release.release(where, question, GRADE, WHO, now)

    try:
        tables = [table("post", "nationality")]
    except BadInput as problem:
        if problem.code != "table-too-big":
            raise
        tables = [table("post"), table("nationality")]  # without the pairs: the page says so by not having them
    numbers = _numbers(tables, first, (until - first).days)
    with writing():
        for one in tables:
            append(kinds.RELEASED, actions_body(one), act)
        Month.objects.update_or_create(
            indicator=indicator.name,
            first=first,
            defaults={
                "numbers": packed(numbers),
                "sums": packed(_sums(tables)),
                "digests": [one.digest for one in tables],
                "released_at": now,
            },
        )
    return len(tables)


def actions_body(made: Released) -> dict[str, Any]:
    """What the journal keeps of a table that the watch asked for."""
    return {
        "question": made.question.told(),
        "grade": made.grade,
        "reason": "",
        "parameters": dict(made.parameters),
        "cells": len(made.cells),
        "hidden": made.hidden,
        "digest": made.digest,
    }


def _numbers(tables: Iterable[Released], first: date, days: int) -> Numbers:
    found: Numbers = {}
    for made in tables:
        by = made.question.by
        for cell in made.cells:
            member = dict(zip(by, cell.members, strict=True))
            if member["day"] is None or not cell.shown:
                continue
            segment = Segment(member.get("post") or "", member.get("nationality") or "")
            at = (date.fromisoformat(member["day"]) - first).days
            found.setdefault(segment, [0] * days)[at] = int(cell.shown)
    return found


def _sums(tables: Iterable[Released]) -> Numbers:
    """The month's own numbers, which are totals of the same tables: not the sum of days that were each rounded."""
    found: Numbers = {}
    for made in tables:
        for cell in made.cells:
            member = dict(zip(made.question.by, cell.members, strict=True))
            if member["day"] is None and cell.shown is not None:
                found[Segment(member.get("post") or "", member.get("nationality") or "")] = [int(cell.shown)]
    return found


def packed(numbers: Numbers) -> bytes:
    """Numbers of a month as they are kept."""
    rows = [[one.post, one.nationality, values] for one, values in numbers.items()]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), 6)


EMPTY = packed({})


def unpacked(data: bytes) -> Numbers:
    """The other way round."""
    return {Segment(post, nationality): values for post, nationality, values in json.loads(zlib.decompress(data))}


def table(indicator: str, day: date, only: Segment | None = None) -> Table:
    """Every series of an indicator up to a day, or the one that is asked for. Days that were not asked for are NaN, and so are
    those before the first that counted anything: of all, and of each post."""
    first = day - timedelta(days=YEAR + 12 * WEEK)
    months = Month.objects.filter(indicator=indicator, first__gt=first - timedelta(days=31), first__lte=day)
    held = [(row.first, unpacked(bytes(row.numbers))) for row in months]
    wanted = {segment for _first, numbers in held for segment in numbers}
    if only is not None:
        wanted = {only, Segment(), Segment(only.post)}
    segments = tuple(sorted(wanted, key=lambda one: (one.post, one.nationality)))
    values = np.full((len(segments), (day - first).days + 1), np.nan)
    for begins, numbers in held:
        length = (next_month(begins) - begins).days
        low, high = max(0, (begins - first).days), min(values.shape[1], (begins - first).days + length)
        skipped = low - (begins - first).days
        for line, segment in enumerate(segments):
            given = numbers.get(segment, [0] * length)
            values[line, low:high] = given[skipped : skipped + high - low]
    _begin(segments, values)
    found = Table(first, segments, values)
    if only is None:
        return found
    return Table(first, (only,), values[[segments.index(only)]])


def _begin(segments: tuple[Segment, ...], values: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    """Before a post's first number it was not counted, which isn't zero; the same for all of them together."""
    starts = {}
    for line, segment in enumerate(segments):
        if not segment.nationality:
            there = np.flatnonzero(values[line] > 0)
            starts[segment.post] = int(there[0]) if len(there) else values.shape[1]
    for line, segment in enumerate(segments):
        values[line, : starts.get(segment.post, starts.get("", values.shape[1]))] = np.nan


def by_month(indicator: str, segment: Segment, until: date) -> tuple[list[date], np.ndarray[Any, np.dtype[np.float64]]]:
    """The whole months of a series up to a day, the oldest first, each by its first day, and their numbers. A month that is not known
    whole, because it was not asked for or counting began within it, is NaN."""
    rows = Month.objects.filter(indicator=indicator, first__lte=until).exclude(sums=None).order_by("first")
    held = [row for row in rows if next_month(row.first) <= until + timedelta(days=1)]
    begins = next((day for row in rows for day in _counted(row, Segment(segment.post))), None)
    if begins is None or not held:
        return [], np.zeros(0)
    known = {row.first: _of_month(unpacked(bytes(row.sums or EMPTY)), segment) for row in held if row.first >= begins}
    if not known:
        return [], np.zeros(0)
    months = [min(known)]
    while months[-1] < max(known):
        months.append(next_month(months[-1]))
    return months, np.array([known.get(one, np.nan) for one in months], dtype=float)


def _of_month(sums: Numbers, segment: Segment) -> float:
    """A month's number; NaN where pairs were too many to ask for."""
    if segment.scope == "both" and not any(one.scope == "both" for one in sums):
        return float("nan")
    return sums.get(segment, [0])[0]


def _counted(row: Month, segment: Segment) -> Iterable[date]:
    days = unpacked(bytes(row.numbers)).get(segment, [])
    return (row.first + timedelta(days=at) for at, number in enumerate(days) if number)


def warehouse() -> Warehouse:
    """The installation's own."""
    return actions.warehouse()
