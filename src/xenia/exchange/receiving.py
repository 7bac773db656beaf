"""Receiving: everything is checked before anything is stored; what is accepted is stored and acted on in one transaction.

Three ends. *Turned away* (not signed by a pinned key of who carries it, not for us, not as it must be written): nothing
is stored, an entry says so, no receipt. *Refused*: truly theirs, but not to be had: a signed refusal, kept. *Accepted*:
the handler has run; the signed receipt names the message's hash and the time. The same message again gets the same answer.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from xenia.errors import BadInput, Conflict, NotAllowed, Unavailable, XeniaError
from xenia.exchange import envelope, holding, jose, kinds, own, partners, port, schemas, spoken, steps, threads, wire
from xenia.exchange.envelope import Message, Receipt
from xenia.exchange.models import Incoming, Outgoing, Partner, ReceiptRow, Thread
from xenia.journal import blobs, clock, writing
from xenia.journal.act import Act
from xenia.journal.actions import append
from xenia.journal.node import node

log = logging.getLogger("xenia.exchange")
AHEAD: Final = timedelta(minutes=5)
"""How far the sender's clock may be ahead of ours."""
PURPOSE: Final = re.compile(r"[a-z][a-z-]{0,39}")
BASIS: Final = "national law, to be named by the installation"


@dataclass(frozen=True)
class Arrived:
    """A message whose origin is certain, with its bytes."""

    message: Message
    partner: Partner
    hash: str
    packed: bytes
    enclosed: Mapping[str, bytes]
    carrier: str
    at: datetime

    @property
    def act(self) -> Act:
        """Who does what follows from it: the partner, in our own house. Free text of theirs never gets into an entry's head."""
        said = self.message
        purpose = said.purpose if PURPOSE.fullmatch(said.purpose) else "operation"
        return Act(f"partner:{said.sender}", own.authority(), purpose, BASIS, f"message:{said.id}", node())


def take_in(packed: bytes, *, carrier: str, peer: str = "", now: datetime | None = None) -> str:
    """The signed receipt for what came. `peer`: address of the partner that the line itself has proved; "" for a file.

    Raises what turned it away, after an entry said so: `BadInput` (`bad-token`, `bad-header`, `unknown-key`,
    `bad-signature`, `bad-message`, `bad-enclosure`), `NotAllowed` (`not-for-us`, `not-the-sender`), `Conflict`
    (`other-bytes`: the same id with another content; `number-taken`); `Unavailable`: try again later.
    """
    at = now or clock.now()
    try:
        arrived = _checked(packed, carrier, peer, at)
        steps.reached("receive.checked")
        return _settled(arrived)
    except Unavailable:
        raise
    except XeniaError as error:
        _turned_away(packed, carrier, peer, error)
        raise


def _checked(packed: bytes, carrier: str, peer: str, at: datetime) -> Arrived:
    token, lines = wire.split(packed)
    rows = {}

    def key_of(kid: str) -> Mapping[str, str] | None:
        row = partners.key_of(kid, at)
        if row is None:
            return None
        rows[kid] = row.partner
        found: Mapping[str, str] = json.loads(row.value)
        return found

    kid, raw = jose.verify(token, jose.MESSAGE_TYPE, key_of)
    message, partner = envelope.read_message(raw), rows[kid]
    if message.sender != partner.address or (peer and peer != partner.address):
        raise NotAllowed("The message is not from who brought it.", "", code="not-the-sender")
    if message.recipient != own.address():
        raise NotAllowed("The message is for another authority.", "", code="not-for-us")
    if message.created > at + AHEAD:
        raise BadInput("The message is from the future.", "Compare the clocks.", code="bad-message")
    enclosed = wire.enclosed(lines, message.attachments)
    return Arrived(message, partner, envelope.digest(raw), packed, enclosed, carrier, at)


def _settled(arrived: Arrived) -> str:
    """The receipt; what waited for this message is settled after it, each in its own transaction."""
    token = _known(arrived)
    if token is None:
        token = _one(arrived)
        steps.reached("receive.done")
    _release(arrived)
    return token


def _known(arrived: Arrived) -> str | None:
    """The stored answer where the message is known and settled. Raises `Conflict` (`other-bytes`)."""
    row = Incoming.objects.filter(partner=arrived.partner, id=arrived.message.id).first()
    if row is None:
        theirs = Incoming.objects.filter(id=arrived.message.id).exists()
        if theirs or Outgoing.objects.filter(id=arrived.message.id).exists():  # receipts are found by this id
            raise Conflict("A message between others has this id.", "", code="other-bytes")
        return None
    if row.hash != arrived.hash:
        raise Conflict("A message of this id came with another content.", "", code="other-bytes")
    if row.state == "held":
        return _one(arrived) if _turn(row.thread, row.after) else _held_again(arrived)
    with writing.writing():
        append(kinds.REPEATED, _facts(arrived), arrived.act)
    return _signed_today(row.receipt)


