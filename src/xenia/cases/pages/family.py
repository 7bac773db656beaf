"""The case of a family member, opened under the main case: with its agreement and authority, and what members have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.cases import catalogue, drafts, families, queries, reach
from xenia.cases.definition import Action
from xenia.cases.models import Case
from xenia.cases.pages import showing
from xenia.cases.pages.answering import typed
from xenia.cases.pages.saying import titled
from xenia.cases.pages.tasks import Task
from xenia.errors import NotFound
from xenia.registers.pages.forms import posted

OTHER = "other"


@dataclass(frozen=True)
class Way:
    """One way to add a family member."""

    label: str
    url: str


def ways(standing: Standing, main: Case) -> tuple[Way, ...]:
    """Every way in which this officer may add a member to the family of this case."""
    found = _actions(standing, main)
    known = catalogue.latest(main.procedure)
    return tuple(
        Way(
            _now("Add a family member") if len(found) == 1 else showing.word(known, "action", one.name),
            reverse("cases:member", args=[main.pk, one.name]),
        )
        for one in found
    )


def _actions(standing: Standing, main: Case) -> list[Action]:
    known = catalogue.latest(main.procedure)
    fit = [one for one in known.opening() if families.takes(known, one, main)]
    return [one for one in fit if standing.may(reach.WORK) and reach.may_start(standing, known, one)]


def task(standing: Standing, main_id: UUID, action: str) -> Task:
    """The opening of a member's case with its draft. Raises `NotFound` (`no-case`, `no-action`)."""
    main, _known = reach.find(standing, main_id)
    known = catalogue.latest(main.procedure)
    one = next((each for each in _actions(standing, main) if each.name == action), None)
    if one is None:
        raise NotFound("You cannot add a family member here.", "Go back to the case and see what is.", code="no-action")
    kept = drafts.load(standing, known, action, case_id=main.pk)
    return Task(standing, known, one, None, dict(kept.get("raw", {})), dict(kept.get("open", {})), main)


class MemberForm(forms.Form):
    """Which member, where the main case lists some; and whether it is urgent."""

    member = forms.ChoiceField(
        label=_("Family member"), widget=forms.RadioSelect, error_messages={"required": _("Choose who it is about")}
    )
    urgent = forms.BooleanField(label=_("Urgent"), required=False)

    def __init__(self, listed: tuple[families.Member, ...], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        member: Any = self.fields["member"]
        member.choices = [*((one.key, titled(one.name)) for one in listed), (OTHER, _("Somebody else"))]
        if not listed:
            del self.fields["member"]


@needs("cases.work")
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Whom of the family it is about; then the form's first page, with what the main case says already."""
    one = task(for_request(request), case_id, action)
    main, form_name = _main(one), one.action.form
    said = queries.answers(one.standing, main).get(form_name, {}) if form_name else {}
    initial = {"urgent": main.urgent, **one.open}
    form = MemberForm(families.members(one.procedure, form_name, said), posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        _chosen(one, main, form.cleaned_data, said)
        return HttpResponseRedirect(one.url("page", 0) if one.form else one.url("check"))
    context = {"form": form, "title": _now("Add a family member"), "task": one, "case": main, "facts": _facts(main)}
    response = render(request, "cases/member.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _main(one: Task) -> Case:
    if one.main is None:
        raise RuntimeError("A family member's case has a main case.")
    return one.main


def _chosen(one: Task, main: Case, data: dict[str, Any], said: dict[str, Any]) -> None:
    """The draft begun: answers of a draft about the same person stay, those about another go."""
    member = str(data.get("member", OTHER))
    fresh = not one.raw or one.open.get("member", OTHER) != member
    one.open = {
        "profile": main.profile, "counterpart": main.counterpart, "urgent": data["urgent"], "member": member,
    }  # fmt: skip
    if fresh and one.form is not None:
        taken = families.taken_over(one.procedure, one.action.form, said, member)
        one.raw = typed(one.form.schema, taken, one.standing.zone)
    one.save()


def _facts(main: Case) -> list[tuple[str, str]]:
    """What the member's case takes from the main one and nobody is asked for."""
    profile = catalogue.of(main).profiles.get(main.profile)
    rows = [(_now("Agreement"), profile.title if profile else ""), (_now("Other state"), main.counterpart)]
    return [(label, value) for label, value in rows if value]
