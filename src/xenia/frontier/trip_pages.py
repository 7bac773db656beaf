"""Pages of the lane about the trip and about those who travel together. As in `pages`: they work without script."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.frontier import actions, queries
from xenia.frontier.pages import after, done, remember_flight, shown_again
from xenia.frontier.trip_forms import child_of, trip_of


@needs("frontier.check")
@require_POST
@shown_again
def trip(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Work the limits out with what the traveller says."""
    standing = for_request(request)
    said = trip_of(request)
    actions.say_trip(standing, check_id, said)
    remember_flight(request, said)
    return after(request, standing, queries.check(standing, check_id))


@needs("frontier.check")
@require_POST
def group(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Who is read next travels with this one."""
    standing = for_request(request)
    actions.start_group(standing, check_id)
    return after(request, standing, queries.check(standing, check_id))


@needs("frontier.check")
@require_POST
@shown_again
def child(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """A child on this document: asked, and in one group with its parent."""
    standing = for_request(request)
    view = actions.add_child(standing, check_id, child_of(request))
    return after(request, standing, queries.check(standing, view.id))


@needs("frontier.admit")
@require_POST
@shown_again
def admit_group(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """F2 for all who travel together, where nothing speaks against any of them."""
    standing = for_request(request)
    said = trip_of(request)
    actions.admit_group(standing, check_id, said)
    remember_flight(request, said)
    return done(request, standing)


@needs("frontier.check")
@require_POST
def crew(request: HttpRequest) -> HttpResponse:
    """A crew list begins, or ends: who is read meanwhile is crew."""
    for_request(request)
    if request.session.pop("crew", None) is None:
        request.session["crew"] = True
    return HttpResponseRedirect(reverse("frontier:console"))