def _signed_today(token: str) -> str:
    """The same receipt under the key in use: the partner may have let the one it was signed with go."""
    kid, payload = jose.parts(token, jose.RECEIPT_TYPE)
    return token if kid == own.current("sign") else own.sign(payload, jose.RECEIPT_TYPE)


def _turn(thread: Thread, after: int) -> bool:
    return thread.received >= after


def _held_again(arrived: Arrived) -> str:
    with writing.writing():
        append(kinds.REPEATED, _facts(arrived), arrived.act)
    return _signed(arrived, "delivered")[1]


def _facts(arrived: Arrived) -> dict[str, object]:
    said = arrived.message
    return {
        "message": str(said.id),
        "thread": str(said.thread),
        "number": said.number,
        "from": said.sender,
        "type": said.type,
        "version": said.version,
        "hash": arrived.hash,
        "carrier": arrived.carrier,
    }


def _signed(arrived: Arrived, kind: str, code: str = "", what: str = "") -> tuple[Receipt, str]:
    said = arrived.message
    receipt = Receipt(said.id, kind, arrived.at, arrived.hash, own.address(), said.sender, code[:60], what[:300])
    return receipt, own.sign(receipt.to_bytes(), jose.RECEIPT_TYPE)


def _one(arrived: Arrived) -> str:
    """Accepts, holds or refuses one message, in one transaction."""
    try:
        with writing.writing():
            return _accepted(arrived)
    except _Again:
        found = _known(arrived)
        if found is None:
            raise Unavailable("The message is being stored.", "Send it again.", code="exchange-busy") from None
        return found
    except Unavailable:
        raise
    except _OtherNumber as error:
        raise Conflict("Another message has this number in its thread.", "", code="number-taken") from error
    except XeniaError as error:
        what = error.message if isinstance(error, port.Refused) or error.code in SAYABLE else ""
        return _refused(arrived, error.code, what)


SAYABLE: Final = frozenset({"unknown-type", "bad-body-for-partner", "message-late"})
"""Codes whose words come from this room and hold no value of the message."""


class _Again(Exception):
    """Another thread stored the same message a moment ago."""


class _OtherNumber(Exception):
    """The thread's number was given to another message."""


def _place(arrived: Arrived) -> tuple[Thread, Incoming | None]:
    """The thread and what is held of this message, both as they are inside the transaction."""
    said = arrived.message
    thread = threads.opened(arrived.partner, said.thread)
    row = Incoming.objects.filter(partner=arrived.partner, id=said.id).first()
    if row is not None and row.state != "held":
        raise _Again
    taken = Incoming.objects.filter(partner=arrived.partner, thread=thread, number=said.number)
    if taken.exclude(id=said.id).exists() or (row is None and said.number <= thread.received):
        raise _OtherNumber
    return thread, row


def _accepted(arrived: Arrived) -> str:
    said, act = arrived.message, arrived.act
    thread, row = _place(arrived)
    if not _turn(thread, said.after):
        return _hold(arrived, thread) if row is None else _signed(arrived, "delivered")[1]
    if said.expires < arrived.at and row is None:
        raise BadInput("The message came after its time.", "", code="message-late")
    handler = schemas.check(said.type, said.version, said.body)
    receipt, token = _signed(arrived, "accepted")
    _store(arrived, thread, row, "accepted", receipt, token)
    handler.accept(said, arrived.enclosed, arrived.at, act)
    _answered(arrived)
    spoken.learn(arrived.partner, said.type, said.version, speaks=True)
    append(kinds.RECEIVED, _facts(arrived), act)
    steps.reached("receive.stored")
    return token


def _store(
    arrived: Arrived, thread: Thread, row: Incoming | None, state: str, receipt: Receipt | None, token: str
) -> None:
    said, code = arrived.message, receipt.code if receipt else ""
    if row is None:
        Incoming.objects.create(
            partner=arrived.partner,
            id=said.id,
            thread=thread,
            number=said.number,
            after=said.after,
            type=said.type,
            version=said.version,
            case_ref=said.case_ref,
            reply_to=said.reply_to,
            created=said.created,
            hash=arrived.hash,
            blob=blobs.put(arrived.packed, thread.pk, threads.KEY),
            carrier=arrived.carrier,
            received_at=arrived.at,
            state=state,
            code=code,
            receipt=token,
        )
    else:
        Incoming.objects.filter(pk=row.pk).update(state=state, code=code, receipt=token)
    if receipt is None:
        return
    threads.dealt_with(thread, said.number)
    note_receipt(receipt, True, token)


