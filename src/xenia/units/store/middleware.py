"""A locked unit has one page, whatever address is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import resolve
from django.views.decorators.csrf import csrf_protect

from xenia.journal import at_rest
from xenia.units.store import opening

LIVE: Final = "/health/live"
"""Whether the process answers; it looks at nothing else."""
CHOICES: Final = ("/language/", "/theme/")
MACHINES: Final = ("/api/", "/health", "/metrics")


class Locked:
    """Lets requests through where the store is open, or there is none. Stands before everything that reads the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One request."""
        if not (at_rest.is_locked() or opening.trying()) or request.path.rstrip("/") == LIVE:
            return self.get_response(request)
        if request.path.startswith(MACHINES):
            said = {"code": "store-locked", "message": "This unit is locked.", "what_to_do": "Open it at its page."}
            return JsonResponse(said, status=503)
        from xenia.units.store import pages

        if request.method == "POST" and request.path in CHOICES:
            chosen: HttpResponseBase = csrf_protect(resolve(request.path).func)(request)
            return chosen
        return pages.locked(request)
