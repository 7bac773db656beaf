"""What the pages of the watch show: names, words, charts with their tables. It reads; it decides and writes nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from xenia.access import standing
from xenia.frontier.shift import charts
from xenia.frontier.shift.usual import Band
from xenia.insight.watching import alarms, forecasting, gathering, looking, proposing, reporting, shares
from xenia.insight.watching.alarms import Judged
from xenia.insight.watching.forecasting import Forecast
from xenia.insight.watching.gathering import INDICATORS, SHARES
from xenia.insight.watching.models import Signal
from xenia.insight.watching.series import WEEK, Numbers, Segment, Table
from xenia.registers.reference import read

Words = dict[str, str | Promise]

LEVELS_SHOWN: Words = {"alarm": _("Alarm"), "warn": _("Warning"), "watch": _("To be watched")}
KINDS = {"alarm": "stop", "warn": "look", "watch": ""}
ASSESSED: Words = {"real": _("It was real"), "data-error": _("A fault in the data"), "known-event": _("A known event")}
RULES_SHOWN: Words = {
    "ewma": _("smoothed on logarithms (EWMA)"),
    "farrington": _("negative binomial (Farrington)"),
    "seasonal": _("same weekday of the last eight weeks"),
    "cusum": _("small distances added up (CUSUM)"),
    "poisson": _("chance of a rare number (Poisson)"),
    "share": _("the part of all against the rest (logarithm of the ratio)"),
}
STATES_SHOWN: Words = {
    **LEVELS_SHOWN,
    "usual": _("usual"),
    "too-little": _("too little data"),
    "not-reported": _("not reported"),
    "incomplete": _("posts are missing"),
    "so-far": _("so far"),
    "total-moved": _("the total is not as usual"),
}
MODELS_SHOWN: Words = {
    "seasonal": _("the same day a week before"),
    "ets": _("level and damped trend, with weekdays (ETS)"),
    "naive": _("the last value"),
}
SHOWN_DAYS = 6 * WEEK
AHEAD = 2 * WEEK
MOST_FILLED = 0.05


def post(code: str) -> str:
    """What a post is called, the code itself where nobody knows it."""
    place = standing.places().get(code)
    return place.name if place else code


def nationality(code: str) -> str:
    """What a state is called in the reader's language, the code itself where it has no name."""
    return read.state_name(code) or code


def segment_words(segment: Segment) -> str:
    """A series in words."""
    parts = [
        nationality(segment.nationality) if segment.nationality else "",
        post(segment.post) if segment.post else "",
    ]
    return ", ".join(one for one in parts if one) or gettext("All posts and nationalities")


def indicator(name: str) -> str:
    """What is watched, in words."""
    known = {**INDICATORS, **SHARES}
    return str(known[name].label) if name in known else name


def figure(name: str, number: float) -> str:
    """A figure of an indicator in the reader's writing: a count, or a share in percent."""
    if name not in SHARES or math.isnan(number):
        return whole(number)
    return gettext("%(n)s %%") % {"n": tenth(number)}


def whole(number: float) -> str:
    """A count in the reader's writing; nothing for what is not known."""
    return "" if math.isnan(number) else number_format(round(number), use_l10n=True, force_grouping=True)


def tenth(number: float) -> str:
    """A number with one decimal."""
    return "" if math.isnan(number) else number_format(number, 1)


@dataclass(frozen=True)
class Row:
    """A signal in a list."""

    signal: Signal
    what: str
    where: str
    level: str
    kind: str
    assessed: str
    times: str
    observed: str
    expected: str
    threshold: str


def row(signal: Signal) -> Row:
    """A signal as a list shows it."""
    ratio = signal.observed / signal.expected if signal.expected >= 1 else math.nan
    return Row(
        signal,
        indicator(signal.indicator),
        segment_words(Segment(signal.post, signal.nationality)),
        str(LEVELS_SHOWN[signal.level]),
        KINDS[signal.level],
        str(ASSESSED.get(signal.assessment, "")),
        tenth(ratio),
        figure(signal.indicator, signal.observed),
        figure(signal.indicator, signal.expected),
        figure(signal.indicator, signal.threshold),
    )


