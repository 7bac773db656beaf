"""Pages of the second line beside the referral itself: steps of hits, interview, photographs, handing over, papers, news."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.standing import for_request
from xenia.access.views import needs
from xenia.errors import BadInput
from xenia.frontier import queries as frontier
from xenia.frontier import referrals, second_line
from xenia.frontier.second import cases, handover, interview, news, papers
from xenia.frontier.second.forms import HandOverForm, InterviewForm, PhotographForm, StepForm, refused
from xenia.registers.reference import printing
from xenia.registers.reference import read as reference

NOTHING_NEW = 204


def _back(item_id: UUID, where: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("frontier:referral", args=[item_id]) + where)


@needs("frontier.second_line")
@require_http_methods(["GET", "POST"])
def hit(request: HttpRequest, hit_id: UUID) -> HttpResponse:
    """A hit by itself leads to its referral; a post does the next step."""
    standing = for_request(request)
    case, _check = cases.find(standing, hit_id)
    where = f"#hit-{case.id}"
    if request.method == "GET":
        return _back(case.item, where)
    form = StepForm(request.POST, hit=case.id)
    if not form.is_valid():
        return second_line.shown(request, standing, case.item, form)
    said = form.cleaned_data
    try:
        cases.do(standing, hit_id, said["task"], choice=said["choice"], text=said["text"], to=form.address())
    except BadInput as problem:
        field = "text" if isinstance(problem, cases.NeedsWords) else "choice"
        return second_line.shown(request, standing, case.item, refused(form, field, problem))
    return _back(case.item, where)


@needs("frontier.second_line")
@require_POST
def note(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Keep a note of the interview."""
    standing = for_request(request)
    item, check = referrals.find(standing, item_id)
    form = InterviewForm(request.POST, questions=interview.every_question())
    try:
        interview.note(standing, item, check, request.POST.get("text", ""), request.POST.get("question", "")[:32])
    except BadInput as problem:
        if "text" not in form.errors:
            refused(form, "text", problem)
        return second_line.shown(request, standing, item_id, form)
    return _back(item_id, "#interview")


