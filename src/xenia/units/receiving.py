"""At the centre: a batch of a unit is looked at, stored with what follows from it, and answered after the commit.

A unit holds a valid key and may still be in wrong hands. So its entries do something here only where they say what a unit may
say: from its own node and post, for its own authority, by an account that the centre knows. What says more is kept and put aside.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from xenia.access.models import Account
from xenia.errors import NotFound, XeniaError
from xenia.journal import data_keys, kinds, signing
from xenia.journal import entries as bodies_of
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.arriving import Came, effect_of
from xenia.journal.models import Entry, Head, KeyRecord
from xenia.journal.node import node as own_node
from xenia.journal.tree import Frontier
from xenia.units import kinds as own_kinds
from xenia.units import status, stored, tasks, wire
from xenia.units.models import Aside, Unit
from xenia.units.protocol import up
from xenia.units.protocol.records import Record
from xenia.units.wire import Parcel

log = logging.getLogger("xenia.units")
BASIS: Final = "operation of the installation"
AHEAD: Final = timedelta(minutes=10)
"""An entry of a time so far to come tells of a clock that is wrong; it is put aside. Own choice."""


def take_in(unit: Unit, raw: bytes, now: datetime) -> up.Answer:
    """The answer to what a unit sent. Everything is stored when this returns `received`.

    Raises `BadInput` (`bad-batch`, `bad-pack`, `bad-head`) for what is no batch; nothing is changed then.
    """
    parcel = wire.read(raw)
    if unit.state in ("invited", "waiting"):
        return up.Answer(up.BUSY, unit.received)
    if unit.state != "active":
        return up.Answer(up.HALTED, unit.received)
    with writing(), data_keys.held():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        answer = _taken(held, parcel, now)
        held.seen_at, held.told = now, status.read(parcel.told)
        held.save()
    return answer


def _taken(unit: Unit, parcel: Parcel, now: datetime) -> up.Answer:
    machine = up.Arriving(Frontier.unpack(unit.received, bytes(unit.frontier)))
    if not parcel.entries:
        return up.Answer(up.RECEIVED, machine.received)
    batch = parcel.batch()
    if not _is_signed(unit, parcel):
        return _turned_away(unit, up.Answer(up.FORGED, machine.received), now)
    found = machine.look(batch, lambda first, last: stored.leaves(unit.name, first, last))
    if isinstance(found, up.Answer):
        return found if found.kind == up.GAP else _turned_away(unit, found, now)
    if not found.new:
        return up.Answer(up.RECEIVED, machine.received)
    new = parcel.entries[-len(found.new) :]
    if Entry.objects.filter(id__in=[one.id for one in new]).exists():
        return _turned_away(unit, up.Answer(up.FORGED, machine.received), now)
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
    signed_at = datetime.strptime(said.signed_at, "%Y-%m-%dT%H:%M:%S.%f%z")
    head = Head(
        node=unit.name, size=said.size, root=bytes.fromhex(said.root), frontier=found.frontier.pack(), signed_at=signed_at,
        key_id=said.key_id, signature=signing.padded(said.signature),
    )  # fmt: skip
    stored.keep_keys(parcel.keys)
    stored.keep(unit.name, found.first, new, found.new, head)
    act = act_for(unit)
    body = {"unit": str(unit.pk), "node": unit.name, "first": found.first, "last": said.size, "root": said.root}
    append(own_kinds.RECEIVED, body, act)
    rows = list(Entry.objects.filter(node=unit.name, position__gte=found.first).order_by("position"))
    _introduced(unit, rows)
    _apply(unit, rows, now)


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


def _apply(unit: Unit, rows: Sequence[Entry], now: datetime) -> None:
    """What the new entries do here, one after the other; what cannot be done is put aside and holds nothing up."""
    known = _accounts(rows)
    aside: list[Aside] = []
    for position, row in ((one.position or 0, one) for one in rows):
        code = _applied(unit, row, known, now)
        if code:
            aside.append(Aside(unit=unit, position=position, entry=row.id, kind=row.kind, code=code, at=now))
    if aside:
        Aside.objects.bulk_create(aside)
        for one in aside:
            body = {"unit": str(unit.pk), "position": one.position, "entry": str(one.entry), "code": one.code}
            append(own_kinds.ASIDE, body, act_for(unit))
        tasks.aside(unit, len(aside), act_for(unit))


def _applied(unit: Unit, row: Entry, known: frozenset[UUID], now: datetime) -> str:
    """Do what one entry does; why not, as a code, "" where all is well."""
    try:
        kinds.named(row.kind)
    except NotFound:
        return "unknown-kind"
    effect = effect_of(row.kind)
    if effect is None or row.body is None:
        return ""
    code = _overreach(unit, row, known, now)
    if code:
        return code
    try:
        with transaction.atomic():
            found = bodies_of.bodies([row])
            if row.id not in found:
                return "no-data-key"
            effect(Came(row, found[row.id]))
    except XeniaError as error:
        return error.code
    except Exception as error:
        log.exception("an entry of a unit could not be applied", extra={"kind": row.kind})
        return f"error-{type(error).__name__}"[:60].lower()
    return ""


def _overreach(unit: Unit, row: Entry, known: frozenset[UUID], now: datetime) -> str:
    """Why a unit may not say this, "" where it may."""
    node, _slash, place = row.origin.partition("/")
    if node != unit.name or (place and place.partition("/")[0] != unit.post):
        return "foreign-place"
    if row.owner not in ("", unit.owner):
        return "foreign-owner"
    if row.actor.startswith("account:"):
        try:
            if UUID(row.actor.removeprefix("account:")) not in known:
                return "unknown-author"
        except ValueError:
            return "unknown-author"
    elif not row.actor.startswith("system:"):
        return "unknown-author"
    return "time-to-come" if max(row.occurred_at, row.recorded_at) > now + AHEAD else ""


def _accounts(rows: Sequence[Entry]) -> frozenset[UUID]:
    """The accounts among the authors that the centre knows."""
    wanted = set()
    for row in rows:
        try:
            wanted.add(UUID(row.actor.removeprefix("account:")))
        except ValueError:
            continue
    return frozenset(Account.objects.filter(pk__in=wanted).values_list("pk", flat=True))


def _turned_away(unit: Unit, answer: up.Answer, now: datetime) -> up.Answer:
    """The unit's key signed what cannot be: nothing more is taken of it until a person has looked."""
    log.error("a unit was quarantined: %s", answer.kind)
    unit.state, unit.trouble = "quarantined", answer.kind
    body = {"unit": str(unit.pk), "why": answer.kind, "received": answer.received}
    append(own_kinds.TURNED_AWAY, body, act_for(unit))
    tasks.quarantined(unit, answer.kind, act_for(unit))
    return answer
