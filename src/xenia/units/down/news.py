"""News: a number that moves at the centre when something urgent is new. The unit asks for it every few seconds over one
connection, some hundred bytes each time, and asks what is in force at once when it has moved.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import httpx
from django.db import close_old_connections

from xenia.access import epochs
from xenia.errors import Unavailable, XeniaError
from xenia.units import calling, card, servers
from xenia.units.down import taking
from xenia.units.down.offers import NEWS

log = logging.getLogger("xenia.units")
URGENT: Final = ("live", "lists", "policy", "reference", "expected")
AT_ONCE: Final = frozenset({"live"})
EVERY_S: Final = 4.0
AFTER_FAILURE_S: Final = 15.0
LIMIT: Final = 64
KEPT: Final = timedelta(seconds=9)
"""A connection is used again within this time: the centre's door ends it after ten seconds of silence."""

_client: httpx.Client | None = None
_silent = False
_when_back: list[Callable[[], None]] = []
_followed = ""
_not_before = 0.0
_door = threading.Lock()


def number() -> bytes:
    """At the centre: what moves with anything urgent. One query."""
    counted = epochs.read()
    return hashlib.sha256(":".join(str(counted[name]) for name in URGENT).encode()).hexdigest()[:16].encode()


def when_back(tell: Callable[[], None]) -> None:
    """Say who is told when the centre answers again after a silence; called when Django starts."""
    _when_back.append(tell)


def forget() -> None:
    """As after a start; for tests."""
    global _client, _followed, _not_before, _silent
    with _door:
        _client, _followed, _not_before, _silent = None, "", 0.0, False


def step(now: float | None = None) -> bool:
    """Ask once; whether there was news, and what is in force was asked for. Raises nothing that a line may do."""
    global _followed, _not_before, _silent
    known = card.read()
    if known is None:
        return False
    said = _asked(known)
    was_silent, _silent = _silent, said is None
    if said is None:
        _not_before = (time.monotonic() if now is None else now) + AFTER_FAILURE_S
        return False
    if was_silent:
        for tell in _when_back:
            tell()
    if said == _followed or not taking.at_once(AT_ONCE):
        return False
    _followed = said
    return True


def _asked(known: card.Card) -> str | None:
    global _client
    if _client is None:
        limits = httpx.Limits(max_connections=1, keepalive_expiry=KEPT.total_seconds())
        _client = httpx.Client(verify=calling.context(known), timeout=calling.TIMEOUT, trust_env=False, limits=limits)
    door, now = servers.order(known)[0], servers.known(known)
    try:
        answer = _client.get(door + NEWS, headers=calling.said_always(known))
        return calling.taken(known, door, answer, LIMIT).decode()
    except (httpx.HTTPError, OSError, Unavailable):
        _client.close()
        _client = None
        return _of_another(known) if len(now.doors) > 1 else None


def _of_another(known: card.Card) -> str | None:
    """What the server says that answers now; it is asked first from then on."""
    try:
        return calling.get(known, NEWS).decode()
    except Unavailable:
        return None


def begin() -> int:
    """A turn in a thread of its own; 1 where one was begun. For the chore."""
    if card.read() is None or time.monotonic() < _not_before or not _door.acquire(blocking=False):
        return 0
    threading.Thread(target=_turn, name="xenia-news", daemon=True).start()
    return 1


def _turn() -> None:
    try:
        step()
    except XeniaError as error:
        log.info("no news came", extra={"code": error.code})
    except Exception:
        log.exception("news could not be followed")
    finally:
        _door.release()
        close_old_connections()
