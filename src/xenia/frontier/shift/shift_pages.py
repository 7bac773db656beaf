"""Shifts of a post: the running one, hand-over, closing, and the reports of those before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.errors import BadInput, Conflict, NotFound, XeniaError
from xenia.frontier.shift import board, periods, report_files, shift_report, shifts
from xenia.frontier.shift.forms import HandOverForm, HoursForm, UntilForm
from xenia.frontier.shift.models import HandOver, Shift
from xenia.frontier.shift.pages import choose_post
from xenia.frontier.shift.presence import name_of
from xenia.registers.reference import printing

PAGE = 20


def _row(shift: Shift) -> dict[str, Any]:
    return {"shift": shift, "supervisor": name_of(shift.supervisor), "closed_by": name_of(shift.closed_by)}


@needs(shifts.PERMISSION)
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The running shift, a form to open one where none runs, and the shifts before, newest first."""
    standing, now = for_request(request), datetime.now(UTC)
    if not standing.post:
        return choose_post(request)
    place = board.here(standing)
    form = HoursForm(request.POST or None, initial=_hours(place.zone, now))
    if request.method == "POST" and form.is_valid():
        try:
            made = shifts.open_shift(standing, *form.span(place.zone, now))
        except (BadInput, Conflict) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The shift has begun."))
            return HttpResponseRedirect(reverse("shift:shift", args=[made]))
    page = request.GET.get("page", "1")
    number = max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1
    rows = Shift.objects.filter(post=place.code).order_by("-began_at", "-id").defer("report")
    total = rows.count()
    number = min(number, max(1, -(-total // PAGE)))
    running = shifts.running(place)
    context = {
        "running": _row(running) if running else None,
        "rows": [_row(one) for one in rows[(number - 1) * PAGE : number * PAGE]],
        "page": number,
        "pages": max(1, -(-total // PAGE)),
        "form": form,
        "tab": "shifts",
    }
    return render(request, "shift/shifts.html", context, status=422 if form.errors else 200)


def _hours(zone: str, now: datetime) -> dict[str, str]:
    hour = periods.local(now, zone).hour
    return {"begin": f"{hour:02d}:00", "end": f"{(hour + 8) % 24:02d}:00"}


@needs(shifts.PERMISSION)
@require_GET
def show(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """One shift: what is open while it runs, its report once it is closed."""
    return _page(request, for_request(request), shift_id)


def _page(
    request: HttpRequest,
    standing: Standing,
    shift_id: UUID,
    *,
    form: HandOverForm | None = None,
    until: UntilForm | None = None,
    problem: XeniaError | None = None,
) -> HttpResponse:
    shift, place, now = shifts.find(standing, shift_id), board.here(standing), datetime.now(UTC)
    offer = HandOver.objects.filter(shift=shift, taken_at__isnull=True).first()
    before = HandOver.objects.filter(next_shift=shift.id).first()
    noted = offer or before
    ends = periods.local(now, place.zone).hour
    context: dict[str, Any] = {
        **_row(shift),
        "tab": "shifts",
        "offer": offer,
        "offer_to": name_of(offer.to) if offer else "",
        "mine": offer is not None and offer.to == standing.account,
        "taken": before,
        "taken_from": name_of(before.by) if before else "",
        "note": shifts.note_of(noted) if noted else "",
        "problem": problem,
    }
    if shift.state == "closed":
        context["report"] = shift_report.view(shift)
        context["report_paper"] = printing.paper_for(shift.post, "shift-report")
    else:
        context["open"] = shift_report.items_view(shifts.open_items(place, shift.began_at, now))
        context["now"] = shift_report.so_far(shift, place, shift.ended_at or now)
        context["form"] = form or HandOverForm(None, shifts.successors(standing))
        context["until"] = until or UntilForm(None, initial={"end": f"{(ends + 8) % 24:02d}:00"})
    if before is not None:
        context["taken_items"] = shift_report.items_view(before.items)
    wrong = problem.http_status if problem else 422 if (form and form.errors) or (until and until.errors) else 200
    return render(request, "shift/shift.html", context, status=wrong)


@needs(shifts.PERMISSION)
@require_http_methods(["POST"])
def hand_over(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Offer the running shift to the next supervisor."""
    standing = for_request(request)
    form = HandOverForm(request.POST, shifts.successors(standing))
    if not form.is_valid():
        return _page(request, standing, shift_id, form=form)
    try:
        shifts.hand_over(standing, shift_id, UUID(form.cleaned_data["to"]), form.cleaned_data["note"])
    except Conflict as problem:
        return _page(request, standing, shift_id, problem=problem)
    messages.success(request, _("Handed over. The shift goes on until the next supervisor takes it over."))
    return HttpResponseRedirect(reverse("shift:shift", args=[shift_id]))


@needs(shifts.PERMISSION)
@require_http_methods(["POST"])
def take_over(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Take the shift over: it ends, the next one begins."""
    standing, now = for_request(request), datetime.now(UTC)
    form = UntilForm(request.POST)
    if not form.is_valid():
        return _page(request, standing, shift_id, until=form)
    try:
        made = shifts.take_over(standing, shift_id, form.until(board.here(standing).zone, now))
    except (Conflict, BadInput, NotFound) as problem:
        return _page(request, standing, shift_id, problem=problem)
    messages.success(request, _("The post is yours. The shift before is still to be closed with its report."))
    return HttpResponseRedirect(reverse("shift:shift", args=[made]))


@needs(shifts.PERMISSION)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Look at the figures once more, then close: they are kept as they are and never change again."""
    standing, now = for_request(request), datetime.now(UTC)
    if request.method == "POST":
        try:
            shifts.close(standing, shift_id)
        except Conflict as problem:
            return _page(request, standing, shift_id, problem=problem)
        messages.success(request, _("The shift is closed. Its report is kept as it is."))
        return HttpResponseRedirect(reverse("shift:shift", args=[shift_id]))
    shift, place = shifts.find(standing, shift_id), board.here(standing)
    if shift.state == "closed":
        return HttpResponseRedirect(reverse("shift:shift", args=[shift_id]))
    context = {
        **_row(shift),
        "tab": "shifts",
        "now": shift_report.so_far(shift, place, shift.ended_at or now),
        "open": shift_report.items_view(shifts.open_items(place, shift.began_at, now)),
    }
    return render(request, "shift/close.html", context)


@needs(shifts.PERMISSION)
@require_GET
def report_pdf(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """The report of a closed shift, to print and sign. The same figures give the same file."""
    standing = for_request(request)
    shift = shifts.find(standing, shift_id)
    if shift.state != "closed":
        raise NotFound(_("This shift is not closed yet."), _("Close it first."), code="no-shift-report")
    name = f"shift-{shift.post}-{periods.local(shift.began_at, shift.zone):%Y-%m-%d-%H%M}.pdf"
    return report_files.download(shift_report.pdf(shift), "application/pdf", name)
