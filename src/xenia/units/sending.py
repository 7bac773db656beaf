"""At a unit: what is sealed and not yet acknowledged goes up, in order, again and again until the centre says that it has it."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import close_old_connections
from django.db.models import Max

from xenia import __version__
from xenia.errors import Unavailable, XeniaError
from xenia.journal import disk, heads, signing
from xenia.journal.actions import writing
from xenia.journal.models import Entry, Leaf
from xenia.journal.tree import Frontier
from xenia.units import bounds, calling, card, servers, stored, telling, wire
from xenia.units.door import UP
from xenia.units.models import Line
from xenia.units.protocol import up
from xenia.units.protocol.records import Record
from xenia.units.wire import Parcel

log = logging.getLogger("xenia.units")
SAYS_SOMETHING: Final = timedelta(minutes=1)
"""A unit with nothing to send says at least so often how it is."""

WITHOUT_DISK_S: Final = 15.0
"""So long it waits where its disk takes nothing; each try tells the centre so."""

_sending: up.Sending | None = None
_not_before = 0.0
_door = threading.Lock()
_chance = random.SystemRandom()


def sealed(node: str) -> int:
    """How many entries of this node have a position."""
    return Leaf.objects.filter(node=node).aggregate(last=Max("position"))["last"] or 0


def line() -> Line:
    """How far the entries have gone up."""
    return Line.objects.get_or_create(pk=1)[0]


def forget() -> None:
    """Read the line anew at the next turn; after an enrolment, and for tests."""
    global _sending, _not_before
    with _door:
        _sending, _not_before = None, 0.0


def line_is_back() -> None:
    """The centre was heard again by another question: no batch waits minutes for its next try. Nothing while one is under way."""
    if _sending is not None and _door.acquire(blocking=False):
        try:
            _sending.line_is_back(time.monotonic(), _chance.random())
        finally:
            _door.release()


def step() -> int:
    """One turn: batch after batch until nothing is due; how many entries were acknowledged. For the chore."""
    global _sending, _not_before
    if card.read() is None or time.monotonic() < _not_before or not _door.acquire(blocking=False):
        return 0
    try:
        gained = 0
        with calling.one_line():
            while (more := _once(time.monotonic())) is not None:
                gained += more
        return gained
    except Unavailable as error:
        if error.code not in disk.CODES:
            raise
        log.error("what the centre answered cannot be kept: it is sent again", extra={"code": error.code})
        _sending, _not_before = None, time.monotonic() + WITHOUT_DISK_S
        return 0
    finally:
        _door.release()


def _machine(held: Line) -> up.Sending:
    global _sending
    if _sending is None or _sending.acknowledged != held.acknowledged:
        frontier = Frontier.unpack(held.acknowledged, bytes(held.frontier))
        _sending = up.Sending(held.acknowledged, frontier, held.halted)
    return _sending


def _once(now: float) -> int | None:
    """One batch, or a word about this unit; None where nothing is due or it did not arrive."""
    known, held = card.needed(), line()
    machine, last = _machine(held), sealed(known.node)
    due = machine.due(last, now)
    quiet = held.tried_at is None or datetime.now(UTC) - held.tried_at > SAYS_SOMETHING
    if due is None and (not quiet or machine.under_way is not None or now < machine.waits_until):
        return None
    parcel = _parcel(known.node, machine, due, held, last, now)
    began = datetime.now(UTC)
    try:
        answer, theirs = carry(parcel.to_bytes(), known)
    except XeniaError as error:
        machine.failed(time.monotonic(), _chance.random())
        _keep(trouble=error.code, tried_at=datetime.now(UTC))
        return None
    ended = datetime.now(UTC)
    gained = _heard(known.node, machine, answer, last, tried_at=ended, drift_ms=drift_ms(began, theirs, ended))
    return gained if due is not None and gained else None


def drift_ms(began: datetime, theirs: datetime, ended: datetime) -> int:
    """How far this clock is surely ahead of the centre's, which said its time between these two of ours; behind: below nought.

    A slow line is no wrong clock: a time within the two tells of no drift at all.
    """
    surely = began - theirs if theirs < began else ended - theirs if theirs > ended else timedelta(0)
    return surely // timedelta(milliseconds=1)


def _heard(node: str, machine: up.Sending, answer: up.Answer, last: int, **more: Any) -> int:
    """Take the centre's answer, and keep what it changes; how many more entries are acknowledged."""
    gained = machine.answered(answer, last, lambda one, other: stored.leaves(node, one, other), time.monotonic())
    _keep(
        acknowledged=machine.acknowledged,
        frontier=machine.frontier.pack(),
        halted=machine.halted,
        answered_at=datetime.now(UTC),
        trouble=answer.kind if answer.kind != up.RECEIVED else "",
        **more,
    )
    return gained


def heard(answer: up.Answer) -> int:
    """Take an answer that came by another way than the line; how many more entries are acknowledged."""
    known = card.needed()
    with _door:
        return _heard(known.node, _machine(line()), answer, sealed(known.node))


def _parcel(node: str, machine: up.Sending, due: range | None, held: Line, last: int, now: float) -> Parcel:
    told = told_of(held, last)
    if due is None:
        return Parcel(node, machine.acknowledged + 1, (), None, (), told)
    entries = bounds.fitting(stored.own(node, due.start, due.stop - 1))
    return parcel(machine, node, entries, told, now)


def parcel(machine: up.Sending, node: str, entries: Sequence[Record], told: Mapping[str, Any], now: float) -> Parcel:
    """The next batch of a machine, signed."""
    due = range(machine.acknowledged + 1, machine.acknowledged + 1 + len(entries))
    batch = machine.batch(node, due, [one.leaf(node) for one in entries], now)
    frontier = machine.frontier.copy()
    for leaf in batch.leaves:
        frontier.add(leaf)
    head = heads.of_row(heads.signed(node, batch.last, batch.root, frontier.pack()), signing.own_key())
    return Parcel(node, batch.first, tuple(entries), head, stored.keys_of(entries), told)


def told_of(held: Line, last: int) -> dict[str, Any]:
    """What this unit says of itself: see `status.py`."""
    pending = Entry.objects.filter(position__isnull=True).count()
    told: dict[str, Any] = {
        "version": __version__,
        "sealed": last,
        "pending": pending,
        "halted": held.halted,
        "door": servers.told(card.needed()),
    }
    return told | telling.of_unit(held, datetime.now(UTC))


def _keep(**changed: Any) -> None:
    with writing():
        Line.objects.filter(pk=1).update(**changed)


def carry(raw: bytes, known: card.Card) -> tuple[up.Answer, datetime]:
    """The centre's answer and its time. Raises `Unavailable` (`no-line`, `turned-away`), `BadInput` (`bad-answer`)."""
    return wire.read_answer(calling.post(known, UP, raw, wire.MEDIA_TYPE, wire.ANSWER_LIMIT))


def begin() -> int:
    """A turn in a thread of its own, so that a slow line holds up no other chore; 1 where one was begun."""
    if card.read() is None or _door.locked():
        return 0
    threading.Thread(target=_turn, name="xenia-up", daemon=True).start()
    return 1


def _turn() -> None:
    try:
        step()
    except Exception:
        log.exception("entries could not be sent up")
    finally:
        close_old_connections()
