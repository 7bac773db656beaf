"""Delivering what waits: in order within each thread, tried again after 2, 4, 8 ... seconds up to an hour, until it expires.

A partner that is down costs one try per round; when it is heard of again everything for it is due at once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef, QuerySet

from xenia.errors import BadInput, NotFound, Unavailable, XeniaError
from xenia.exchange import envelope, jose, kinds, own, partners, port, receiving, spoken, steps, threads
from xenia.exchange.carriers import PUSHING
from xenia.exchange.envelope import Message, Receipt
from xenia.exchange.models import Outgoing, Partner
from xenia.exchange.receiving import AHEAD, BASIS
from xenia.journal import blobs, clock
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.node import node
from xenia.work import items

log = logging.getLogger("xenia.exchange")
LEASE: Final = timedelta(seconds=60)
LONGEST_WAIT: Final = timedelta(hours=1)
SOON: Final = timedelta(seconds=3)
ROUND: Final = 200
ITEM: Final = "exchange.dead"


def due(now: datetime) -> QuerySet[Outgoing]:
    """Messages that may go now: the first that waits of each thread, urgent ones first."""
    earlier = Outgoing.objects.filter(thread=OuterRef("thread"), state="waiting", number__lt=OuterRef("number"))
    waiting = Outgoing.objects.filter(state="waiting", next_at__lte=now, expires__gt=now)
    pushed = waiting.filter(thread__partner__carrier__in=list(PUSHING), thread__partner__closed_at=None)
    return pushed.filter(~Exists(earlier)).select_related("thread__partner").order_by("-priority", "created", "number")


def deliver(now: datetime | None = None, partner: Partner | None = None) -> int:
    """Carries what is due, of one partner or of all; how many messages were settled. Dead ones are closed first."""
    at, settled = now or clock.now(), 0
    bury(at)
    down: set[str] = set()
    for _ in range(ROUND):
        rows = due(at).exclude(thread__partner__address__in=down)
        row = (rows.filter(thread__partner=partner) if partner else rows).first()
        if row is None:
            break
        if not _leased(row, at):
            continue
        try:
            settled += _carried(row, at)
        except Unavailable as trouble:
            if not trouble.code.startswith("turned-away"):
                down.add(row.thread.partner.address)
            _failed(row, trouble.code, at)
        except XeniaError as trouble:
            _failed(row, trouble.code, at)
    return settled


def _leased(row: Outgoing, at: datetime) -> bool:
    """Whether the row is ours to carry for a minute."""
    with writing():
        same = Outgoing.objects.filter(pk=row.pk, state="waiting", attempts=row.attempts)
        taken = same.update(attempts=F("attempts") + 1, next_at=at + LEASE)
    row.attempts += 1
    steps.reached("deliver.leased")
    return bool(taken)


def _carried(row: Outgoing, at: datetime) -> int:
    partner = row.thread.partner
    try:
        packed = blobs.get(row.blob)
    except NotFound:
        return 0  # erased meanwhile
    token = PUSHING[partner.carrier](partner, packed, at)
    steps.reached("deliver.carried")
    return int(take_receipt(token, partner, at))


def _failed(row: Outgoing, code: str, at: datetime) -> None:
    wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(row.attempts, 12)))
    with writing():
        Outgoing.objects.filter(pk=row.pk, state="waiting").update(next_at=at + wait, trouble=code[:200])


def wake(partner: Partner, now: datetime) -> None:
    """The partner was heard of: all that waits for it is due now. Writes nothing where nothing waits."""
    waiting = Outgoing.objects.filter(thread__partner=partner, state="waiting", next_at__gt=now + SOON)
    if waiting.exists():
        with writing():
            waiting.update(next_at=now)


# Receipts


def take_receipt(token: str, partner: Partner, now: datetime | None = None) -> bool:
    """Notes a receipt of the partner for a message of ours; whether it settled the message.

    The room above hears of it in the same transaction. Raises `BadInput` (`bad-receipt`, and as `jose.verify`),
    `NotFound` (`no-message`).
    """
    at = now or clock.now()
    receipt = _read(token, partner, at)
    row = Outgoing.objects.select_related("thread__partner").filter(pk=receipt.message).first()
    if row is None or row.thread.partner_id != partner.pk:
        raise NotFound("The receipt is for no message of ours.", "", code="no-message")
    if receipt.hash != row.hash or receipt.at < row.created - AHEAD or receipt.at > at + AHEAD:
        raise BadInput("The receipt does not fit the message.", "", code="bad-receipt")
    if row.state not in ("waiting", "dead"):
        return False
    if receipt.kind == "delivered":
        return _delivered(row, receipt, token, at)
    return _settle(row, receipt, token, at)


def _read(token: str, partner: Partner, at: datetime) -> Receipt:
    def key_of(kid: str) -> Mapping[str, str] | None:
        found = partners.key_of(kid, at)
        if found is None or found.partner_id != partner.pk:
            return None
        value: Mapping[str, str] = json.loads(found.value)
        return value

    receipt = envelope.read_receipt(jose.verify(token, jose.RECEIPT_TYPE, key_of)[1])
    if receipt.by != partner.address or receipt.to != own.address():
        raise BadInput("The receipt is between others.", "", code="bad-receipt")
    return receipt


def _delivered(row: Outgoing, receipt: Receipt, token: str, at: datetime) -> bool:
    wait = max(SOON, min(LONGEST_WAIT, timedelta(seconds=2 ** min(row.attempts, 12))))
    with writing():
        receiving.note_receipt(receipt, False, token)
        Outgoing.objects.filter(pk=row.pk, state="waiting").update(next_at=at + wait, trouble="held")
    return False


def _settle(row: Outgoing, receipt: Receipt, token: str, at: datetime) -> bool:
    _token, message, _enclosed = receiving.content(row)
    act, handler = _act(message), port.handler_of(row.type)
    with writing():
        mine = Outgoing.objects.filter(pk=row.pk, state=row.state)
        if not mine.update(state=receipt.kind, settled_at=at, trouble=""):
            return False
        receiving.note_receipt(receipt, False, token)
        body = {"message": str(row.pk), "kind": receipt.kind, "hash": receipt.hash, "by": receipt.by, "code": receipt.code}  # fmt: skip
        append(kinds.RECEIPT, {**body, "at": envelope.moment(receipt.at)}, act)
        _learn(row, receipt)
        dealt_with = handler.receipted(message, receipt, act) if handler is not None else None
        if receipt.kind == "refused" and not dealt_with:
            _open_item(row, "refused", receipt.code, act)
        steps.reached("deliver.noted")
    steps.reached("deliver.done")
    wake(row.thread.partner, at)
    return True


def _learn(row: Outgoing, receipt: Receipt) -> None:
    """A signed receipt says whether the version was read. Inside `writing()`."""
    if receipt.kind == "accepted":
        spoken.learn(row.thread.partner, row.type, row.version, speaks=True)
    elif receipt.code == spoken.NOT_SPOKEN:
        spoken.learn(row.thread.partner, row.type, row.version, speaks=False)


def _act(message: Message) -> Act:
    return Act(
        "system:exchange", own.authority(), message.purpose or "operation", message.legal_basis or BASIS,
        f"message:{message.id}", node(),
    )  # fmt: skip


# What was not delivered


def bury(now: datetime) -> int:
    """Closes messages whose time is over, with those that had to come after them; opens work items; how many."""
    gone = 0
    for row in list(Outgoing.objects.filter(state="waiting", expires__lte=now).order_by("number")[:ROUND]):
        try:
            gone += _dead(row, "expired", now)
        except XeniaError as trouble:  # tried again next time; the others are closed
            log.warning("a message that expired could not be closed", extra={"code": trouble.code})
    return gone


def _dead(row: Outgoing, cause: str, now: datetime) -> int:
    """Closes the message and all that had to come after it, one by one; how many."""
    gone, reason = 0, cause
    waiting: Outgoing | None = row
    while waiting is not None and _closed(waiting, reason, now):
        gone, reason = gone + 1, "earlier-not-delivered"
        after = Outgoing.objects.filter(thread=row.thread, state="waiting", after__gte=row.number)
        waiting = after.select_related("thread__partner").order_by("number").first()
    return gone


def _closed(row: Outgoing, cause: str, now: datetime) -> bool:
    _token, message, _enclosed = receiving.content(row)
    act, handler = _act(message), port.handler_of(row.type)
    with writing():
        if not Outgoing.objects.filter(pk=row.pk, state="waiting").update(state="dead", settled_at=now):
            return False
        threads.cut(row.thread, row.number)
        cause = cause if cause != "expired" else row.trouble or cause
        append(kinds.DEAD, {"message": str(row.pk), "cause": cause, "attempts": row.attempts}, act)
        if handler is not None:
            handler.dead(message, cause, act)
        _open_item(row, "dead", cause, act)
    return True


def _open_item(row: Outgoing, state: str, cause: str, act: Act) -> None:
    handler = port.handler_of(row.type)
    about = row.thread.about
    items.open_item(
        ITEM,
        row.pk,
        owner=own.authority(),
        act=act,
        role=handler.role if handler else "",
        urgency=0 if row.priority == "urgent" else 1,
        about=about,
        body={"state": state, "cause": cause, "type": row.type, "case_ref": row.case_ref},
    )
