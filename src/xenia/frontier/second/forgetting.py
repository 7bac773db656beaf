"""What the second line finds, exports and erases for one person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from xenia.frontier.second import cases, interview
from xenia.frontier.second.models import HandOver, HitCase, InterviewNote, Paper, Photograph, Receipt
from xenia.identity.models import PURPOSE
from xenia.journal import blobs, data_keys
from xenia.journal.act import Act
from xenia.journal.forgetting import Due, Found, Wanted

MOST_DUE = 10_000


class SecondPart:
    """Hits, interview notes, photographs, papers and receipts. They go with the check they belong to."""

    room = "second-line"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Hits of one identity; names are found by the room `identity`."""
        if wanted.subject is None:
            return []
        return [
            Found(row.identity, self.room, f"{row.register} {row.state}", "hit", row.opened_at)
            for row in HitCase.objects.filter(identity=wanted.subject, silent=False)
        ]

    def export(self, subject: UUID) -> dict[str, Any]:
        """Hits with their steps, notes, photographs by page, signature. A hit handled unseen is not told."""
        hits = [self._hit(row) for row in HitCase.objects.filter(identity=subject, silent=False).order_by("opened_at")]
        checks = set(InterviewNote.objects.filter(identity=subject).values_list("check_made", flat=True))
        notes = [
            {"at": row.made_at.isoformat(), "question": row.question, "text": text}
            for check in checks
            for row, text in interview.notes_of(check)
        ]
        pages = [
            {"at": row.made_at.isoformat(), "page": row.page}
            for row in Photograph.objects.filter(identity=subject).order_by("made_at")
        ]
        papers = [
            {"at": row.noted_at.isoformat(), "signature": row.signature}
            for row in Paper.objects.filter(identity=subject)
        ]
        found = {"hits": hits, "notes": notes, "photographs": pages, "papers": papers}
        return found if any(found.values()) else {}

    def _hit(self, row: HitCase) -> dict[str, Any]:
        steps = list(row.steps.order_by("done_at"))
        words = cases.words_of(steps, row.identity)
        return {
            "register": row.register,
            "category": row.category,
            "state": row.state,
            "opened_at": row.opened_at.isoformat(),
            "steps": [
                {"task": step.task, "choice": step.choice, "at": step.done_at.isoformat(), **said}
                for step, said in zip(steps, words, strict=True)
            ],
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Delete all of it; the pictures' files go after the commit."""
        for row in Photograph.objects.filter(identity__in=subjects):
            blobs.forget(row.address, PURPOSE)
            blobs.forget(row.small, PURPOSE)
        Receipt.objects.filter(identity__in=subjects).delete()
        tables = {"hit": HitCase, "interview-note": InterviewNote, "photograph": Photograph, "paper": Paper}
        return {word: model.objects.filter(identity__in=subjects).delete()[0] for word, model in tables.items()}  # type: ignore[attr-defined]


class HandOverPart:
    """Hand-overs, which belong to who received the person."""

    room = "handovers"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Nothing by itself: the claim that came with the person is found by the room `identity`, and does not say whose it is."""
        return []

    def export(self, subject: UUID) -> dict[str, Any]:
        """What came with the person."""
        rows = list(HandOver.objects.filter(identity=subject).order_by("made_at"))
        if not rows:
            return {}
        return {"owner": rows[0].owner, "handovers": [self._row(row) for row in rows]}

    def _row(self, row: HandOver) -> dict[str, Any]:
        try:
            data = json.loads(data_keys.unseal(row.identity, PURPOSE, bytes(row.sealed)))
        except data_keys.Erased:
            data = {}
        return {
            "to": row.owner,
            "from": row.from_post,
            "at": row.made_at.isoformat(),
            "received_at": row.received_at.isoformat() if row.received_at else None,
            "note": data.get("note", ""),
            "notes": data.get("notes", []),
            "delete_on": row.delete_on.isoformat(),
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Delete them; pictures are claimed by the identity and go with it."""
        blobs.forget_subjects(list(HandOver.objects.filter(identity__in=subjects).values_list("identity", flat=True)))
        return {"handover": HandOver.objects.filter(identity__in=subjects).delete()[0]}

    def due(self, on: date) -> Iterable[Due]:
        """Those that have reached their day."""
        rows = HandOver.objects.filter(delete_on__lte=on).order_by("delete_on")
        return [Due(row.identity, self.room, "handover", row.delete_on) for row in rows[:MOST_DUE]]

    def kept(self, subjects: Sequence[UUID], on: date) -> set[UUID]:
        """Those that are kept longer."""
        return set(HandOver.objects.filter(identity__in=subjects, delete_on__gt=on).values_list("identity", flat=True))
