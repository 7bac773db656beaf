"""Following the journal: from position to position of this node's own entries, never by id or time.

A unit's entries are taken where this node sealed that it received them, in the order in which it did: so there is one order, one
mark, and the same day of receipt whenever the facts are built again. Each batch is one transaction: facts, live counts, mark.
Whoever finds the mark moved by another gives up its batch; so two followers count nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Max

from xenia.insight import making, own_secrets
from xenia.insight.live import counting
from xenia.insight.tailing.models import Change, Mark, Waiting
from xenia.journal import entries
from xenia.journal.actions import writing
from xenia.journal.models import Entry, EntrySubject, Leaf
from xenia.journal.node import node as own_node
from xenia.journal.rebuild import Happened
from xenia.units import kinds as units
from xenia.units.models import Aside

log = logging.getLogger("xenia.insight")
SPAN: Final = 1000
"""So many positions are followed in one transaction at most."""
AT_ONCE: Final = 400
WANTED: Final = frozenset(making.MAKERS) | frozenset(making.TAKING_BACK)


@dataclass(frozen=True)
class Seen:
    """An entry, the own position at which this node knew it, and the day of that."""

    entry: Entry
    position: int
    received: date


@dataclass
class Batch:
    """What one stretch of the journal comes to. `taken_back`: facts of earlier entries that hold no longer."""

    upto: int
    facts: dict[UUID, tuple[Seen, list[tuple[str, making.Row]]]] = field(default_factory=dict)
    taken_back: list[UUID] = field(default_factory=list)
    opened: set[UUID] = field(default_factory=set)


Row = dict[str, Any]


def sealed() -> int:
    """The last position of this node's journal."""
    return Leaf.objects.filter(node=own_node()).aggregate(last=Max("position"))["last"] or 0


def mark() -> Mark:
    """How far the journal has been followed."""
    return Mark.objects.filter(pk=1).first() or Mark(pk=1)


def behind() -> int:
    """How many positions are sealed and not yet followed."""
    return max(0, sealed() - mark().position)


def step(span: int = SPAN, now: datetime | None = None) -> int:
    """Follow the next stretch; how many positions it had. 0 where there is nothing new, or another was quicker."""
    held = mark()
    upto = min(sealed(), held.position + span)
    if upto <= held.position:
        return 0
    batch = _read(held.position, upto)
    at = now or datetime.now(UTC)
    with writing():
        if not _mine(held.position) or _erased_since(batch):
            return 0
        _write(batch, at)
        Mark.objects.filter(pk=1).update(position=upto, followed_at=at)
    return upto - held.position


def _mine(position: int) -> bool:
    """Whether the mark is still where this batch begins; from here to the end of the transaction nobody else moves it."""
    locked()
    return mark().position == position


def locked() -> None:
    """Hold the mark until the end of the transaction. Inside `writing()`."""
    Mark.objects.get_or_create(pk=1)
    list(Mark.objects.select_for_update().filter(pk=1))


def _erased_since(batch: Batch) -> bool:
    """Whether a body of the batch was erased after it was read: then it is read anew."""
    return any(Entry.objects.filter(id__in=piece, body__isnull=True).exists() for piece in pieces(sorted(batch.opened)))


def _read(after: int, upto: int) -> Batch:
    batch = Batch(upto)
    gone = own_secrets.ended()
    for told, seen in tell(seen_between(after, upto)):
        batch.opened.add(seen.entry.id)
        batch.opened.update(one.entry.id for one in told.earlier if one.body is not None)
        kind = seen.entry.kind
        if kind in making.TAKING_BACK:
            for one in making.TAKING_BACK[kind](told):
                if batch.facts.pop(one, None) is None:
                    batch.taken_back.append(one)
        elif gone.get(seen.entry.occurred_at.astimezone(UTC).year, 0) < seen.position:
            batch.facts[seen.entry.id] = (seen, rows_of(told))
    return batch


def rows_of(told: making.Told) -> list[tuple[str, Row]]:
    """The facts of one entry; none, and a line in the log, where it says what nobody expected."""
    try:
        return making.made(told, making.MAKERS[told.entry.kind])
    except (KeyError, ValueError, TypeError, AttributeError):
        log.exception("an entry counts for nothing: it cannot be read", extra={"entry": str(told.entry.id)})
        return []


