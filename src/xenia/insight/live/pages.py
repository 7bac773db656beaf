"""The live page: what the last minutes counted, seconds old, and which posts are silent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from xenia.access import standing
from xenia.access.views import needs
from xenia.insight import coverage
from xenia.insight.live import showing
from xenia.registers.reference import read

NOTHING_NEW: Final = 204
WINDOWS: Final = (
    ("15", gettext_lazy("Last 15 minutes")),
    ("60", gettext_lazy("Last 60 minutes")),
    ("day", gettext_lazy("Today")),
)


@needs("insight.read")
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """The page. With `mark`, a poll: no content where nothing has changed since; neither writes anything."""
    window = request.GET.get("window", "60")
    window = window if window in showing.WINDOWS else "60"
    now = datetime.now(UTC)
    found = coverage.now(now)
    current = showing.mark(window, len(found.missing), now)
    asked = request.GET.get("mark")
    if asked is not None and asked == current:
        return HttpResponse(status=NOTHING_NEW)
    template = "insight/live_now.html" if asked is not None else "insight/live.html"
    return render(request, template, {**_context(window, now), "coverage": coverage.notes(found), "mark": current})


def _context(window: str, now: datetime) -> dict[str, Any]:
    made = showing.live(window, now)
    return {
        "live": made,
        "posts": showing.told(made.posts, _post),
        "nationalities": showing.told(made.nationalities, _nationality),
        "windows": WINDOWS,
        "fewest": showing.FEWEST,
    }


def _post(code: str) -> str:
    place = standing.places().get(code)
    return place.name if place else code


def _nationality(code: str) -> str:
    if code == showing.OTHERS:
        return _("Others")
    return read.state_name(code) or code or _("not known")
