"""Moving a case to the newest version of its procedure: what differs, then a reason, then a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.cases import actions, catalogue, reach, tasks, versions
from xenia.cases.definition import Procedure
from xenia.cases.models import Case, CaseDeadline
from xenia.cases.pages import showing
from xenia.cases.pages.listing import due_of
from xenia.errors import BadInput, NotFound
from xenia.registers.pages.forms import area, posted


@dataclass(frozen=True)
class Running:
    """A deadline that runs in the case. `change`: what the newer version makes of it, in words; "" where nothing."""

    label: str
    due: str
    change: str


class FollowForm(forms.Form):
    """The state in the newer version, where it knows the old one no more; and why."""

    state = forms.ChoiceField(
        label=_("State in the new version"), error_messages={"required": _("Choose the state in the new version")}
    )
    why = area(_("Why"), 2000, required=_("Say why"))

    def __init__(self, case: Case, new: Procedure, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if case.state in new.resting():
            del self.fields["state"]
            return
        state: Any = self.fields["state"]
        state.choices = [("", _("Choose")), *((name, showing.word(new, "state", name)) for name in new.resting())]


@needs("cases.decide")
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What differs between the two versions for this case; the proposal that it follows the newest."""
    standing = for_request(request)
    case, old = reach.find(standing, case_id)
    number = versions.newer(case)
    if not number:
        raise NotFound("The case follows the newest version.", "Go back to the case.", code="no-action")
    new = catalogue.procedures()[case.procedure, number]
    form = FollowForm(case, new, posted(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        mapping = {case.state: str(said["state"])} if "state" in said else {}
        try:
            actions.migrate(standing, case.pk, number, mapping, reason=str(said["why"]))
        except BadInput as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _now("Passed on. It happens when a second person releases it."))
            return HttpResponseRedirect(reverse("cases:case", args=[case.pk]))
    waits = {"waiting": versions.waiting(case), "acting": tasks.waiting_proposal(case)}
    context = {"form": form, "case": case, "number": number, **waits, **_differences(case, old, new)}
    response = render(request, "cases/follow.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _differences(case: Case, old: Procedure, new: Procedure) -> dict[str, Any]:
    """State before and after in words, deadlines that run, steps that come or go."""
    known = case.state in new.resting()
    before, after = (_steps(one, case) for one in (old, new))
    rows = CaseDeadline.objects.filter(case=case, state__in=("running", "suspended")).order_by("due_at", "id")
    return {
        "before": showing.word(old, "state", case.state),
        "after": showing.word(new, "state", case.state) if known else "",
        "running": [
            Running(showing.word(old, "deadline", one.rule), due_of(one), _change(case, one.rule, old, new)) for one in rows
        ],
        "more": [label for name, label in after.items() if name not in before] if known else [],
        "less": [label for name, label in before.items() if name not in after] if known else [],
    }  # fmt: skip


def _steps(procedure: Procedure, case: Case) -> Mapping[str, str]:
    """What people of this side can do in the case's state, by name."""
    found = [one for one in procedure.from_state(case.state) if one.by == "person" and one.side in ("", case.side)]
    return {one.name: showing.word(procedure, "action", one.name) for one in found}


def _change(case: Case, rule: str, old: Procedure, new: Procedure) -> str:
    """What becomes of a running limit: its day never changes by itself."""
    if rule not in new.deadlines:
        return _now("The new version has no such deadline: it ends with the next step.")
    if _rule(case, rule, old) != _rule(case, rule, new):
        return _now("Its rule has changed: it keeps its day, and follows the new rule from the next step on.")
    return ""


def _rule(case: Case, name: str, procedure: Procedure) -> tuple[Any, ...]:
    """The rule with what the case's agreement makes of it; None in front where there is none."""
    rule, profile = procedure.deadlines.get(name), procedure.profiles.get(case.profile)
    return (rule, procedure.length(rule.length, profile), procedure.source(rule, profile)) if rule else (None,)
