"""Pages of the alerts register: alerts entered here, proposing one, proposing to delete one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.registers.alerts import actions, queries
from xenia.registers.alerts.forms import AlertForm, ReasonForm

PER_PAGE = 25


@needs("alerts.read")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Alerts entered here, newest first. One read entry names those on the page."""
    standing = for_request(request)
    page = Paginator(queries.rows(), PER_PAGE).get_page(request.GET.get("page"))
    shown = queries.shown(standing, list(page.object_list))
    return render(
        request,
        "registers/alerts/index.html",
        {"page": page, "alerts": shown, "may_propose": standing.may("alerts.propose")},
    )


@needs("alerts.read")
@require_GET
def show(request: HttpRequest, record: UUID) -> HttpResponse:
    """One alert, as far as policy opens it."""
    standing = for_request(request)
    alert = queries.one(standing, record)
    return render(
        request, "registers/alerts/show.html", {"alert": alert, "may_propose": standing.may("alerts.propose")}
    )


@needs("alerts.propose")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Propose an alert; a second person approves it on the proposals page."""
    standing = for_request(request)
    form = AlertForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decision = form.cleaned_data["decision"]
        actions.propose_entry(
            standing, form.body(), reason=form.cleaned_data["proportionality"], reference=f"external:{decision}"
        )
        messages.success(request, _("Proposed. Another person must approve it before it is asked."))
        return HttpResponseRedirect(reverse("alerts:index"))
    return render(request, "registers/alerts/enter.html", {"form": form}, status=422 if form.errors else 200)


@needs("alerts.propose")
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, record: UUID) -> HttpResponse:
    """Propose to delete an alert."""
    standing = for_request(request)
    alert = queries.one(standing, record)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.propose_deletion(standing, str(record), reason=form.cleaned_data["reason"], reference=f"alert:{record}")
        messages.success(request, _("Proposed. The alert stays until another person approves."))
        return HttpResponseRedirect(reverse("alerts:index"))
    return render(
        request, "registers/alerts/delete.html", {"alert": alert, "form": form}, status=422 if form.errors else 200
    )
