"""Saying again what was refused: a new message of the same thread, in a version that the partner may read.

It takes the next number. What waits behind the refused message could not be understood without it: over the line, where
nothing behind it was carried yet, those messages are replaced by the same after it. On a medium they may be on their way
already and stay as they are. The refused message, its refusal and everything replaced are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from xenia.errors import Conflict
from xenia.exchange import partners, receiving, schemas, sending, threads
from xenia.exchange.carriers import PUSHING
from xenia.exchange.envelope import Enclosure, Message
from xenia.exchange.models import Outgoing, Thread
from xenia.journal import clock
from xenia.journal.act import Act
from xenia.journal.ids import uuid7


@dataclass(frozen=True)
class Said:
    """A message of ours that was refused, as it was said. `enclosed`: bytes by SHA-256."""

    row: Outgoing
    message: Message
    enclosed: Mapping[str, bytes]


def refused(id: UUID) -> Said:
    """The refused message. Raises `Conflict` (code `not-refused`) where it is none."""
    row = Outgoing.objects.select_related("thread__partner").filter(pk=id, state="refused").first()
    if row is None:
        raise Conflict("This message was not refused.", "Look at what became of it.", code="not-refused")
    _token, message, enclosed = receiving.content(row)
    return Said(row, message, enclosed)


def fullest(said: Said) -> Said:
    """The same place in the thread with the content of its newest version: an older one may have left something out."""
    tries = Outgoing.objects.filter(
        thread=said.row.thread,
        type=said.row.type,
        created=said.row.created,
        state="refused",
        number__lte=said.row.number,
    )
    row = tries.order_by("-version", "number").first()
    if row is None or row.version <= said.row.version:
        return said
    _token, message, enclosed = receiving.content(row)
    return Said(said.row, message, enclosed)


def say(said: Said, version: int, body: Mapping[str, Any], keep: Collection[str], act: Act) -> dict[UUID, UUID]:
    """The same in that version; new ids by those they take the place of, the refused one's first. Inside `writing()`.

    `keep`: SHA-256 of what is still enclosed. Raises `BadInput` (`bad-body-for-partner`, `unknown-type`), `Conflict`
    (`partner-closed`).
    """
    row, partner = said.row, partners.open_partner(said.message.recipient)
    schemas.check(row.type, version, body)
    behind = _behind(row) if partner.carrier in PUSHING else []
    thread = threads.opened(partner, said.message.thread)
    for one in behind:
        Outgoing.objects.filter(pk=one.row.pk).update(state="replaced", settled_at=clock.now())
    if behind:
        threads.cut(thread, behind[0].row.number)
    made = {row.pk: _told(replace(said.message, version=version, body=dict(body)), said.enclosed, keep, thread.pk, act)}
    for one in behind:
        made[one.row.pk] = _told(one.message, one.enclosed, set(one.enclosed), thread.pk, act)
    return made


def _behind(row: Outgoing) -> list[Said]:
    """What waits in the thread after the message and was never carried, in order."""
    waiting = Outgoing.objects.filter(thread=row.thread, state="waiting", number__gt=row.number).order_by("number")
    return [Said(one, *receiving.content(one)[1:]) for one in waiting]


def _told(message: Message, enclosed: Mapping[str, bytes], keep: Collection[str], thread: UUID, act: Act) -> UUID:
    """The message with a new id, at the end of the thread, with a whole time to be delivered in."""
    row, now = Thread.objects.get(pk=thread), clock.now()
    media = {one.sha256: one.type for one in message.attachments}
    kept = [Enclosure(media[sha256], data) for sha256, data in enclosed.items() if sha256 in keep]
    again = replace(
        message, id=uuid7(), number=row.sent + 1, after=row.settled, expires=now + sending.EXPIRES,
        attachments=tuple(one.attachment for one in kept),
    )  # fmt: skip
    sending.keep(again, thread, kept, act)
    threads.gave(row, again.number)
    return again.id
