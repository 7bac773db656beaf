"""The series by month, each month against the same months of the two years before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from xenia.access.views import needs
from xenia.frontier.shift import charts
from xenia.frontier.shift.usual import Band
from xenia.insight.watching import gathering, monthly, pages, reporting, showing
from xenia.insight.watching.monthly import JudgedMonth
from xenia.insight.watching.series import Segment
from xenia.insight.watching.terms import whole

SHOWN = gathering.SHOWN_MONTHS
STATES_SHOWN: dict[str, str | Promise] = {
    "usual": _("as expected"),
    "perhaps-more": _("perhaps more"),
    "more": _("more"),
    "perhaps-less": _("perhaps less"),
    "less": _("less"),
    "too-little": _("too few months"),
    "incomplete": _("posts are missing"),
}
VERDICTS: dict[str, str | Promise] = {
    "usual": _("%(month)s: as many as in the same months of the two years before, growth taken into account."),
    "perhaps-more": _(
        "%(month)s: perhaps more than in the same months of the two years before, growth taken into account."
    ),
    "more": _("%(month)s: more than in the same months of the two years before, growth taken into account."),
    "perhaps-less": _(
        "%(month)s: perhaps less than in the same months of the two years before, growth taken into account."
    ),
    "less": _("%(month)s: less than in the same months of the two years before, growth taken into account."),
    "incomplete": _("%(month)s: nothing can be said, because posts have not reported every day of it."),
}


@dataclass(frozen=True)
class Line:
    """One month of the table, in the reader's writing; empty texts where nothing is known."""

    month: date
    observed: str
    year_ago: str
    two_years_ago: str
    expected: str
    state: str
    outside: bool


@needs("insight.read")
@require_GET
def months(request: HttpRequest) -> HttpResponse:
    """The last thirteen whole months of a series; which series is in the address."""
    name, segment, until, said = pages.series_asked(request)
    found = judged(name, segment, until)
    last = found[-1] if found else None
    context = {
        **said,
        "lines": [_line(month, one) for month, one in reversed(found)],
        "verdict": _verdict(*last) if last else "",
        "reasons": _reasons(last[1]) if last else [],
        "chart": _drawn(found) if found else None,
        "tab": "months",
    }
    return render(request, "watching/months.html", context)


def judged(name: str, segment: Segment, until: date) -> list[tuple[date, JudgedMonth]]:
    """The months to show, the oldest first, each judged by those before it."""
    begins, values = gathering.by_month(name, segment, until)
    lacking = _lacking(name, segment, until)
    return [
        (begins[at], monthly.judge(values[: at + 1], lacking=begins[at] in lacking))
        for at in range(max(0, len(begins) - SHOWN), len(begins))
        if not np.isnan(values[at])
    ]


def _lacking(name: str, segment: Segment, until: date) -> set[date]:
    """The months in which a post of the series had not reported on some day, as far back as days are kept."""
    table = gathering.table(name, until)
    if not table.segments:
        return set()
    _mask, missing = reporting.lacking(table, reporting.heard_until())
    return {day.replace(day=1) for day, away in missing.items() if not segment.post or segment.post in away}


def _line(month: date, one: JudgedMonth) -> Line:
    return Line(
        month, showing.whole(one.observed), showing.whole(one.year_ago), showing.whole(one.two_years_ago),
        showing.whole(one.expected), str(STATES_SHOWN[one.state]), one.state in ("more", "less"),
    )  # fmt: skip


def _verdict(month: date, one: JudgedMonth) -> str:
    if one.state in VERDICTS:
        return str(VERDICTS[one.state]) % {"month": date_format(month, "F Y")}
    said = ngettext(
        "Only %(n)s whole month is known before %(month)s, and %(needed)s are needed: nothing is said.",
        "Only %(n)s whole months are known before %(month)s, and %(needed)s are needed: nothing is said.",
        one.known,
    )
    return said % {"n": one.known, "month": date_format(month, "F Y"), "needed": whole("month-base")}


def _reasons(one: JudgedMonth) -> list[str]:
    if math.isnan(one.expected):
        return []
    growth = round(100 * (one.growth - 1))
    return [
        gettext(
            "About %(observed)s came; %(expected)s were to be expected, and from %(low)s to %(high)s is nothing unusual."
        )
        % {
            "observed": showing.whole(one.observed), "expected": showing.whole(one.expected),
            "low": showing.whole(one.low), "high": showing.whole(one.high),
        },
        gettext("Growth: of the twelve months before, half stood more than %(n)s %% above the year before.") % {"n": growth}
        if growth >= 0
        else gettext("Growth: of the twelve months before, half stood more than %(n)s %% below the year before.")
        % {"n": -growth},
    ]  # fmt: skip


def _drawn(found: Sequence[tuple[date, JudgedMonth]]) -> charts.Columns:
    bands = [
        None if math.isnan(one.expected) else Band(one.expected, round(one.low), round(one.high), one.known)
        for _month, one in found
    ]
    marks = [{"more": "above", "less": "below"}.get(one.state, "") for _month, one in found]
    labels = [date_format(month, "M y") for month, _one in found]
    return charts.columns(
        labels, [round(one.observed) for _month, one in found], bands, marks, rtl=get_language_bidi(), every=3
    )
