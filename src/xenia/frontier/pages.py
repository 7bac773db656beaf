"""Pages of one lane: choose it, read a document, decide, take back. They ask `queries` and call `actions`, nothing else.

Every form works without script (post, then redirect). With htmx the same addresses answer with the inside of the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.standing import Standing, choose_place, for_request, places, posts_of
from xenia.access.views import needs
from xenia.errors import BadInput
from xenia.frontier import actions, queries
from xenia.frontier.check import CheckView, CrossingRow, Today
from xenia.frontier.checking import With
from xenia.frontier.forms import DISMISSALS, DismissForm, NoteForm, RefuseForm, TypedForm
from xenia.frontier.second import papers
from xenia.frontier.territory import NOT_SUBJECT
from xenia.frontier.trip import LONGEST_PLATE, Trip, vehicle
from xenia.frontier.trip_forms import REQUEST_WORDS, trip_of
from xenia.registers.reference import printing
from xenia.registers.reference import read as reference

CheckPage = Callable[[HttpRequest, UUID], HttpResponse]
LONGEST_TEXT = 4096
DIRECTIONS = {"entry": gettext_lazy("Arrivals"), "exit": gettext_lazy("Departures")}
PURPOSES = {
    "border-first-line": gettext_lazy("border check, first line"),
    "border-second-line": gettext_lazy("border check, second line"),
}
OUTCOMES = {
    "admitted": gettext_lazy("Admitted"),
    "referred": gettext_lazy("Referred"),
    "refused": gettext_lazy("Refused"),
    "put-aside": gettext_lazy("Put aside"),
    "taken-back": gettext_lazy("Taken back"),
    "handed-over": gettext_lazy("Handed over"),
    "noted": gettext_lazy("Noted"),
}


def direction_of(request: HttpRequest) -> str:
    """The direction chosen with the lane: `entry` or `exit`."""
    return "exit" if request.session.get("direction") == "exit" else "entry"


def shown_again(view: CheckPage) -> CheckPage:
    """What was typed beside the check cannot be used: the check once more, with what to correct; nothing was decided."""

    @wraps(view)
    def answered(request: HttpRequest, check_id: UUID) -> HttpResponse:
        try:
            return view(request, check_id)
        except BadInput as problem:
            standing = for_request(request)
            return _checked(request, standing, queries.check(standing, check_id), problem=problem)

    return answered


@needs("frontier.check", "frontier.second_line")
@require_http_methods(["GET", "POST"])
def lanes(request: HttpRequest) -> HttpResponse:
    """Choose the lane, and its direction where it has both; or a post without a lane, for its second line."""
    standing = for_request(request)
    if request.method == "POST":
        post, lane, direction = ([*request.POST.get("place", "").split("/"), "", ""])[:3]
        choose_place(request, post, lane or None, direction or "entry")
        return HttpResponseRedirect(reverse("frontier:console" if lane else "frontier:second_line"))
    offered = []
    for place in posts_of(standing.account):
        choices = [
            {"value": f"{place.code}/{code}/{way}", "lane": code, "direction": DIRECTIONS[way]}
            for code, ways in place.lanes.items()
            for way in (("entry", "exit") if ways == "both" else (ways,))
            if standing.may("frontier.check")
        ]
        if standing.may("frontier.second_line"):
            choices.append({"value": f"{place.code}//", "lane": "", "direction": _("Second line")})
        if choices:
            offered.append({"name": place.name, "code": place.code, "choices": choices})
    return render(request, "frontier/lanes.html", {"places": offered})


@needs("frontier.check")
@require_GET
def console(request: HttpRequest) -> HttpResponse:
    """The lane at rest: ready for the next traveller."""
    standing = for_request(request)
    if not standing.lane:
        return HttpResponseRedirect(reverse("frontier:lanes"))
    return _idle(request, standing)


@needs("frontier.check")
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Take the text of a reader and show the answer; text that is no document stays in the field."""
    standing = for_request(request)
    text = request.POST.get("document", "")
    try:
        if not standing.lane:
            raise BadInput(_("No lane is chosen."), _("Choose your lane first."), code="no-lane")
        if len(text) > LONGEST_TEXT:
            raise BadInput(
                _("This is too long for a travel document."), _("Read the document again."), code="mrz-too-long"
            )
        beside = _beside(request)
        view = actions.check_text(standing, standing.lane, "\n".join(text.split()), direction_of(request), beside)
        if beside.group:
            view = queries.check(standing, view.id)
    except BadInput as problem:
        said = {"problem": problem, "text": text[:LONGEST_TEXT]}
        if problem.code == "plate":
            said["vehicle"] = request.POST.get("vehicle", "")[:LONGEST_PLATE]
        return _desk(request, "problem", said, url="frontier:console", status=422)
    return after(request, standing, view)


