"""Pages on which a source is proposed or changed, and the columns of its file are chosen."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xenia.access import policy
from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.errors import XeniaError
from xenia.journal import actions as journal
from xenia.registers.lists import drafts, kinds, sources
from xenia.registers.lists.column_forms import ColumnsForm
from xenia.registers.lists.drafts import Draft, Tried
from xenia.registers.lists.forms import ChangeForm, SourceForm, written
from xenia.registers.lists.inputs import MAPPED
from xenia.registers.lists.sources import PURPOSE, Source


@needs("lists.propose_source")
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Proposes a source; a second person approves it among the proposals. Columns of its own are chosen on the next page."""
    standing = for_request(request)
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        source, reason = form.source(standing.authority), form.cleaned_data["reason"]
        if source.format in MAPPED:
            draft = drafts.begin(standing, source, reason=reason)
            return HttpResponseRedirect(reverse("lists:columns", args=[draft.id]))
        return _proposed(request, standing, source, reason, change=False)
    return render(request, "registers/lists/propose.html", {"form": form}, status=422 if form.errors else 200)


@needs("lists.propose_source")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Proposes other settings of an approved source; for a file with columns of its own, its columns too."""
    standing, row = for_request(request), sources.approved(code)
    source = sources.as_source(row)
    form = ChangeForm(request.POST or None, initial=_initial(source))
    if request.method == "POST" and form.is_valid():
        changed, reason = form.changed(source), form.cleaned_data["reason"]
        if source.format in MAPPED:
            draft = drafts.begin(standing, changed, reason=reason, change=True)
            return HttpResponseRedirect(reverse("lists:columns", args=[draft.id]))
        return _proposed(request, standing, changed, reason, change=True)
    context = {"form": form, "source": row}
    return render(request, "registers/lists/propose.html", context, status=422 if form.errors else 200)


def _initial(source: Source) -> dict[str, object]:
    return {**asdict(source), **source.defaults, "at_places": written(source.at_places), "reason": ""}


@needs("lists.propose_source")
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Which column is which field: reads an example, tries it, proposes. One form; works without script."""
    standing = for_request(request)
    draft = drafts.one(standing, draft_id)
    if request.method == "GET":
        return _columns_page(request, standing, draft, ColumnsForm(draft))
    form = ColumnsForm(draft, request.POST, request.FILES)
    if not form.is_valid():
        return _columns_page(request, standing, draft, form)
    draft.source["mapping"] = form.mapping()
    if form.cleaned_data["file"]:
        Path(form.cleaned_data["file"].temporary_file_path()).replace(draft.file)
        draft.source["mapping"] |= {"columns": draft.source["mapping"]["columns"] if draft.change else {}}
    draft.save()
    do = request.POST.get("do")
    try:
        if do == "propose":
            source = Source(**draft.source)
            answer = _proposed(request, standing, source, draft.reason, change=draft.change)
            draft.discard()
            return answer
        if do == "try" and draft.file.is_file() and not form.cleaned_data["file"]:
            return _columns_page(request, standing, draft, form, drafts.attempt(draft))
        if draft.file.is_file():
            drafts.look_at(draft)
            return HttpResponseRedirect(reverse("lists:columns", args=[draft.id]))
        form.add_error("file", _("Choose the file"))
    except XeniaError as error:
        form.add_error(None, f"{error.message} {error.what_to_do}")
    return _columns_page(request, standing, draft, form)


def _proposed(
    request: HttpRequest, standing: Standing, source: Source, reason: str, *, change: bool
) -> HttpResponseRedirect:
    ask = sources.propose_change if change else sources.propose_source
    ask(standing, source, reason=reason, reference=f"list:{source.code}")
    messages.success(request, _("Proposed. Another person must approve it before anything is loaded."))
    return HttpResponseRedirect(reverse("lists:index"))


def _columns_page(
    request: HttpRequest, standing: Standing, draft: Draft, form: ColumnsForm, tried: Tried | None = None
) -> HttpResponse:
    rows = draft.look().get("rows") or []
    shows = rows and _may_see(standing, draft.source["register"])
    if shows:
        act = standing.act(PURPOSE, f"list:{draft.source['code']}")
        body = {"source": draft.source["code"], "register": draft.source["register"], "rows": len(rows)}
        journal.record_read(kinds.FILE_LOOKED_AT, body, act)
    lines = [
        (form[f"column-{place}"], [row[place] if place < len(row) else "" for row in rows[:3]] if shows else [])
        for place in range(len(form.headings))
    ]
    context = {
        "draft": draft,
        "form": form,
        "lines": lines,
        "tried": tried,
        "sheets": draft.look().get("sheets") or [],
        "hidden": bool(rows) and not shows,
        "most": drafts.TRIED_ROWS,
    }
    return render(request, "registers/lists/columns.html", context, status=422 if form.errors else 200)


def _may_see(standing: Standing, register: str) -> bool:
    """Whether policy shows whom or what the records of a register are about to whoever loads its lists."""
    return bool({"identity", "document"} & policy.decide(standing, PURPOSE, register).groups)
