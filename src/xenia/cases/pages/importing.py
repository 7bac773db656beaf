"""Running cases from a spreadsheet: choose, look through what would be taken, take it; an error file for the rest."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.cases import catalogue, drafts, imports
from xenia.cases.definition import Procedure
from xenia.cases.pages import sheets, showing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.exchange import partners
from xenia.registers.pages.forms import posted

DRAFT = "import"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class LoadForm(forms.Form):
    """Which procedure, which file."""

    procedure = forms.ChoiceField(label=_("Procedure"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX or CSV in UTF-8, 500 cases at most"),
        error_messages={"required": _("Choose a file"), "empty": _("The file is empty")},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["procedure"]
        field.choices = [(one.id, showing.title(one)) for one in _importable()]

    def clean_file(self) -> Any:
        """Not larger than a person can wait for."""
        file = self.cleaned_data["file"]
        if file.size > sheets.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB"))
        return file


def _importable() -> list[Procedure]:
    return [one for one in catalogue.newest() if any(a.by == "person" and a.form for a in one.opening())]


@needs("cases.import")
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is read and kept sealed until it is taken or put aside."""
    standing = for_request(request)
    form = LoadForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        known = catalogue.latest(form.cleaned_data["procedure"])
        try:
            found = sheets.read_file(io.BytesIO(form.cleaned_data["file"].read()), known)
        except BadInput as problem:
            form.add_error("file", str(problem))
        else:
            drafts.save(standing, known, DRAFT, {"headings": found.headings, "rows": found.rows})
            return HttpResponseRedirect(reverse("cases:import-preview", args=[known.id]))
    context = {"form": form, "templates": [(one.id, showing.title(one)) for one in _importable()]}
    return render(request, "cases/import.html", context, status=422 if form.errors else 200)


def _kept(standing: Standing, procedure: str) -> tuple[Procedure, sheets.Read, list[sheets.Judged]]:
    known = catalogue.latest(procedure)
    kept = drafts.load(standing, known, DRAFT)
    if not kept:
        raise NotFound("There is no file that waits to be taken.", "Choose a file first.", code="no-import")
    rows = tuple((int(line), tuple(cells)) for line, cells in kept["rows"])
    found = sheets.Read(tuple(kept["headings"]), rows)
    parties = [one.address for one in partners.everybody() if one.closed_at is None]
    return known, found, sheets.judge(found, known, standing.zone, timezone.now(), parties)


@needs("cases.import")
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, procedure: str) -> HttpResponse:
    """What would be taken and what would not; then the taking."""
    standing = for_request(request)
    known, found, judged = _kept(standing, procedure)
    good = [one for one in judged if not one.errors]
    if request.method == "POST":
        if request.POST.get("_go") != "take" or not good:
            drafts.drop(standing, known, DRAFT)
            return HttpResponseRedirect(reverse("cases:import"))
        return _take(request, standing, known, found, judged)
    context = {
        "procedure": known,
        "title": showing.title(known),
        "good": good[:20],
        "good_count": len(good),
        "bad": [one for one in judged if one.errors][:50],
        "bad_count": len(judged) - len(good),
    }
    response = render(request, "cases/import_preview.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _take(
    request: HttpRequest, standing: Standing, known: Procedure, found: sheets.Read, judged: list[sheets.Judged]
) -> HttpResponse:
    """The good rows are passed on to a second person; the others stay to be fetched as an error file."""
    good = [_running(one) for one in judged if not one.errors]
    left = [row for row, one in zip(found.rows, judged, strict=True) if one.errors]
    try:
        imports.propose(standing, known.id, good, _now("Import running cases"))
    except (BadInput, Conflict) as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect(reverse("cases:import-preview", args=[known.id]))
    messages.success(request, _now("Passed on. It happens when a second person releases it."))
    if not left:
        drafts.drop(standing, known, DRAFT)
        return HttpResponseRedirect(reverse("cases:index") + "?which=all")
    drafts.save(standing, known, DRAFT, {"headings": found.headings, "rows": left})
    messages.error(request, _now("Some rows were not taken. Fetch the error file, correct it, and load it again."))
    return HttpResponseRedirect(reverse("cases:import-preview", args=[known.id]))


def _running(one: sheets.Judged) -> imports.Running:
    return imports.Running(
        one.answers,
        one.state,
        one.opened_at or timezone.now(),
        one.side,
        one.profile,
        one.counterpart,
        one.reference,
        one.deadlines,
        one.urgent,
    )


@needs("cases.import")
@require_GET
def errors(request: HttpRequest, procedure: str) -> HttpResponse:
    """The rows that were not fit, with what is wrong with them."""
    known, found, judged = _kept(for_request(request), procedure)
    return _file(sheets.error_file(found, judged), f"{known.id}-errors.xlsx")


@needs("cases.import")
@require_GET
def columns(request: HttpRequest, procedure: str) -> HttpResponse:
    """An empty file with the columns of a procedure."""
    known = catalogue.latest(procedure)
    return _file(sheets.template(known), f"{known.id}-columns.xlsx")


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