@needs("frontier.check")
@require_http_methods(["GET", "POST"])
def typed(request: HttpRequest) -> HttpResponse:
    """Type a document that has no machine-readable lines."""
    standing = for_request(request)
    if not standing.lane:
        return HttpResponseRedirect(reverse("frontier:lanes"))
    form = TypedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        view = actions.check_typed(standing, standing.lane, form.typed(), direction_of(request), _beside(request))
        return HttpResponseRedirect(reverse("frontier:check", args=[view.id]))
    return render(request, "frontier/typed.html", {"form": form}, status=422 if form.errors else 200)


@needs("frontier.check")
@require_GET
def check(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """One check, as it was answered and what became of it."""
    standing = for_request(request)
    return _checked(request, standing, queries.check(standing, check_id))


@needs("frontier.admit")
@require_POST
@shown_again
def admit(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """F2."""
    standing = for_request(request)
    said = trip_of(request)
    actions.admit(standing, check_id, said)
    remember_flight(request, said)
    return done(request, standing)


@needs("frontier.refer")
@require_POST
@shown_again
def refer(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """F4: to the second line, with the note if there is one."""
    standing = for_request(request)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else request.POST.get("note", "")[:2000]
    actions.refer(standing, check_id, note, trip_of(request))
    return done(request, standing)


@needs("frontier.refuse")
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """F8 opens the standard form; sending it refuses."""
    standing = for_request(request)
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.refuse(standing, check_id, form.cleaned_data["reasons"], form.details())
        return HttpResponseRedirect(reverse("frontier:refusal", args=[check_id]))
    view = queries.check(standing, check_id)
    back = reverse("frontier:check", args=[check_id])
    return render(
        request, "frontier/refuse.html", {"check": view, "form": form, "back": back}, status=422 if form.errors else 200
    )


@needs("frontier.refuse")
@require_GET
def refusal(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """The refusal form, to print and hand over."""
    standing = for_request(request)
    view = queries.refusal(standing, check_id)
    form, paper = papers.form(view), printing.paper_for(view.post, "refusal-form")
    context = {"refusal": view, "form": form, "check": view.check, "papers": papers.offered(view), "paper": paper}
    return render(request, "frontier/refusal.html", context)


@needs("frontier.check")
@require_POST
def put_aside(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Esc: leave the check without a decision."""
    standing = for_request(request)
    actions.put_aside(standing, check_id)
    return done(request, standing)


@needs("frontier.check")
@require_POST
def dismiss(request: HttpRequest, check_id: UUID, hit_no: int) -> HttpResponse:
    """A possible hit is somebody else."""
    standing = for_request(request)
    form = DismissForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("No reason was given."), _("Go back and choose what speaks against it."), code="dismissal")
    actions.dismiss(standing, check_id, hit_no, form.words())
    return after(request, standing, queries.check(standing, check_id))


@needs("frontier.take_back")
@require_POST
def take_back(request: HttpRequest, crossing_id: UUID) -> HttpResponse:
    """F9, within a minute: a reversing entry; the check is open again."""
    standing = for_request(request)
    check_id = actions.take_back(standing, crossing_id)
    return after(request, standing, queries.check(standing, check_id), renew_last=True)


# ---------- what a document is read with ----------


def _beside(request: HttpRequest) -> With:
    """The check on the page, the group that is open, the vehicle, and whether a crew list is being read."""
    said = request.POST.get("vehicle")
    if said is not None and (plate := vehicle(said)) != request.session.get("vehicle", ""):
        request.session["vehicle"] = plate
    return With(
        after=_uuid(request.POST.get("after", "")),
        group=_uuid(request.POST.get("group", "")),
        vehicle=request.session.get("vehicle", ""),
        crew=bool(request.session.get("crew")),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def remember_flight(request: HttpRequest, said: Trip) -> None:
    """The next traveller is likely to come with the same carrier and flight."""
    if said.carrier or said.flight:
        kept = [said.carrier, said.flight]
        if request.session.get("flight") != kept:
            request.session["flight"] = kept


def _trip(request: HttpRequest, view: CheckView) -> dict[str, Any]:
    """The trip panel: asked of those whose days or visa count, on entry, until something stops them."""
    subject = view.category not in ("", *NOT_SUBJECT) and not view.half
    ask = subject and view.direction == "entry" and view.verdict != "stop" and not view.decision
    trip = view.trip
    if ask and not (trip.carrier or trip.flight):
        carrier, flight = request.session.get("flight") or ("", "")
        trip = replace(trip, carrier=carrier, flight=flight)
    return {
        "ask_trip": ask,
        "trip": trip,
        "purposes": reference.choices("purpose-of-travel", view.read_at.date()) if ask else (),
        "carriers": reference.choices("carrier", view.read_at.date()) if ask else (),
        "requests": REQUEST_WORDS.items(),
    }


# ---------- how the desk answers ----------


def done(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Ready for the next traveller."""
    return _idle(request, standing) if request.htmx else HttpResponseRedirect(reverse("frontier:console"))  # type: ignore[attr-defined]


def after(request: HttpRequest, standing: Standing, view: CheckView, *, renew_last: bool = False) -> HttpResponse:
    """The check as it stands now."""
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("frontier:check", args=[view.id]))
    return _checked(request, standing, view, renew_last=renew_last)


def _idle(request: HttpRequest, standing: Standing) -> HttpResponse:
    today: Today = queries.today(standing, str(standing.lane))
    rows = [{"row": row, "outcome": OUTCOMES.get(row.outcome, row.outcome)} for row in today.recent]
    more = {"today": today, "rows": rows, "renew_last": True, **last_of(today.recent, timezone.now())}
    return _desk(request, "idle", more, url="frontier:console")


def last_of(recent: tuple[CrossingRow, ...], now: datetime) -> dict[str, Any]:
    """The newest decision if it can still be taken back, with the seconds left; else nothing."""
    last = recent[0] if recent else None
    if last is None or last.crossing is None or last.take_back_until is None or last.take_back_until <= now:
        return {"last": None}
    left_s = int((last.take_back_until - now).total_seconds()) + 1
    return {
        "last": last,
        "last_outcome": OUTCOMES.get(last.outcome, last.outcome),
        "left_s": left_s,
        "left_share": min(100, left_s * 100 // 60),
    }


def _checked(
    request: HttpRequest,
    standing: Standing,
    view: CheckView,
    *,
    renew_last: bool = False,
    problem: BadInput | None = None,
) -> HttpResponse:
    more = {
        "renew_last": renew_last,
        "trouble": problem,
        "check": view,
        **_trip(request, view),
        "purpose": PURPOSES.get(view.purpose, view.purpose),
        "dismissals": DISMISSALS,
        "may_put_aside": not any(not hit.dismissed and not hit.may_dismiss for hit in view.hits),
        "outcome": OUTCOMES.get(view.decision.outcome, "") if view.decision else "",
    }
    status = 422 if problem else 200
    return _desk(request, "check", more, url="frontier:check", args=[view.id], status=status)


def _desk(
    request: HttpRequest,
    state: str,
    more: Mapping[str, Any],
    *,
    url: str,
    args: list[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The console in a state; for htmx only the inside of the desk, with the address that shows it again."""
    inside = bool(request.htmx)  # type: ignore[attr-defined]
    standing = for_request(request)
    place = places().get(standing.post or "")
    context = {
        "state": f"frontier/desk/{state}.html",
        "ask_vehicle": place is not None and place.border in ("land", "sea"),
        "vehicle": request.session.get("vehicle", ""),
        "crew": bool(request.session.get("crew")),
        "direction": DIRECTIONS[direction_of(request)],
        "inside": inside,
        **more,
    }
    answer = render(request, "frontier/desk.html" if inside else "frontier/console.html", context, status=status)
    if inside:
        answer["HX-Replace-Url"] = reverse(url, args=args)
    answer["Cache-Control"] = "no-store"
    return answer
