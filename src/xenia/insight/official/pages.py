"""Pages of the reports: which there are, one of them for a period, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.cases import catalogue as procedures
from xenia.errors import BadInput, NotFound, XeniaError
from xenia.insight import actions, labels, notes, periods, shown
from xenia.insight.official import Report, Scope, catalogue, eurostat, kept, making, out
from xenia.insight.official.making import Made, Shown
from xenia.insight.pages.tables import file_answer
from xenia.insight.release import GRADES
from xenia.insight.table_actions import Taken
from xenia.journal import clock

QUARTERS = 9
GRADES_SHOWN = {name: notes.GRADES[name] for name in GRADES if name != "exact"}
"""Exact counts are asked for at the command line, with a reason: no address gives them."""


@dataclass(frozen=True)
class Given:
    """What the address asks."""

    period: str
    agreement: str
    grade: str


@needs("insight.read")
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """Every report in a line."""
    return render(request, "insight/reports.html", {"reports": catalogue.REPORTS.values()})


@needs("insight.read")
@require_GET
def report(request: HttpRequest, name: str) -> HttpResponse:
    """The form; with a period in the address the report too."""
    found, status, today = catalogue.named(name), 200, clock.now().date()
    given = _given(request, found, today)
    context = {
        "report": found,
        "given": given,
        "choices": choices(today, given.period),
        "agreements": agreements() if found.agreements else [],
        "grades": GRADES_SHOWN.items(),
    }
    if "period" in request.GET:
        try:
            made, kept_as = _made(request, found, given)
            context |= {
                "made": made, "parts": [_part(one) for one in made.parts], "notes": out.notes(made, missing=False), "forms": out.FORMS,
                "query": urlencode({"made": kept_as, "period": given.period}), "lines": out.period(made),
                "tables": out.tables_of(made) if found.name == "eurostat" else [],
            }  # fmt: skip
        except XeniaError as problem:
            if problem.code == "no-warehouse":
                context["empty"] = True
                return render(request, "insight/report.html", context)
            status = problem.http_status
            context["problem"] = (_(problem.message), _(problem.what_to_do))
    return render(request, "insight/report.html", context, status=status)


@needs("insight.read")
@require_GET
def file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The report that the page showed, or one of its tables (`table`), as a file; nothing is released again.

    An address without `made`, as a program writes it, releases first what a page would show.
    """
    if form not in out.TYPES:
        raise NotFound(
            _("There is no form “%(name)s”.") % {"name": form[:10]},
            _("Known are %(known)s.") % {"known": ", ".join(out.TYPES)},
            code="unknown-format",
        )
    found, here = catalogue.named(name), for_request(request)
    given, table = _given(request, found, clock.now().date()), request.GET.get("table", "")[:60]
    if request.GET.get("made"):
        made = kept.find(actions.warehouse(), request.GET["made"], here.account)
    else:
        made, _kept_as = _made(request, found, given)
    ending, content_type = out.TYPES[form]
    data = kept.take(here, made, form, get_language() or "en", table)
    named = "-".join(one for one in (made.report.name, table, period_of(made.scope)) if one)
    return file_answer(Taken(data, f"{named}{ending}", content_type))


def period_of(scope: Scope) -> str:
    """The period of a scope in the name of a file."""
    return eurostat.time_of(scope).replace("-S", "-H").replace("/", "-")


def _given(request: HttpRequest, found: Report, today: date) -> Given:
    return Given(
        request.GET.get("period", "")[:20] or making.last_quarter(today),
        request.GET.get("agreement", "")[:40] if found.agreements else "",
        request.GET.get("grade", "")[:20] or found.grade,
    )


def _made(request: HttpRequest, found: Report, given: Given) -> tuple[Made, str]:
    if given.grade not in GRADES_SHOWN:
        raise BadInput(
            "A page shows no exact counts.",
            "Ask for them with: xenia insight report NAME --grade exact.",
            code="bad-input",
        )
    if given.agreement and given.agreement not in agreements():
        raise NotFound("There is no such agreement.", "Choose one of the list.", code="no-profile")
    since, until = making.period(given.period)
    scope = Scope(since, until, given.agreement)
    return kept.show(for_request(request), actions.warehouse(), found, scope, given.grade)


def _part(one: Shown) -> dict[str, object]:
    table = shown.table(one.table) if one.table is not None else None
    problem = (_(one.problem.message), _(one.problem.what_to_do)) if one.problem else None
    asked = one.part.question
    return {
        "key": one.part.key,
        "title": one.part.title,
        "table": table,
        "problem": problem,
        "unit": labels.said(asked.counted).unit,
    }


def choices(today: date, chosen: str) -> list[str]:
    """Periods to choose from, the latest first: quarters and years that are over, and what is chosen."""
    first = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    quarters = [periods.months_later(first, -3 * number) for number in range(1, QUARTERS + 1)]
    found = [f"{one.year}-Q{(one.month - 1) // 3 + 1}" for one in quarters]
    found += [str(year) for year in sorted({one.year for one in quarters} - {today.year}, reverse=True)]
    return found if chosen in found else [chosen, *found]


def agreements() -> list[str]:
    """Every agreement that a procedure here knows."""
    return sorted({name for one in procedures.newest() for name in one.profiles})
