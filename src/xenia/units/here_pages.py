"""The page of a unit about itself: what every officer at it may want to know, and nothing of any traveller."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from xenia.access.views import signed_in
from xenia.errors import NotFound
from xenia.frontier.second import receipts
from xenia.journal import clock
from xenia.registers import catalogue
from xenia.registers.lists.models import ListSource
from xenia.units import here
from xenia.units.blobs import queue

LINES: Final[dict[str, tuple[str, str | Promise, str | Promise]]] = {
    "up": ("clear", _("There is a line"), _("What happens here reaches the centre within seconds.")),
    "down": (
        "look",
        _("There is no line"),
        _("Work on as usual. Everything is kept here and goes up by itself when the line is back."),
    ),
    "waiting": (
        "look",
        _("Not admitted yet"),
        _("A colleague at the centre has to compare the fingerprint and admit this machine."),
    ),
    "halted": (
        "stop",
        _("Nothing goes up any more"),
        _(
            "The centre has stopped taking entries of this unit. Everything is kept here. Call the centre before you go on."
        ),
    ),
}

KINDS: Final[dict[str, str | Promise]] = {
    "access": _("Who may work here"),
    "reference": _("Reference data"),
    "lists": _("List"),
    "live": _("Register"),
    "release": _("Release"),
    "procedures": _("Procedures, terms and letters"),
    "receipts": _("Receipts of persons handed over"),
    "passkeys": _("Passkeys of officers"),
}


def label(name: str) -> str:
    """What people call something that came down: its kind, and which."""
    kind, _colon, which = name.partition(":")
    registers = {one.name: str(one.label) for one in catalogue.registers()}
    if kind == "lists":
        register = ListSource.objects.filter(code=which).values_list("register", flat=True).first()
        which = f"{registers[register]}, {which}" if register in registers else which
    words = str(KINDS.get(kind, kind))
    return f"{words}: {registers.get(which, which)}" if which else words


@signed_in("It says how the machine stands with its centre, and nothing of any person.")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Line, backlog, age of what came down, clock, disk, lease; how many persons were handed over, and received."""
    if not settings.XENIA_UNIT:
        raise NotFound(_now("This installation is no unit."), _now("See the units of this centre."), code="no-unit")
    found = here.look(clock.now())
    kind, words, what = LINES[found.line]
    came = [(label(one.name), one) for one in found.came]
    context = {
        "here": found,
        "kind": kind,
        "words": words,
        "what": what,
        "came": came,
        "documents": queue.backlog(),
        "receipts": receipts.counts(clock.now()),
    }
    inside = request.headers.get("HX-Request") == "true"
    return render(request, "units/here_now.html" if inside else "units/here.html", context)