def seen_between(after: int, upto: int) -> list[Seen]:
    """The entries that count, from after one position to another, those of units where they were received."""
    kinds = [*WANTED, units.RECEIVED]
    rows = Entry.objects.filter(node=own_node(), position__gt=after, position__lte=upto, kind__in=kinds)
    found: list[Seen] = []
    for row in rows.order_by("position"):
        position, on = row.position or 0, row.recorded_at.astimezone(UTC).date()
        if row.kind != units.RECEIVED:
            found.append(Seen(row, position, on))
            continue
        found.extend(Seen(one, position, on) for one in _of_unit(entries.body(row)))
    return found


def _of_unit(body: Mapping[str, Any]) -> list[Entry]:
    """What a unit sent in one batch and counts here: not what was put aside because it cannot be."""
    first, last = body["first"], body["last"]
    aside = Aside.objects.filter(unit=body["unit"], position__gte=first, position__lte=last)
    theirs = Entry.objects.filter(node=body["node"], position__gte=first, position__lte=last, kind__in=WANTED)
    return list(theirs.exclude(position__in=list(aside.values_list("position", flat=True))).order_by("position"))


def tell(seen: Sequence[Seen]) -> Iterator[tuple[making.Told, Seen]]:
    """What makers are told of these entries; those whose bodies were erased are left out. A few statements for all."""
    bodies = entries.bodies(one.entry for one in seen)
    earlier = _earlier([one.entry for one in seen if one.entry.id in bodies])
    for one in seen:
        if one.entry.id in bodies:
            before = tuple(
                row for row in earlier.get(one.entry.id, ()) if (row.entry.position or 0) < (one.entry.position or 0)
            )
            yield making.Told(one.entry, bodies[one.entry.id], one.received, before), one


def _earlier(rows: Sequence[Entry]) -> Mapping[UUID, list[Happened]]:
    """For each entry what the same node wrote about the same subjects, of the kinds that makers want, oldest first."""
    subjects = {row.id: entries.subjects(row) for row in rows}
    wanted = sorted({one for many in subjects.values() for one in many})
    about: dict[UUID, set[UUID]] = {}
    for piece in pieces(wanted):
        for subject, entry in EntrySubject.objects.filter(
            subject__in=piece, entry__kind__in=sorted(making.EARLIER)
        ).values_list("subject", "entry_id"):
            about.setdefault(subject, set()).add(entry)
    ids = sorted(set().union(*about.values()))
    found = {row.id: row for piece in pieces(ids) for row in Entry.objects.filter(id__in=piece)}
    bodies = entries.bodies(found.values())
    told: dict[UUID, list[Happened]] = {}
    for row in rows:
        mine = {one for subject in subjects[row.id] for one in about.get(subject, ())}
        same = [found[one] for one in mine if found[one].node == row.node and found[one].position]
        same.sort(key=lambda one: one.position or 0)
        told[row.id] = [Happened(one, bodies.get(one.id)) for one in same]
    return told


def _write(batch: Batch, now: datetime) -> None:
    rows = [
        Waiting(position=seen.position, entry=seen.entry.id, fact=fact, row=row)
        for seen, made in batch.facts.values()
        for fact, row in made
    ]
    Waiting.objects.bulk_create(rows, batch_size=AT_ONCE)
    counted = [(seen.entry.occurred_at, fact, row, 1) for seen, made in batch.facts.values() for fact, row in made]
    counting.add([*counted, *_taken_out(batch.taken_back)], now)


def _taken_out(ids: Sequence[UUID]) -> list[counting.Counted]:
    """Facts of these entries go out of what waits, and are noted to come out of files; what that takes off the live counts."""
    found: list[counting.Counted] = []
    rows = list(Entry.objects.filter(id__in=ids, kind__in=list(making.MAKERS)))
    for told, seen in tell([Seen(one, one.position or 0, one.recorded_at.date()) for one in rows]):
        made = rows_of(told)
        found += [(seen.entry.occurred_at, fact, row, -1) for fact, row in made]
        Waiting.objects.filter(entry=seen.entry.id).delete()
        Change.objects.bulk_create([Change(fact=fact, row=row) for fact, row in made])  # a file may be under way
    return found


def pieces(ids: Sequence[UUID], size: int = AT_ONCE) -> Iterable[Sequence[UUID]]:
    """As many at a time as a statement takes."""
    return (ids[at : at + size] for at in range(0, len(ids), size))
