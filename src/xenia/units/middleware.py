"""At a unit whose lease is over every page says so; nobody is signed in, nothing is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.module_loading import import_string

from xenia.access.views import gate_of
from xenia.units import lease
from xenia.units.models import Line
from xenia.units.sending import sealed

OPEN: Final = frozenset({"language", "theme", "health", "health-live", "health-ready", "metrics", "account_logout"})
OPEN_ROOMS: Final = "certificate-"


class Leased:
    """Lets requests through where this installation may work. Stands before the door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """None to let the request pass; else why nothing can be done here, with status 503."""
        if not settings.XENIA_UNIT:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        found = None if name in OPEN or name.startswith(OPEN_ROOMS) else lease.lapsed()
        if found is None:
            return None
        gate, error = gate_of(view), found.error()
        if gate is not None and gate.machine:
            body = {"code": error.code, "message": error.message, "what_to_do": error.what_to_do}
            return JsonResponse(body, status=error.http_status)
        if request.headers.get("HX-Request") == "true":
            answer: HttpResponse = import_string(settings.XENIA_ERROR_PAGE)(request, error)
            return answer
        held = Line.objects.filter(pk=1).first()
        waiting = max(0, sealed(settings.XENIA_UNIT["node"]) - (held.acknowledged if held else 0))
        return render(request, "units/lapsed.html", {"lapsed": found, "waiting": waiting}, status=503)
