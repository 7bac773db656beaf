"""The incident log: reading, searching, printing; writing an incident down; following one up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xenia.access.standing import Place, for_request
from xenia.access.views import needs
from xenia.errors import BadInput
from xenia.frontier.shift import board, incidents, periods
from xenia.frontier.shift.forms import EntryForm, IncidentForm, SearchForm
from xenia.frontier.shift.pages import choose_post

FIELDS = {
    "incident-kind": "kind",
    "incident-text": "text",
    "incident-time": "at",
    "incident-check": "check_made",
}


@needs(incidents.PERMISSION)
@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Incidents of the post, newest first. What is looked for is posted, so that no name stands in an address or a log."""
    standing = for_request(request)
    if not standing.post:
        return choose_post(request)
    form = SearchForm(request.POST if request.method == "POST" else None)
    wanted, page = form.wanted(), request.POST.get("page", "")
    found = incidents.search(standing, wanted, int(page) if page.isdecimal() and len(page) < 6 else 1)
    context = {"form": form, "found": found, "asked": wanted != incidents.Wanted(), "tab": "incidents"}
    return render(request, "shift/incidents.html", context, status=422 if form.errors else 200)


def _now(place: Place) -> dict[str, date | time]:
    """Day and time by the clock of the post, as the form begins."""
    here = periods.local(datetime.now(UTC), place.zone)
    return {"on": here.date(), "at": here.time().replace(second=0, microsecond=0)}


@needs(incidents.PERMISSION)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write an incident down."""
    standing = for_request(request)
    place = board.here(standing)
    form = IncidentForm(request.POST or None, initial=_now(place))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = incidents.log(standing, data["kind"], form.moment(place.zone), data["text"], data["check_made"])
        except BadInput as problem:
            form.add_error(FIELDS.get(problem.code), problem.message)
        else:
            messages.success(request, _("Written down."))
            return HttpResponseRedirect(reverse("shift:incident", args=[made]))
    return render(
        request, "shift/incident_new.html", {"form": form, "tab": "incidents"}, status=422 if form.errors else 200
    )


@needs(incidents.PERMISSION)
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """One incident with what followed; a form to follow it up."""
    standing = for_request(request)
    place = board.here(standing)
    form = EntryForm(request.POST or None, initial=_now(place))
    if request.method == "POST" and form.is_valid():
        try:
            incidents.follow_up(standing, incident_id, form.moment(place.zone), form.cleaned_data["text"])
        except BadInput as problem:
            form.add_error(FIELDS.get(problem.code), problem.message)
        else:
            messages.success(request, _("Written down."))
            return HttpResponseRedirect(reverse("shift:incident", args=[incident_id]))
    context = {"incident": incidents.show(standing, incident_id), "form": form, "tab": "incidents"}
    return render(request, "shift/incident.html", context, status=422 if form.errors else 200)
