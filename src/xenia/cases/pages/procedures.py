"""The page of each procedure, made from its folder: what it is for, its states as a drawing, its terms with their sources."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.cases import catalogue, versions
from xenia.cases.definition import Procedure
from xenia.cases.pages import showing
from xenia.cases.pages.saying import length

BY = {
    "clock": _("the clock"),
    "receipt": _("the receipt of the other state"),
    "message": _("the message of the other state"),
    "border": _("the border"),
}


@needs("cases.read")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every procedure that is known here."""
    rows = [(one, showing.title(one)) for one in catalogue.newest()]
    return render(request, "cases/procedures.html", {"rows": rows, "faulty": len(catalogue.faulty())})


@needs("cases.read")
@require_GET
def show(request: HttpRequest, procedure: str) -> HttpResponse:
    """One procedure, told for people, with how many open cases follow which version of it."""
    one, standing = catalogue.latest(procedure), for_request(request)
    context = {
        "procedure": one,
        "title": showing.title(one),
        "states": [(showing.word(one, "state", name), state.final) for name, state in one.states.items()],
        "actions": [_action(one, name) for name in one.actions],
        "deadlines": [_deadline(one, name) for name in one.deadlines],
        "followed": versions.counts(standing, procedure),
        "may_import": standing.may("cases.import"),
    }
    return render(request, "cases/procedure.html", context)


def _action(one: Procedure, name: str) -> dict[str, object]:
    action = one.actions[name]
    return {
        "label": showing.word(one, "action", name),
        "from": [showing.word(one, "state", each) for each in action.from_],
        "to": showing.word(one, "state", action.to),
        "who": showing.word(one, "role", action.role) or str(BY.get(action.by, "")),
        "side": showing.word(one, "side", action.side),
        "four_eyes": action.four_eyes,
    }


def _deadline(one: Procedure, name: str) -> dict[str, object]:
    rule = one.deadlines[name]
    starts = ", ".join(showing.word(one, "action", each) for each in rule.starts)
    return {
        "label": showing.word(one, "deadline", name),
        "starts": starts,
        "length": length(str(rule.length.length or "")),
        "lengths": [
            (profile.title, said.value if said.value is None else length(str(said.value)), said.source, said.confidence)
            for profile in one.profiles.values()
            if rule.length.profile and (said := profile.values.get(rule.length.profile)) is not None
        ],
        "acts": showing.word(one, "side", rule.acts),
        "source": rule.rule,
    }


@needs("cases.read")
@require_GET
def diagram(request: HttpRequest, procedure: str) -> HttpResponse:
    """The states and actions as a drawing."""
    from xenia.cases.definition.draw import draw

    one = catalogue.latest(procedure)
    return HttpResponse(draw(one, get_language() or "en"), content_type="image/svg+xml")
