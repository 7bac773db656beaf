"""What was said and what became of it, for pages and other rooms. Rows hold no content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xenia.exchange.envelope import Receipt
from xenia.exchange.models import Incoming, Outgoing, ReceiptRow
from xenia.exchange.port import label_of


@dataclass(frozen=True)
class Row:
    """One message without its content. `ours`: sent by us. `state`: waiting, held, accepted, refused, dead.

    `at`: when it was made (ours) or came (theirs). `receipts`: in order of time. `trouble`: why it waits.
    """

    id: UUID
    thread: UUID
    ours: bool
    partner: str
    type: str
    version: int
    number: int
    case_ref: str
    reply_to: UUID | None
    state: str
    at: datetime
    hash: str
    code: str
    trouble: str
    attempts: int
    expires: datetime | None
    receipts: tuple[Receipt, ...]

    @property
    def label(self) -> str:
        """What people call such a message."""
        return label_of(self.type)


def receipts_of(ids: Sequence[UUID]) -> dict[UUID, tuple[Receipt, ...]]:
    """The receipts of these messages, in order of time; one statement."""
    found: dict[UUID, list[Receipt]] = {}
    for row in ReceiptRow.objects.filter(message__in=list(ids)).order_by("at", "row"):
        made = Receipt(row.message, row.kind, row.at, row.hash, row.by, "", row.code, row.what)
        found.setdefault(row.message, []).append(made)
    return {id: tuple(rows) for id, rows in found.items()}


def rows_of(ours: Sequence[Outgoing], theirs: Sequence[Incoming]) -> list[Row]:
    """Both as rows with their receipts, in order of time. `thread__partner` should have been selected with them."""
    receipts = receipts_of([*(one.id for one in ours), *(one.id for one in theirs)])
    found = [
        Row(
            one.id, one.thread.thread, True, one.thread.partner.address, one.type, one.version, one.number, one.case_ref,
            one.reply_to, one.state, one.created, one.hash, "", one.trouble, one.attempts, one.expires,
            receipts.get(one.id, ()),
        )
        for one in ours
    ] + [
        Row(
            one.id, one.thread.thread, False, one.thread.partner.address, one.type, one.version, one.number, one.case_ref,
            one.reply_to, one.state, one.received_at, one.hash, one.code, "", 0, None, receipts.get(one.id, ()),
        )
        for one in theirs
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row.at, row.number))


def of_thread(thread: UUID, partner: str) -> list[Row]:
    """Every message of the thread with that partner (its address), both ways, in order of time, with receipts; three statements."""
    ours = Outgoing.objects.filter(thread__thread=thread, thread__partner__address=partner)
    theirs = Incoming.objects.filter(thread__thread=thread, thread__partner__address=partner)
    ours, theirs = ours.select_related("thread__partner"), theirs.select_related("thread__partner")
    return rows_of(list(ours), list(theirs))
