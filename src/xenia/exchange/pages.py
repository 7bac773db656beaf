"""Pages of this room: what was sent and received with its receipts, and the partners with their keys. They show no content."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access import standing
from xenia.access.views import needs
from xenia.errors import BadInput, Conflict, NotFound
from xenia.exchange import changes, forms, holding, own, partners, queries
from xenia.exchange.models import Incoming, Outgoing, Partner, PartnerKey
from xenia.work.models import Proposal

ON_A_PAGE = 50
USES = {"sign": later("signs"), "box": later("opens files"), "tls": later("certificate of the line")}


def _asked(request: HttpRequest) -> tuple[str, str]:
    asked = request.GET.get("q", "").replace("\0", "").strip()[:64]
    state = request.GET.get("state", "")
    return asked, state if state in forms.STATES else ""


def _wanted(asked: str, state: str) -> Q:
    wanted = Q(state=state) if state else Q()
    if asked:
        found = (
            Q(thread__partner__address__icontains=asked)
            | Q(type__icontains=asked.replace(" ", "_"))
            | Q(case_ref__icontains=asked)
        )
        try:
            number = UUID(asked)
        except ValueError:
            return wanted & found
        return wanted & (Q(id=number) | Q(thread__thread=number))
    return wanted


def _list(request: HttpRequest, found: QuerySet[Any], ours: bool) -> HttpResponse:
    asked, state = _asked(request)
    rows = found.filter(_wanted(asked, state)).select_related("thread__partner")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    here = list(page.object_list)
    shown = queries.rows_of(here, []) if ours else queries.rows_of([], here)
    left_out = {"held"} if ours else {"waiting", "dead"}
    context = {
        "page": page,
        "rows": [(row, forms.STATES[row.state]) for row in reversed(shown)],
        "ours": ours,
        "asked": asked,
        "state": state,
        "states": [(word, label) for word, label in forms.STATES.items() if word not in left_out],
        "query": urlencode({"q": asked, "state": state}),
    }
    return render(request, "exchange/messages.html", context)


@needs("exchange.read")
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """Our messages, the newest first."""
    return _list(request, Outgoing.objects.order_by("-created", "-number"), True)


@needs("exchange.read")
@require_GET
def received(request: HttpRequest) -> HttpResponse:
    """Their messages, the newest first."""
    return _list(request, Incoming.objects.order_by("-received_at", "-number"), False)


@needs("exchange.read")
@require_GET
def message(request: HttpRequest, message: UUID) -> HttpResponse:
    """One message with its receipts, among the messages of its thread."""
    row: Outgoing | Incoming | None = (
        Outgoing.objects.filter(pk=message).select_related("thread__partner").first()
        or Incoming.objects.filter(id=message).select_related("thread__partner").first()
    )
    if row is None:
        raise NotFound(_("There is no such message."), _("Load the list again."), code="no-message")
    thread = [
        (one, forms.STATES[one.state]) for one in queries.of_thread(row.thread.thread, row.thread.partner.address)
    ]
    shown = next(one for one, _state in thread if one.id == message)
    context = {"shown": shown, "state": forms.STATES[shown.state], "thread": thread}
    return render(request, "exchange/message.html", context)


# Partners


def _all(request: HttpRequest, form: forms.Reason) -> HttpResponse:
    context = {
        "partners": partners.everybody(),
        "address": own.address(),
        "name": own.name(),
        "url": own.url(),
        "keys": [(key, USES[key.kind]) for kind in own.KINDS for key in own.key_files(kind)],
        "form": form,
        "may_propose": standing.for_request(request).may("exchange.propose"),
        "waiting": Proposal.objects.filter(action=changes.CHANGE, state="waiting").count(),
    }
    return render(request, "exchange/partners.html", context, status=422 if form.errors else 200)


@needs("exchange.read", "exchange.propose", "exchange.approve")
@require_GET
def partner_list(request: HttpRequest) -> HttpResponse:
    """All partners, what we are to them, and our own keys."""
    return _all(request, forms.Reason())


@needs("exchange.propose")
@require_POST
def retire(request: HttpRequest) -> HttpResponseBase:
    """Propose to take keys of our own off our card."""
    form = forms.Reason(request.POST)
    if form.is_valid():
        keys, why = request.POST.getlist("key"), form.cleaned_data["reason"]
        try:
            return _proposed(request, changes.propose_retirement(standing.for_request(request), keys, why))
        except (BadInput, NotFound, Conflict) as problem:
            form.add_error(None, str(problem))
    return _all(request, form)


@needs("exchange.propose")
@require_http_methods(["GET", "POST"])
def new_partner(request: HttpRequest) -> HttpResponseBase:
    """Propose to pin a card: a new partner, or new keys of a known one."""
    form = forms.NewCard(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = changes.propose_card(standing.for_request(request), given["card"], given["carrier"], given["reason"])
        except BadInput as problem:
            form.add_error("card", str(problem))
        else:
            return _proposed(request, made)
    return render(request, "exchange/new_partner.html", {"form": form}, status=422 if form.errors else 200)


def _proposed(request: HttpRequest, made: Proposal) -> HttpResponseBase:
    notes.success(request, _("Proposed. A second person decides."))
    return redirect("proposal", made.pk)


def _partner(partner: UUID) -> Partner:
    row = Partner.objects.filter(pk=partner).first()
    if row is None:
        raise NotFound(_("There is no such partner."), _("Load the list again."), code="no-partner")
    return row


def _partner_page(request: HttpRequest, row: Partner, form: forms.Reason) -> HttpResponse:
    keys = PartnerKey.objects.filter(partner=row).order_by("kind", "-valid_from", "name")
    context = {
        "partner": row,
        "keys": [(key, USES[key.kind]) for key in keys],
        "form": form,
        "carrier": dict(forms.CARRIERS)[row.carrier],
        "may_propose": standing.for_request(request).may("exchange.propose"),
        "held": holding.of(row),
    }
    return render(request, "exchange/partner.html", context, status=422 if form.errors else 200)


@needs("exchange.read", "exchange.propose", "exchange.approve")
@require_GET
def partner(request: HttpRequest, partner: UUID) -> HttpResponse:
    """One partner and its keys."""
    return _partner_page(request, _partner(partner), forms.Reason())


def _change(request: HttpRequest, partner: UUID, *, ends: bool) -> HttpResponseBase:
    row, form, here = _partner(partner), forms.Reason(request.POST), standing.for_request(request)
    if form.is_valid():
        why = form.cleaned_data["reason"]
        try:
            if ends:
                made = changes.propose_end(here, row.address, why)
            else:
                made = changes.propose_revocation(here, row.address, request.POST.getlist("key"), why)
        except (BadInput, Conflict) as problem:
            form.add_error(None, str(problem))
        else:
            return _proposed(request, made)
    return _partner_page(request, row, form)


@needs("exchange.propose")
@require_POST
def revoke(request: HttpRequest, partner: UUID) -> HttpResponseBase:
    """Propose that chosen keys are worth nothing."""
    return _change(request, partner, ends=False)


@needs("exchange.propose")
@require_POST
def end(request: HttpRequest, partner: UUID) -> HttpResponseBase:
    """Propose that no messages pass any more."""
    return _change(request, partner, ends=True)
