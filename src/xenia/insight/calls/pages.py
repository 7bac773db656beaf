"""Pages of displacement: the studies that operators made, and one of them with regions, flows and files."""

from __future__ import annotations

from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xenia.access.views import needs
from xenia.errors import NotFound
from xenia.insight import actions
from xenia.insight.calls import showing, taking

TYPES = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}


@needs("insight.read")
@require_GET
def studies(request: HttpRequest) -> HttpResponse:
    """All studies, the latest first."""
    rows = [taking.study("", name) for name in taking.names()]
    return render(request, "insight/displacement.html", {"rows": [(one, showing.head(one)) for one in rows]})


@needs("insight.read")
@require_GET
def study(request: HttpRequest, name: str) -> HttpResponse:
    """One study."""
    taken = taking.study("", name)
    context = {
        "taken": taken,
        "head": showing.head(taken),
        "regions": [(one, showing.region_bar(one)) for one in taken.regions],
        "flows": showing.flows(taken),
        "caveats": [showing.CAVEATS[one] for one in taken.said["caveats"] if one in showing.CAVEATS],
        "files": [one for one in (*taking.FILES, taking.POPULATION) if _file(name, one).is_file()],
    }
    return render(request, "insight/study.html", context)


@needs("insight.read")
@require_GET
def file(request: HttpRequest, name: str, which: str) -> HttpResponseBase:
    """A file of a study as the operator made it: it holds nothing that may not leave."""
    taking.study("", name)
    place = _file(name, which)
    if which not in (*taking.FILES, taking.POPULATION) or not place.is_file():
        raise NotFound(_("There is no such file."), _("Choose one of the list."), code="no-study")
    return FileResponse(
        place.open("rb"), as_attachment=True, filename=f"{name}-{which}", content_type=TYPES[place.suffix]
    )


def _file(name: str, which: str) -> Path:
    return actions.warehouse().folder / "calls" / name / which
