"""Pages of the reports: tables with their charts, and the same as files."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import NotFound
from xenia.frontier.shift import board, periods, report_files, reports
from xenia.frontier.shift.forms import PeriodForm
from xenia.frontier.shift.pages import choose_post

TOP = 15


@needs(reports.PERMISSION)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """A day, week or month of the post."""
    standing = for_request(request)
    if not standing.post:
        return choose_post(request)
    form = PeriodForm(request.GET or None)
    today = periods.local(datetime.now(UTC), board.here(standing).zone).date()
    period = form.chosen(today)
    whole = request.GET.get("all") == "1"
    made = reports.report(standing, period, top=None if whole else TOP)
    context = {
        "report": made,
        "words": report_files.period_words(period),
        "warning": report_files.warning(),
        "form": PeriodForm(
            initial={"period": period.kind, "on": period.first if period.kind != periods.DAY else period.last}
        ),
        "before": period.before,
        "after": period.after if period.after.first <= today else None,
        "forms": report_files.MAKERS,
        "cut": any(view.more for view in made.tables),
        "tab": "reports",
    }
    return render(request, "shift/report.html", context)


@needs(reports.PERMISSION)
@require_GET
def file(request: HttpRequest, form: str) -> HttpResponse:
    """The same report as a file; that it was taken is written down."""
    standing = for_request(request)
    if form not in report_files.MAKERS:
        raise NotFound(_("There is no report in that form."), _("Take CSV, XLSX or PDF."), code="no-report-form")
    if not standing.post:
        return choose_post(request)
    today = periods.local(datetime.now(UTC), board.here(standing).zone).date()
    made = reports.report(standing, PeriodForm(request.GET or None).chosen(today))
    make, kind = report_files.MAKERS[form]
    content = make(made)
    reports.note_taken(standing, made, form)
    return report_files.download(content, kind, f"report-{made.place.code}-{made.period.name}.{form}")
