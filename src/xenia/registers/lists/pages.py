"""Pages of the lists: sources, versions and their age, loading with progress, refused rows, proposing a source."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import NotFound
from xenia.formats.lists.reasons import sentence
from xenia.journal import actions as journal
from xenia.registers.lists import actions, incoming, kinds, queries, reports, safe_csv, sources, store
from xenia.registers.lists.forms import LoadForm
from xenia.registers.lists.job import Changes
from xenia.registers.lists.models import LoadRun
from xenia.registers.lists.sources import PURPOSE

CHANGES = ("added", "changed", "removed")
PER_PAGE = 50


@needs("lists.read")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All list sources with the version in use and its age."""
    standing = for_request(request)
    context = {"rows": queries.status(), "may_propose": standing.may("lists.propose_source")}
    return render(request, "registers/lists/index.html", context)


@needs("lists.read")
@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """The sources that load by themselves: their folders, what waits there, and how the last loads ended."""
    rows = [(one, incoming.waits(one.code), queries.runs(one.code, 5, origin="folder")) for one in incoming.watched()]
    context = {"rows": rows, "stable_s": int(incoming.STABLE_S), "kept_days": incoming.KEPT_DAYS}
    return render(request, "registers/lists/schedule.html", context)


@needs("lists.load")
@require_GET
def report(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """What a load added, changed, removed and refused, record by record; names as far as policy shows them."""
    row, found = _kept(run_id)
    standing = for_request(request)
    what = request.GET.get("what", "")
    what = what if what in (*CHANGES, "refused", "noted") else _first(row)
    page = Paginator(reports.rows(standing, row, found, what), PER_PAGE).get_page(request.GET.get("page"))
    act = standing.act(PURPOSE, f"list-load:{row.pk}")
    body = {"run": str(row.pk), "source": row.source_id, "what": what, "shown": len(page.object_list)}
    journal.record_read(kinds.REPORT_READ, body, act, subjects=reports.subjects(row, page.object_list))
    tabs = [(name, row.counts.get(name, 0)) for name in (*CHANGES, "refused", "noted")]
    context = {"run": row, "what": what, "page": page, "tabs": tabs, "most": reports.MOST, **_run_context(request, row)}
    return render(request, "registers/lists/report.html", context)


def _first(row: LoadRun) -> str:
    return next((name for name in (*CHANGES, "refused", "noted") if row.counts.get(name)), "added")


@needs("lists.read")
@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One source: what is in use, its versions and its loads."""
    return _source_page(request, code, LoadForm())


@needs("lists.load")
@require_POST
def load(request: HttpRequest, code: str) -> HttpResponse:
    """Takes an uploaded file and begins to load it beside the work."""
    standing = for_request(request)
    form = LoadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _source_page(request, code, form)
    if len(request.FILES.getlist("file")) > 1 and sources.one(code).format != "ofac-csv":
        form.add_error("file", _("This format is one file"))
        return _source_page(request, code, form)
    if store.is_busy(code):
        form.add_error("file", _("This list is being loaded. Wait until it is done, or cancel it."))
        return _source_page(request, code, form)
    files: list[TemporaryUploadedFile] = request.FILES.getlist("file")  # type: ignore[assignment]
    name = ", ".join(str(one.name) for one in files)
    run = actions.begin(standing, code, dry_run=form.cleaned_data["dry_run"], file_name=name)
    for one in files:
        alone = "" if len(files) == 1 else str(one.name)
        path = store.take_upload(Path(one.temporary_file_path()), run.pk, alone)
    actions.load_in_background(standing, run, path)
    return HttpResponseRedirect(reverse("lists:run", args=[run.pk]))


@needs("lists.read")
@require_GET
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One load: how far it is, or how it ended. Asked for by htmx, only the part that changes."""
    context = _run_context(request, queries.run(run_id))
    part = request.headers.get("HX-Request") == "true"
    return render(request, "registers/lists/progress.html" if part else "registers/lists/run.html", context)


@needs("lists.load")
@require_POST
def cancel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Stops a load."""
    actions.cancel(for_request(request), queries.run(run_id))
    messages.info(request, _("Stopping. Nothing of it is kept."))
    return HttpResponseRedirect(reverse("lists:run", args=[run_id]))


@needs("lists.load")
@require_GET
def refused(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """The refused rows of a load as CSV. The read is journalled: values of rows may be about persons."""
    row, changes = _kept(run_id)
    rows = (
        (one.line, one.record_id, one.column, one.reason, sentence(one.reason), one.value) for one in changes.refused()
    )
    return _download(request, row, "refused", ("line", "record_id", "column", "reason", "explanation", "value"), rows)


@needs("lists.load")
@require_GET
def changes(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """What a load added, changed and removed, as CSV of record ids. The read is journalled."""
    row, found = _kept(run_id)
    rows = ((change, record_id) for change in CHANGES for record_id in found.ids(change))
    return _download(request, row, "changes", ("change", "record_id"), rows)


def _source_page(request: HttpRequest, code: str, form: LoadForm) -> HttpResponse:
    standing = for_request(request)
    found = next((one for one in queries.status() if one.code == code), None)
    if found is None:
        raise NotFound("There is no such list.", "Look at all lists.", code="no-list-source")
    context = {
        "source": found,
        "held": sources.held_lines(code),
        "versions": queries.versions(code),
        "runs": queries.runs(code),
        "form": form,
        "may_change": standing.may("lists.propose_source") and found.state == "approved",
        "may_load": standing.may("lists.load") and found.state == "approved",
    }
    return render(request, "registers/lists/show.html", context, status=422 if form.errors else 200)


def _run_context(request: HttpRequest, row: LoadRun) -> dict[str, object]:
    progress = queries.progress(row)
    return {
        "run": row,
        "progress": progress,
        "too_old": parse_datetime(row.counts.get("as_of") or ""),
        "may_change": for_request(request).may("lists.propose_source"),
        "percent": round(progress.share * 100) if progress and progress.share is not None else None,
        "counts": [
            (name, row.counts[name])
            for name in ("records", *CHANGES, "refused", "noted", "passed_over", "kept")
            if name in row.counts
        ],
        "kept": store.run_path(row.source_id, row.pk).is_dir() and row.state != "running",
        "may_load": for_request(request).may("lists.load"),
    }


def _kept(run_id: UUID) -> tuple[LoadRun, Changes]:
    row = queries.run(run_id)
    folder = store.run_path(row.source_id, row.pk)
    if not folder.is_dir() or row.state == "running":
        raise NotFound(
            "The rows of this load are not kept any more.", "Load the file again, as a dry run.", code="no-load"
        )
    return row, Changes(folder)


def _download(
    request: HttpRequest, row: LoadRun, what: str, heading: Iterable[str], rows: Iterable[Iterable[object]]
) -> HttpResponseBase:
    act = for_request(request).act(PURPOSE, f"list-load:{row.pk}")
    body = {"run": str(row.pk), "source": row.source_id, "what": what, "refused": int(row.counts.get("refused", 0))}
    journal.record_read(kinds.REFUSED_READ, body, act)
    response = StreamingHttpResponse(safe_csv.lines(heading, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.source_id}-{what}.csv"'
    response["Cache-Control"] = "no-store"
    return response
