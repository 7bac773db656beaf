"""What a queue would do: a form whose address is the question, a table by hour, how many lanes a target needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xenia.access import standing
from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.errors import XeniaError
from xenia.frontier.shift import charts
from xenia.insight import actions
from xenia.insight.question import asked
from xenia.insight.watching import capacity, showing
from xenia.insight.watching.capacity import HOURS, Hour
from xenia.insight.watching.queue_form import LaneType, QueueForm
from xenia.insight.watching.terms import term


@dataclass(frozen=True)
class Line:
    """One hour of the table, in the reader's writing."""

    clock: str
    arrivals: str
    load: str
    mean: str
    ninety: str
    most: str
    left: str
    over: bool
    wanted: int | None


@dataclass(frozen=True)
class Shown:
    """The answer for one type of lane."""

    kind: LaneType
    lines: list[Line]
    chart: charts.Columns
    worst: str
    fewest: int | None
    hours: int | None
    by_hour: list[int] | None


def _measured(here: Standing, post: str) -> dict[str, Any]:
    """The mean day of the last whole month at a post, as released, by the post's clock, and its median minutes of control.

    Raises what `actions.ask` raises.
    """
    today = datetime.now(UTC).date()
    until = today.replace(day=1)
    since = (until - timedelta(days=1)).replace(day=1)
    where = actions.warehouse()
    conditions = (f"post={post}",)
    made = actions.ask(here, where, asked("crossings", ("hour",), conditions, since, until), "interactive")
    place = standing.places().get(post)
    zone = ZoneInfo(place.zone if place else "UTC")
    hours = [0.0] * HOURS
    for cell in made.cells:
        if cell.members[0] is not None and cell.shown:
            at = datetime.fromisoformat(cell.members[0]).replace(tzinfo=UTC).astimezone(zone)
            hours[at.hour] += float(cell.shown)
    median = (
        actions.ask(here, where, asked("control_median", (), conditions, since, until), "interactive").cells[0].shown
    )
    days = (until - since).days
    return {"hours": [round(one / days) for one in hours], "seconds": median, "since": since, "until": until}


@needs("insight.read")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The form and, for an address that asks, the answer."""
    here, post = for_request(request), request.GET.get("measured", "")[:40]
    context: dict[str, Any] = {"tab": "queue", "posts": [(one.code, one.name) for one in standing.places().values()]}
    measured: dict[str, Any] = {}
    if post:
        try:
            measured = _measured(here, post)
        except XeniaError as problem:
            context["problem"] = problem
    seconds = measured.get("seconds")
    minutes = (seconds + term("changeover-s")) / 60 if seconds else term("handling-minutes")
    form = QueueForm(_given(request, measured, minutes), minutes=minutes)
    context |= {"form": form, "measured": measured, "measured_post": showing.post(post) if post else ""}
    if form.is_bound and form.is_valid():
        context |= _answer(form)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "watching/queue.html", context, status=status)


def _given(request: HttpRequest, measured: dict[str, Any], minutes: float) -> QueryDict | None:
    """What the address asks, with what was measured put in; None where it asks nothing."""
    given = request.GET.copy()
    given.pop("measured", None)
    if measured:
        given["arrivals"] = " ".join(str(one) for one in measured["hours"])
        given["minutes1"] = str(round(minutes, 2))
        for name, value in (("name1", _("All travellers")), ("share1", "100"), ("lanes1", "4")):
            given.setdefault(name, value)
        for number in ("2", "3"):
            if not given.get(f"share{number}"):
                given[f"minutes{number}"] = ""
    return given if given else None


def _answer(form: QueueForm) -> dict[str, Any]:
    arrivals, target = form.by_hour(), form.cleaned_data.get("target") or 15.0
    shown = [_shown([one * kind.share / 100 for one in arrivals], kind, target) for kind in form.types()]
    staff = form.cleaned_data.get("staff")
    open_now = sum(one.kind.count for one in shown)
    plans = [one.by_hour for one in shown]
    needed = [sum(hour) for hour in zip(*plans, strict=True)] if all(plan is not None for plan in plans) else []
    return {
        "shown": shown,
        "target": number_format(target, 1 if target % 1 else 0),
        "staff": staff,
        "short": staff is not None and open_now > staff,
        "open_now": open_now,
        "short_hours": [_clock(hour) for hour, count in enumerate(needed) if staff is not None and count > staff],
        "most_needed": max(needed, default=0),
        "work_hours": sum(needed),
        "total": number_format(round(sum(arrivals)), force_grouping=True),
    }


def _shown(arrivals: list[float], kind: LaneType, target: float) -> Shown:
    hours = capacity.day(arrivals, [kind.count] * HOURS, kind.lanes)
    wanted = capacity.by_hour(arrivals, kind.lanes, target)
    lines = [_line(one, target, wanted[one.hour] if wanted else None) for one in hours]
    waits = [None if one.ninety is None else round(one.ninety) for one in hours]
    marks = ["above" if one.ninety is None or one.ninety > target else "" for one in hours]
    chart = charts.columns([_clock(one.hour) for one in hours], waits, (), marks, rtl=get_language_bidi(), every=3)
    known = [one.ninety for one in hours if one.ninety is not None]
    return Shown(
        kind, lines, chart, _minutes(max(known, default=None)), capacity.fewest(arrivals, kind.lanes, target),
        sum(wanted) if wanted else None, wanted,
    )  # fmt: skip


def _line(one: Hour, target: float, wanted: int | None) -> Line:
    load = "" if one.load == float("inf") else _("%(n)s %%") % {"n": round(100 * one.load)}
    over = one.ninety is None or one.ninety > target
    counts = [number_format(round(each), force_grouping=True) for each in (one.arrivals, one.most, one.left)]
    return Line(
        _clock(one.hour), counts[0], load, _minutes(one.mean), _minutes(one.ninety), counts[1], counts[2], over, wanted
    )


def _minutes(wait: float | None) -> str:
    if wait is None:
        return _("nobody to take them")
    return number_format(wait, 1 if wait < 10 else 0)


def _clock(hour: int) -> str:
    return f"{hour:02d}:00"
