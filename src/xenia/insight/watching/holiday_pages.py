"""Holidays that are proposed as known events: looked through, and noted one by one with a person's yes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.formats import states
from xenia.insight.watching import actions, proposing, showing

MOST_STATES = 12


@needs("insight.read")
@require_http_methods(["GET", "POST"])
def holidays(request: HttpRequest) -> HttpResponse:
    """Proposals of nine weeks back and a year ahead; those that are ticked become known events. That needs `insight.watch`."""
    here = for_request(request)
    asked = (request.POST if request.method == "POST" else request.GET).get("states")
    codes, unknown = _codes(" ".join(proposing.usual_states()) if asked is None else asked)
    found = proposing.open_proposals(codes, datetime.now(UTC).date())
    if request.method == "POST":
        wanted = set(request.POST.getlist("take"))
        noted = actions.note_holidays(here, [one for one in found if one.key in wanted])
        if noted:
            messages.success(request, ngettext("%(n)s event noted.", "%(n)s events noted.", noted) % {"n": noted})
        else:
            messages.warning(request, _("Nothing was ticked, so nothing is noted."))
        return HttpResponseRedirect(reverse("insight:watch-holidays") + "?" + urlencode({"states": " ".join(codes)}))
    context = {
        "codes": " ".join(codes),
        "names": [showing.nationality(one) for one in codes],
        "unknown": unknown,
        "unlisted": [showing.nationality(one) for one in proposing.unlisted(codes)],
        "found": found,
        "may": here.may(actions.PERMISSION),
        "tab": "rules",
    }
    return render(request, "watching/holidays.html", context)


def _codes(text: str) -> tuple[list[str], list[str]]:
    """The states that were written, and what is no state's code."""
    words = list(dict.fromkeys(re.findall(r"[A-Z]{1,8}", text[:200].upper())))[:MOST_STATES]
    known = [one for one in words if states.find(one)]
    return known, [one for one in words if one not in known]
