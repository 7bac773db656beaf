"""Opening a case: which procedure, under which agreement, with whom; then its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.cases import catalogue, drafts, queries, reach
from xenia.cases.definition import Action, Procedure
from xenia.cases.models import Case
from xenia.cases.pages import showing
from xenia.cases.pages.answering import typed
from xenia.cases.pages.tasks import Task
from xenia.errors import NotFound
from xenia.exchange import partners
from xenia.registers.pages.forms import posted


@dataclass(frozen=True)
class Opening:
    """One way to open a case."""

    procedure: Procedure
    action: Action
    title: str
    label: str
    basis: str


def openings(standing: Standing) -> tuple[Opening, ...]:
    """Every way in which this officer may open a case."""
    return tuple(
        Opening(
            one,
            action,
            showing.title(one),
            showing.word(one, "action", action.name),
            "" if one.legal_basis == "profile" else one.legal_basis,
        )
        for one in catalogue.newest()
        for action in one.opening()
        if reach.may_start(standing, one, action)
    )


def opening(standing: Standing, procedure: str, action: str) -> Opening:
    """This way to open a case. Raises `NotFound` (`no-action`) where the officer has none of that name."""
    for one in openings(standing):
        if (one.procedure.id, one.action.name) == (procedure, action):
            return one
    raise NotFound("You cannot open such a case.", "Choose from the page “New case”.", code="no-action")


class OpenForm(forms.Form):
    """What a case needs besides its form."""

    profile = forms.ChoiceField(label=_("Agreement"), error_messages={"required": _("Choose an agreement")})
    counterpart = forms.ChoiceField(
        label=_("Authority of the other state"), error_messages={"required": _("Choose the other authority")}
    )
    urgent = forms.BooleanField(label=_("Urgent"), required=False)

    def __init__(self, procedure: Procedure, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.procedure = procedure
        profiles: Any = self.fields["profile"]
        ours = [one for one in procedure.profiles.values() if not one.states or settings.XENIA_STATE in one.states]
        profiles.choices = [("", _("Choose")), *((one.id, one.title) for one in ours)]
        if not procedure.profiles:
            del self.fields["profile"]
        if not procedure.sides:
            del self.fields["counterpart"]
            return
        others: Any = self.fields["counterpart"]
        known = [one for one in partners.everybody() if one.closed_at is None]
        others.choices = [("", _("Choose")), *((one.address, f"{one.name} ({one.address})") for one in known)]

    def clean(self) -> dict[str, Any]:
        """The other authority's state is a party to the agreement."""
        data = super().clean() or self.cleaned_data
        profile, other = str(data.get("profile", "")), str(data.get("counterpart", ""))
        if profile and other and not reach.are_parties(self.procedure, profile, other):
            self.add_error("counterpart", _("This state is no party to the agreement"))
        return data


@needs("cases.work")
@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """Which kinds of case the officer may open."""
    standing = for_request(request)
    return render(request, "cases/new.html", {"openings": openings(standing)})


def _previous(standing: Standing, text: str) -> Case | None:
    """The case that the new one follows, as a resubmission follows a refusal. Raises `NotFound` (`no-case`)."""
    try:
        return queries.one(standing, UUID(text)) if text else None
    except ValueError:
        raise NotFound("There is no such case.", "Go back to the list.", code="no-case") from None


@needs("cases.work")
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, procedure: str, action: str) -> HttpResponse:
    """Agreement, other authority, urgency; then the form's first page."""
    standing = for_request(request)
    one = opening(standing, procedure, action)
    kept = drafts.load(standing, one.procedure, action)
    before = _previous(standing, request.POST.get("previous") or request.GET.get("previous", ""))
    form = OpenForm(one.procedure, posted(request), initial=kept.get("open", {}))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen: dict[str, Any] = {name: data[name] for name in ("profile", "counterpart", "urgent") if name in data}
        chosen["previous"] = str(before.pk) if before else kept.get("open", {}).get("previous", "")
        task = Task(standing, one.procedure, one.action, None, dict(kept.get("raw", {})), chosen)
        if before is not None and not task.raw and task.form is not None:
            said = queries.answers(standing, before).get(one.action.form, {})
            task.raw = typed(task.form.schema, said, standing.zone)
        task.save()
        return HttpResponseRedirect(task.url("page", 0) if task.form else task.url("check"))
    context = {"form": form, "opening": one, "previous": before}
    return render(request, "cases/begin.html", context, status=422 if form.errors else 200)
