"""Pages that belong to no trade: the way home, the keys, language and theme, and what a page says when it cannot answer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xenia.access import standing
from xenia.access.standing import for_request, posts_of
from xenia.access.views import gate_of, open_to_all, signed_in
from xenia.site.context import THEMES, rooms_here
from xenia.site.keeping import storage

YEAR_S = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponseRedirect:
    to = request.POST.get("next", "/")
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts=here, require_https=request.is_secure())
    return HttpResponseRedirect(to if safe else "/")


@signed_in("The way to one's own first page; shows nothing itself.")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """To the first page of the officer's role."""
    here = for_request(request)
    first = "/console/" if here.lane else "/post/" if here.may("frontier.supervise") else "/second-line/"
    mine = [room.path for room in rooms_here() if room.opens_to(here)]
    if not mine and not here.post and posts_of(here.account):
        return HttpResponseRedirect(reverse("place"))
    if not mine:
        return render(request, "xenia/nothing.html")
    return HttpResponseRedirect(next((path for path in (first, "/console/") if path in mine), mine[0]))


@open_to_all("Keeps a language in a cookie of the reader's own.")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language in a cookie and go back."""
    answer = _back(request)
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR_S, samesite="Lax", secure=request.is_secure()
        )
    return answer


@open_to_all("Keeps light or dark in a cookie of the reader's own.")
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie, or follow the system, and go back."""
    answer = _back(request)
    wanted = request.POST.get("theme", "")
    if wanted in THEMES:
        answer.set_cookie("xenia-theme", wanted, max_age=YEAR_S, samesite="Lax", secure=request.is_secure())
    else:
        answer.delete_cookie("xenia-theme", samesite="Lax")
    return answer


@signed_in("Help without any data.")
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """All keys of the console and second line."""
    return render(request, "xenia/keys.html")


def _error(request: HttpRequest | None, status: int, heading: str, text: str, what_to_do: str) -> HttpResponse:
    context = {"heading": heading, "text": text, "what_to_do": what_to_do}
    # Without the request's context where the database itself may be the trouble.
    page = loader.render_to_string("xenia/error.html", context, request if status < 500 else None)
    return HttpResponse(page, status=status)


def error(request: HttpRequest, problem: Any) -> HttpResponse:
    """The page for one of Xenia's own errors: its words and what to do next."""
    headings = {
        403: _("You may not see this"),
        404: _("Nothing here"),
        409: _("Somebody was first"),
        503: _("Not to be had now"),
    }
    heading = headings.get(problem.http_status, _("This could not be read"))
    text, what_to_do = _(problem.message), _(problem.what_to_do) if problem.what_to_do else ""
    if problem.code in ("no-permission", "no-post") and _opens_at_a_post(request):
        heading, text, what_to_do = (
            _("Where do you work now?"),
            _("You stand at no post."),
            _("Choose your post first."),
        )
        where = f"{reverse('place')}?{urlencode({'next': request.path if request.method == 'GET' else '/'})}"
        page = {"heading": heading, "text": text, "what_to_do": what_to_do, "where": where}
        return render(request, "xenia/error.html", page, status=403)
    if request.headers.get("HX-Request") == "true":
        context = {"text": text, "what_to_do": what_to_do}
        return render(request, "xenia/parts/problem.html", context, status=problem.http_status)
    return _error(request, problem.http_status, heading, text, what_to_do)


def _opens_at_a_post(request: HttpRequest) -> bool:
    """Whether this officer stands at no post, and the page would open at one of the own posts."""
    gate = gate_of(request.resolver_match.func) if request.resolver_match else None
    if gate is None or not request.user.is_authenticated or request.headers.get("HX-Request"):
        return False
    here = for_request(request)
    if here.post:
        return False
    there = (standing.of(here.account, place.code) for place in posts_of(here.account))
    return any(one.may(word) for one in there for word in gate.any_of)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something that cannot be read."""
    return _error(
        request,
        400,
        _("This could not be read"),
        _("Nothing was recorded."),
        _("Go back, load the page again and repeat."),
    )


def not_allowed(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: the role does not allow it, or the form was too old."""
    return _error(
        request,
        403,
        _("You may not see this"),
        _("Your role at this post does not include this page, or the form had become too old. Nothing was recorded."),
        _("Go back and load the page again. If you need it for your work, ask your shift supervisor."),
    )


def never_blank(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: an address that only takes forms says so, instead of an empty page."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code != 405 or bytes(getattr(response, "content", b"x")):
            return response
        return _error(
            request,
            405,
            _("This address only takes a form"),
            _("Nothing was recorded by opening it."),
            _("Start again from the first page; what you sent before is kept."),
        )

    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing of that name, or nothing this officer may know of."""
    return _error(
        request,
        404,
        _("Nothing here"),
        _("There is no page or record at this address, or it is not yours to see."),
        _("Check the address, or start again from the first page."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; says what is safe. 503 where the disk or the database is the trouble."""
    problem = storage.trouble(sys.exc_info()[1])
    if problem is not None:
        return _error(None, 503, _("Not to be had now"), _(problem.message), _(problem.what_to_do))
    return _error(
        request,
        500,
        _("Something in Xenia failed"),
        _("Decisions recorded before this are safe. The last one may not be recorded."),
        _(
            "Go back to your lane and look at the list of recent crossings before you repeat anything. Tell your administrator the time."
        ),
    )
