"""Entering, correcting and deleting a record: filled in, checked once more, then proposed to a second person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import BadInput, NotFound
from xenia.registers import entered
from xenia.registers.pages import reading, record
from xenia.registers.pages.faces import Face, face
from xenia.registers.pages.forms import RecordForm, of, posted
from xenia.registers.pages.record_forms import DeletionForm


@needs("registers.propose")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, name: str) -> HttpResponse:
    """Propose a record: the form, then its answers to be checked, then the proposal."""
    standing, one = for_request(request), face(name)
    if entered.entering(name).own_entry:
        return HttpResponseRedirect(reverse("alerts:enter"))
    form = of(name)(posted(request))
    if _is_sent(request, form):
        try:
            entered.propose_entry(
                standing, name, form.body(), reason=form.cleaned_data["why"], reference=_reference(form)
            )
        except BadInput as problem:
            form.add_error(None, str(problem))
        else:
            return _proposed(request, reverse("registers:register", args=[name]))
    return _form_page(
        request, one, form, {"heading": _("Propose a record"), "back": reverse("registers:register", args=[name])}
    )


@needs("registers.propose")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, name: str, subject: UUID) -> HttpResponse:
    """Propose a correction: the same form, filled with what is there. Reading it is noted first."""
    standing, one = for_request(request), face(name)
    why = reading.required(standing, name)
    row = record.one(standing, one, why, subject)
    if not row.own:
        raise NotFound(
            "Records of a list are not corrected here.", "They change with its next version.", code="no-record"
        )
    reading.note(standing, one, why, [row])
    before, kind = record.body_of(standing, subject), of(name)
    form = kind(posted(request), initial=kind.initial_of(before))
    back = reverse("registers:record", args=[name, subject])
    if _is_sent(request, form):
        try:
            entered.propose_correction(
                standing,
                subject,
                merged(before, form.body()),
                reason=form.cleaned_data["why"],
                reference=_reference(form),
            )
        except BadInput as problem:
            form.add_error(None, str(problem))
        else:
            return _proposed(request, back)
    return _form_page(request, one, form, {"heading": _("Propose a correction"), "back": back, "title": row.title})


@needs("registers.propose")
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, name: str, subject: UUID) -> HttpResponse:
    """Propose to delete a record; it counts until a second person approves."""
    standing, one = for_request(request), face(name)
    why = reading.required(standing, name)
    row = record.one(standing, one, why, subject)
    reading.note(standing, one, why, [row])
    form, back = DeletionForm(posted(request)), reverse("registers:record", args=[name, subject])
    if request.method == "POST" and form.is_valid():
        entered.propose_deletion(standing, subject, reason=form.cleaned_data["why"], reference=_reference(form))
        messages.success(request, _("Proposed. The record counts until another person approves."))
        return HttpResponseRedirect(back)
    context = {"face": one, "why": why, "row": row, "form": form, "back": back}
    return render(request, "registers/pages/delete.html", context, status=422 if form.errors else 200)


def merged(before: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The corrected body: what the form does not show stays as it was, further birth dates among it."""
    made = {**before, **new}
    births = list(before.get("birth_dates") or ())
    if births[:1] == list(new.get("birth_dates") or ())[:1]:
        made["birth_dates"] = births
    names = list(before.get("names") or ())
    if "names" in new:
        made["names"] = [_kept(one, names) for one in new["names"]]
    return made


def _kept(name: Mapping[str, Any], before: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """A name as it was before, with its script and quality, where the form says the same."""
    same = (one for one in before if _whole(one) == _whole(name))
    return next(same, name)


def _whole(name: Mapping[str, Any]) -> str:
    parts = ", ".join(part for part in (name.get("surname") or "", name.get("given_names") or "") if part)
    return parts or str(name.get("full") or "")


def _reference(form: Any) -> str:
    return f"external:{form.cleaned_data['file_reference']}"


def _is_sent(request: HttpRequest, form: RecordForm) -> bool:
    return request.method == "POST" and request.POST.get("step") == "send" and form.is_valid()


def _proposed(request: HttpRequest, to: str) -> HttpResponse:
    messages.success(request, _("Proposed. Another person must approve it before it counts."))
    return HttpResponseRedirect(to)


def _form_page(request: HttpRequest, one: Face, form: RecordForm, more: Mapping[str, Any]) -> HttpResponse:
    """The form with its errors; or its answers to be checked, where it is sound and not to be changed."""
    context: dict[str, Any] = {"face": one, "form": form, **more}
    changing = request.POST.get("step") == "change"
    if request.method == "POST" and not changing and form.is_valid():
        context["kept"] = [(name, value) for name in form.fields for value in request.POST.getlist(name)]
        return render(request, "registers/pages/check.html", context)
    if changing:
        context["form"] = form = type(form)(initial={name: request.POST.get(name, "") for name in form.fields})
    return render(request, "registers/pages/form.html", context, status=422 if form.errors else 200)
