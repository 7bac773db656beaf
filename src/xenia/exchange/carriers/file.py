"""A bundle for a medium: what waits for a partner and the receipts for what it brought, encrypted for it alone.

Plain: one JSON object `{"format", "from", "to", "made", "messages", "receipts"}` whose messages are base64 of what the
line would carry. A lost medium loses nothing: the next bundle holds the same again until receipts come back.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta
from typing import Any, Final

from xenia.errors import BadInput, XeniaError
from xenia.exchange import delivery, envelope, jose, kinds, own, partners, receiving, wire
from xenia.exchange.models import Incoming, Outgoing, Partner, ReceiptRow
from xenia.journal import blobs, clock
from xenia.journal.act import Act
from xenia.journal.actions import append, writing

FORMAT: Final = "xenia/bundle/1"
LIMIT: Final = 200 << 20
MOST: Final = 500
RECEIPTS_FOR: Final = timedelta(days=60)
"""Receipts are written again for so long, since a medium may be lost."""


def bundle(partner: Partner, act: Act) -> tuple[str, dict[str, Any]]:
    """The encrypted bundle, and what it holds (counts). Journalled. Raises `Conflict` (`no-box-key`)."""
    now = clock.now()
    kid, public = partners.box_key(partner, now)
    waiting = Outgoing.objects.filter(thread__partner=partner, state="waiting", expires__gt=now)
    packed: list[str] = []
    ids, size = [], 0
    for row in waiting.order_by("created", "number")[:MOST]:
        data = base64.b64encode(blobs.get(row.blob)).decode()
        size += len(data)
        if size > LIMIT // 2 and packed:
            break
        packed.append(data)
        ids.append(row.pk)
    receipts = _receipts(partner)
    plain = {
        "format": FORMAT, "from": own.address(), "to": partner.address, "made": envelope.moment(now),
        "messages": packed, "receipts": receipts,
    }  # fmt: skip
    token = jose.encrypt(json.dumps(plain).encode(), public, kid)
    with writing():
        body = {"partner": partner.address, "thread": None, "messages": [str(one) for one in ids], "receipts": len(receipts)}  # fmt: skip
        append(kinds.EXPORTED, body, act)
    return token, {"to": partner.address, "messages": len(packed), "receipts": len(receipts)}


def _receipts(partner: Partner) -> list[str]:
    since = clock.now() - RECEIPTS_FOR
    came = Incoming.objects.filter(partner=partner, received_at__gte=since).exclude(receipt="")
    held = Incoming.objects.filter(partner=partner, received_at__gte=since, state="held").values("id")
    waits = ReceiptRow.objects.filter(message__in=held, ours=True, kind="delivered").values_list("token", flat=True)
    return [*came.filter(carrier="file").values_list("receipt", flat=True), *waits]


def take(token: str) -> dict[str, Any]:
    """Takes a bundle in: messages as from the line, then receipts; counts. Taking it again changes nothing.

    Raises `BadInput` (`bad-token`, `bad-header`, `unknown-key`, `bad-bundle`), `NotFound` (`no-partner`).
    """
    plain = jose.decrypt(token.strip(), lambda kid: own.private("box", kid))
    messages, receipts, sender = _read(plain)
    partner = partners.open_partner(sender)
    taken, settled, troubles = 0, 0, []
    for data in messages:
        try:
            receiving.take_in(data, carrier="file", peer=partner.address)
            taken += 1
        except XeniaError as error:
            troubles.append(error.code)
    for receipt in receipts:
        try:
            settled += delivery.take_receipt(receipt, partner)
        except XeniaError as error:
            troubles.append(error.code)
    return {"from": sender, "taken": taken, "settled": settled, "turned_away": troubles}


def _bad(what: str) -> BadInput:
    return BadInput(f"The bundle {what}.", "Ask the partner to export again.", code="bad-bundle")


def _read(plain: bytes) -> tuple[list[bytes], list[str], str]:
    try:
        found = json.loads(plain)
    except (ValueError, RecursionError) as error:
        raise _bad("is no JSON") from error
    wanted = {"format", "from", "to", "made", "messages", "receipts"}
    if not isinstance(found, dict) or set(found) != wanted or found["format"] != FORMAT:
        raise _bad("is of another format")
    if found["to"] != own.address():
        raise _bad("is for another authority")
    lists = (found["messages"], found["receipts"])
    if not all(isinstance(one, list) and all(isinstance(text, str) for text in one) for one in lists):
        raise _bad("is of another format")
    try:
        messages = [base64.b64decode(one, validate=True) for one in found["messages"]]
    except (binascii.Error, ValueError) as error:
        raise _bad("holds something that is no base64") from error
    if any(len(one) > wire.LIMIT for one in messages):
        raise _bad("holds something too large")
    return messages, found["receipts"], own.check_address(str(found["from"]))
