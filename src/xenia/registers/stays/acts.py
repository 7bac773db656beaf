"""Pages that propose: correcting a stay, linking and parting files. Another person approves on the proposals page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import BadInput, NotFound
from xenia.registers.stays import corrections, linking, reading
from xenia.registers.stays.forms import CorrectForm, LinkForm, PartForm
from xenia.registers.stays.models import StayRecord
from xenia.registers.stays.reading import FileView


@needs("stays.correct")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, file: UUID, stay: UUID) -> HttpResponse:
    """Propose what a stay really was."""
    standing = for_request(request)
    seen = reading.file_view(standing, file)
    row = StayRecord.objects.filter(id=stay, file__person__members=file).first()
    if row is None:
        raise NotFound("There is no such stay.", "Go back to the file.", code="no-stay")
    first = {
        "entry_on": row.entry_on.isoformat(),
        "exit_on": row.exit_on.isoformat() if row.exit_on and row.state != "missing-exit" else "",
        "authorised_until": row.authorised_until.isoformat() if row.authorised_until else "",
        "basis": row.basis,
    }
    form = CorrectForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def propose() -> None:
            entry_on = form.day("entry_on")
            corrections.propose_correction(
                standing,
                stay,
                entry_on=entry_on or row.entry_on,
                exit_on=form.day("exit_on"),
                authorised_until=form.day("authorised_until"),
                basis=data["basis"],
                void=data["void"],
                reason=data["reason"],
                reference=f"external:{data['reference']}",
            )

        if _proposed(request, form, propose):
            return _back(file)
    return _form(request, "stays/correct.html", form, seen, {"stay": row, "state": _state(seen, stay)})


@needs("stays.correct")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, file: UUID) -> HttpResponse:
    """Propose that another document is of the same person."""
    standing = for_request(request)
    seen = reading.file_view(standing, file)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def propose() -> None:
            other = linking.by_document(data["document_state"].upper(), data["document_number"])
            reading.note(standing, reading.why(standing), "link", [other])
            reference = f"external:{data['reference']}"
            corrections.propose_link(standing, file, other, reason=data["reason"], reference=reference)

        if _proposed(request, form, propose):
            return _back(file)
    return _form(request, "stays/link.html", form, seen, {})


@needs("stays.correct")
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, file: UUID) -> HttpResponse:
    """Propose that a linked file is of another person after all."""
    standing = for_request(request)
    seen = reading.file_view(standing, file)
    form = PartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def propose() -> None:
            reference = f"external:{data['reference']}"
            corrections.propose_part(standing, file, reason=data["reason"], reference=reference)

        if _proposed(request, form, propose):
            return _back(file)
    return _form(request, "stays/part.html", form, seen, {})


def _proposed(request: HttpRequest, form: forms.Form, propose: Any) -> bool:
    """Whether it was proposed; else the form says why not."""
    try:
        propose()
    except (BadInput, NotFound) as error:
        form.add_error(None, _said(error))
        return False
    messages.success(request, _("Proposed. It takes effect when another person approves it."))
    return True


def _said(error: BadInput | NotFound) -> str:
    """What cannot be, in the reader's language."""
    return {
        "The stay would end before it begins.": _("The stay would end before it begins. Correct the days."),
        "A day lies in the future.": _("A day lies in the future. Give days up to today."),
        "The day of exit is missing.": _("Enter the day of exit: only a stay that still lasts has none."),
        "These stays are linked already.": _("These stays are linked already. Enter another document."),
        "This file is linked to none.": _("This file is linked to no other. There is nothing to part."),
        "No stays are known under this document.": _("No stays are known under this document. Check state and number."),
    }.get(error.message, str(error))


def _back(file: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("stays:show", args=[file]))


def _form(request: HttpRequest, template: str, form: forms.Form, seen: FileView, more: dict[str, Any]) -> HttpResponse:
    return render(request, template, {"form": form, "file": seen, **more}, status=422 if form.errors else 200)


def _state(seen: FileView, stay: UUID) -> str:
    return next((one.state_words for one in seen.stays if one.stay == stay), "")
