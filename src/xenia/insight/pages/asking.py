"""Asking: a form whose answer is a table; the address is the question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_POST

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import BadInput, NotFound, XeniaError
from xenia.insight import (
    actions,
    address,
    charts,
    declarations,
    files,
    labels,
    members,
    notes,
    periods,
    shown,
    table_actions,
)
from xenia.insight.address import Address
from xenia.insight.declarations import Dimension
from xenia.insight.question import MOST_DIMENSIONS, Question
from xenia.insight.release import Released

GRADES_SHOWN = {
    "interactive": later("For looking around: small noise, rounded to 5"),
    "publication": later("For publication: small cells hidden"),
}
CHARTS_SHOWN = {
    "auto": later("What fits best"), "lines": later("Lines over time"), "bars": later("Bars"),
    "small-multiples": later("Small charts beside each other"), "heat": later("Heat table"), "flows": later("Flows"),
    "symbols": later("Map with circles"), "areas": later("Map with shades"), "none": later("No chart"),
}  # fmt: skip

PARTS_SHOWN = {
    "fit": later("where the figures are"), "world": later("the world"), "europe": later("Europe"),
    "black-sea": later("around the Black Sea"), "asia": later("Asia"), "africa": later("Africa"),
    "americas": later("the Americas"), "oceania": later("Oceania"),
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen."""

    code: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Only:
    """The members of one breakdown, to be kept to or left out."""

    name: str
    label: str
    members: list[Choice]
    without: bool
    number: int

    @property
    def field(self) -> str:
        """The name in the address."""
        return address.ONLY + self.name

    @property
    def searched(self) -> bool:
        """Whether there are enough to search in."""
        return len(self.members) > 12


def form(given: Address, offered: dict[str, list[str]]) -> dict[str, Any]:
    """What the form shows for an address whose measure is known."""
    fact = address.known_measures()[given.measure]
    by = [*given.by, *[""] * (MOST_DIMENSIONS - len(given.by))][:MOST_DIMENSIONS]
    named = [
        (name, labels.dimension(fact, name)) for name, one in fact.dimensions.items() if one.offered or name in given.by
    ]
    measures = [
        (labels.word(one.labels), [Choice(name, labels.measure(one, name), name == given.measure) for name in one.measures])
        for one in declarations.facts().values()
    ]  # fmt: skip
    return {
        "given": given,
        "measures": measures,
        "by": [[Choice(name, label, name == chosen) for name, label in named] for chosen in by],
        "only": [_only(fact.dimensions[name], label, given, offered) for name, label in named if offered.get(name)],
        "periods": [Choice(name, str(label), name == given.period) for name, label in periods.PERIODS.items()],
        "grades": [Choice(name, str(label), name == given.grade) for name, label in GRADES_SHOWN.items()],
        "charts": [Choice(name, str(label), name == given.chart) for name, label in CHARTS_SHOWN.items()],
        "chosen": bool(given.where),
    }


def _only(one: Dimension, label: str, given: Address, offered: dict[str, list[str]]) -> Only:
    chosen = next((found for found in given.where if found.dimension == one.name), None)
    codes = list(dict.fromkeys([*offered.get(one.name, []), *(chosen.values if chosen else ())]))
    rows = [Choice(code, labels.member(one, code), bool(chosen) and code in chosen.values) for code in codes]  # type: ignore[union-attr]
    rows.sort(key=lambda row: (not row.chosen, row.label.casefold()))
    return Only(one.name, label, rows, bool(chosen and chosen.without), len(chosen.values) if chosen else 0)


@needs("insight.read")
@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to what the address asks; never an exact one."""
    return _page(request, "")


@needs("insight.exact")
@require_POST
def exact(request: HttpRequest) -> HttpResponse:
    """The exact answer to the question of the address, for the reason that was posted with it."""
    return _page(request, request.POST.get("reason", "").strip() or " ")


def _page(request: HttpRequest, reason: str) -> HttpResponse:
    here, status = for_request(request), 200
    context: dict[str, Any] = {}
    where = actions.warehouse()
    given = Address()
    try:
        given = address.read(request.GET)
        if reason:
            given = replace(given, grade="exact", reason=reason[: address.LONGEST_REASON])
        if request.GET.get("step") == "measure":
            given = address.fitting(given)
        fact = given.question(datetime.now(UTC).date()).fact
        context["form"] = form(given, members.known(where, fact))
        if request.GET.get("measure") and request.GET.get("step") != "measure":
            context |= answer(table_actions.ask(here, where, given, datetime.now(UTC).date()), given)
    except NotFound as problem:
        if problem.code != "no-warehouse":
            raise
        context["empty"] = True
    except XeniaError as problem:
        status = problem.http_status
        context |= {"problem": problem, "problem_words": (_(problem.message), _(problem.what_to_do))}
        context.setdefault("form", _form_after(given))
    asked = replace(given, grade="interactive") if given.grade == "exact" else given
    context |= {
        "saved": request.GET.get("saved", "")[:36],
        "query": asked.query(),
        "may_exact": here.may("insight.exact"),
    }
    return render(request, "insight/ask.html", context, status=status)


def _form_after(given: Address) -> dict[str, Any]:
    """The form of an address that could not be answered: what holds of it."""
    known = given if given.measure in address.known_measures() else Address()
    where = actions.warehouse()
    fitting = address.fitting(known)
    if fitting.period not in periods.PERIODS:
        fitting = Address(fitting.measure, fitting.by, fitting.where)
    try:
        return form(fitting, members.known(where, Question(fitting.measure).fact))
    except NotFound:
        return form(fitting, {})


def answer(made: Released, given: Address) -> dict[str, Any]:
    """What a page shows of a released table."""
    asked = made.question
    return {
        "made": made,
        "title": notes.title(asked),
        "period": notes.period(asked),
        "conditions": notes.conditions(asked),
        "notes": notes.of(made),
        "measure": labels.said(asked.counted),
        "grade": notes.GRADES[made.grade],
        "table": shown.table(made, given.sort),
        "sorts": [("", _("By name or time"), given.query(sort="")), ("most", _("Most first"), given.query(sort="most")), ("least", _("Least first"), given.query(sort="least"))],
        "given": given,
        "forms": [(name, form.label) for name, form in files.FORMS.items()],
        **_chart(made, given),
    }  # fmt: skip


def _chart(made: Released, given: Address) -> dict[str, Any]:
    """The chart's words and its kind, or why this one does not fit; nothing where none is wanted or none would say more."""
    kind = given.chart
    if kind == "none" or (kind == "auto" and not charts.drawing.fitting(made)):
        return {}
    try:
        picture = charts.picture(made, charts.Wish(kind, part=given.part))
    except BadInput as problem:
        return {"chart_problem": (_(problem.message), _(problem.what_to_do))}
    is_map = picture.kind in charts.drawing.MAPS
    places = [(name, label, given.query(part=name)) for name, label in PARTS_SHOWN.items()] if is_map else []
    return {
        "chart": picture,
        "is_map": is_map,
        "parts": places,
        "part_query": f"&part={given.part}" if is_map else "",
        "chart_hides": made.hidden > 0,
    }
