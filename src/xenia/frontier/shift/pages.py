"""The supervisor's board, and what the supervisor says of a lane."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import NotFound
from xenia.frontier.shift import board, charts, lanes
from xenia.frontier.shift.board import Board
from xenia.frontier.shift.forms import LaneForm
from xenia.frontier.shift.models import LaneState
from xenia.frontier.shift.tables import direction_words
from xenia.frontier.shift.terms import term

NOTHING_NEW = 204


def choose_post(request: HttpRequest) -> HttpResponse:
    """For whoever has a role at posts and stands at none: where to choose one, and back."""
    return HttpResponseRedirect(f"{reverse('place')}?{urlencode({'next': request.path})}")


@needs("frontier.supervise")
@require_GET
def board_page(request: HttpRequest) -> HttpResponse:
    """The post now. With `mark`, a poll: no content where nothing has changed since; it writes nothing."""
    standing = for_request(request)
    if not standing.post:
        return choose_post(request)
    asked, current = request.GET.get("mark"), board.mark(standing)
    if asked is not None and asked == current:
        return HttpResponse(status=NOTHING_NEW)
    template = "shift/board_now.html" if asked is not None else "shift/board.html"
    return render(request, template, {**_context(board.board(standing)), "mark": current, "tab": "board"})


def _context(view: Board) -> dict[str, Any]:
    hours = view.today.hours
    chart = charts.columns(
        [f"{one.hour:02d}" for one in hours],
        [one.number for one in hours],
        [one.band for one in hours],
        [one.reading for one in hours],
        rtl=get_language_bidi(),
        every=3,
    )
    old = [row for row in view.lists if row.state == "old"]
    return {
        "board": view,
        "lanes": [{"row": lane, "direction": direction_words(lane.direction)} for lane in view.lanes],
        "waiting": [{"row": row, "minutes": int((view.at - row.since).total_seconds() // 60)} for row in view.waiting],
        "chart": chart,
        "old": old,
        "long": sum(1 for row in view.waiting if row.long),
        "long_minutes": term("wait-long-minutes"),
        "weeks": term("usual-weeks"),
        "least": term("usual-least-days"),
        "hints": _hints(view),
        "changeover": term("changeover-s"),
        "load": term("lane-load-percent"),
        "reading": view.today.band.reading(view.today.so_far) if view.today.band else "",
    }


def _hints(view: Board) -> list[str]:
    """What the estimate says, in sentences."""
    staffing, found = view.staffing, []
    for words, estimate in ((_("Now"), staffing.now), (_("Next hour, if it is as usual"), staffing.soon)):
        if estimate is None:
            continue
        if estimate.load >= 1 or not estimate.lanes:
            text = _("%(when)s: the queue grows. Lanes needed: %(needed)d, staffed: %(lanes)d.")
        elif estimate.needed > estimate.lanes:
            text = _("%(when)s: tight. Lanes needed: %(needed)d, staffed: %(lanes)d.")
        else:
            text = _("%(when)s: enough. Lanes needed: %(needed)d, staffed: %(lanes)d.")
        found.append(text % {"when": words, "needed": estimate.needed, "lanes": estimate.lanes})
    return found


@needs("frontier.supervise")
@require_http_methods(["GET", "POST"])
def lane(request: HttpRequest, lane: str) -> HttpResponse:
    """Open or close one lane, and say who is planned there."""
    standing = for_request(request)
    place = board.here(standing)
    if lane not in place.lanes:
        raise NotFound(_("There is no such lane at your post."), _("Go back to the board."), code="no-lane")
    held = LaneState.objects.filter(post=place.code, lane=lane).first()
    initial = {
        "state": "open" if held is None or held.open else "closed",
        "planned": str(held.planned) if held and held.planned else "",
    }
    form = LaneForm(request.POST or None, lanes.officers_of(place.code), initial=initial)
    if request.method == "POST" and form.is_valid():
        lanes.set_lane(standing, lane, is_open=form.cleaned_data["state"] == "open", planned=form.planned_officer())
        messages.success(request, _("Lane %(lane)s is noted.") % {"lane": lane})
        return HttpResponseRedirect(reverse("shift:board"))
    context = {"form": form, "lane": lane, "direction": direction_words(place.lanes[lane]), "tab": "board"}
    return render(request, "shift/lane.html", context, status=422 if form.errors else 200)
