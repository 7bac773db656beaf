"""Pages and API of a server that does not serve now say so, instead of writing what nobody else would have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template import loader
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from xenia.errors import Unavailable
from xenia.site import pages
from xenia.site.context import THEMES
from xenia.site.standby import standing

CODE: Final = "not-serving"
OPEN: Final = ("/health", "/metrics")
CHOICES: Final[dict[str, Callable[..., HttpResponseBase]]] = {"/language/": pages.language, "/theme/": pages.theme}
"""Kept in a cookie of the reader's own: they write nothing, and work here too."""
RETRY_S: Final = 10
MESSAGES: Final = {
    "": _("This server begins its work now."),
    standing.FOLLOWS: _("Another server of this centre does the work now; this one keeps a copy."),
    standing.REPLACED: _("Another server of this centre has taken the place of this one."),
    standing.UNSAID: _("Nobody has said that this server does the work of the centre."),
    standing.NOT_FOLLOWED: _("The second server does not follow, so nothing is recorded now."),
    standing.NO_DATABASE: _("The database does not answer, so nothing is recorded now."),
}
OTHER: Final = _("Another server of this centre serves now.")
GO: Final = _("Open the centre at its other address. If you have none, call your administrator.")
WAIT: Final = _("Wait a moment and try again. If it lasts, tell your administrator.")


def problem(why: str) -> Unavailable:
    """What to say for a reason."""
    return Unavailable(MESSAGES.get(why, OTHER), GO if why in standing.ENDS else WAIT, code=CODE)


class Serving:
    """Every request asks; without a second server that costs one look for a file a second."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The page, or why there is none."""
        why = standing.now().why
        if not why or request.path.startswith(OPEN):
            return self.get_response(request)
        return refused(request, why)


def refused(request: HttpRequest, why: str) -> HttpResponseBase:
    """Why this server answers nothing else, with status 503: JSON under /api, else a page. It needs no database.

    Language and light can be chosen all the same.
    """
    if request.path in CHOICES and request.method == "POST":
        return CHOICES[request.path](request)
    said, answer = problem(why), HttpResponse(status=503)
    if request.path.startswith("/api/"):
        body = {"code": said.code, "message": said.message, "what_to_do": said.what_to_do}
        answer = JsonResponse(body, status=said.http_status)
    else:
        answer.content = _page(request, said, why)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # it is no failure, and may be asked for every second
    answer["Retry-After"] = str(RETRY_S)
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: HttpRequest, said: Unavailable, why: str) -> str:
    """Rendered without the request's context: who is signed in stands in the database."""
    words: dict[str, Any] = {"text": gettext(said.message), "what_to_do": gettext(said.what_to_do)}
    if request.headers.get("HX-Request") == "true":
        return loader.render_to_string("xenia/parts/problem.html", words)
    theme = request.COOKIES.get("xenia-theme", "")
    frame = {
        "request": request,
        "chrome": {"theme": theme if theme in THEMES else ""},
        "csrf_token": "-",  # so that the two choices are shown; none is asked for here
    }
    at = {"why": why, "again": request.get_full_path() if request.method == "GET" else "/"}
    return loader.render_to_string("xenia/waiting.html", words | frame | at)
