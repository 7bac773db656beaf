"""Pages of the registers: overview, one register, one record, its print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access import policy
from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.errors import NotFound
from xenia.registers import entered
from xenia.registers.lists import current, queries
from xenia.registers.live.models import LiveRecord
from xenia.registers.pages import browse, finding, reading, record, surname
from xenia.registers.pages.browse import ENTERED, Place, Wanted
from xenia.registers.pages.faces import Face, face, faces
from xenia.registers.pages.forms import SearchForm, posted
from xenia.registers.pages.reading import Purposed, Row
from xenia.registers.reference import printing

VALIDITY = (
    ("", _("Any")),
    ("in-force", _("In force")),
    ("not-yet", _("Not yet in force")),
    ("over", _("No longer in force")),
)
ORDERS = (("newest", _("Newest entries first")), ("oldest", _("Oldest entries first")))


@dataclass(frozen=True)
class Held:
    """One register on the overview: what it holds and for which purpose the reader sees it."""

    label: str
    url: str
    why: Purposed | None
    entered: int
    listed: int
    lists: tuple[Any, ...]
    may_enter: bool = False


@needs("registers.read")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Every register: how much it holds, how old its lists are, for which purpose the reader sees it. No record is shown."""
    standing = for_request(request)
    ages: dict[str, list[Any]] = {}
    for one in queries.status():
        ages.setdefault(one.register, []).append(one)
    rows = [_held(standing, one, tuple(ages.get(one.name, ()))) for one in faces().values()]
    context = {"rows": rows, "stays": _stays(standing), "may_export": standing.may("registers.propose")}
    return render(request, "registers/pages/overview.html", context)


def _held(standing: Standing, one: Face, lists: tuple[Any, ...]) -> Held:
    why = reading.purpose(standing, one.name)
    url = reverse("registers:register", args=[one.name]) if why else ""
    in_use = tuple(row for row in lists if row.number)
    listed = sum(row.records or 0 for row in in_use)
    return Held(one.label, url, why, _entered(standing, one, why), listed, in_use, may_enter(standing, one.name))


def _entered(standing: Standing, one: Face, why: Purposed | None) -> int:
    """How many records entered here the reader may know of."""
    if why is None:
        return 0
    rows = LiveRecord.objects.filter(register=one.name, source="", state="present")
    count = 0
    for owner, handling, category, some in rows.values_list("owner", "handling", "category").annotate(Count("id")):
        decision = policy.decide(standing, why.word, one.name, owner)
        count += some if decision.sees(handling) and decision.shows(category) else 0
    return count


def _stays(standing: Standing) -> str:
    try:
        return reverse("stays:index") if standing.may("stays.read") else ""
    except NoReverseMatch:
        return ""


def may_enter(standing: Standing, name: str) -> bool:
    """Whether this officer may propose records of this register."""
    if not standing.may("registers.propose") or not entered.takes(name):
        return False
    return policy.decide(standing, entered.PURPOSE, name, standing.authority).outcome == "fields"


