"""Pages of the second line: who waits, one referral with its hits side by side, and its outcome."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.errors import BadInput, NotAllowed
from xenia.frontier import crossings, queries, referrals
from xenia.frontier.check import ReferralView
from xenia.frontier.forms import AnswerForm
from xenia.frontier.models import Check
from xenia.frontier.pages import OUTCOMES, PURPOSES
from xenia.frontier.second import cases, handover
from xenia.frontier.second import queries as second
from xenia.frontier.second.forms import InterviewForm, LongRefuseForm, PhotographForm, StepForm, refused
from xenia.frontier.territory import at_home

NOTHING_NEW = 204


def _queue(standing: Standing) -> dict[str, Any]:
    rows = sorted(queries.waiting(standing), key=lambda row: (row.gravity, row.since))
    now = timezone.now()
    shown = [{"row": row, "minutes": int((now - row.since).total_seconds() // 60)} for row in rows]
    return {"queue": shown, "mark": queries.queue_mark(standing)}


@needs("frontier.second_line")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Who waits, the gravest first, then by wait. With `mark`, a poll: no content where nothing has changed since."""
    standing = for_request(request)
    if not standing.post:
        return HttpResponseRedirect(reverse("frontier:lanes"))
    mark = request.GET.get("mark")
    if mark is not None and mark == queries.queue_mark(standing):
        return HttpResponse(status=NOTHING_NEW)
    context = {**_queue(standing), "current": request.GET.get("current", "")}
    if mark is None:
        context["open_hits"] = second.open_hits(standing.post)
    return render(request, "frontier/queue.html" if mark is not None else "frontier/second_line.html", context)


@needs("frontier.second_line")
@require_GET
def referral(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """One referral, whole."""
    return shown(request, for_request(request), item_id)


def shown(request: HttpRequest, standing: Standing, item_id: UUID, wrong: Form | None = None) -> HttpResponse:
    """The page of a referral. `wrong`: the one form on it that was refused, shown again as it was typed, with why."""
    view = queries.referral(standing, item_id)
    form = wrong if isinstance(wrong, AnswerForm) else AnswerForm()
    context = {
        "wrong": wrong,
        "referral": view,
        "check": view.check,
        "purpose": PURPOSES.get(view.check.purpose, view.check.purpose),
        "noting": "noted" in view.outcomes,
        "unseen": view.kind == referrals.SILENT_KIND,
        "retro": view.kind == referrals.RETRO_KIND,
        "minutes": int((timezone.now() - view.since).total_seconds() // 60),
        "outcome": OUTCOMES.get(view.answer.outcome, "") if view.answer else "",
        "form": form,
        "current": str(item_id),
        **_queue(standing),
        **_work(standing, item_id, view, wrong),
    }
    return render(request, "frontier/referral.html", context, status=422 if wrong else 200)


def _work(standing: Standing, item_id: UUID, view: ReferralView, wrong: Form | None) -> dict[str, Any]:
    """Hits with their next steps, interview, and what is open."""
    row = Check.objects.get(id=view.check.id)
    found = second.cases_of(row.id, item_id, view.check)
    shown = {hit.subject for hit in view.check.hits}
    findings = [word for hit in view.check.hits for word in (hit.category, hit.register)]
    findings += [finding.code for finding in view.check.findings]
    notes, photographs, questions = second.interview_of(
        standing, row, findings, unseen=view.kind == referrals.SILENT_KIND
    )
    open_here = view.mine and view.answer is None
    return {
        "cases": found,
        "lone_cases": [one for one in found if one.subject not in shown],
        "may_step": view.mine if view.answer is None else True,
        "may_note": open_here,
        "notes": notes,
        "photographs": photographs,
        "step": wrong if isinstance(wrong, StepForm) else None,
        "interview_form": wrong.asked(questions)
        if isinstance(wrong, InterviewForm)
        else InterviewForm(questions=questions),
        "photograph_form": wrong if isinstance(wrong, PhotographForm) else PhotographForm(),
        "blocked": _blocked(row),
        "handed": row.state == "handed-over",
        "received_at": handover.received_at(row.id) if row.state == "handed-over" else None,
    }


def _blocked(row: Check) -> dict[str, str]:
    """Which answers are not open now, each with its reason in words."""
    blocked = dict(cases.forbidden(row.id))
    if at_home(row.direction, row.category):
        blocked["refuse"] = _("An own national is not refused entry.")
    return blocked


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
        return shown(request, standing, item_id, form)
    referrals.answer_referral(standing, item_id, form.cleaned_data["outcome"], form.cleaned_data["note"])
    return HttpResponseRedirect(reverse("frontier:second_line"))


@needs("frontier.second_line")
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Refuse with the standard form."""
    standing = for_request(request)
    form = LongRefuseForm(request.POST or None)
    view = queries.referral(standing, item_id)
    if at_home(view.check.direction, view.check.category):
        raise crossings.own_national()
    if request.method == "POST" and form.is_valid():
        details = form.details()
        note = str(details.get("comments", ""))
        try:
            referrals.answer_referral(standing, item_id, "refuse", note, form.cleaned_data["reasons"], details)
            return HttpResponseRedirect(reverse("frontier:refusal", args=[view.check.id]))
        except (BadInput, NotAllowed) as problem:
            refused(form, "reasons", problem)
    back = reverse("frontier:referral", args=[item_id])
    closed = [(word, why) for word, why in cases.forbidden(view.check.id).items() if len(word) == 1]
    context = {"check": view.check, "form": form, "back": back, "closed_letters": closed}
    return render(request, "frontier/refuse.html", context, status=422 if form.errors else 200)
