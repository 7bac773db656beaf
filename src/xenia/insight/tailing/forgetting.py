"""This room's part in forgetting: a fact loses its person, its count stays."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from xenia.errors import XeniaError
from xenia.insight import making
from xenia.insight.tailing import changing, flushing, following
from xenia.insight.tailing.models import Change, Waiting
from xenia.journal.act import Act
from xenia.journal.forgetting import Found, Wanted
from xenia.journal.models import Entry, EntrySubject
from xenia.journal.node import node as own_node

log = logging.getLogger("xenia.insight")


class InsightPart:
    """Facts hold no subject: whose they are is found through the entries that they were made of, while those live."""

    room = "insight"
    early = True  # facts are made once more of what cases and identities still say

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Nobody: no fact leads to a person."""
        return []

    def export(self, subject: UUID) -> dict[str, Any]:
        """Nothing: what was counted is in the journal's part."""
        return {}

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Take the persons of these subjects out of what waits at once, and out of the files after the commit."""
        if settings.XENIA_UNIT:  # nothing is counted here, and what were noted would lie here for ever
            return {"fact": 0}
        following.locked()
        ids: set[UUID] = set()
        for piece in following.pieces(sorted(set(subjects))):
            about = EntrySubject.objects.filter(subject__in=piece, entry__kind__in=sorted(following.WANTED))
            ids.update(about.values_list("entry_id", flat=True))
        rows = [row for piece in following.pieces(sorted(ids)) for row in Entry.objects.filter(id__in=piece)]
        rows.sort(key=lambda row: (row.position or 0, row.id))
        changed = _forget(rows)
        if changed and flushing.house().index.is_file():
            transaction.on_commit(_files)
        return {"fact": changed}


def _forget(rows: Sequence[Entry]) -> int:
    """Facts of these entries, without their persons from now on; how many."""
    mark, changed = following.mark(), 0
    gone: set[UUID] = set()
    told = list(following.tell([following.Seen(one, one.position or 0, one.recorded_at.date()) for one in rows]))
    for one, seen in told:
        if seen.entry.kind in making.TAKING_BACK:
            gone.update(making.TAKING_BACK[seen.entry.kind](one))
    for one, seen in told:
        entry = seen.entry
        if entry.kind not in making.MAKERS or entry.id in gone:
            continue
        made = following.rows_of(one)
        new = entry.node == own_node() and (entry.position is None or entry.position > mark.position)
        waiting = list(Waiting.objects.filter(entry=entry.id))
        for row in waiting:
            row.row, row.kept, row.entry = changing.nobody(row.fact, row.row), True, None
        Waiting.objects.bulk_update(waiting, ["row", "kept", "entry"])
        if new:  # it will have no body when it is come to
            rows_now = [
                Waiting(position=mark.position + 1, fact=fact, row=changing.nobody(fact, row), kept=True)
                for fact, row in made
            ]
            Waiting.objects.bulk_create(rows_now)
        else:  # a file may be under way, or hold it
            Change.objects.bulk_create([Change(fact=fact, row=row, forget=True) for fact, row in made])
        changed += len(made)
    return changed


def _files() -> None:
    """After the commit: what files hold of them, in a thread that the process waits for at its end; the writers' turn ends first.

    Where it fails or the process dies, the follower does it at its next turn.
    """
    threading.Thread(target=_apply, name="xenia-insight-forget").start()


def _apply() -> None:
    try:
        while changing.apply():
            pass
    except XeniaError as error:
        log.error("what was erased is still in files of facts", extra={"code": error.code})
    finally:
        connection.close()
