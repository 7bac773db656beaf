"""The stay ruler: the window of the short-stay rule and what may still follow, as places on a line. Pure but for the language.

Shown by the part `xenia/parts/stay_ruler.html`, which draws it without style or script. Time runs in reading direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language_bidi

from xenia.registers.stays.rules import Limit, Stay, short_stay, situation

WIDTH = 880.0
AHEAD = 42
"""Least days shown after today, so that the words beside the last day have room."""
ROOM = 7
"""Days that a bar needs to carry its number."""
APART = 44
"""Days between today and the last day from which both can be named above the line."""


@dataclass(frozen=True)
class Bar:
    """A stretch of days. `kind`: used, may, over. `label`: its number of days, "" where there is no room."""

    kind: str
    x: str
    width: str
    middle: str
    label: str


@dataclass(frozen=True)
class Tick:
    """The first day of a month."""

    x: str
    day: date


@dataclass(frozen=True)
class Ruler:
    """All that the part needs. `state`: may, none, over, unknown.

    `may_days`: days from today up to `leave_by`, both counting. `over_days`: days past the allowance. `leave_anchor`: on
    which side of its mark the last day is named. `reentry`: the first day of a lawful new stay, where none is lawful now.
    """

    state: str
    on: date
    used_days: int = 0
    limit_days: int = 0
    window_days: int = 0
    may_days: int = 0
    over_days: int = 0
    leave_by: date | None = None
    reentry: date | None = None
    window_opens: date | None = None
    today_x: str = ""
    leave_x: str = ""
    leave_anchor: str = "end"
    names_today: bool = True
    edge_x: str = "0"
    track_x: str = "0"
    track_width: str = "880"
    bars: tuple[Bar, ...] = ()
    ticks: tuple[Tick, ...] = ()


def unknown(on: date) -> Ruler:
    """The ruler of somebody whose stays could not be asked."""
    return Ruler("unknown", on)


def ruler(
    stays: Sequence[Stay],
    on: date,
    *,
    authorised_until: date | None = None,
    present: bool = True,
    entering: bool = False,
    limit: Limit | None = None,
    right_to_left: bool | None = None,
) -> Ruler:
    """The ruler of a person on a day.

    `authorised_until`: the last day that a visa or the lane gave, where it is earlier than the rule's. `present`: the
    person is here or asks to enter; False draws only what was used. `entering`: asks to enter, so that today counts as
    used only where a stay says so. `right_to_left`: as the reader's language, unless given.
    """
    law = limit or short_stay(on)
    found = situation(stays, on, law)
    until = min((day for day in (found.latest_exit, authorised_until) if day), default=None) if found.lawful else None
    used = sorted(_used(stays, on, law, also_today=present and not entering and until is not None and until >= on))
    over = _over(used, on, law, authorised_until, stays)
    if not present:
        until = None
    state = "over" if present and over and over[-1] == on else "may" if until and until >= on else "none"
    last = max(until or on, on)
    ahead = max((last - on).days + 4, AHEAD)
    flip = get_language_bidi() if right_to_left is None else right_to_left
    scale = _Scale(on - timedelta(days=law.window_days - 1), law.window_days + ahead, flip)
    bars = [scale.bar("used", *one) for one in _runs(day for day in used if day not in set(over))]
    bars += [scale.bar("over", *one) for one in _runs(over)]
    if state == "may" and until:
        bars.append(scale.bar("may", on, until, label=False))
    count = len([day for day in used if day > on - timedelta(days=law.window_days)])
    return Ruler(
        state=state,
        on=on,
        used_days=count,
        limit_days=law.days,
        window_days=law.window_days,
        may_days=(until - on).days + 1 if state == "may" and until else 0,
        over_days=len(over) if state == "over" else 0,
        leave_by=until if state == "may" else None,
        reentry=found.earliest_reentry if state != "may" else None,
        window_opens=scale.first,
        today_x=scale.edge(on),
        leave_x=scale.edge(last + timedelta(days=1)) if state == "may" else "",
        leave_anchor="end" if (last - on).days >= APART else "start",
        names_today=state != "may" or (last - on).days >= 8,
        edge_x=scale.edge(scale.first),
        track_x=scale.bar("", scale.first, on).x,
        track_width=scale.bar("", scale.first, on).width,
        bars=tuple(bars),
        ticks=tuple(scale.months()),
    )


def _used(stays: Sequence[Stay], on: date, law: Limit, *, also_today: bool) -> set[date]:
    first = on - timedelta(days=law.window_days - 1)
    days = {on} if also_today else set()
    for stay in stays:
        if not stay.counted or stay.entry > on:
            continue
        begin, end = max(stay.entry, first), min(stay.exit or on, on)
        days.update(begin + timedelta(days=n) for n in range((end - begin).days + 1))
    return days


def _over(used: Sequence[date], on: date, law: Limit, until: date | None, stays: Sequence[Stay]) -> list[date]:
    """The days past the allowance: of the window of each, or past the authorised end of the stay that lasts."""
    open_since = min((s.entry for s in stays if s.exit is None and s.entry <= on), default=None)
    whole = _used(stays, on, Limit(law.days, law.window_days * 3, "", ""), also_today=on in used)
    over = []
    for day in used:
        late = until is not None and open_since is not None and day > until and day >= open_since
        window = timedelta(days=law.window_days)
        if late or sum(day - window < one <= day for one in whole) > law.days:
            over.append(day)
    return over


def _runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days in order as stretches without a gap."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and runs[-1][1] + timedelta(days=1) == day:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


class _Scale:
    """Days to places. Numbers are written with a point whatever the language."""

    def __init__(self, first: date, days: int, flip: bool) -> None:
        self.first, self.days, self.flip = first, days, flip

    def _at(self, day: date) -> float:
        return (day - self.first).days * WIDTH / self.days

    def edge(self, day: date) -> str:
        """Where a day begins."""
        at = self._at(day)
        return f"{WIDTH - at if self.flip else at:.1f}"

    def bar(self, kind: str, begin: date, end: date, *, label: bool = True) -> Bar:
        """From the beginning of one day to the end of another."""
        left, right = self._at(begin), self._at(end + timedelta(days=1))
        if self.flip:
            left, right = WIDTH - right, WIDTH - left
        count = (end - begin).days + 1
        text = str(count) if label and count >= ROOM else ""
        return Bar(kind, f"{left:.1f}", f"{right - left:.1f}", f"{(left + right) / 2:.1f}", text)

    def months(self) -> Iterable[Tick]:
        """The first days of months that lie on the line, except at its very ends."""
        day = (self.first.replace(day=1) + timedelta(days=32)).replace(day=1)
        while (day - self.first).days < self.days - 4:
            yield Tick(self.edge(day), day)
            day = (day + timedelta(days=32)).replace(day=1)