@needs("frontier.second_line")
@require_POST
def photograph(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Keep a photograph of a page."""
    standing = for_request(request)
    item, check = referrals.find(standing, item_id)
    form = PhotographForm(request.POST, request.FILES)
    if not form.is_valid():
        return second_line.shown(request, standing, item_id, form)
    try:
        interview.photograph(standing, item, check, form.cleaned_data["file"], form.cleaned_data["page"])
    except BadInput as problem:
        return second_line.shown(request, standing, item_id, refused(form, "file", problem))
    return _back(item_id, "#photographs")


@needs("frontier.second_line")
@require_GET
def picture(request: HttpRequest, photograph_id: UUID) -> HttpResponse:
    """A photograph, whole or small; each look is written down."""
    small = request.GET.get("size") == "small"
    return _jpeg(interview.picture(for_request(request), photograph_id, small=small))


def _jpeg(data: bytes) -> HttpResponse:
    answer = HttpResponse(data, content_type="image/jpeg")
    answer["Cache-Control"] = "no-store"
    answer["Content-Disposition"] = "inline"
    return answer


@needs("frontier.second_line")
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """To whom, and what the receiving officer should know."""
    standing = for_request(request)
    form = HandOverForm(request.POST or None, receivers=_receivers())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        kind, _sign, authority = said["to"].partition(":")
        try:
            if kind in handover.RECEIVERS:
                referrals.hand_over(standing, item_id, kind, authority, said["note"], with_interview=said["interview"])
            else:
                referrals.answer_referral(standing, item_id, "hand-over", "")
            messages.success(request, _("Handed over."))
            return HttpResponseRedirect(reverse("frontier:second_line"))
        except BadInput as problem:
            refused(form, "to", problem)
    view = frontier.referral(standing, item_id)
    context = {
        "form": form,
        "check": view.check,
        "referral": view,
        "back": reverse("frontier:referral", args=[item_id]),
    }
    return render(request, "second/hand_over.html", context, status=422 if form.errors else 200)


def _receivers() -> list[tuple[str, Any]]:
    """Authorities of this installation that receive an item; then those to whom people are handed over in person."""
    found: list[tuple[str, Any]] = []
    for receiver in handover.RECEIVERS.values():
        for code, name in handover.authorities(receiver.kind):
            found.append((f"{receiver.kind}:{code}", f"{receiver.label}: {name}"))
    for term in reference.terms("hand-over-authority", timezone.localdate()):
        if not any(value.startswith(f"{term.code}:") for value, _words in found):
            found.append(
                (
                    term.code if term.code not in handover.RECEIVERS else f"in-person-{term.code}",
                    _in_person(term.label()),
                )
            )
    return found


def _in_person(label: str) -> str:
    return _("%(who)s (in person, without an item here)") % {"who": label}


@needs("handover.asylum", "handover.police")
@require_GET
def handovers(request: HttpRequest) -> HttpResponse:
    """Persons handed to this officer's authority."""
    standing = for_request(request)
    return render(request, "second/handovers.html", {"rows": handover.waiting(standing)})


@needs("handover.asylum", "handover.police")
@require_GET
def handed(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """One person handed over, for the receiving officer."""
    view = handover.show(for_request(request), handover_id)
    notes = [{"at": datetime.fromisoformat(one["at"]), "text": one["text"]} for one in view.notes]
    context = {**_person(view), "notes": notes, "pictures": range(len(view.photographs))}
    return render(request, "second/handed.html", context)


@needs("handover.asylum", "handover.police")
@require_GET
def receipt(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """A slip for the officer who brought the person; names nobody who received. Before the receipt: the page itself."""
    standing = for_request(request)
    view = handover.show(standing, handover_id)
    if view.row.received_at is None:
        return HttpResponseRedirect(reverse("frontier:handover", args=[handover_id]))
    paper = printing.paper_for(standing.post or view.row.from_post, "hand-over")
    return render(request, "second/receipt.html", {**_person(view), "paper": paper})


def _person(view: handover.HandedView) -> dict[str, Any]:
    document = view.claimed.documents[0] if view.claimed.documents else None
    return {"handed": view, "name": view.claimed.main_name(), "document": document}


@needs("handover.asylum", "handover.police")
@require_GET
def handed_picture(request: HttpRequest, handover_id: UUID, number: int) -> HttpResponse:
    """A photograph that came with the person."""
    return _jpeg(handover.picture(for_request(request), handover_id, number))


@needs("handover.asylum", "handover.police")
@require_POST
def receive(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """The person has arrived: a receipt for the border."""
    handover.receive(for_request(request), handover_id)
    return HttpResponseRedirect(reverse("frontier:handover", args=[handover_id]))


@needs("frontier.refuse")
@require_GET
def refusal_letter(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """The form of a refusal as PDF, in the language asked for and the state's."""
    return _pdf(papers.refusal(for_request(request), check_id, _language(request)), "refusal")


@needs("frontier.refuse")
@require_GET
def carrier_letter(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """The notice to the carrier as PDF."""
    return _pdf(papers.carrier(for_request(request), check_id, _language(request)), "carrier")


def _language(request: HttpRequest) -> str:
    return request.GET.get("language", "") or papers.state_language()


def _pdf(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


@needs("frontier.refuse")
@require_POST
def signature(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Note whether the person signed."""
    papers.sign(for_request(request), check_id, request.POST.get("signature", ""))
    return HttpResponseRedirect(reverse("frontier:refusal", args=[check_id]))


@needs("frontier.check")
@require_http_methods(["GET", "POST"])
def lane_news(request: HttpRequest) -> HttpResponse:
    """Answers of second line to this officer's referrals since they were last put away; nothing new: no content."""
    standing = for_request(request)
    if request.method == "POST":
        request.session["news_seen"] = timezone.now().isoformat()
        return HttpResponseRedirect(reverse("frontier:console"))
    rows = news.since(standing, _seen(request))
    mark, live = news.mark(rows), "HX-Request" in request.headers
    if live and request.GET.get("mark", "") == mark:
        return HttpResponse(status=NOTHING_NEW)
    context = {"news": news.shown(standing, rows), "news_mark": mark}
    return render(request, "frontier/news.html" if live else "second/news_page.html", context)


def _seen(request: HttpRequest) -> datetime:
    earliest = timezone.now() - timedelta(minutes=news.SHOWN_MIN)
    try:
        return max(earliest, datetime.fromisoformat(str(request.session.get("news_seen", ""))))
    except ValueError:
        return earliest
