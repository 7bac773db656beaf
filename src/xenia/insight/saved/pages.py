"""Pages of saved questions: the list, one with its reports, saving, changing, copying, putting away and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access import standing
from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.errors import BadInput, NotFound, XeniaError
from xenia.insight import actions as asking
from xenia.insight import address, files, labels, notes, table_actions
from xenia.insight.address import Address, from_told
from xenia.insight.charts import Wish
from xenia.insight.pages.tables import file_answer
from xenia.insight.periods import PERIODS
from xenia.insight.saved import actions, making
from xenia.insight.saved.forms import MONDAY, SaveForm
from xenia.insight.saved.models import Report, Saved

ON_A_PAGE = 25
SORTS = {"title": "title", "newest": "-changed_at", "next": "due_at"}


@dataclass(frozen=True)
class Row:
    """A saved question as it is shown."""

    saved: Saved
    query: str
    about: str
    period: str
    grade: str
    schedule: str
    mine: bool
    owner: str
    last: Report | None = None


def row(here: Standing, saved: Saved, last: Report | None = None) -> Row:
    """What a list and a page say of a question; one that cannot be asked any more says so."""
    given = from_told(saved.question)
    try:
        about = notes.title(given.question(datetime.now(UTC).date()))
    except BadInput:
        about = _("This cannot be asked any more.")
    known = standing.known(saved.owner)
    period = _own(given) if given.period == "own" else str(PERIODS.get(given.period, given.period))
    return Row(
        saved, given.query(), about, period, str(notes.GRADES.get(given.grade, given.grade)), schedule(saved), saved.owner == here.account,
        known.account().display_name if known else "", last,
    )  # fmt: skip


def _own(given: Address) -> str:
    days = [date_format(day, "j M Y") for day in (given.since, given.until) if day]
    return " – ".join(days)


def schedule(saved: Saved) -> str:
    """`Every Monday at 06:00`, in the reader's language; empty where no report is made."""
    at = {"hour": f"{saved.hour:02}:00", "zone": saved.zone}
    if saved.every == "daily":
        return _("Every day at %(hour)s (%(zone)s)") % at
    if saved.every == "weekly":
        weekday = date_format(MONDAY + timedelta(days=saved.day - 1), "l")
        return _("Every week, %(weekday)s at %(hour)s (%(zone)s)") % {**at, "weekday": weekday}
    if saved.every == "monthly":
        return _("Every month on day %(day)d at %(hour)s (%(zone)s)") % {**at, "day": saved.day}
    return ""


@needs("insight.read")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The questions that one sees: searched by title, sorted, by pages."""
    here, wanted = for_request(request), request.GET.get("q", "").strip()[:100]
    sort = request.GET.get("sort", "title") if request.GET.get("sort") in SORTS else "title"
    found = actions.seen_by(here).order_by(SORTS[sort], "title", "pk")
    if sort == "next":
        found = found.exclude(due_at=None)
    if wanted:
        found = found.filter(title__icontains=wanted)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in (("q", wanted), ("sort", sort)) if value})
    context = {
        "rows": [row(here, one) for one in page.object_list],
        "page": page,
        "query": query.urlencode(),
        "wanted": wanted,
        "sort": sort,
        "gone": _gone(here, request.GET.get("gone", "")),
    }
    return render(request, "insight/saved.html", context)


def _gone(here: Standing, which: str) -> Saved | None:
    try:
        return actions.own(here, UUID(which), gone=True) if which else None
    except (ValueError, XeniaError):
        return None


@needs("insight.read")
@require_http_methods(["GET", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    """Save the question of an address, or put it in the place of one's own: `saved`."""
    here = for_request(request)
    given = address.read(request.GET)
    asked = given.question(datetime.now(UTC).date())
    changed = actions.own(here, _id(request.GET["saved"])) if request.GET.get("saved") else None
    form = SaveForm(
        request.POST or None, initial=_first(changed) if changed else {"title": notes.title(asked)[:120], "hour": 6}
    )
    if request.method == "POST" and form.is_valid():
        try:
            wish = form.wish()
            kept = actions.change(here, changed.pk, given, wish) if changed else actions.save(here, given, wish)
        except BadInput as problem:
            form.add_error(None, f"{_(problem.message)} {_(problem.what_to_do)}")
        else:
            messages.success(request, _("Saved: %(title)s") % {"title": kept.title})
            return HttpResponseRedirect(reverse("insight:saved-one", args=[kept.pk]))
    context = {
        "form": form, "title": notes.title(asked), "period": PERIODS.get(given.period, ""), "query": given.query(), "changed": changed,
        "what": labels.measure(asked.fact, asked.measure),
    }  # fmt: skip
    return render(request, "insight/save.html", context, status=422 if form.errors else 200)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such saved question.", "Load the list again.", code="no-saved-question") from None


def _first(saved: Saved) -> dict[str, object]:
    return {
        "title": saved.title, "shared": saved.shared, "every": saved.every, "weekday": min(saved.day, 7), "day": saved.day, "hour": saved.hour,
    }  # fmt: skip


@needs("insight.read")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, which: UUID) -> HttpResponse:
    """One question with its reports, and the form to change it."""
    here = for_request(request)
    saved = actions.get(here, which)
    form = SaveForm(request.POST or None, initial=_first(saved))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(here, which, None, form.wish())
        except BadInput as problem:
            form.add_error(None, f"{_(problem.message)} {_(problem.what_to_do)}")
        else:
            messages.success(request, _("Changed."))
            return HttpResponseRedirect(reverse("insight:saved-one", args=[which]))
    reports = list(saved.reports.order_by("-due_at")[: making.KEPT_REPORTS])
    context = {
        "row": row(here, saved), "saved": saved, "form": form, "reports": reports,
        "forms": [(name, kind.label) for name, kind in files.FORMS.items()],
    }  # fmt: skip
    return render(request, "insight/saved_one.html", context, status=422 if form.errors else 200)


@needs("insight.read")
@require_GET
def take(request: HttpRequest, which: UUID, report: UUID, form: str) -> HttpResponse:
    """A report as a file, for whoever sees its question."""
    here = for_request(request)
    saved = actions.get(here, which)
    found = saved.reports.filter(pk=report, code="").first()
    if found is None:
        raise NotFound("There is no such report.", "Load the page again.", code="no-report")
    made, given = making.find(found), from_told(saved.question)
    wish = Wish(given.chart, part=given.part)
    return file_answer(
        table_actions.take(here, asking.warehouse(), made, form, wish, get_language() or "en", given.sort)
    )


@needs("insight.read")
@require_POST
def act(request: HttpRequest, which: UUID, what: str) -> HttpResponse:
    """Copy, put away or bring back."""
    here = for_request(request)
    if what == "copy":
        kept = actions.copy(here, which, _("Copy of %(title)s") % {"title": actions.get(here, which).title})
        return HttpResponseRedirect(reverse("insight:saved-one", args=[kept.pk]))
    if what == "put-away":
        actions.put_away(here, which)
        return HttpResponseRedirect(f"{reverse('insight:saved')}?gone={which}")
    if what == "bring-back":
        actions.bring_back(here, which)
        return HttpResponseRedirect(reverse("insight:saved"))
    raise NotFound("There is no such thing to do.", "Load the page again.", code="unknown-choice")
