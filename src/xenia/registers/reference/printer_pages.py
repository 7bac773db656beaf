"""Pages of printers: which letter goes to which paper at which post, and a page to try it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access.standing import for_request, places
from xenia.access.views import needs
from xenia.errors import BadInput, Conflict
from xenia.registers.reference import printing, read
from xenia.registers.reference.forms import PrinterForm


@needs("accounts.manage")
@require_GET
def printers(request: HttpRequest) -> HttpResponse:
    """All printers by post."""
    rows = [
        {
            "printer": one, "post": places()[one.post].name if one.post in places() else one.post,
            "paper": read.label("paper-kind", one.paper), "letters": [read.label("letter-kind", code) for code in one.letters],
        }
        for one in printing.printers()
    ]  # fmt: skip
    return render(request, "registers/reference/printers.html", {"rows": rows})


def _put(request: HttpRequest, form: PrinterForm, printer: UUID | None) -> bool:
    said = form.cleaned_data
    try:
        printing.put(for_request(request), said["post"], said["name"], said["paper"], said["letters"], printer)
    except (BadInput, Conflict) as problem:
        form.add_error("name", f"{_(problem.message)} {_(problem.what_to_do)}")
        return False
    messages.success(request, _("Saved. Print the test page on it."))
    return True


@needs("accounts.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Name a printer."""
    form = PrinterForm(request.POST or None, initial={"paper": printing.STANDARD})
    if request.method == "POST" and form.is_valid() and _put(request, form, None):
        return redirect("printers")
    return render(request, "registers/reference/printer.html", {"form": form}, status=422 if form.errors else 200)


@needs("accounts.manage")
@require_http_methods(["GET", "POST"])
def printer(request: HttpRequest, printer: UUID) -> HttpResponseBase:
    """Change a printer, or take it out of use."""
    known = printing.found(printer)
    if request.POST.get("act") == "close":
        printing.close(for_request(request), printer)
        messages.success(request, _("The printer is out of use. Its letters go to A4."))
        return redirect("printers")
    first = {"post": known.post, "name": known.name, "paper": known.paper, "letters": known.letters}
    form = PrinterForm(request.POST or None, initial=first)
    form.fields["post"].disabled = True
    if request.method == "POST" and form.is_valid() and _put(request, form, printer):
        return redirect("printers")
    return render(
        request,
        "registers/reference/printer.html",
        {"form": form, "printer": known},
        status=422 if form.errors else 200,
    )


@needs("accounts.manage")
@require_GET
def test_page(request: HttpRequest, printer: UUID) -> HttpResponse:
    """A page that fits the printer's paper: scripts, a line to measure, a machine-readable zone."""
    known = printing.found(printer)
    return render(
        request,
        "registers/reference/printer_test.html",
        {"printer": known, "paper": printing.Paper(known.paper, known.name)},
    )
