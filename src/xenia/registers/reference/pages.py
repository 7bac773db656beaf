"""Pages of reference data: browse and search, every language side by side, history, changes by proposal, files."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access.models import Account
from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import BadInput, Conflict, NotFound
from xenia.registers.reference import actions, files, read
from xenia.registers.reference.forms import HOW_SURE, FileForm, TermForm
from xenia.registers.reference.models import ReferenceRow
from xenia.registers.reference.terms import LANGUAGES, Listing, Term, words

PER_PAGE = 50
READ = ("reference.propose", "reference.approve")


def tongues() -> list[dict[str, Any]]:
    """The languages, with their names, in the order in which columns stand."""
    return [{"code": code, **get_language_info(code)} for code in LANGUAGES]


def _matches(term: Term, asked: str) -> bool:
    asked = asked.casefold()
    return asked in term.code.casefold() or any(asked in text.casefold() for text in term.labels.values())


@needs(*READ)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All lists; with a search, the terms of every list that hold the words."""
    asked = request.GET.get("q", "").strip()[:64]
    rows = []
    for name, known in read.listings().items():
        terms = read.terms(name)
        missing = sum(1 for one in terms for language in LANGUAGES if not one.labels.get(language))
        rows.append(
            {
                "name": name,
                "label": words(known.labels),
                "what": words(known.what),
                "terms": len(terms),
                "missing": missing,
            }
        )
    found = [one for name in read.listings() for one in read.terms(name) if _matches(one, asked)] if asked else []
    labels = {name: words(known.labels) for name, known in read.listings().items()}
    context = {"rows": rows, "asked": asked, "found": [(one, labels[one.list]) for one in found[:200]]}
    return render(request, "registers/reference/index.html", context)


@needs(*READ)
@require_GET
def listed(request: HttpRequest, name: str) -> HttpResponse:
    """One list: its terms with their words in every language side by side."""
    known = read.listing(name)
    asked, today = request.GET.get("q", "").strip()[:64], timezone.localdate()
    terms = [one for one in read.terms(name) if not asked or _matches(one, asked)]
    page = Paginator(terms, PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"term": one, "labels": [one.labels.get(code, "") for code in LANGUAGES], "over": not one.valid(today)}
        for one in page
    ]
    context = {
        "list": known, "label": words(known.labels), "what": words(known.what), "page": page, "rows": rows,
        "tongues": tongues(), "asked": asked, "may_propose": for_request(request).may("reference.propose") and not known.page,
    }  # fmt: skip
    return render(request, "registers/reference/list.html", context)


