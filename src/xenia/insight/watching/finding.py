"""Which signals are asked for, by words that page, file and API share."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from xenia.insight.watching import showing
from xenia.insight.watching.models import LEVELS, Signal


def wanted(given: Mapping[str, str]) -> tuple[QuerySet[Signal], dict[str, str]]:
    """The signals that are asked for, the newest first, and what was asked in words that are known."""
    asked = {
        name: given.get(name, "").replace("\0", "").strip()[:40]
        for name in ("level", "post", "nationality", "indicator", "state", "q")
    }
    rows = Signal.objects.order_by("-last_on", "-score", "-id")
    if asked["level"] in LEVELS:
        rows = rows.filter(level=asked["level"])
    if asked["state"] != "all":
        rows = rows.filter(closed_at=None)
    for name in ("post", "nationality", "indicator"):
        if asked[name]:
            rows = rows.filter(**{name: asked[name]})
    if asked["q"]:
        word = asked["q"].casefold()
        posts = [one for one in codes("post") if word in showing.post(one).casefold() or word in one.casefold()]
        states = [
            one for one in codes("nationality") if word in showing.nationality(one).casefold() or word == one.casefold()
        ]
        rows = rows.filter(Q(post__in=posts) | Q(nationality__in=states) | Q(event__icontains=asked["q"]))
    return rows, {name: value for name, value in asked.items() if value}


def codes(name: str) -> list[str]:
    """What signals have as `post` or `nationality`, without the empty one."""
    return [one for one in Signal.objects.order_by(name).values_list(name, flat=True).distinct() if one]
