"""Notes between officers in finding, exporting and erasing: nobody should name a traveller in one, but somebody might."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from xenia.access import lock
from xenia.access.models import LaneNote
from xenia.journal import forgetting
from xenia.journal.act import Act


class Part:
    """Notes that still wait. They are few and three days old at most, so each is opened and read."""

    room = "access-notes"

    def find(self, wanted: forgetting.Wanted) -> Iterable[forgetting.Found]:
        """Notes that hold every part of the name, or the document number."""
        parts = [wanted.document_number] if wanted.document_number else []
        parts += " ".join((wanted.surname, wanted.given_names, wanted.name)).split()
        rows = LaneNote.objects.order_by("written_at")
        if wanted.subject is not None:
            rows = rows.filter(pk=wanted.subject)
        elif not parts:
            return
        for row in rows[:1000]:
            text = lock.words(row)
            if wanted.subject is not None or all(part.casefold() in text.casefold() for part in parts):
                yield forgetting.Found(row.pk, self.room, str(row), "lane note", row.written_at)

    def export(self, subject: UUID) -> dict[str, Any]:
        """What the note says, and where it waits."""
        row = LaneNote.objects.filter(pk=subject).first()
        if row is None:
            return {}
        return {
            "post": row.post_id,
            "lane": row.lane,
            "written_at": row.written_at.isoformat(),
            "text": lock.words(row),
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """The notes are gone, with their keys."""
        rows = list(LaneNote.objects.filter(pk__in=list(subjects)))
        lock.forget_notes(rows)
        return {"lane note": len(rows)}


def register() -> None:
    """Make this part known."""
    forgetting.register(Part())
