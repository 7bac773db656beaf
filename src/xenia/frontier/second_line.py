"""Pages of the second line: who waits, one referral with its hits side by side, and its outcome."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.frontier import queries, referrals
from xenia.frontier.forms import AnswerForm, RefuseForm
from xenia.frontier.pages import OUTCOMES, PURPOSES

NOTHING_NEW = 204


def _queue(standing: Standing) -> dict[str, Any]:
    rows = queries.waiting(standing)
    now = timezone.now()
    shown = [{"row": row, "minutes": int((now - row.since).total_seconds() // 60)} for row in rows]
    return {"queue": shown, "mark": queries.queue_mark(standing)}


@needs("frontier.second_line")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Who waits, longest first. With `mark`, a poll: no content where nothing has changed since."""
    standing = for_request(request)
    if not standing.post:
        return HttpResponseRedirect(reverse("frontier:lanes"))
    mark = request.GET.get("mark")
    if mark is not None and mark == queries.queue_mark(standing):
        return HttpResponse(status=NOTHING_NEW)
    context = {**_queue(standing), "current": request.GET.get("current", "")}
    return render(request, "frontier/queue.html" if mark is not None else "frontier/second_line.html", context)


@needs("frontier.second_line")
@require_GET
def referral(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """One referral, whole."""
    return _referral(request, for_request(request), item_id, AnswerForm())


def _referral(request: HttpRequest, standing: Standing, item_id: UUID, form: AnswerForm) -> HttpResponse:
    view = queries.referral(standing, item_id)
    context = {
        "referral": view,
        "check": view.check,
        "purpose": PURPOSES.get(view.check.purpose, view.check.purpose),
        "unseen": "noted" in view.outcomes,
        "minutes": int((timezone.now() - view.since).total_seconds() // 60),
        "outcome": OUTCOMES.get(view.answer.outcome, "") if view.answer else "",
        "form": form,
        "current": str(item_id),
        **_queue(standing),
    }
    return render(request, "frontier/referral.html", context, status=422 if form.errors else 200)


@needs("frontier.second_line")
@require_POST
def claim(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take the referral: nobody else answers it meanwhile."""
    referrals.claim_referral(for_request(request), item_id)
    return HttpResponseRedirect(reverse("frontier:referral", args=[item_id]))


@needs("frontier.second_line")
@require_POST
def release(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Give it back to the queue."""
    referrals.release_referral(for_request(request), item_id)
    return HttpResponseRedirect(reverse("frontier:second_line"))


@needs("frontier.second_line")
@require_POST
def answer(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Admit, or hand over to another authority."""
    standing = for_request(request)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _referral(request, standing, item_id, form)
    referrals.answer_referral(standing, item_id, form.cleaned_data["outcome"], form.cleaned_data["note"])
    return HttpResponseRedirect(reverse("frontier:second_line"))


@needs("frontier.second_line")
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Refuse with the standard form."""
    standing = for_request(request)
    form = RefuseForm(request.POST or None)
    view = queries.referral(standing, item_id)
    if request.method == "POST" and form.is_valid():
        details = form.details()
        note = str(details.get("comments", ""))
        referrals.answer_referral(standing, item_id, "refuse", note, form.cleaned_data["reasons"], details)
        return HttpResponseRedirect(reverse("frontier:refusal", args=[view.check.id]))
    back = reverse("frontier:referral", args=[item_id])
    context = {"check": view.check, "form": form, "back": back}
    return render(request, "frontier/refuse.html", context, status=422 if form.errors else 200)
