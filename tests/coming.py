"""Entries of a unit, made and brought here within one test database.

`away(work)` does a shift's work as the node `unit-1` and takes every row of it back; `arrive(batch)` puts its entries, leaves,
head and data keys here as they would come over a line, and has the rooms do what follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from xenia.journal import arriving, data_keys, entries, heads, node
from xenia.journal.models import DataKey, Entry, EntrySubject, Leaf
from xenia.journal.tree import Frontier
from xenia.journal.writing import writing

UNIT = "unit-1"


@dataclass
class Batch:
    """What a unit wrote, in the order of writing; `made`: what the work gave back."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    keys: list[DataKey] = field(default_factory=list)
    made: Any = None

    @property
    def kinds(self) -> list[str]:
        """The kinds of its entries."""
        return [one.kind for one in self.entries]


@contextmanager
def being(name: str) -> Iterator[None]:
    """This process is the unit of that name."""
    before, settings.XENIA_NODE = settings.XENIA_NODE, name
    asked = node._is_unit
    node.ask_whether_unit(lambda: True)
    try:
        yield
    finally:
        node.ask_whether_unit(asked)
        settings.XENIA_NODE = before


class _Back(Exception):
    """Everything that was written goes."""


def away(work: Callable[[], Any], name: str = UNIT) -> Batch:
    """Do the work at a unit: nothing of it stays in the database."""
    batch = Batch(name)
    try:
        with being(name), transaction.atomic():
            before = set(Entry.objects.values_list("id", flat=True))
            batch.made = work()
            written = Entry.objects.exclude(id__in=before).order_by("id")
            batch.entries = list(written)  # as the sealer takes them
            batch.keys = list(DataKey.objects.filter(id__in={one.key for one in batch.entries if one.key}))
            raise _Back
    except _Back:
        pass
    return batch


def arrive(batch: Batch, *, effects: bool = True) -> None:
    """Its entries are here, under the next positions of its node, each followed by what it does; in one transaction."""
    last = heads.latest_row(batch.name)
    tree = Frontier.unpack(last.size, bytes(last.frontier)) if last else Frontier()
    with writing(), data_keys.held():
        for row in batch.keys:
            DataKey.objects.get_or_create(
                id=row.id, defaults={"subject": row.subject, "purpose": row.purpose, "wrapped": row.wrapped, "made_at": row.made_at}
            )  # fmt: skip
        for row in batch.entries:
            leaf = entries.leaf(row)
            tree.add(leaf)
            row.position = tree.size
            row.save(force_insert=True)
            Leaf.objects.create(node=batch.name, position=tree.size, entry_id=row.id, hash=leaf)
            EntrySubject.objects.bulk_create(
                EntrySubject(subject=one, entry_id=row.id) for one in entries.subjects(row)
            )
        heads.signed(batch.name, tree.size, tree.root(), tree.pack()).save(force_insert=True)
        if effects:
            do(batch.entries)


def do(rows: Iterable[Entry]) -> None:
    """What these entries do here."""
    rows = list(rows)
    bodies = entries.bodies(rows)
    for row in rows:
        effect = arriving.effect_of(row.kind)
        if effect is not None and row.id in bodies:
            effect(arriving.Came(row, bodies[row.id]))
