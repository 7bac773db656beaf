"""A released table as a picture or a file. Nothing is asked anew: it is what was released to this reader."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import BadInput
from xenia.insight import actions, address, charts, table_actions
from xenia.insight.charts import Wish

KEPT_BY_BROWSER = "private, max-age=3600, immutable"


@needs("insight.read")
@require_GET
def chart(request: HttpRequest, digest: str) -> HttpResponse:
    """The chart of a table as SVG: `kind`, `theme` light or dark, `size` small for a phone."""
    where = actions.warehouse()
    made = table_actions.find(for_request(request), where, digest)
    wish = Wish(
        request.GET.get("kind", "auto"),
        "dark" if request.GET.get("theme") == "dark" else "light",
        request.GET.get("size") == "small",
        part=_part(request),
    )
    data = charts.svg(made, wish, table_actions.pictures(where))
    answer = HttpResponse(data, content_type="image/svg+xml")
    answer["Cache-Control"] = KEPT_BY_BROWSER
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer


@needs("insight.read")
@require_GET
def take(request: HttpRequest, digest: str, form: str) -> HttpResponse:
    """The table as a file, written into the journal."""
    here, where = for_request(request), actions.warehouse()
    made = table_actions.find(here, where, digest)
    kind = request.GET.get("kind", "auto")
    if kind not in (*charts.drawing.KINDS, "auto", "none"):
        raise BadInput(
            _("There is no such chart."),
            _("Known are %(known)s.") % {"known": ", ".join(charts.drawing.KINDS)},
            code="unknown-choice",
        )
    wish = Wish(kind, part=_part(request))
    return file_answer(table_actions.take(here, where, made, form, wish, get_language() or "en", _sort(request)))


def _sort(request: HttpRequest) -> str:
    """The order in which the page shows lines; what is none is as if none were said."""
    found = request.GET.get("sort", "")
    return found if found in address.SORTS else ""


def _part(request: HttpRequest) -> str:
    """The part of the world that a map shows; what is none is as if none were said."""
    found = request.GET.get("part", "")
    return found if found in charts.parts.PARTS else charts.parts.FIT


def file_answer(taken: table_actions.Taken) -> HttpResponse:
    """A file to be kept, never shown in the page's own place."""
    answer = HttpResponse(taken.data, content_type=taken.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{taken.name}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
