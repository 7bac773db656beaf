"""How long messages are kept that no room tied to a person: terms as data, the day of a thread, emptying it.

A message of a person goes with the person. What nobody took up (a refused opening message, a thread that belongs to no
case) has a day of its own, counted from the thread's last message; then what the messages say is erased, and their
numbers, hashes, states and signed receipts stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from xenia.exchange import kinds, own
from xenia.exchange.models import Incoming, Outgoing, Thread
from xenia.exchange.receiving import BASIS
from xenia.exchange.threads import KEY
from xenia.journal import blobs, clock, data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.models import BlobReference
from xenia.journal.node import node
from xenia.work.models import WorkItem

TERMS: Final = Path(__file__).with_name("terms.json")
HELD: Final = "message-held"
REFUSED: Final = "message-refused"
UNTIED: Final = "message-untied"


@dataclass(frozen=True)
class Kept:
    """A thread that no room tied to a person and whose messages are still there. `until`: its day."""

    thread: UUID
    retention_class: str
    until: date


@lru_cache(maxsize=1)
def _terms() -> dict[str, timedelta]:
    rows = json.loads(TERMS.read_text(encoding="utf-8"))["terms"]
    return {row["code"]: timedelta(days=int(row["value"].removeprefix("P").removesuffix("D"))) for row in rows}


def term(code: str) -> timedelta:
    """How long that class is kept, whole days."""
    return _terms()[code]


def untied(only: Sequence[UUID] | None = None) -> Iterator[Kept]:
    """Threads without a person whose messages are still there, or those of them named; none that still wait for something."""
    rows = _still_there().exclude(Exists(_of(Outgoing, state="waiting"))).exclude(Exists(_of(Incoming, state="held")))
    if only is not None:
        rows = rows.filter(id__in=list(only))
    lasts = {
        "made": _last(Outgoing, "created"), "settled": _last(Outgoing, "settled_at"), "came": _last(Incoming, "received_at"),
        "taken": Exists(_of(Outgoing, state="accepted")) | Exists(_of(Incoming, state="accepted")),
    }  # fmt: skip
    for thread, *times, taken in rows.values_list("id").annotate(**lasts).values_list("id", *lasts):
        moments: list[datetime] = [one for one in times if one is not None]
        if moments:
            code = UNTIED if taken else REFUSED
            yield Kept(thread, code, max(moments).date() + term(code))


def waiting(subjects: Sequence[UUID]) -> set[UUID]:
    """Those of these threads without a person that wait for something: they are kept whatever their day."""
    waits = Q(Exists(_of(Outgoing, state="waiting"))) | Q(Exists(_of(Incoming, state="held")))
    return set(_still_there().filter(waits, id__in=list(subjects)).values_list("id", flat=True))


def empty(threads: Sequence[UUID]) -> int:
    """Erases what the messages of these threads say, their keys and work items; how many. Inside `writing()`.

    Rows stay with type, number, hash and state, and receipts as they were signed; the partner's reference goes.
    A thread that waits for something is left as it is.
    """
    waits = waiting(threads)
    threads = [one for one in threads if one not in waits]
    ours, theirs = Outgoing.objects.filter(thread__in=threads), Incoming.objects.filter(thread__in=threads)
    ids = [str(one) for rows in (ours, theirs) for one in rows.values_list("id", flat=True)]
    for start in range(0, len(ids), 400):
        WorkItem.objects.filter(kind="exchange.dead", subject__in=ids[start : start + 400]).delete()
    ours.update(case_ref="")
    theirs.update(case_ref="")
    blobs.forget_subjects(list(threads))
    data_keys.destroy(list(threads))
    return len(ids)


def _still_there() -> QuerySet[Thread]:
    return Thread.objects.filter(Exists(BlobReference.objects.filter(subject=OuterRef("pk"))), about=None)


def _of(model: type[Incoming] | type[Outgoing], **wanted: Any) -> QuerySet[Any]:
    return model._default_manager.filter(thread=OuterRef("pk"), **wanted)


def _last(model: type[Incoming] | type[Outgoing], field: str) -> Subquery:
    return Subquery(_of(model).values("thread").annotate(last=Max(field)).values("last"))


# What was held for a message that did not come


def lapse(now: datetime | None = None) -> int:
    """Lets go what was held for its whole term while nothing earlier came, each with an entry; how many.

    It is then as if the message had not come: where the sender still tries, it is held anew.
    """
    at, gone = now or clock.now(), 0
    over = Incoming.objects.filter(state="held", received_at__lte=at - term(HELD))
    for row in over.select_related("partner", "thread"):
        act = Act("system:exchange", own.authority(), "operation", BASIS, f"message:{row.id}", node())
        with writing():
            if not Incoming.objects.filter(pk=row.pk, state="held").delete()[0]:
                continue
            blobs.forget(row.blob, KEY)
            body = {"message": str(row.id), "thread": str(row.thread.thread), "number": row.number, "from": row.partner.address, "hash": row.hash}  # fmt: skip
            append(kinds.LAPSED, body, act)
        gone += 1
    return gone
