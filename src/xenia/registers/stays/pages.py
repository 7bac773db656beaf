"""Pages of the register of stays: search and browse, overstayers, one person, printing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access.standing import Standing, for_request, places
from xenia.access.views import needs
from xenia.registers.reference import printing
from xenia.registers.stays import browsing, reading
from xenia.registers.stays.browsing import LATE, VIEWS, Late
from xenia.registers.stays.forms import SearchForm

MOST_DAYS = 9999


@needs("stays.read")
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Who is inside, what was recorded of late, and a search, whose words stay out of the address."""
    standing = for_request(request)
    purpose = reading.why(standing)
    form = SearchForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = browsing.search(
            standing, purpose, data["name"], data["birth_date"], data["document_number"], data["document_state"].upper()
        )
    view = request.GET.get("view", "inside")
    view = view if view in VIEWS else "inside"
    page = None
    if found is None and not form.errors:
        page = browsing.browse(standing, purpose, view, browsing.is_id(request.GET.get("after", "")))
    context = {"form": form, "found": found, "page": page, "view": view, "why": purpose, "post": standing.post}
    return render(request, "stays/index.html", context, status=422 if form.errors else 200)


@needs("stays.read")
@require_GET
def overstayers(request: HttpRequest) -> HttpResponse:
    """Who has stayed longer than authorised, the longest first."""
    standing = for_request(request)
    purpose = reading.why(standing)
    wanted = _late(request)
    page = browsing.overstayers(standing, purpose, wanted, browsing.is_id(request.GET.get("after", "")))
    context = {
        "page": page,
        "wanted": wanted,
        "why": purpose,
        "posts": sorted(places()),
        "may_export": _may_export(standing),
        "filters": f"state={wanted.state}&nationality={wanted.nationality}&post={wanted.post}&days={wanted.days}",
    }
    return render(request, "stays/overstayers.html", context)


def _late(request: HttpRequest) -> Late:
    given = request.GET
    days = given.get("days", "1")
    nationality = given.get("nationality", "").strip().upper()[:3]
    return Late(
        state=given.get("state", "inside") if given.get("state", "inside") in (*LATE, "") else "inside",
        nationality=nationality if nationality.isalpha() and nationality.isascii() else "",
        post=given.get("post", "") if given.get("post", "") in places() else "",
        days=min(int(days), MOST_DAYS) if days.isascii() and days.isdigit() and len(days) < 6 else 1,
    )


def _may_export(standing: Standing) -> bool:
    from xenia.registers import exports

    return any(one.name == "stays.overstayers" for one in exports.open_to(standing))


@needs("stays.read")
@require_GET
def show(request: HttpRequest, file: UUID) -> HttpResponse:
    """One person's stays, as far as policy opens them."""
    standing = for_request(request)
    seen = reading.file_view(standing, file)
    context = {"file": seen, "may_correct": standing.may("stays.correct"), "why": reading.why(standing)}
    return render(request, "stays/show.html", context)


@needs("stays.read")
@require_GET
def printed(request: HttpRequest, file: UUID) -> HttpResponse:
    """The same for paper: one person, nothing else."""
    standing = for_request(request)
    seen = reading.file_view(standing, file, "print")
    paper = printing.paper_for(standing.post, "register-page")
    return render(request, "stays/print.html", {"file": seen, "why": reading.why(standing), "paper": paper})
