"""This room's part in finding, exporting and erasing what is held about a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from xenia.access import epochs
from xenia.journal import data_keys, forgetting
from xenia.journal.act import Act
from xenia.work import items, proposals
from xenia.work.models import Proposal, WorkItem


class Part:
    """Work items and proposals about a person. Notes and arguments are sealed with the person's data key."""

    room = "work"

    def find(self, wanted: forgetting.Wanted) -> Iterable[forgetting.Found]:
        """Items and proposals of a known subject; this room knows no names to search by."""
        if wanted.subject is None:
            return
        for item in _items([wanted.subject]):
            yield forgetting.Found(wanted.subject, self.room, item.kind, "work item", item.opened_at)
        for proposal in Proposal.objects.filter(subject=wanted.subject):
            yield forgetting.Found(wanted.subject, self.room, proposal.action, "proposal", proposal.proposed_at)

    def export(self, subject: UUID) -> dict[str, Any]:
        """Items with their notes, proposals with their arguments and reasons."""
        held = [
            {
                "kind": item.kind,
                "opened_at": item.opened_at.isoformat(),
                "outcome": item.outcome,
                "note": _or_erased(items.note_of, item),
            }
            for item in _items([subject])
        ]
        made = [
            {
                "action": one.action,
                "proposed_at": one.proposed_at.isoformat(),
                "state": one.state,
                "arguments": _or_erased(proposals.arguments_of, one),
            }
            for one in Proposal.objects.filter(subject=subject)
        ]
        return {name: rows for name, rows in (("work_items", held), ("proposals", made)) if rows}

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Remove items and proposals; the entries that say who did what stay, without bodies about the person."""
        wanted = list(subjects)
        counts = {"work_item": 0, "proposal": 0}
        for start in range(0, len(wanted), 400):
            part = wanted[start : start + 400]
            counts["work_item"] += _items(part).delete()[0]
            counts["proposal"] += Proposal.objects.filter(subject__in=part).delete()[0]
        if any(counts.values()):
            epochs.bump("work")
        return counts


def _items(subjects: Sequence[UUID]) -> Any:
    return WorkItem.objects.filter(Q(about__in=subjects) | Q(subject__in=[str(one) for one in subjects]))


def _or_erased(read: Any, row: Any) -> Any:
    try:
        return read(row)
    except data_keys.Erased:
        return None


def register() -> None:
    """Make this room's part known."""
    forgetting.register(Part())
