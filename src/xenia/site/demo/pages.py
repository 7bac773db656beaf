"""The demo's own page: what to try, and the post without a line, with buttons that cut its line and let travellers come."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from xenia.access.views import open_to_all, signed_in
from xenia.errors import Unavailable
from xenia.site.demo import post, relay, scenes
from xenia.site.demo.post import Plan

COMING: Final = 3
LINES: Final[dict[str, tuple[str, str | Promise]]] = {
    relay.OPEN: ("clear", _("The line is whole")),
    relay.CUT: ("look", _("The line is cut")),
    "": ("stop", _("Not running now")),
}


def _needed() -> None:
    if not settings.XENIA_DEMO:
        raise Http404


def _context(plan: Plan | None) -> dict[str, Any]:
    if plan is None:
        return {"plan": None}
    line = relay.state(Path(plan.wish))
    kind, words = LINES[line]
    return {
        "plan": plan,
        "there": f"http://{plan.pages}/demo/",
        "line": line,
        "kind": kind,
        "words": words,
        "stand": scenes.stand(),
        "at_unit": settings.XENIA_UNIT,
    }


@open_to_all("A demonstration's own page; all that it tells is invented or a number of the machines.")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What to try. Asked by htmx, the post alone."""
    _needed()
    plan = post.here()
    inside = plan is not None and request.headers.get("HX-Request") == "true"
    return render(request, "xenia/demo_post.html" if inside else "xenia/demo.html", _context(plan))


@signed_in("A demonstration's buttons; they do what anybody at its machine could do.")
@require_POST
def act(request: HttpRequest) -> HttpResponseBase:
    """Cut the line, restore it, or let travellers come to the post."""
    _needed()
    plan, wanted = post.here(), request.POST.get("do", "")
    if plan is None:
        raise Http404
    if wanted in (relay.CUT, relay.OPEN):
        if not relay.ask(Path(plan.wish), wanted):
            raise Unavailable(_now("The demonstration is not running."), "./xenia demo", code="demo-silent")
    elif wanted == "travellers":
        scenes.ask(Path(plan.home), "travellers", count=COMING)
        messages.success(request, _now("Three travellers come to the post now."))
    return redirect("demo")
