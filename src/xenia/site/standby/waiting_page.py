"""What a server that waits answers at its door for pages: Django's own handler with those layers only that need no database.

No view of a room can be reached through it, also in the moment between serving and not serving.
"""

from __future__ import annotations

from typing import Final

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from xenia.site.standby import middleware, standing

LAYERS: Final = (
    "xenia.site.wire.Gzip",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)


class Waiting(WSGIHandler):
    """The application of a server that waits."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Our layers around our one answer."""
        chain = convert_exception_to_response(answer)
        for name in reversed(LAYERS):
            chain = convert_exception_to_response(import_string(name)(chain))
        self._middleware_chain = chain


def answer(request: HttpRequest) -> HttpResponseBase:
    """`/health/live` says that the process lives; everything else that it does not serve, with status 503."""
    if request.path.rstrip("/") == "/health/live":
        return HttpResponse("live\n", content_type="text/plain")
    why = standing.now().why
    if request.path.startswith(middleware.OPEN):
        return HttpResponse(f"This server does not serve: {why}.\n", content_type="text/plain", status=503)
    return middleware.refused(request, why)
