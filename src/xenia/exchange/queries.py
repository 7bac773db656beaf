"""What was said and what became of it, for pages and other rooms. Rows hold no content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Value

from xenia.exchange.envelope import Receipt
from xenia.exchange.models import Incoming, Outgoing, ReceiptRow
from xenia.exchange.port import label_of

ALIKE = (
    "id", "thread__thread", "thread__partner__address", "type", "version", "number", "case_ref", "reply_to", "state",
    "hash",
)  # fmt: skip
"""What both ways have in common, in the order of `Row`."""


@dataclass(frozen=True)
class Row:
    """One message without its content. `ours`: sent by us. `state`: waiting, held, accepted, refused, dead.

    `at`: when it was made (ours) or came (theirs). `receipts`: in order of time. `trouble`: why it waits.
    """

    id: UUID
    thread: UUID
    partner: str
    type: str
    version: int
    number: int
    case_ref: str
    reply_to: UUID | None
    state: str
    hash: str
    at: datetime
    ours: bool
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
            one.id, one.thread.thread, one.thread.partner.address, one.type, one.version, one.number, one.case_ref,
            one.reply_to, one.state, one.hash, one.created, True, "", one.trouble, one.attempts, one.expires,
            receipts.get(one.id, ()),
        )
        for one in ours
    ] + [
        Row(
            one.id, one.thread.thread, one.thread.partner.address, one.type, one.version, one.number, one.case_ref,
            one.reply_to, one.state, one.hash, one.received_at, False, one.code, "", 0, None, receipts.get(one.id, ()),
        )
        for one in theirs
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row.at, row.number))


def of_thread(thread: UUID, partner: str) -> list[Row]:
    """Every message of the thread with that partner (its address), both ways, in order of time, with receipts; two statements."""
    told = Outgoing.objects.filter(thread__thread=thread, thread__partner__address=partner).values_list(
        *ALIKE, "created", Value(True), Value(""), "trouble", "attempts", "expires"
    )
    came = Incoming.objects.filter(thread__thread=thread, thread__partner__address=partner).values_list(
        *ALIKE, "received_at", Value(False), "code", Value(""), Value(0), Value(None, DateTimeField())
    )
    found: list[tuple[Any, ...]] = list(told.union(came, all=True))
    receipts = receipts_of([values[0] for values in found])
    rows = [Row(*(*values, receipts.get(values[0], ()))) for values in found]
    return sorted(rows, key=lambda row: (row.at, row.number))
