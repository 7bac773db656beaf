"""Pages of the daily report: the latest, one of a day, its versions, and the same to print."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import NotFound
from xenia.frontier.shift.report_files import download
from xenia.insight import actions, kinds
from xenia.insight.daily import making, showing
from xenia.insight.daily.making import Daily
from xenia.journal.actions import append, writing


@needs("insight.read")
@require_GET
def daily(request: HttpRequest) -> HttpResponse:
    """The report of `on`, else the latest; `version` shows how it was said first."""
    where = actions.warehouse()
    known = making.versions(where)
    if not known:
        return render(request, "insight/daily_none.html")
    made = _asked(request, known)
    days = list(known)
    at = days.index(made.day)
    context = {
        "made": made,
        "name": showing.name(made),
        "heads": showing.heads(made),
        "chart": showing.chart(made),
        "parts": showing.parts(made),
        "busy": showing.busy(made),
        "busy_headings": showing.busy_headings(),
        "new": showing.new(made),
        "missing": showing.missing(made),
        "told": showing.told(made),
        "later": days[at - 1] if at else None,
        "earlier": days[at + 1] if at + 1 < len(days) else None,
        "versions": range(1, known[made.day] + 1),
        "newest": known[made.day],
        "days": days[:60],
    }
    return render(request, "insight/daily.html", context)


@needs("insight.read")
@require_GET
def pdf(request: HttpRequest) -> HttpResponse:
    """The report as a PDF; that it was taken is written down."""
    made = _asked(request, making.versions(actions.warehouse()))
    content = showing.pdf(made)
    body = {"day": made.day.isoformat(), "version": made.version, "format": "pdf"}
    with writing():
        append(kinds.DAILY_TAKEN, body, for_request(request).act(actions.PURPOSE, f"daily:{made.day}"))
    return download(content, "application/pdf", f"daily-{made.day}-{made.version}.pdf")


def _asked(request: HttpRequest, known: dict[date, int]) -> Daily:
    on, version = request.GET.get("on", ""), request.GET.get("version", "")
    try:
        day = date.fromisoformat(on) if on else next(iter(known))
        number = int(version) if version else known[day]
    except (ValueError, KeyError, StopIteration):
        raise NotFound(
            _("There is no report of that day."), _("Choose one of the list."), code="no-daily-report"
        ) from None
    return making.read(actions.warehouse(), day, number)
