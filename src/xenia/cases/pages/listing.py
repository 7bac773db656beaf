"""The work list: mine, my unit, urgent, overdue, all; filtered, searched, the nearest deadline first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.cases import catalogue, drafts, queries
from xenia.cases.definition import calendar_of
from xenia.cases.models import CaseDeadline, CaseDraft
from xenia.cases.pages import showing
from xenia.cases.pages.acting import draft_label
from xenia.cases.pages.lights import Light, light
from xenia.cases.pages.saying import day, moment, titled


@dataclass(frozen=True)
class Tab:
    """One list; `query` is its address."""

    label: str
    query: str
    current: bool


@dataclass(frozen=True)
class Line:
    """One case in the list."""

    id: UUID
    title: str
    reference: str
    urgent: bool
    procedure: str
    counterpart: str
    state: str
    light: Light | None
    deadline: str
    due: str
    mine: bool
    assigned: str


def light_of(deadline: CaseDeadline, now: datetime) -> Light | None:
    """The light of a deadline; None where it runs no more."""
    if deadline.state == "suspended":
        return Light("none")
    if deadline.state != "running":
        return None
    return light(deadline.starts_at, deadline.due_at, now, calendar_of(deadline.calendar))


def due_of(deadline: CaseDeadline) -> str:
    """The last day, or the exact end where hours count."""
    return moment(deadline.due_at) if deadline.length.endswith(("hour", "hours")) else day(deadline.due_on)


def _line(standing: Standing, row: Any, now: datetime) -> Line:
    case = row.case
    known = catalogue.of(case)
    deadline = row.deadline
    return Line(
        case.pk,
        titled(row.name) or case.reference,
        case.reference,
        case.urgent,
        showing.title(known),
        case.counterpart,
        showing.word(known, "state", case.state),
        light_of(deadline, now) if deadline else None,
        showing.word(known, "deadline", deadline.rule) if deadline else "",
        due_of(deadline) if deadline else "",
        case.assigned_to == standing.account,
        row.assigned,
    )


def _tabs() -> dict[str, str]:
    return {
        "mine": _("Mine"),
        "unit": _("My unit"),
        "urgent": _("Urgent"),
        "overdue": _("Overdue"),
        "all": _("All"),
    }


def _empty(which: str, searched: bool, filtered: bool) -> str:
    if searched:
        return _("No case was found for that.")
    if filtered:
        return _("No case of this kind is in this list.")
    told = {
        "mine": _("Nothing is with you."),
        "overdue": _("Nothing is overdue."),
        "urgent": _("Nothing is urgent."),
    }
    return told.get(which, _("There are no open cases."))


@needs("cases.read")
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The list. A search is sent as POST, so that no name stands in an address."""
    standing, now = for_request(request), timezone.now()
    tabs = _tabs()
    text = request.POST.get("text", "").strip()[:240]
    which = request.GET.get("which", "")
    which = "all" if text else which if which in tabs else "mine"
    known = {one.id: one for one in catalogue.newest()}
    procedure = request.GET.get("procedure", "") if request.GET.get("procedure", "") in known else ""
    state = request.GET.get("state", "")
    state = state if procedure and state in known[procedure].states else ""
    version = _version(request.GET.get("version", "")) if procedure else None
    found = (
        queries.find(standing, text)
        if text
        else queries.work(standing, which, procedure=procedure, state=state, version=version, page=_page(request))
    )
    kept = (("procedure", procedure), ("state", state), ("version", str(version or "")))
    chosen = {name: value for name, value in kept if value}
    context = {
        "rows": [_line(standing, row, now) for row in found.rows],
        "tabs": [Tab(label, urlencode({"which": name, **chosen}), name == which) for name, label in tabs.items()],
        "which": which,
        "query": urlencode({"which": which, **chosen}),
        "page": Paginator(range(1 if text else found.total), found.per_page).get_page(found.number),
        "more": bool(text) and found.has_next,
        "total": found.total,
        "text": text,
        "searched": bool(text),
        "procedures": [(name, showing.title(one)) for name, one in known.items()],
        "procedure": procedure,
        "states": [(name, showing.word(known[procedure], "state", name)) for name in known[procedure].states]
        if procedure
        else [],
        "state": state,
        "versions": sorted((one for name, one in catalogue.procedures() if name == procedure), reverse=True),
        "version": version,
        "empty": _empty(which, bool(text), bool(chosen)),
        "empty_more": _("Look in “My unit” or search.") if which == "mine" and not chosen else "",
        "drafts": _drafts(standing),
        "may_open": standing.may("cases.work"),
        "may_export": standing.may("cases.work"),
        "may_import": standing.may("cases.import"),
    }
    response = render(request, "cases/index.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 5 else None


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


@dataclass(frozen=True)
class Kept:
    """A draft in the list."""

    draft: CaseDraft
    label: str
    url: str


def _drafts(standing: Standing) -> list[Kept]:
    if not standing.may("cases.work"):
        return []
    known = {one.id for one in catalogue.newest()}
    return [
        Kept(one, draft_label(standing, one), _address(one)) for one in drafts.mine(standing) if one.procedure in known
    ]


def _address(one: CaseDraft) -> str:
    from django.urls import reverse

    if one.case_id is not None:
        action = catalogue.latest(one.procedure).actions.get(one.action)
        return reverse("cases:member" if action and action.opens else "cases:act", args=[one.case_id, one.action])
    return reverse("cases:begin", args=[one.procedure, one.action])