@needs(*READ)
@require_GET
def export(request: HttpRequest, name: str) -> HttpResponse:
    """The list as CSV."""
    answer = HttpResponse(files.written(name, read.terms(name)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{read.listing(name).name}.csv"'
    return answer


def _known(name: str, code: str) -> tuple[Listing, Term]:
    known, found = read.listing(name), read.term(name, code)
    if found is None:
        raise NotFound(_("There is no such term."), _("Look at the list."), code="no-term")
    return known, found


def _first(term: Term) -> dict[str, Any]:
    flat = {**actions.flat(term), "valid_from": term.valid_from, "valid_to": term.valid_to}
    return {name: value for name, value in flat.items() if name not in ("list", "code")}


def _history(name: str, code: str) -> list[dict[str, Any]]:
    rows = list(ReferenceRow.objects.filter(list=name, code=code).order_by("version"))
    ids = {
        actor.split(":")[1] for row in rows for actor in (row.made_by, row.proposed_by) if actor.startswith("account:")
    }
    names = {f"account:{one.pk}": one.display_name for one in Account.objects.filter(pk__in=ids)}
    found: list[dict[str, Any]] = []
    before: Term | None = None
    for row in rows:
        now = read.of_row(row)
        lines = actions.differences(now, before) if before else ()
        found.append({
            "row": row, "lines": lines, "made_by": names.get(row.made_by, ""), "proposed_by": names.get(row.proposed_by, ""),
        })  # fmt: skip
        before = now
    return found[::-1]


@needs(*READ)
@require_http_methods(["GET", "POST"])
def term(request: HttpRequest, name: str, code: str) -> HttpResponseBase:
    """One term: words in every language, validity, source, history; a form to propose a change or its end."""
    known, found = _known(name, code)
    may = for_request(request).may("reference.propose") and not known.page
    context = {
        "list": known, "list_label": words(known.labels), "term": found, "history": _history(name, code),
        "labels": [(one, found.labels.get(one["code"], "")) for one in tongues()],
        "attributes": [(words(one.labels), found.attributes.get(one.name, "")) for one in known.attributes],
        "confidence": HOW_SURE.get(found.confidence, found.confidence), "may_propose": may,
    }  # fmt: skip
    if not may:
        return render(request, "registers/reference/term.html", context)
    form = TermForm(known, request.POST or None, initial=_first(found))
    return _proposing(request, form, "registers/reference/term.html", context, code)


@needs("reference.propose")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, name: str) -> HttpResponseBase:
    """Propose a term that is not there yet."""
    known = read.listing(name)
    last = max((one.order for one in read.terms(name)), default=0)
    form = TermForm(known, request.POST or None, new=True, initial={"order": last + 10})
    if request.method == "POST" and form.is_valid() and read.term(name, form.cleaned_data["code"].strip()):
        form.add_error("code", _("There is already a term of that code."))
    return _proposing(request, form, "registers/reference/new.html", {"list": known, "list_label": words(known.labels)})


def _proposing(
    request: HttpRequest, form: TermForm, template: str, context: dict[str, Any], code: str = ""
) -> HttpResponseBase:
    step = request.POST.get("step", "check")
    if request.method == "POST" and form.is_valid() and step != "edit":
        contents = [form.content(code)]
        try:
            if step == "propose":
                return redirect(
                    "proposal", actions.propose(for_request(request), contents, form.cleaned_data["reason"]).pk
                )
            return _check(request, form, contents, context)
        except (BadInput, Conflict) as problem:
            form.add_error(None, f"{_(problem.message)} {_(problem.what_to_do)}")
    return render(request, template, {**context, "form": form}, status=422 if form.errors else 200)


def _check(request: HttpRequest, form: Any, contents: list[dict[str, Any]], context: dict[str, Any]) -> HttpResponse:
    """What would change, field by field. Raises `BadInput` (`bad-term`, `nothing-changed`)."""
    changed = actions.changed(contents)
    if not changed:
        raise BadInput("This changes nothing.", "Change a field first.", code="nothing-changed")
    lines = [line for one, before in changed for line in actions.differences(one, before)]
    shown = {
        **context, "form": form, "lines": lines, "added": sum(1 for _one, before in changed if before is None),
        "changed": sum(1 for _one, before in changed if before), "same": len(contents) - len(changed),
    }  # fmt: skip
    return render(request, "registers/reference/check.html", shown)


@needs("reference.propose")
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of terms: what it would change, then the proposal. Terms that the file does not name stay."""
    known = read.listing(name)
    form, context = (
        FileForm(request.POST or None, request.FILES or None),
        {"list": known, "list_label": words(known.labels)},
    )
    step = request.POST.get("step", "check")
    if request.method == "POST" and form.is_valid() and step != "edit":
        said = form.cleaned_data
        try:
            text = files.text_of(said["file"].read(files.SIZE_LIMIT + 1)) if said["file"] else said["text"]
            contents = files.contents(name, text)
            if step == "propose":
                return redirect("proposal", actions.propose(for_request(request), contents, said["reason"]).pk)
            carried = FileForm({"text": text, "reason": said["reason"]})
            carried.is_valid()
            return _check(request, carried, contents, context)
        except (BadInput, Conflict) as problem:
            form.add_error("file", f"{_(problem.message)} {_(problem.what_to_do)}")
    return render(
        request, "registers/reference/load.html", {**context, "form": form}, status=422 if form.errors else 200
    )
