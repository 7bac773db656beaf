"""At a unit: the files that its entries refer to go up, each piece only while no entry waits. The centre says which, and from where."""

from __future__ import annotations

import logging
import random
import threading
import time

from django.db import close_old_connections

from xenia.errors import XeniaError
from xenia.journal import blobs
from xenia.units import card, sending
from xenia.units.blobs import line, queue
from xenia.units.blobs.machine import Ask, Lane, Piece
from xenia.units.blobs.said import Said

log = logging.getLogger("xenia.units")
_door = threading.Lock()
_chance = random.SystemRandom()


_sound: dict[str, int] = {}
"""Sizes of blobs whose files were read once and are what their addresses say."""


def _has(address: str) -> int | str:
    """The size, or why it is gone. Whether the file is still there is asked for each piece, what is in it for the first one."""
    if address in _sound and blobs.path(address).exists():
        return _sound[address]
    _sound.clear()
    found = queue.size_of(address)
    if isinstance(found, int):
        _sound[address] = found
    return found


_lane = Lane(_has)


def forget() -> None:
    """As after a start; after an enrolment, and for tests."""
    global _lane
    with _door:
        _lane = Lane(_has)
        _sound.clear()
        queue.forget()
        line.forget()


def line_is_back() -> None:
    """The centre answers again: wait no longer."""
    _lane.line_is_back()


def step() -> int:
    """One turn: piece after piece until none is due; how many blobs are over. For the chore."""
    known = card.read()
    if known is None or not _door.acquire(blocking=False):
        return 0
    try:
        over = 0
        while (more := _once(known)) is not None:
            over += more
        return over
    finally:
        _door.release()


def entries_wait(node: str) -> bool:
    """Whether the lane of entries has anything to do, or cannot do it: then no document goes."""
    held = sending.line()
    return bool(held.halted or held.trouble) or held.answered_at is None or held.acknowledged < sending.sealed(node)


def _once(known: card.Card) -> int | None:
    """One question or piece; how many blobs were over with it, None where nothing is due or no answer came."""
    queue.find(known.node)
    waiting = queue.waiting(sending.line().acknowledged)
    due = _lane.due(time.monotonic(), waiting, entries_wait=entries_wait(known.node))
    if due is None:
        return None
    began = time.monotonic()
    try:
        answer = line.carry(_said(due), known)
    except (XeniaError, OSError, KeyError) as error:
        _lane.failed(time.monotonic(), _chance.random())
        log.info("documents cannot go up", extra={"why": getattr(error, "code", type(error).__name__)})
        return None
    ended = time.monotonic()
    over = _lane.answered(due, answer, ended, ended - began)
    gained = queue.settle(over)
    queue.wanted_again([one.address for one in answer.next])
    return gained


def _said(due: Ask | Piece) -> Said:
    """As it goes out. Raises `OSError` where the file went a moment ago."""
    if isinstance(due, Ask):
        return Said(due.about, due.gone)
    with blobs.path(due.address).open("rb") as file:
        file.seek(due.first)
        return Said((), {}, due.address, due.first, _sound[due.address], file.read(due.count))


def begin() -> int:
    """A turn in a thread of its own; 1 where one was begun. For the chore."""
    if card.read() is None or _door.locked():
        return 0
    threading.Thread(target=_turn, name="xenia-blobs", daemon=True).start()
    return 1


def _turn() -> None:
    try:
        step()
    except XeniaError as error:
        log.info("documents cannot go up", extra={"why": error.code})
    except Exception:
        log.exception("documents could not be sent up")
    finally:
        close_old_connections()
