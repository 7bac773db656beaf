"""This room's part in finding, exporting and erasing: threads that a room above tied to a person, with all their messages.

A thread that no room tied to a person is a subject of its own, with a day of its own (`keeping.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from xenia.errors import NotFound
from xenia.exchange import keeping, receiving
from xenia.exchange.models import Incoming, Outgoing, ReceiptRow, Thread
from xenia.journal import blobs, data_keys, forgetting
from xenia.journal.act import Act
from xenia.work.models import WorkItem


class Part:
    """Messages about a person. What they say is sealed under the thread's own data key."""

    room = "exchange"

    def find(self, wanted: forgetting.Wanted) -> Iterable[forgetting.Found]:
        """Messages of a known subject; this room knows no names to search by."""
        if wanted.subject is None:
            return
        for thread in _threads([wanted.subject]):
            for ours in Outgoing.objects.filter(thread=thread).order_by("created"):
                yield forgetting.Found(wanted.subject, self.room, ours.type, "message sent", ours.created)
            for theirs in Incoming.objects.filter(thread=thread).order_by("received_at"):
                yield forgetting.Found(wanted.subject, self.room, theirs.type, "message received", theirs.received_at)

    def export(self, subject: UUID) -> dict[str, Any]:
        """What the messages say, both ways."""
        said = []
        for thread in _threads([subject]):
            rows: list[Incoming | Outgoing] = [
                *Outgoing.objects.filter(thread=thread).order_by("created"),
                *Incoming.objects.filter(thread=thread).order_by("received_at"),
            ]
            said += [_said(row) for row in rows]
        return {"messages": said} if said else {}

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Removes the messages, their blobs, keys, receipts and work items; entries with ids and hashes stay.

        Of a thread without a person, only what its messages say goes.
        """
        counts = {"outgoing": 0, "incoming": 0}
        for start in range(0, len(subjects), 400):
            found = dict(_threads(subjects[start : start + 400]).values_list("id", "about"))
            if alone := [id for id, about in found.items() if about is None]:
                counts["message_emptied"] = counts.get("message_emptied", 0) + keeping.empty(alone)
            threads = [id for id, about in found.items() if about is not None]
            for thread in threads:
                ids = [*_ids(Outgoing, thread), *_ids(Incoming, thread)]
                ReceiptRow.objects.filter(message__in=ids).delete()
                WorkItem.objects.filter(kind="exchange.dead", subject__in=[str(one) for one in ids]).delete()
                counts["outgoing"] += Outgoing.objects.filter(thread=thread).delete()[0]
                counts["incoming"] += Incoming.objects.filter(thread=thread).delete()[0]
            blobs.forget_subjects(threads)
            data_keys.destroy(threads)
            Thread.objects.filter(id__in=threads).update(about=None)
        return counts

    def due(self, on: date) -> Iterable[forgetting.Due]:
        """Threads without a person whose day is over, the earliest first."""
        over = sorted((one for one in keeping.untied() if one.until <= on), key=lambda one: one.until)
        return [forgetting.Due(one.thread, self.room, one.retention_class, one.until) for one in over]

    def kept(self, subjects: Sequence[UUID], on: date) -> set[UUID]:
        """Those of the subjects that are threads without a person whose day is still to come, or that wait."""
        later = {one.thread for one in keeping.untied(subjects) if one.until > on}
        return later | keeping.waiting(subjects)


def _threads(subjects: Sequence[UUID]) -> QuerySet[Thread]:
    return Thread.objects.filter(Q(about__in=list(subjects)) | Q(id__in=list(subjects)))


def _ids(model: type[Incoming] | type[Outgoing], thread: UUID) -> list[UUID]:
    return list(model._default_manager.filter(thread=thread).values_list("id", flat=True))


def _said(row: Incoming | Outgoing) -> dict[str, Any]:
    shown = {"id": str(row.id), "type": row.type, "sent": isinstance(row, Outgoing), "created": row.created.isoformat()}
    try:
        return {**shown, "body": dict(receiving.content(row)[1].body)}
    except NotFound:  # erased, or emptied before the thread was tied to the person
        return {**shown, "body": None}


def register() -> None:
    """Make this room's part known."""
    forgetting.register(Part())
