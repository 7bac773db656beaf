"""At the centre: a batch of a unit is looked at, stored with what follows from it, and answered after the commit.

A unit holds a valid key and may still be in wrong hands. So its entries do something here only where they say what a unit may
say (`saying.py`); what says more is kept and put aside. What is no batch at all leaves a note and a work item, once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import DataError, IntegrityError

from xenia.access import epochs
from xenia.errors import BadInput
from xenia.journal import data_keys, kinds, signing
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.models import Entry, Head, KeyRecord
from xenia.journal.node import node as own_node
from xenia.journal.tree import Frontier
from xenia.units import applying, bounds, status, stored, tasks, wire
from xenia.units import kinds as own_kinds
from xenia.units.models import Aside, Unit
from xenia.units.protocol import up
from xenia.units.protocol.records import Record
from xenia.units.wire import Parcel

log = logging.getLogger("xenia.units")
BASIS: Final = "operation of the installation"
MOST_ASIDE: Final = 5000
"""With so many entries put aside that nobody has looked at, nothing more is taken. Own choice: no honest unit comes there."""
MESSAGE: Final = 0
"""The position under which a message is put aside that brought no entries."""
ODD: Final = (DataError, IntegrityError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


def take_in(unit: Unit, raw: bytes, now: datetime) -> up.Answer:
    """The answer to what a unit sent. Everything is stored when this returns `received`.

    Raises `BadInput` (`bad-batch`, `bad-pack`, `bad-head`) for what is no batch; nothing is changed then.
    """
    if unit.state in ("invited", "waiting"):
        return up.Answer(up.BUSY, unit.received)
    if unit.state != "active":
        return up.Answer(up.HALTED, unit.received)
    if bounds.is_full(unit.pk, now):
        noticed(unit, "flooding", now)
        return up.Answer(up.BUSY, unit.received)
    try:
        return _taken_in(unit, wire.read(raw), now)
    except BadInput as error:
        noticed(unit, error.code, now)
        raise
    except ODD as error:
        log.exception("a unit sent what cannot be stored")
        noticed(unit, "bad-batch", now)
        raise BadInput("The batch cannot be stored.", "Ask the centre.", code="bad-batch") from error


def _taken_in(unit: Unit, parcel: Parcel, now: datetime) -> up.Answer:
    with writing(), data_keys.held(), epochs.one_request():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        if held.state != "active":  # stopped a moment ago
            return up.Answer(up.HALTED, held.received)
        before = held.received
        answer = _taken(held, parcel, now)
        gained = held.received - before
        held.seen_at, held.told = now, status.read(parcel.told)
        held.save()
        if answer.kind == up.GAP:
            _notice(held, "gap", now)
        bounds.took(unit.pk, parcel.entries[len(parcel.entries) - gained :], now)
    return answer


def noticed(unit: Unit, code: str, now: datetime) -> None:
    """A unit sent something that is no batch, or asked for what is not for it: kept in mind once, until a person has looked."""
    with writing():
        _notice(unit, code, now)


def _notice(unit: Unit, code: str, now: datetime) -> None:
    kept = Aside.objects.filter(unit=unit, position=MESSAGE).first()
    if kept is not None and kept.settled_at is None:
        return
    said = {"entry": unit.pk, "kind": "message", "code": code, "at": now, "settled_at": None}
    Aside.objects.update_or_create(unit=unit, position=MESSAGE, defaults=said)
    body = {"unit": str(unit.pk), "why": code, "received": unit.received}
    append(own_kinds.TURNED_AWAY, body, act_for(unit))
    tasks.aside(unit, 1, act_for(unit))


def _taken(unit: Unit, parcel: Parcel, now: datetime) -> up.Answer:
    machine = up.Arriving(Frontier.unpack(unit.received, bytes(unit.frontier)))
    if not parcel.entries:
        return machine.greeted(parcel.first)
    batch = parcel.batch()
    if not _is_signed(unit, parcel):
        return _turned_away(unit, up.Answer(up.FORGED, machine.received))
    found = machine.look(batch, lambda first, last: stored.leaves(unit.name, first, last))
    if isinstance(found, up.Answer):
        return found if found.kind == up.GAP else _turned_away(unit, found)
    if not found.new:
        return up.Answer(up.RECEIVED, machine.received)
    new = parcel.entries[-len(found.new) :]
    if Entry.objects.filter(id__in=[one.id for one in new]).exists():
        return _turned_away(unit, up.Answer(up.FORGED, machine.received))
    _store(unit, parcel, found, new, now)
    answer = machine.take(found)
    unit.received, unit.frontier, unit.received_at = machine.received, machine.frontier.pack(), now
    return answer


def _is_signed(unit: Unit, parcel: Parcel) -> bool:
    """Whether the head is the unit's own, over just these entries and what came before them."""
    head, last = parcel.head, parcel.first + len(parcel.entries) - 1
    return (
        head is not None
        and parcel.node == unit.name == head.node
        and head.size == last
        and head.key_id == unit.key_id
        and head.is_signed()
    )


