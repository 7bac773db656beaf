"""Pages of exports: what may be asked for, what one has asked for, the file itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import NotFound
from xenia.registers import exports
from xenia.registers.exports import Export
from xenia.registers.lists import current
from xenia.registers.pages.browse import ENTERED
from xenia.registers.pages.faces import Face, faces
from xenia.registers.pages.forms import area, line, posted
from xenia.registers.pages.reading import source_names
from xenia.registers.pages.views import VALIDITY

LABELS = {"category": _("Category"), "status": _("Status"), "validity": _("Validity"), "source": _("Source")}


class AskForm(forms.Form):
    """What is to leave, in which form, and why."""

    format = forms.ChoiceField(
        label=_("Format"), choices=(("xlsx", _("Workbook (XLSX)")), ("csv", _("Plain table (CSV)")))
    )
    why = area(
        _("Why it must leave the house"),
        required=_("Say why"),
        hint=_("The second person decides on this. It is kept with the proposal."),
    )
    file_reference = line(_("File or case"), 200, required=_("Name the file or case"))

    def __init__(self, export: Export, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.filters = [name for name in export.filters if self._add(export, name)]
        self.order_fields([*self.filters, "format", "why", "file_reference"])

    def _add(self, export: Export, name: str) -> bool:
        """A field for a filter; none where there is nothing to choose from."""
        known = faces().get(export.name.removeprefix("registers."))
        choices = _choices(known, name) if known else None
        if choices == []:
            return False
        every = ("", _("all"))
        self.fields[name] = (
            forms.ChoiceField(label=LABELS.get(name, name), choices=[every, *choices], required=False)
            if choices is not None
            else forms.CharField(label=LABELS.get(name, name), required=False, max_length=60)
        )
        return True


def _choices(known: Face, name: str) -> list[tuple[str, Any]]:
    if name == "category":
        return list(known.categories().items())
    if name == "status":
        return list(known.statuses.items())
    if name == "validity":
        return [one for one in VALIDITY if one[0]]
    codes = tuple(one.source_code for one in current.usable(known.name))
    names = source_names(codes)
    return [(ENTERED, _("Entered here")), *((code, names.get(code, code)) for code in codes)]


@needs("registers.propose")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What one may ask for, and what one has asked for."""
    standing = for_request(request)
    context = {"known": exports.open_to(standing), "asked": exports.mine(standing)}
    return render(request, "registers/pages/exports.html", context)


@needs("registers.propose")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Ask a second person for an export."""
    standing = for_request(request)
    export = next((one for one in exports.open_to(standing) if one.name == name), None)
    if export is None:
        raise NotFound("There is no such export for your roles.", "Look at the list of exports.", code="no-export")
    form = AskForm(export, posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        filters = {each: data[each] for each in form.filters if data[each]}
        reference = f"external:{data['file_reference']}"
        exports.ask(standing, name, filters, data["format"], reason=data["why"], reference=reference)
        messages.success(request, _now("Asked for. Another person must approve it; then you have 24 hours."))
        return HttpResponseRedirect(reverse("registers:exports"))
    context = {"export": export, "form": form}
    return render(request, "registers/pages/export_ask.html", context, status=422 if form.errors else 200)


@needs("registers.propose")
@require_POST
def download(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """The file, for its proposer alone; the download is written down first."""
    made = exports.download(for_request(request), proposal)
    response = HttpResponse(made.data, content_type=made.media_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["Cache-Control"] = "no-store"
    return response
