"""The work list and the proposals. What an item is about is shown by the room that opened it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xenia.access import epochs, standing
from xenia.access.models import Account
from xenia.access.standing import Standing
from xenia.access.views import needs, signed_in
from xenia.errors import BadInput, Conflict
from xenia.work import items, proposals, rules
from xenia.work.models import Proposal, WorkItem


@dataclass(frozen=True)
class Row:
    """One waiting item. `with_whom`: the name of who took it, if somebody did."""

    item: WorkItem
    label: str
    url: str
    mine: bool
    with_whom: str


@dataclass(frozen=True)
class Group:
    """Items of one urgency."""

    word: str
    label: str
    rows: tuple[Row, ...]


def _names(accounts: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in accounts if one is not None}
    return dict(Account.objects.filter(pk__in=wanted).values_list("pk", "display_name")) if wanted else {}


def _groups(here: Standing) -> list[Group]:
    now, waiting = timezone.now(), items.waiting(here)
    names = _names(item.claimed_by for item in waiting)
    labels = {"late": _("Late"), "now": _("Now"), "today": _("Today"), "later": _("Later")}
    rows: dict[str, list[Row]] = {word: [] for word in labels}
    for item in waiting:
        kind = items.kind_named(item.kind)
        mine = item.claimed_by == here.account
        row = Row(
            item, str(kind.label), kind.url(item), mine, names.get(item.claimed_by, "") if item.claimed_by else ""
        )
        rows[rules.urgency(item.urgency, item.due_at, now)].append(row)
    return [Group(word, label, tuple(rows[word])) for word, label in labels.items() if rows[word]]


def _list(request: HttpRequest, template: str) -> HttpResponse:
    here, sequence = standing.for_request(request), epochs.read()["work"]
    context = {"groups": _groups(here), "sequence": sequence, "may_claim": here.may("work.claim")}
    return render(request, template, context)


@needs("work.read")
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """What waits for the officer's roles, the most urgent first."""
    return _list(request, "work/work.html")


@needs("work.read")
@require_GET
def newer(request: HttpRequest) -> HttpResponse:
    """204 where nothing changed since `since`; else the list anew. Writes nothing."""
    if request.GET.get("since", "") == str(epochs.read()["work"]):
        return HttpResponse(status=204)
    return _list(request, "work/list.html")


@needs("work.claim")
@require_POST
def claim(request: HttpRequest, item_id: UUID) -> HttpResponseBase:
    """Take an item and go to where it is worked on; back to the list where somebody was quicker."""
    try:
        item = items.claim(standing.for_request(request), item_id)
    except Conflict as problem:
        messages.error(request, str(problem))
        return redirect("work")
    return redirect(items.kind_named(item.kind).url(item))


@needs("work.claim")
@require_POST
def release(request: HttpRequest, item_id: UUID) -> HttpResponseBase:
    """Give an item back."""
    try:
        items.release(standing.for_request(request), item_id)
    except Conflict as problem:
        messages.error(request, str(problem))
    return redirect("work")


@dataclass(frozen=True)
class Proposed:
    """One waiting proposal in the list; what it says is opened on its own page only."""

    proposal: Proposal
    label: str
    proposer: str
    mine: bool


@signed_in("an officer sees the own proposals and those that a permission lets the officer decide, nothing else")
@require_GET
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Proposals that the officer made or may decide."""
    here = standing.for_request(request)
    found = proposals.waiting(here)
    names = _names(one.proposer for one in found)
    rows = [
        Proposed(
            one,
            str(proposals.action_named(one.action).label),
            names.get(one.proposer, ""),
            one.proposer == here.account,
        )
        for one in found
    ]
    return render(request, "work/proposals.html", {"rows": rows})


def _proposal_page(request: HttpRequest, proposal_id: UUID, **more: Any) -> HttpResponse:
    shown = proposals.show(standing.for_request(request), proposal_id)
    proposer = _names([shown.proposal.proposer]).get(shown.proposal.proposer, "")
    context = {"shown": shown, "proposer": proposer, "has_before": any(line.before for line in shown.lines), **more}
    return render(request, "work/proposal.html", context, status=422 if more.get("problem") else 200)


@signed_in("an officer sees the own proposals and those that a permission lets the officer decide, nothing else")
@require_GET
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """What is proposed, by whom, why; and the two answers."""
    return _proposal_page(request, proposal_id)


@signed_in("the action asks for the permission of what was proposed")
@require_POST
def decide(request: HttpRequest, proposal_id: UUID) -> HttpResponseBase:
    """Approve, reject with a reason, or withdraw."""
    here, decision, why = standing.for_request(request), request.POST.get("decision", ""), request.POST.get("why", "")
    try:
        if decision == "approve":
            proposals.approve(here, proposal_id)
            messages.success(request, _("Approved. It has been done."))
        elif decision == "reject":
            proposals.reject(here, proposal_id, why)
            messages.success(request, _("Rejected."))
        elif decision == "withdraw":
            proposals.withdraw(here, proposal_id)
            messages.success(request, _("Withdrawn."))
        else:
            raise BadInput(_("This is no decision."), _("Approve or reject."), code="bad-decision")
    except (BadInput, Conflict) as problem:
        return _proposal_page(request, proposal_id, problem=str(problem), why=why)
    return redirect("proposals")