def _store(unit: Unit, parcel: Parcel, found: up.Arrived, new: Sequence[Record], now: datetime) -> None:
    said = parcel.head
    assert said is not None
    head = Head(
        node=unit.name, size=said.size, root=bytes.fromhex(said.root), frontier=found.frontier.pack(),
        signed_at=wire.signed_at(said), key_id=said.key_id, signature=signing.padded(said.signature),
    )  # fmt: skip
    foreign = stored.keep_keys(unit.name, parcel.keys)
    stored.keep(unit.name, found.first, new, found.new, head)
    act = act_for(unit)
    body = {"unit": str(unit.pk), "node": unit.name, "first": found.first, "last": said.size, "root": said.root}
    append(own_kinds.RECEIVED, body, act)
    rows = list(Entry.objects.filter(node=unit.name, position__gte=found.first).order_by("position"))
    _introduced(unit, rows)
    _apply(unit, rows, foreign, now)


def act_for(unit: Unit) -> Act:
    """The centre's own act about a unit."""
    return Act("system:units", unit.owner, "operation", BASIS, f"unit:{unit.name}", own_node())


def _introduced(unit: Unit, rows: Sequence[Entry]) -> None:
    """The unit's own first entry says which key signs its heads; `verify` wants to know it."""
    for row in rows:
        if row.kind == kinds.KEY_INTRODUCED.name and not KeyRecord.objects.filter(pk=unit.key_id).exists():
            KeyRecord.objects.create(
                key_id=unit.key_id, node=unit.name, jwk=unit.key, introduced_at=row.recorded_at, entry_id=row.id
            )


def _apply(unit: Unit, rows: Sequence[Entry], foreign: frozenset[UUID], now: datetime) -> None:
    """What the new entries do here; what cannot be done is put aside and holds nothing up."""
    aside = [
        Aside(unit=unit, position=row.position or 0, entry=row.id, kind=row.kind, code=code, at=now)
        for row, code in applying.done(unit, rows, foreign, now)
    ]
    if aside:
        Aside.objects.bulk_create(aside)
        for one in aside:
            body = {"unit": str(unit.pk), "position": one.position, "entry": str(one.entry), "code": one.code}
            append(own_kinds.ASIDE, body, act_for(unit))
        tasks.aside(unit, len(aside), act_for(unit))
        if Aside.objects.filter(unit=unit, settled_at=None).count() > MOST_ASIDE:
            _quarantined(unit, "flooding", unit.received)


def _turned_away(unit: Unit, answer: up.Answer) -> up.Answer:
    """The unit's key signed what cannot be: nothing more is taken of it until a person has looked."""
    _quarantined(unit, answer.kind, answer.received)
    return answer


def _quarantined(unit: Unit, why: str, received: int) -> None:
    log.error("a unit was quarantined: %s", why)
    unit.state, unit.trouble = "quarantined", why
    body = {"unit": str(unit.pk), "why": why, "received": received}
    append(own_kinds.TURNED_AWAY, body, act_for(unit))
    tasks.quarantined(unit, why, act_for(unit))
