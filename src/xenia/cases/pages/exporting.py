"""Asking for a list of cases as a workbook, and fetching it once a second person has approved."""

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
from django.views.decorators.http import require_http_methods, require_POST

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.cases import catalogue, exports
from xenia.cases.pages import showing
from xenia.cases.pages.importing import XLSX
from xenia.registers.pages.forms import area, posted


class AskForm(forms.Form):
    """Which list, and why it must leave."""

    procedure = forms.ChoiceField(label=_("Procedure"))
    which = forms.ChoiceField(
        label=_("List"),
        choices=(("all", _("All")), ("unit", _("My unit")), ("mine", _("Mine")), ("overdue", _("Overdue"))),
    )
    why = area(_("Why it must leave the house"), required=_("Say why"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["procedure"]
        field.choices = [(one.id, showing.title(one)) for one in catalogue.newest()]


@needs("cases.work")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask a second person for a list; fetch those that were approved."""
    standing = for_request(request)
    form = AskForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        exports.ask(standing, data["procedure"], data["which"], "", data["why"])
        messages.success(request, _now("Asked for. Another person must approve it; then you have 24 hours."))
        return HttpResponseRedirect(reverse("cases:export"))
    context = {"form": form, "ready": exports.mine(standing)}
    return render(request, "cases/export.html", context, status=422 if form.errors else 200)


@needs("cases.work")
@require_POST
def download(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """The workbook, for its proposer alone."""
    name, data = exports.download(for_request(request), proposal_id)
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
