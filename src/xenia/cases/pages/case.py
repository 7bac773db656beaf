"""The page of a case, its print, and what is put to it: notes, documents, who has it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.cases import actions, letters, queries, reach
from xenia.cases.definition import Procedure
from xenia.cases.pages import showing, view
from xenia.errors import BadInput, Conflict
from xenia.registers.pages.forms import area

MOST_BYTES = 10 * 1024 * 1024
"""A document of a case; larger ones are split. The engine checks again, and looks into the file."""


class NoteForm(forms.Form):
    """A note for colleagues."""

    text = area(_("New note"), 4000, required=_("Write the note"))


class AttachForm(forms.Form):
    """A document of a kind that the procedure knows. `missing`: the kind that the next step waits for."""

    kind = forms.ChoiceField(label=_("Kind"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG or PNG, 10 MB at most"),
        error_messages={"required": _("Choose a file"), "empty": _("The file is empty")},
    )

    def __init__(self, procedure: Procedure, *args: Any, missing: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        kinds: Any = self.fields["kind"]
        kinds.choices = [(name, showing.word(procedure, "document", name)) for name in procedure.documents] or [
            ("other", _("Other"))
        ]
        self.initial.setdefault("kind", missing)

    def clean_file(self) -> Any:
        """Not larger than allowed."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB"))
        return file


def _page(request: HttpRequest, case_id: UUID, template: str, **more: Any) -> HttpResponse:
    standing = for_request(request)
    opened = queries.case(standing, case_id)
    shown = view.of(standing, opened, timezone.now())
    context = {
        "view": shown,
        "note_form": NoteForm(auto_id="note-%s"),
        "attach_form": AttachForm(opened.procedure, auto_id="attach-%s", missing=shown.step.missing),
        **more,
    }
    wrong = any(isinstance(one, forms.Form) and one.errors for one in more.values())
    response = render(request, template, context, status=422 if wrong else 200)
    response["Cache-Control"] = "no-store"
    return response


@needs("cases.read")
@require_GET
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """State, next step, deadlines, data, messages, documents, notes, history."""
    return _page(request, case_id, "cases/case.html")


@needs("cases.read")
@require_GET
def printed(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The same on paper, without what only a screen can do."""
    return _page(request, case_id, "cases/print.html")


def _back(case_id: UUID, part: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("cases:case", args=[case_id]) + f"#{part}")


@needs("cases.work")
@require_POST
def note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep a note."""
    form = NoteForm(request.POST, auto_id="note-%s")
    if not form.is_valid():
        return _page(request, case_id, "cases/case.html", note_form=form)
    actions.note(for_request(request), case_id, form.cleaned_data["text"])
    messages.success(request, _now("The note is kept."))
    return _back(case_id, "notes")


@needs("cases.work")
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take the case, give it back, or choose a colleague to give it to."""
    standing, to = for_request(request), request.POST.get("to", "")
    if request.method == "GET":
        found, procedure = reach.find(standing, case_id)
        context = {"case": found, "colleagues": view.colleagues(standing, procedure)}
        return render(request, "cases/assign.html", context)
    try:
        account = standing.account if to == "me" else UUID(to) if to else None
    except ValueError:
        raise BadInput("There is no such colleague.", "Choose from the list.", code="no-colleague") from None
    try:
        actions.assign(standing, case_id, account)
        messages.success(request, _now("Written down who has the case."))
    except Conflict as problem:
        messages.error(request, str(problem))
    return _back(case_id, "main")


@needs("cases.work")
@require_POST
def attach(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Put a document to the case."""
    standing = for_request(request)
    _case, procedure = reach.find(standing, case_id)
    form = AttachForm(procedure, request.POST, request.FILES, auto_id="attach-%s")
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            actions.attach(
                standing, case_id, form.cleaned_data["kind"], str(file.name)[:200], str(file.content_type), file.read()
            )
        except BadInput as problem:
            form.add_error("file", str(problem))
        else:
            messages.success(request, _now("The document is kept."))
            return _back(case_id, "documents")
    return _page(request, case_id, "cases/case.html", attach_form=form)


@needs("cases.work")
@require_POST
def send_again(request: HttpRequest, case_id: UUID, message_id: UUID) -> HttpResponse:
    """Have a message that was refused sent once more."""
    try:
        actions.send_again(for_request(request), case_id, message_id)
        messages.success(request, _now("The message waits to be sent again."))
    except (BadInput, Conflict) as problem:
        messages.error(request, str(problem))
    return _back(case_id, "messages")


@needs("cases.read")
@require_GET
def document(request: HttpRequest, case_id: UUID, document_id: UUID) -> HttpResponse:
    """A document of the case, always as a download; the read is written down first."""
    row, name, data = queries.document(for_request(request), case_id, document_id)
    response = HttpResponse(data, content_type=row.media_type)
    response["Content-Disposition"] = content_disposition_header(True, name or "document") or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@needs("cases.read")
@require_GET
def letter(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A letter of the case as PDF, `?letter=` in `?language=`; that it was made is written down first."""
    name, language = request.GET.get("letter", ""), request.GET.get("language", "")
    made = letters.show(for_request(request), case_id, name, language)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{name}-{language}.pdf") or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