@needs("registers.read")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, name: str) -> HttpResponse:
    """One register: browsed page by page, or searched (POST, so that no name stands in an address)."""
    standing, one = for_request(request), face(name)
    why = reading.required(standing, name)
    searched = SearchForm(one, posted(request))
    context: dict[str, Any] = {"face": one, "why": why, "form": searched, "may_enter": may_enter(standing, name)}
    context["enter_url"] = _enter_url(standing, name)
    if request.method == "POST":
        context |= _searched(standing, one, why, searched)
        status = 422 if searched.errors else 200
    else:
        context |= _browsed(request, standing, one, why)
        status = 200
    response = render(request, "registers/pages/register.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _enter_url(standing: Standing, name: str) -> str:
    if name == "alerts":
        return reverse("alerts:enter") if standing.may("alerts.propose") else ""
    return reverse("registers:enter", args=[name]) if may_enter(standing, name) else ""


def _searched(standing: Standing, one: Face, why: Purposed, form: SearchForm) -> dict[str, Any]:
    if not form.is_valid():
        return {"rows": (), "searched": False}
    data = form.cleaned_data
    text, birth = data["text"].strip(), data.get("birth") or ""
    found = finding.find(
        standing, one, why, text, state=data["state"].upper(), birth=birth, today=timezone.localdate()
    )  # fmt: skip
    by_surname = surname.find(standing, one, why, text, birth)
    every = tuple({row.subject: row for row in (*by_surname.rows, *found)}.values())
    rows = every[: finding.MOST_FOUND]
    reading.note(standing, one, why, rows)
    stopped = by_surname.stopped or len(every) > len(rows)
    page = browse.Page((), "", by_surname.looked, stopped) if by_surname.looked else None
    return {"rows": browse.named(one, rows), "searched": True, "most": finding.MOST_FOUND, "page": page}


def _browsed(request: HttpRequest, standing: Standing, one: Face, why: Purposed) -> dict[str, Any]:
    wanted = _wanted(request, one)
    found = browse.page(standing, one, why, wanted, Place.parse(request.GET.get("from", "")), timezone.localdate())
    if found.rows:
        reading.note(standing, one, why, found.rows)
    lists = current.usable(one.name)
    names = reading.source_names(tuple(each.source_code for each in lists))
    return {
        "rows": browse.named(one, found.rows),
        "page": found,
        "wanted": wanted,
        "filtered": any((wanted.category, wanted.status, wanted.validity, wanted.source)),
        "categories": one.categories().items(),
        "statuses": one.statuses.items(),
        "validities": VALIDITY,
        "orders": ORDERS,
        "sources": [(ENTERED, _("Entered here"))]
        + [(each.source_code, names.get(each.source_code, "")) for each in lists],
        "first": not request.GET.get("from"),
        "query": _query(wanted),
    }


def _wanted(request: HttpRequest, one: Face) -> Wanted:
    """The filters of the address; a word that the register does not know counts as none."""
    get = request.GET.get
    known = {
        "category": one.categories(),
        "status": one.statuses,
        "validity": dict(VALIDITY),
        "source": {ENTERED: "", **{each.source_code: "" for each in current.usable(one.name)}},
        "order": dict(ORDERS),
    }
    chosen = {field: get(field, "") for field, allowed in known.items() if get(field, "") in allowed and get(field)}
    return Wanted(**chosen)


def _query(wanted: Wanted) -> str:
    from urllib.parse import urlencode

    return urlencode({field: value for field, value in vars(wanted).items() if value})


@needs("registers.read")
@require_GET
def show(request: HttpRequest, name: str, subject: UUID) -> HttpResponse:
    """One record, as far as policy opens it, with its history."""
    return _record_page(request, name, subject, "registers/pages/record.html")


@needs("registers.read")
@require_GET
def printed(request: HttpRequest, name: str, subject: UUID) -> HttpResponse:
    """One record on a sheet of its own, with who printed it, when and why. A read of its own."""
    paper = printing.paper_for(for_request(request).post, "register-page")
    return _record_page(request, name, subject, "registers/pages/print.html", paper)


def _record_page(
    request: HttpRequest, name: str, subject: UUID, template: str, paper: printing.Paper | None = None
) -> HttpResponse:
    standing, one = for_request(request), face(name)
    why = reading.required(standing, name)
    events = record.history(standing, one, why, subject)
    context: dict[str, Any] = {
        "face": one,
        "why": why,
        "events": events,
        "subject": subject,
        "printed_at": timezone.now(),
        "paper": paper,
    }
    try:
        row = record.one(standing, one, why, subject)
    except NotFound:
        if not record.was_deleted(events):
            raise
        return render(request, "registers/pages/deleted.html", context, status=410)
    reading.note(standing, one, why, [row])
    (row,) = browse.named(one, [row])
    context |= {"row": row, "groups": record.groups(one, row)} | _acts(standing, row, name)
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response


def _acts(standing: Standing, row: Row, name: str) -> dict[str, Any]:
    """Where the record may be corrected or proposed for deletion, if by this reader."""
    if not row.own or not may_enter(standing, name):
        return {}
    delete = "alerts:delete" if name == "alerts" else "registers:delete"
    arguments = [row.subject] if name == "alerts" else [name, row.subject]
    return {
        "correct_url": reverse("registers:correct", args=[name, row.subject])
        if record.may_correct(standing, row.subject)
        else "",
        "delete_url": reverse(delete, args=arguments),
    }