def note_receipt(receipt: Receipt, ours: bool, token: str) -> None:
    """Keep a receipt, ours for theirs or theirs for ours, once. Inside `writing()`."""
    ReceiptRow.objects.get_or_create(
        message=receipt.message,
        ours=ours,
        kind=receipt.kind,
        defaults={
            "at": receipt.at,
            "by": receipt.by,
            "hash": receipt.hash,
            "code": receipt.code,
            "what": receipt.what,
            "token": token,
        },
    )


def _hold(arrived: Arrived, thread: Thread) -> str:
    """An earlier message is missing: this one is kept, and only its delivery is confirmed. Raises `Unavailable` (`too-many-held`)."""
    holding.check(arrived.partner)
    _store(arrived, thread, None, "held", None, "")
    append(kinds.HELD, _facts(arrived), arrived.act)
    receipt, token = _signed(arrived, "delivered")
    note_receipt(receipt, True, token)
    return token


def _refused(arrived: Arrived, code: str, what: str) -> str:
    """The signed refusal; what the handler had begun is undone, the message's number counts as dealt with."""
    with writing.writing():
        try:
            thread, row = _place(arrived)
        except _Again:
            raise Unavailable("The message is being stored.", "Send it again.", code="exchange-busy") from None
        except _OtherNumber as error:
            raise Conflict("Another message has this number in its thread.", "", code="number-taken") from error
        receipt, token = _signed(arrived, "refused", code, what)
        _store(arrived, thread, row, "refused", receipt, token)
        append(kinds.REFUSED, {**_facts(arrived), "code": code[:60]}, arrived.act)
    return token


def _answered(arrived: Arrived) -> None:
    """Notes at our own message that this one answers it."""
    said = arrived.message
    ours = said.reply_to and Outgoing.objects.filter(id=said.reply_to, thread__partner=arrived.partner).first()
    if ours:
        note_receipt(Receipt(ours.id, "answered", arrived.at, arrived.hash, said.sender), False, "")


def _release(arrived: Arrived) -> None:
    """Settles what was held in this thread and whose turn has come, the lowest number first."""
    while True:
        thread = Thread.objects.filter(partner=arrived.partner, thread=arrived.message.thread).first()
        if thread is None:
            return
        waiting = Incoming.objects.filter(thread=thread, state="held", after__lte=thread.received)
        row = waiting.order_by("number").first()
        if row is None:
            return
        try:
            kept = _from_row(row, arrived.partner, arrived.at)
            if partners.key_of(jose.parts(wire.split(kept.packed)[0], jose.MESSAGE_TYPE)[0], arrived.at) is None:
                _refused(kept, "unknown-key", "The key was revoked while the message waited.")
            else:
                _one(kept)
        except XeniaError as error:
            log.warning("a held message waits on", extra={"code": error.code})
            return
        except Exception:  # the message that came before it was stored: its receipt goes out
            log.exception("a held message could not be settled")
            return


def _from_row(row: Incoming, partner: Partner, at: datetime) -> Arrived:
    """A message that was checked when it came, read again from what is kept."""
    packed = blobs.get(row.blob)
    token, lines = wire.split(packed)
    _kid, raw = jose.parts(token, jose.MESSAGE_TYPE)
    message = envelope.read_message(raw)
    return Arrived(
        message, partner, envelope.digest(raw), packed, wire.enclosed(lines, message.attachments), row.carrier, at
    )


def _turned_away(packed: bytes, carrier: str, peer: str, error: XeniaError) -> None:
    """One entry per thing turned away: its hash, who brought it, why."""
    act = Act("system:exchange", own.authority(), "operation", BASIS, f"carrier:{carrier}", node())
    body = {"hash": envelope.digest(packed), "size": len(packed), "by": peer, "code": error.code, "carrier": carrier}
    with writing.writing():
        append(kinds.REJECTED, body, act)


def content(row: Incoming | Outgoing) -> tuple[str, Message, Mapping[str, bytes]]:
    """Token, message and what is enclosed of one kept message. The caller journals the read. Raises `Erased`."""
    token, lines = wire.split(blobs.get(row.blob))
    message = envelope.read_message(jose.parts(token, jose.MESSAGE_TYPE)[1])
    return token, message, wire.enclosed(lines, message.attachments)
