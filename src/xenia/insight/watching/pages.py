"""Pages of the watch: the list of signals, one signal, the rules, a forecast."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.errors import BadInput, Conflict, NotFound, XeniaError
from xenia.insight import days
from xenia.insight.watching import actions, finding, gathering, looking, showing
from xenia.insight.watching.forms import AssessForm, EventForm, RulesForm
from xenia.insight.watching.gathering import INDICATORS
from xenia.insight.watching.models import KnownEvent, Month, RuleSet, Signal
from xenia.insight.watching.series import Segment
from xenia.insight.watching.terms import terms, whole

PAGE = 25


@needs("insight.read")
@require_GET
def signals(request: HttpRequest) -> HttpResponse:
    """The signals, those that last first, filtered by the address."""
    rows, asked = finding.wanted(request.GET)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    last = Month.objects.order_by("-released_at").values_list("released_at", flat=True).first()
    context = {
        "rows": [showing.row(one) for one in page.object_list],
        "page": page,
        "query": urlencode(asked),
        "asked": asked,
        "levels": list(showing.LEVELS_SHOWN.items()),
        "posts": [(one, showing.post(one)) for one in finding.codes("post")],
        "nationalities": [(one, showing.nationality(one)) for one in finding.codes("nationality")],
        "looked_at": last,
        "day_ends": days.ends(datetime.now(UTC).date()),
        "may": for_request(request).may(actions.PERMISSION),
        "tab": "signals",
    }
    return render(request, "watching/signals.html", context)


@needs("insight.read")
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The signals that the address asks for as CSV, figures as released; the journal is told."""
    rows, _asked = finding.wanted(request.GET)
    data = actions.export(for_request(request), list(rows[: actions.MOST_EXPORTED]))
    answer = HttpResponse(data, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="signals.csv"'
    return answer


@needs("insight.read")
@require_http_methods(["GET", "POST"])
def signal(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """One signal with its series and why it rang; what people say of it is posted here."""
    here, found = for_request(request), actions.find(signal_id)
    form = AssessForm(request.POST if request.POST.get("do") == "assess" else None)
    problem: XeniaError | None = None
    if request.method == "POST":
        try:
            done = _do(request, here, found, form)
        except (BadInput, Conflict) as wrong:
            problem, done = wrong, False
        if done:
            return HttpResponseRedirect(reverse("insight:watch-signal", args=[signal_id]))
    shown, segment = showing.row(found), Segment(found.post, found.nationality)
    related = Signal.objects.filter(indicator=found.indicator, on__lte=found.last_on, last_on__gte=found.on)
    context = {
        "row": shown,
        "signal": found,
        "past": showing.past(found.indicator, segment, max(found.peak, found.last_on)),
        "reasons": showing.reasons(found),
        "coverage": showing.coverage(found),
        "related": [
            showing.row(one)
            for one in related.exclude(pk=found.pk).order_by("-score")[:50]
            if segment.holds(Segment(one.post, one.nationality)) or Segment(one.post, one.nationality).holds(segment)
        ],
        "note": actions.note_of(found),
        "may": here.may(actions.PERMISSION),
        "form": form,
        "problem": problem,
        "day_ends": days.ends(found.peak),
        "tab": "signals",
    }
    status = problem.http_status if problem else 422 if form.errors else 200
    return render(request, "watching/signal.html", context, status=status)


def _do(request: HttpRequest, here: Standing, found: Signal, form: AssessForm) -> bool:
    what = request.POST.get("do", "")
    if what == "acknowledge":
        actions.acknowledge(here, found.pk)
        messages.success(request, _("Noted that you have seen it."))
    elif what == "take-back":
        actions.take_back(here, found.pk)
        messages.success(request, _("Taken back."))
    elif form.is_valid():
        actions.assess(here, found.pk, form.cleaned_data["assessment"], form.cleaned_data["note"])
        messages.success(request, _("Written down. You can take it back."))
    else:
        return False
    return True


@needs("insight.read")
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force with their sources, who set them before, and known events; setting needs `insight.watch`."""
    here, now = for_request(request), looking.rules()
    may, what = here.may(actions.PERMISSION), request.POST.get("do", "")
    initial = {name: getattr(now, name) for name in ("main", "smoothing", "limit", "alpha", "share", "shares")}
    form = RulesForm(request.POST if what == "rules" else None, initial=initial)
    event = EventForm(request.POST if what == "event" else None, prefix="event")
    wrong = form if what == "rules" else event
    if request.method == "POST":
        try:
            done = _set(request, here, what, form, event)
        except BadInput as problem:
            wrong.add_error(None, str(problem))
            done = False
        if done:
            return HttpResponseRedirect(reverse("insight:watch-rules"))
    context = {
        "form": form,
        "event": event,
        "wrong": wrong,
        "may": may,
        "current": [(form[name].label, form[name].initial) for name in initial if name not in ("main", "shares")],
        "shares": now.shares,
        "main": showing.RULES_SHOWN[now.main],
        "history": RuleSet.objects.order_by("-set_at")[:20],
        "events": [
            (one, showing.post(one.post)) for one in KnownEvent.objects.filter(removed_at=None).order_by("-first")[:100]
        ],
        "terms": terms().values(),
        "tab": "rules",
    }
    return render(request, "watching/rules.html", context, status=422 if wrong.errors else 200)


def _set(request: HttpRequest, here: Standing, what: str, form: RulesForm, event: EventForm) -> bool:
    if what == "remove":
        try:
            actions.remove_event(here, UUID(request.POST.get("event", "")))
        except ValueError:
            raise NotFound(_("There is no such event."), _("Go back to the list."), code="no-event") from None
        messages.success(request, _("The days are ordinary ones again."))
    elif what == "rules" and form.is_valid():
        actions.set_rules(here, form.wanted(), form.cleaned_data["reason"])
        messages.success(request, _("The rules are set. They hold from the next look on."))
    elif what == "event" and event.is_valid():
        data = event.cleaned_data
        actions.add_event(here, data["first"], data["last"], data["label"], data["post"])
        messages.success(request, _("Noted."))
    else:
        return False
    return True


def last_closed(now: datetime) -> date:
    """The last day that is judged as a whole."""
    return (now - timedelta(hours=whole("closed-after-hours"))).date() - timedelta(days=1)


def series_asked(request: HttpRequest) -> tuple[str, Segment, date, dict[str, Any]]:
    """Which series the address names, until when it is known, and what its page says and offers."""
    name = request.GET.get("indicator", "entries")
    name = name if name in INDICATORS else "entries"
    segment = Segment(request.GET.get("post", "")[:40], request.GET.get("nationality", "")[:8])
    until = last_closed(datetime.now(UTC))
    known = gathering.table(name, until).segments
    posts, states = showing.segments(known)
    return name, segment, until, {
        "indicator": name,
        "indicators": [(one.name, one.label) for one in INDICATORS.values()],
        "segment": segment,
        "posts": posts,
        "nationalities": states,
        "title": f"{showing.indicator(name)}: {showing.segment_words(segment)}",
        "until": until,
        "known": bool(known),
        "day_ends": days.ends(until),
    }  # fmt: skip


@needs("insight.read")
@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """The next two weeks of a series, where that can be known."""
    name, segment, until, said = series_asked(request)
    ahead = showing.ahead(name, segment, until) if said["known"] else None
    return render(request, "watching/forecast.html", {**said, "ahead": ahead, "tab": "forecast"})
