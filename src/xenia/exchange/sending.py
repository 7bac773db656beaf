"""Sending: a message is checked, signed, sealed and put into the outbox in the caller's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from xenia.errors import BadInput
from xenia.exchange import envelope, jose, kinds, own, partners, schemas, threads, wire
from xenia.exchange.envelope import Enclosure, Message
from xenia.exchange.models import Outgoing
from xenia.journal import blobs, clock
from xenia.journal.act import Act
from xenia.journal.actions import append
from xenia.journal.ids import uuid7
from xenia.journal.writing import is_writing

EXPIRES: Final = timedelta(days=14)
"""How long delivery is tried where the caller says nothing."""


def send(
    *,
    type: str,
    version: int,
    thread: UUID,
    recipient: str,
    body: Mapping[str, Any],
    act: Act,
    attachments: Sequence[Enclosure] = (),
    purpose: str = "",
    legal_basis: str = "",
    case_ref: str = "",
    reply_to: UUID | None = None,
    priority: str = "normal",
    classification: str = "restricted",
    expires: datetime | None = None,
    about: UUID | None = None,
    created: datetime | None = None,
) -> UUID:
    """The message waits in the outbox; its id. Call inside `writing()`: it goes only if that commits.

    `purpose`, `legal_basis`: the act's where left out. `about`: the subject whose erasure takes the thread away.
    `created`: when what it tells of happened, if not now; both sides count from it. Raises `BadInput` (`bad-body-for-partner`, `bad-message`,
    `unknown-type`), `NotFound` (`no-partner`), `Conflict` (`partner-closed`).
    """
    if not is_writing():
        raise RuntimeError("Messages are sent inside journal.actions.writing() only.")
    partner = partners.open_partner(recipient)
    schemas.check(type, version, body)
    now, row = clock.now(), threads.opened(partner, thread, about)
    message = Message(
        id=uuid7(), thread=thread, number=row.sent + 1, after=row.settled, case_ref=case_ref, reply_to=reply_to,
        sender=own.address(), recipient=recipient, type=type, version=version, created=created or now,
        expires=expires or now + EXPIRES, purpose=purpose or act.purpose, legal_basis=legal_basis or act.legal_basis,
        classification=classification, priority=priority, body=dict(body),
        attachments=tuple(one.attachment for one in attachments),
    )  # fmt: skip
    keep(message, row.pk, attachments, act)
    threads.gave(row, message.number)
    return message.id


def keep(message: Message, thread: UUID, enclosed: Sequence[Enclosure], act: Act) -> None:
    """Sign, seal and put into the outbox a message that was checked. Raises `BadInput` (`bad-message`)."""
    raw = message.to_bytes()
    if message.expires <= message.created:
        raise BadInput("The message is over before it is sent.", "Give a later time.", code="bad-message")
    token = own.sign(raw, jose.MESSAGE_TYPE)
    packed = wire.pack(token, [one.data for one in enclosed])
    Outgoing.objects.create(
        id=message.id,
        thread_id=thread,
        number=message.number,
        after=message.after,
        type=message.type,
        version=message.version,
        case_ref=message.case_ref,
        reply_to=message.reply_to,
        priority=message.priority,
        created=message.created,
        expires=message.expires,
        hash=envelope.digest(raw),
        blob=blobs.put(packed, thread, threads.KEY),
        next_at=clock.now(),
    )
    body = {
        "message": str(message.id),
        "thread": str(message.thread),
        "number": message.number,
        "to": message.recipient,
        "type": message.type,
        "version": message.version,
        "hash": envelope.digest(raw),
    }
    append(kinds.SENT, body, act)