def reasons(signal: Signal) -> list[str]:
    """Why it rang, sentence by sentence."""
    figures = {
        "observed": figure(signal.indicator, signal.observed), "expected": figure(signal.indicator, signal.expected),
        "threshold": figure(signal.indicator, signal.threshold),
        "day": date_format(signal.peak, "j M Y"), "rule": RULES_SHOWN.get(signal.rule, signal.rule),
        "score": tenth(signal.score),
    }  # fmt: skip
    if signal.indicator in SHARES:
        said = _why_share(signal, figures)
    else:
        said = [
            gettext(
                "On %(day)s there were about %(observed)s; about %(expected)s were usual, and from %(threshold)s on it rings."
            )
            % figures,
            gettext("Rule: %(rule)s. It lies %(score)s standard deviations above the usual.") % figures,
        ]
    others = [str(RULES_SHOWN[one]) for one in signal.agreed if one != signal.rule and one in RULES_SHOWN]
    if others:
        said.append(gettext("Other rules agree: %(rules)s.") % {"rules": "; ".join(others)})
    many = ngettext("%(n)s series was looked at together.", "%(n)s series were looked at together.", signal.looked) % {
        "n": signal.looked
    }
    control = (
        gettext("With so many, chance alone may do this: it is watched, nobody was called.")
        if signal.level == "watch"
        else gettext("It stands out even so.")
    )
    said.append(f"{many} {control}")
    if signal.so_far:
        said.append(gettext("The day was not over: the whole day can only be more."))
    if signal.event:
        said.append(
            gettext("A known event fell on the day: %(event)s. The level is one lower for it.")
            % {"event": signal.event}
        )
    elif perhaps := proposing.perhaps(signal.peak):
        said.append(gettext("Nobody noted it, but the day may be a holiday: %(days)s.") % {"days": "; ".join(perhaps)})
    return said


def _why_share(signal: Signal, figures: Mapping[str, object]) -> list[str]:
    more = gettext(
        "On %(day)s it was about %(observed)s of all; about %(expected)s were usual, and from %(threshold)s on it rings."
    )
    less = gettext(
        "On %(day)s it was about %(observed)s of all; about %(expected)s were usual, and below %(threshold)s it rings."
    )
    return [
        (more if signal.observed > signal.expected else less) % figures,
        gettext("Rule: %(rule)s. It lies %(score)s standard deviations from the usual.") % figures,
        gettext("The total was as usual, and every post had reported: others made room, or took it."),
    ]


def coverage(signal: Signal) -> str:
    """How many of the posts had reported."""
    missing, count = signal.coverage.get("missing", []), int(signal.coverage.get("posts", 0))
    said = gettext("%(n)s of %(m)s posts had reported.") % {"n": count - len(missing), "m": count}
    return (
        said + " " + gettext("Missing: %(posts)s.") % {"posts": ", ".join(post(one) for one in missing)}
        if missing
        else said
    )


@dataclass(frozen=True)
class Day:
    """One day of a chart's table."""

    on: date
    observed: str
    expected: str
    threshold: str
    state: str
    rang: bool
    event: str


@dataclass(frozen=True)
class Past:
    """Six weeks of a series with what was usual on each day."""

    chart: charts.Columns
    days: list[Day]


def past(name: str, segment: Segment, until: date) -> Past:
    """The series as released, and on each day what the rule of today would have said."""
    found = series(name, segment, until)
    if not found:
        return Past(charts.columns((), ()), [])
    events = looking.events(found[0][0], found[-1][0])
    return Past(_drawn(found), [_day(name, on, one, events.get(on, "")) for on, one in reversed(found)])


def series(name: str, segment: Segment, until: date, days: int = SHOWN_DAYS) -> list[tuple[date, Judged]]:
    """The last days of a series, the oldest first, each judged by the rules of today; empty for a series that is not known."""
    table, cleared = looking.prepared(gathering.base_of(name), until)
    if segment not in table.segments:
        return []
    mask, _missing = reporting.lacking(table, reporting.heard_until())
    lines = [table.segments.index(segment)]
    if name in SHARES:
        lines.append(table.segments.index(Segment()))
    rules, found = looking.rules(), []
    for column in range(max(0, table.days - days), table.days):
        one = Table(table.first, tuple(table.segments[line] for line in lines), cleared.values[lines, : column + 1])
        one.values[:, -1] = table.values[lines, column]
        lacking = mask[lines, : column + 1]
        if name in SHARES:
            moved = shares.total_moved(one, rules, lacking)
            judged = shares.judge(one, rules, incomplete=lacking, moved=moved, controlled=False)[0]
        else:
            judged = alarms.judge(one, rules, incomplete=lacking, controlled=False)[0]
        found.append((table.first + timedelta(days=column), judged))
    return found


