"""Pages and API of a server that does not serve now say so, instead of writing what nobody else would have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_noop as _

from xenia.errors import Unavailable
from xenia.site import pages
from xenia.site.standby import standing

CODE: Final = "not-serving"
OPEN: Final = ("/health", "/metrics")
MESSAGES: Final = {
    standing.NOT_FOLLOWED: _("The second server does not follow, so nothing is recorded now."),
    standing.NO_DATABASE: _("The database does not answer, so nothing is recorded now."),
}
OTHER: Final = _("Another server of this centre serves now.")
WAIT: Final = _("Wait a moment and try again. If it lasts, tell your administrator.")


def problem(why: str) -> Unavailable:
    """What to say for a reason."""
    return Unavailable(MESSAGES.get(why, OTHER), WAIT, code=CODE)


class Serving:
    """Every request asks; without a second server that costs one look for a file a second."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page, or why there is none."""
        why = standing.now().why
        if not why or request.path.startswith(OPEN):
            return self.get_response(request)
        said = problem(why)
        if request.path.startswith("/api/"):
            body = {"code": said.code, "message": said.message, "what_to_do": said.what_to_do}
            return JsonResponse(body, status=said.http_status)
        return pages.error(request, said)
