"""Finding a person in what is sealed and has no name keys: proposals, and the journal of alerts that were deleted.

Every sealed text is opened and read, newest first, at most `MOST` of each sort: fit for the rare request of a person, not for work at a booth.
Exporting and erasing are done by the rooms that hold the records.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from xenia import matching
from xenia.journal import data_keys, entries, kinds
from xenia.journal.act import Act
from xenia.journal.forgetting import Found, Wanted
from xenia.journal.models import Entry
from xenia.work import proposals
from xenia.work.models import Proposal

MOST: Final = 20_000
AT_ONCE: Final = 400
CLASSES: Final = ("alert",)
"""Retention classes whose entries outlive their record."""


class HistoryPart:
    """Proposals, and entries about records that are gone."""

    room = "history"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Subjects in whose sealed texts every word of the name stands, or the document number."""
        asked = _Asked(wanted)
        return [] if wanted.subject is not None or asked.empty else [*self._proposals(asked), *self._entries(asked)]

    def _proposals(self, asked: _Asked) -> Iterator[Found]:
        rows = list(Proposal.objects.order_by("-proposed_at")[:MOST])
        for page in _pages(rows):
            plain = data_keys.unseal_many([(row.subject, proposals.KEY, bytes(row.arguments)) for row in page])
            for row, text in zip(page, plain, strict=True):
                if text is not None and row.subject != row.pk and asked.fits(json.loads(text)):
                    yield Found(row.subject, self.room, f"{row.action}, {row.state}", "proposal", row.proposed_at)

    def _entries(self, asked: _Asked) -> Iterator[Found]:
        named = [kind.name for kind in kinds.all_kinds() if kind.personal and kind.retention_class in CLASSES]
        rows = list(Entry.objects.filter(kind__in=named, body__isnull=False).order_by("-id")[:MOST])
        for page in _pages(rows):
            opened = entries.bodies(page)
            for row in page:
                if row.id in opened and asked.fits(opened[row.id]):
                    for subject in entries.subjects(row):
                        yield Found(subject, self.room, row.kind, "journal of an alert", row.recorded_at)

    def export(self, subject: UUID) -> dict[str, Any]:
        """Nothing of its own: `work` and `journal` export these."""
        return {}

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Nothing of its own: `work` and `journal` erase these."""
        return {}


class _Asked:
    """The words and the number to look for."""

    def __init__(self, wanted: Wanted) -> None:
        self._words = frozenset(matching.tokens(f"{wanted.surname} {wanted.given_names} {wanted.name}"))
        self._number = matching.normalised_number(wanted.document_number) if wanted.document_number else ""
        self.empty = not self._words and not self._number

    def fits(self, body: Any) -> bool:
        """Whether the words all stand in the texts of the body, in whatever spelling, or the number is one of them."""
        texts = list(_texts(body))
        if self._number and any(matching.normalised_number(text) == self._number for text in texts if len(text) < 40):
            return True
        return bool(self._words) and self._words <= {word for text in texts for word in matching.tokens(text)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _pages(rows: Sequence[Any]) -> Iterator[list[Any]]:
    return (list(rows[at : at + AT_ONCE]) for at in range(0, len(rows), AT_ONCE))