def _day(name: str, on: date, one: Judged, event: str) -> Day:
    state = STATES_SHOWN["watch"] if one.crossed else STATES_SHOWN.get(one.state, one.state)
    observed, expected, threshold = (figure(name, number) for number in (one.observed, one.expected, one.threshold))
    return Day(on, observed, expected, threshold, str(state), one.crossed, event)


def _usual_band(one: Judged) -> Band:
    low, high = sorted((round(one.expected), round(one.threshold)))
    return Band(one.expected, low, high, one.base)


def _drawn(found: Sequence[tuple[date, Judged]]) -> charts.Columns:
    bands = [None if math.isnan(one.expected) else _usual_band(one) for _on, one in found]
    numbers = [None if math.isnan(one.observed) else round(one.observed) for _on, one in found]
    labels = [date_format(on, "j M") for on, _one in found]
    marks = ["above" if one.crossed else "" for _on, one in found]
    return charts.columns(labels, numbers, bands, marks, rtl=get_language_bidi(), every=WEEK)


@dataclass(frozen=True)
class Ahead:
    """Two weeks to come, where a model was better than the last value; `why`: "" or why nothing is shown."""

    forecast: Forecast
    why: str
    model: str
    error: str
    naive_error: str
    chart: charts.Columns | None
    days: list[tuple[date, str, str, str]]
    last: str
    filled: int


def ahead(name: str, segment: Segment, until: date) -> Ahead:
    """A forecast from the released series that ends on the last closed day."""
    table, cleared = looking.prepared(name, until)
    if segment not in table.segments:
        values, filled = np.zeros(0), 0
    else:
        mask, _missing = reporting.lacking(table, reporting.heard_until())
        line = table.segments.index(segment)
        values, filled = whole_tail(np.where(mask[line], np.nan, cleared.values[line]))
    made = forecasting.forecast(values, AHEAD, WEEK)
    share = {one: gettext("%(n)s %%") % {"n": round(100 * made.errors.get(one, 0))} for one in (made.model, "naive")}
    days = [
        (until + timedelta(days=step + 1), whole(point), whole(low), whole(high))
        for step, (point, low, high) in enumerate(zip(made.points, made.low, made.high, strict=True))
    ]
    return Ahead(
        made, made.why, str(MODELS_SHOWN[made.model]), share[made.model], share["naive"],
        _drawn_ahead(values, made, until) if made.points else None, days, whole(values[-1]) if len(values) else "", filled,
    )  # fmt: skip


def whole_tail(values: Numbers) -> tuple[Numbers, int]:
    """The end of a series without gaps, and how many days were filled in with those a week before: one of twenty at most."""
    there = np.flatnonzero(~np.isnan(values))
    if not len(there):
        return np.zeros(0), 0
    found, filled = values[there[0] : there[-1] + 1].copy(), 0
    if there[-1] < len(values) - 1:
        return np.zeros(0), 0  # the last days are missing: nothing is told from what lies before them
    for at in np.flatnonzero(np.isnan(found)):
        if at >= WEEK:
            found[at] = found[at - WEEK]
            filled += 1
    if filled > MOST_FILLED * len(found) or np.isnan(found).any():
        start = int(np.flatnonzero(np.isnan(values))[-1]) + 1
        return values[start:], 0
    return found, filled


def _drawn_ahead(values: Numbers, made: Forecast, until: date) -> charts.Columns:
    before = values[-2 * WEEK :]
    first = until - timedelta(days=len(before) - 1)
    numbers: list[int | None] = [*(round(one) for one in before), *([None] * len(made.points))]
    labels = [date_format(first + timedelta(days=one), "j M") for one in range(len(numbers))]
    bands = [None] * len(before) + [
        Band(point, round(low), round(high), made.origins)
        for point, low, high in zip(made.points, made.low, made.high, strict=True)
    ]
    return charts.columns(labels, numbers, bands, rtl=get_language_bidi(), every=WEEK)


def segments(names: Iterable[Segment]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Posts and nationalities that can be chosen, each code with its name."""
    known = list(names)
    posts = sorted({one.post for one in known if one.post})
    states = sorted({one.nationality for one in known if one.nationality})
    return [(one, post(one)) for one in posts], sorted(
        ((one, nationality(one)) for one in states), key=lambda pair: pair[1]
    )
