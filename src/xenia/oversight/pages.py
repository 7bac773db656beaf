"""Pages of the data-protection officer and the auditor: the journal, and requests of the person concerned."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import BadInput
from xenia.journal.forgetting import Found
from xenia.oversight import proposals, rights, viewing
from xenia.oversight.forms import EraseForm, FindForm, JournalForm


@needs("journal.read")
@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """Entries by position, newest first; filters by kind, account and day. No bodies."""
    form = JournalForm(request.GET)
    page, status = None, 200
    if form.is_valid():
        try:
            page = viewing.page(for_request(request), form.asked())
        except BadInput as problem:
            form.add_error("account" if problem.code == "no-account" else "since", _(problem.message))
    if page is None:
        status = 422
    older = _older(form, page.older) if page is not None and page.older else ""
    return render(request, "oversight/journal.html", {"form": form, "page": page, "older": older}, status=status)


def _older(form: JournalForm, before: int) -> str:
    kept = {name: form.data.get(name, "") for name in ("kind", "account", "since", "until")}
    return "?" + urlencode({name: value for name, value in kept.items() if value} | {"before": str(before)})


@needs("subject.find")
@require_http_methods(["GET", "POST"])
def subjects(request: HttpRequest) -> HttpResponse:
    """Look for the person who asks; what was found can be exported or proposed for erasure. Names never enter an address."""
    form = FindForm(request.POST or None)
    found: list[dict[str, Any]] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            found = _by_subject(
                rights.find(for_request(request), form.wanted(), rights.external(form.cleaned_data["reference"]))
            )
        except BadInput as problem:
            form.add_error(None, f"{_(problem.message)} {_(problem.what_to_do)}")
    return _subjects(request, form, found)


def _subjects(
    request: HttpRequest, form: FindForm, found: list[dict[str, Any]] | None, erase: EraseForm | None = None
) -> HttpResponse:
    here = for_request(request)
    reference = form.cleaned_data.get("reference", "") if form.is_bound else ""
    context = {
        "form": form,
        "found": found,
        "erase": erase or EraseForm(initial={"reference": reference}),
        "reference": reference,
        "may_export": here.may("subject.export"),
        "may_erase": here.may("subject.erase"),
    }
    return render(
        request, "oversight/subjects.html", context, status=422 if form.errors or (erase and erase.errors) else 200
    )


def _by_subject(found: list[Found]) -> list[dict[str, Any]]:
    """One line per subject: the label of the first room that knows a name, and the rooms that hold something."""
    ordered = sorted(found, key=lambda one: str(one.subject))
    lines = []
    for subject, group in groupby(ordered, key=lambda one: one.subject):
        held = list(group)
        lines.append(
            {
                "subject": subject,
                "label": held[0].label,
                "kinds": sorted({one.kind for one in held}),
                "at": max(one.recorded_at for one in held),
            }
        )
    return sorted(lines, key=lambda one: one["at"], reverse=True)


@needs("subject.export")
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Everything held about one subject, as a file of JSON."""
    subject = rights.subject_of(request.POST.get("subject", ""))
    held = rights.export(for_request(request), subject, rights.external(request.POST.get("reference", "")))
    text = json.dumps({"schema": "xenia/subject-export/1", **held}, ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="subject-{subject}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@needs("subject.erase")
@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Propose to erase the chosen subjects; a second person decides."""
    form = EraseForm(request.POST)
    chosen = request.POST.getlist("subject")
    if not form.is_valid() or not chosen:
        messages.error(request, _("Choose the subjects and say why."))
        return HttpResponseRedirect(reverse("oversight:subjects"))
    data = form.cleaned_data
    try:
        proposals.propose_erasure(
            for_request(request), chosen, reason=data["reason"], reference=data["reference"], why=data["why"]
        )
    except BadInput as problem:
        messages.error(request, f"{_(problem.message)} {_(problem.what_to_do)}")
    else:
        messages.success(request, _("Proposed. A second person of the data-protection office decides."))
    return HttpResponseRedirect(reverse("oversight:subjects"))
