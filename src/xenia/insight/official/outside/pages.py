"""Pages of others' figures: which there are, and one of them beside our own by year."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import BadInput, XeniaError
from xenia.insight import actions, declarations, labels, shown
from xenia.insight.official.outside import comparing, keeping
from xenia.insight.official.outside.reading import Table
from xenia.insight.question import Question
from xenia.insight.release import Cell, Released

CAUTIONS = {
    "rounded": later("Theirs are rounded to 5, totals on their own: parts need not add up to them."),
    "small": later("Theirs write counts of 1 to 4 as 5: a 5 may be any of 1 to 5, and sums are too high."),
    "summed": later("Several of their figures were added. Choose the row of the total where there is one."),
    "differ": later("The same word may mean another thing there: hold the definitions against each other."),
}
KINDS = ("count", "ratio")


@needs("insight.read")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every file that was taken."""
    return render(request, "insight/outside.html", {"rows": keeping.all_kept(actions.warehouse())})


@needs("insight.read")
@require_GET
def compare(request: HttpRequest, name: str) -> HttpResponse:
    """One file: choose its rows and one of our measures; both by year."""
    where = actions.warehouse()
    kept, table = keeping.find(where, name)
    wanted = {one: request.GET[f"only-{one}"] for one in _choosable(table) if request.GET.get(f"only-{one}")}
    measure = request.GET.get("theirs") or table.measures[0]
    own, status = request.GET.get("ours", ""), 200
    context: dict[str, Any] = {
        "kept": kept,
        "table": table,
        "measure": measure,
        "own": own,
        "only": [(one, wanted.get(one, ""), comparing.members(table, one)) for one in _choosable(table)],
        "measures": _measures(),
    }
    try:
        theirs = comparing.chosen(table, wanted, measure)
        ours = _ours(request, own) if own else None
        context |= {
            "rows": [_row(one) for one in comparing.beside(theirs, ours)],
            "cautions": [CAUTIONS[one] for one in comparing.cautions(kept, theirs)],
            "ours": ours,
            "notes": [_(one) for one in ours.notes] if ours else [],
            "definition": labels.said(ours.question.counted).definition if ours else "",
        }
    except XeniaError as problem:
        status, context["problem"] = problem.http_status, (_(problem.message), _(problem.what_to_do))
    return render(request, "insight/outside_table.html", context, status=status)


def _choosable(table: Table) -> list[str]:
    return [one for one in table.breakdowns if one != table.time]


def _measures() -> list[tuple[str, str]]:
    """Measures of ours that have years."""
    return [
        (name, labels.measure(fact, name))
        for fact in declarations.facts().values()
        for name, one in fact.measures.items()
        if one.kind in KINDS
    ]


def _ours(request: HttpRequest, measure: str) -> Released:
    if measure not in dict(_measures()):
        raise BadInput("This cannot be counted by year.", "Choose another measure of ours.", code="outside-choice")
    return actions.ask(for_request(request), actions.warehouse(), Question(measure, ("year",)), "interactive")


def _row(one: comparing.Beside) -> dict[str, object]:
    theirs = ":" if one.theirs is None else shown.number(one.theirs)
    ours = shown.value(Cell((one.time,), one.ours, one.ours_flag))
    return {"time": one.time, "theirs": theirs, "available": one.theirs is not None, "flag": one.flag, "ours": ours}
