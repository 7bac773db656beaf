"""Sealed entries between database and line: rows as records, and records as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from xenia.identity.models import Identity
from xenia.journal import actions as journal
from xenia.journal import data_keys, insert
from xenia.journal.models import DataKey, Entry, EntrySubject, Head, Leaf
from xenia.units.protocol import records, shape
from xenia.units.protocol.records import Record

COLUMNS = (*journal.COLUMNS, "position")
AT_ONCE = 400


def record(row: Entry) -> Record:
    """A row as it travels."""
    erased = row.body is None
    return Record(
        id=row.id,
        kind=row.kind,
        schema=row.schema,
        owner=row.owner,
        origin=row.origin,
        actor=row.actor,
        purpose=row.purpose,
        legal_basis=row.legal_basis,
        reference=row.reference,
        retention_class=row.retention_class,
        occurred=records.micros(row.occurred_at),
        recorded=records.micros(row.recorded_at),
        salt=b"" if erased else bytes(row.salt or b""),
        key=b"" if erased or row.key is None else row.key.bytes,
        subjects=b"" if erased else bytes(row.subjects or b""),
        body=None if row.body is None else bytes(row.body),
        content=bytes(row.body_hash),
    )


def own(node: str, first: int, last: int) -> list[Record]:
    """The sealed entries of those positions, in order."""
    rows = Entry.objects.filter(node=node, position__gte=first, position__lte=last).order_by("position")
    return [record(row) for row in rows]


def leaves(node: str, first: int, last: int) -> list[bytes]:
    """The leaves that were sealed at those positions, in order."""
    rows = Leaf.objects.filter(node=node, position__gte=first, position__lte=last).order_by("position")
    return [bytes(one) for one in rows.values_list("hash", flat=True)]


def keys_of(entries: Iterable[Record]) -> tuple[shape.DataKey, ...]:
    """The data keys that open these entries, unwrapped; those that were destroyed are missing."""
    wanted = list(dict.fromkeys(UUID(bytes=one.key) for one in entries if one.key))
    found: list[shape.DataKey] = []
    for start in range(0, len(wanted), AT_ONCE):
        for row in DataKey.objects.in_bulk(wanted[start : start + AT_ONCE]).values():
            found.append(shape.DataKey(row.id, row.subject, row.purpose, row.made_at, data_keys.unwrapped(row)))
    return tuple(found)


def keep_keys(node: str, keys: Sequence[shape.DataKey]) -> frozenset[UUID]:
    """Wrap those that are not here yet with the own master key; the ids of those that the unit may not bring.

    Inside `writing()`, before the entries. A key that is here is never replaced: an id that comes twice with other bytes opens
    nothing. Nor does a unit bring a key for what it has not begun itself, since this installation would seal with it later.
    """
    subjects = {one.subject for one in keys}
    foreign = (subjects - _begun_by(node, subjects)) | {data_keys.OWN}
    known = {row.id: row for row in DataKey.objects.filter(id__in={one.id for one in keys})}
    pairs = set(DataKey.objects.filter(subject__in=subjects).values_list("subject", "purpose"))
    fresh: dict[tuple[UUID, str], shape.DataKey] = {}
    refused = set()
    for one in keys:
        pair, here = (one.subject, one.purpose), known.get(one.id)
        if here is not None:
            fits = (here.subject, here.purpose) == pair and data_keys.unwrapped(here) == one.key
        else:
            fits = one.subject not in foreign and pair not in pairs and fresh.setdefault(pair, one) is one
        if not fits:
            refused.add(one.id)
    DataKey.objects.bulk_create(
        DataKey(id=one.id, subject=one.subject, purpose=one.purpose, wrapped=data_keys.wrapped(one.id, one.key), made_at=one.made_at)
        for one in fresh.values()
    )  # fmt: skip
    return frozenset(refused)


def _begun_by(node: str, subjects: Iterable[UUID]) -> set[UUID]:
    """Those of which nobody but this unit has said anything yet, and those that are identities of its own."""
    wanted = list(subjects)
    own_ones = set(Identity.objects.filter(id__in=wanted, origin__startswith=f"{node}/").values_list("id", flat=True))
    others = set(Identity.objects.filter(id__in=wanted).values_list("id", flat=True)) - own_ones
    others |= set(
        EntrySubject.objects.filter(subject__in=wanted).exclude(entry__node=node).values_list("subject", flat=True)
    )
    return (set(wanted) - others) | own_ones


def keep(node: str, first: int, entries: Sequence[Record], leaves: Sequence[bytes], head: Head | None) -> None:
    """Write entries of another node as they are, with their positions, leaves and subjects, and the head. Inside `writing()`."""
    rows = [
        (
            one.id, node, one.kind, one.schema, one.owner, one.origin, one.actor, one.purpose, one.legal_basis, one.reference,
            records.at(one.occurred), records.at(one.recorded), one.retention_class, one.salt or None,
            UUID(bytes=one.key) if one.key else None, None if one.body is None else one.subjects, one.body, one.content,
            position,
        )
        for position, one in enumerate(entries, first)
    ]  # fmt: skip
    insert.rows("journal_entry", COLUMNS, rows)
    about = [
        (UUID(bytes=one.subjects[at : at + 16]), one.id) for one in entries for at in range(0, len(one.subjects), 16)
    ]
    insert.rows("journal_entrysubject", ("subject", "entry_id"), about)
    placed = [
        (node, position, one.id, leaf) for position, (one, leaf) in enumerate(zip(entries, leaves, strict=True), first)
    ]
    insert.rows("journal_leaf", ("node", "position", "entry_id", "hash"), placed)
    if head is not None:
        head.save(force_insert=True)
