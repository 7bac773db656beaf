"""The short-stay rule: how many days of a window were used, until when a stay is lawful, when the next may begin.

Pure, standard library only. Days are local days of the crossing point where the traveller entered or left
(`local_day`); the day of entry and the day of exit both count, a day touched by two stays counts once.
Source: Regulation (EU) 2016/399 Art. 6(1), (2); Regulation (EU) 2017/2226 Art. 11. The numbers stand in `terms.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Stay:
    """One stay by local days, both counting. `exit` None: no exit is recorded, so it is taken to last until the day asked about.

    `counted` False: under a residence permit, a long-stay visa or a limited-territory visa, whose days are not days of
    short stay. An exit day before the entry day (posts in two zones, minutes apart) is read as the entry day.
    """

    entry: date
    exit: date | None = None
    counted: bool = True


@dataclass(frozen=True)
class Limit:
    """At most `days` of stay in any `window_days` days, with the text that says so. `days` is less than `window_days`."""

    days: int
    window_days: int
    source: str
    confidence: str

    def __post_init__(self) -> None:
        if not 0 < self.days < self.window_days:
            raise ValueError("A limit allows at least one day, and fewer days than its window has.")


@dataclass(frozen=True)
class Situation:
    """Where a person stands who is present on `on`; that day counts.

    `used_days`: days of stay in the window that ends on `on`. `remaining_days`: what is left after them, never below 0.
    `latest_exit`: the last lawful day of an uninterrupted stay from `on`; None where that day is unlawful already.
    `earliest_reentry`: the first day after `on` on which a new stay would be lawful, the person having left on `on`,
    or having been turned back on `on` where being there was unlawful and no stay is recorded for that day.
    """

    on: date
    used_days: int
    remaining_days: int
    lawful: bool
    latest_exit: date | None
    earliest_reentry: date | None


@dataclass(frozen=True)
class Visa:
    """The limits that a visa adds. `entries` None: multiple. `days` None: none of its own (its validity is the limit)."""

    valid_from: date | None = None
    valid_until: date | None = None
    days: int | None = None
    entries: int | None = None


@dataclass(frozen=True)
class Allowance:
    """Until when a stay is authorised, and what ends it. `until` None: not at all, for the reason in `by`.

    `by`: short-stay, visa-days, visa-validity, visa-entries, visa-not-yet.
    """

    until: date | None
    by: str


@lru_cache(maxsize=1)
def terms() -> dict[str, Any]:
    """What stands in `terms.json`."""
    data: dict[str, Any] = json.loads((Path(__file__).parent / "terms.json").read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=64)
def short_stay(on: date) -> Limit:
    """The limit in force on a day; for days before the first one known, the first."""
    rows = sorted(terms()["short_stay"], key=lambda row: str(row["valid_from"]))
    force = [row for row in rows if row["valid_from"] <= on.isoformat() <= (row["valid_to"] or "9999")]
    row = (force or rows)[-1 if force else 0]
    return Limit(row["days"], row["window_days"], row["source"], row["confidence"])


def local_day(at: datetime, zone: str) -> date:
    """The day that a moment falls on at a post. `at` is aware; `zone` an IANA name."""
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return at.astimezone(ZoneInfo(zone)).date()


def situation(stays: Iterable[Stay], on: date, limit: Limit | None = None) -> Situation:
    """The situation of a person who is present on `on`; see `Situation`. What happened after `on` is left out.

    `latest_exit` is searched day by day: days leave the window during the stay, so the allowance may grow.
    """
    law = limit or short_stay(on)
    today = on.toordinal()
    recorded = _days(stays, today - law.window_days + 1, today)
    present = recorded | {today}
    used = len(present)
    lawful = used <= law.days
    return Situation(
        on=on,
        used_days=used,
        remaining_days=max(0, law.days - used),
        lawful=lawful,
        latest_exit=_latest_exit(present, today, law) if lawful else None,
        earliest_reentry=_earliest_reentry(present if lawful else recorded, today, law),
    )


def used_days(stays: Iterable[Stay], on: date, limit: Limit | None = None) -> int:
    """Days of stay in the window that ends on `on`, by what is recorded."""
    law, today = limit or short_stay(on), on.toordinal()
    return len(_days(stays, today - law.window_days + 1, today))


def _days(stays: Iterable[Stay], first: int, last: int) -> set[int]:
    """The counted days from `first` to `last`, as ordinals."""
    found: set[int] = set()
    for stay in stays:
        begin = stay.entry.toordinal()
        if not stay.counted or begin > last:
            continue
        end = last if stay.exit is None else max(begin, stay.exit.toordinal())
        found.update(range(max(begin, first), min(end, last) + 1))
    return found


def _latest_exit(present: set[int], today: int, law: Limit) -> date:
    """The last day on which somebody who stays on from `today` is within the limit."""
    day, used = today, len(present)
    while True:
        leaving = day + 1 - law.window_days
        used += 1 - (leaving in present or leaving > today)
        if used > law.days:
            return date.fromordinal(day)
        day += 1


def _earliest_reentry(present: set[int], today: int, law: Limit) -> date:
    """The first day after `today` that would be lawful as the first of a new stay."""
    day, used = today + 1, len(present)
    while True:
        used -= (day - law.window_days) in present
        if used + 1 <= law.days:
            return date.fromordinal(day)
        day += 1


def allowance(
    stays: Sequence[Stay],
    on: date,
    visa: Visa | None = None,
    on_visa: Sequence[Stay] = (),
    *,
    short: bool = True,
    limit: Limit | None = None,
) -> Allowance:
    """Until when somebody who enters on `on` may stay: the lowest of all limits wins.

    `on_visa`: the earlier stays under the same visa; each is one of its entries and their days are days of it.
    `short` False: the short-stay rule does not apply, the visa's own terms do alone (limited territory: Regulation
    (EU) 2017/2226 Art. 11(6)). Source: Regulation (EC) 810/2009 Art. 24, 25.
    """
    ends: list[tuple[date | None, str]] = []
    if short:
        ends.append((situation(stays, on, limit).latest_exit, "short-stay"))
    if visa is not None:
        ends.extend(_visa_ends(visa, on, on_visa))
    barred = [by for until, by in ends if until is None]
    if barred:
        return Allowance(None, barred[0])
    return Allowance(*min(((until, by) for until, by in ends if until is not None), default=(None, "")))


def _visa_ends(visa: Visa, on: date, on_visa: Sequence[Stay]) -> Iterable[tuple[date | None, str]]:
    earlier = [stay for stay in on_visa if stay.entry <= on]
    if visa.valid_from is not None and on < visa.valid_from:
        yield None, "visa-not-yet"
    if visa.entries is not None and len(earlier) >= visa.entries:
        yield None, "visa-entries"
    if visa.valid_until is not None:
        yield (visa.valid_until if on <= visa.valid_until else None), "visa-validity"
    if visa.days is not None:
        today = on.toordinal()
        all_counted = [Stay(stay.entry, stay.exit) for stay in earlier]
        used = len(_days(all_counted, 0, today) | {today})
        yield (on + timedelta(days=visa.days - used) if used <= visa.days else None), "visa-days"
