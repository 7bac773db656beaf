"""At a unit: the centre is given its share of the store's key, once; from then on it can open this unit for an officer."""

from __future__ import annotations

import json
import logging
import threading
from typing import Final

from xenia.errors import XeniaError
from xenia.journal import at_rest
from xenia.units import calling, card
from xenia.units.store import keyring

log = logging.getLogger("xenia.units")
PATH: Final = "/units/1/store"
LIMIT: Final = 4096


_door = threading.Lock()


def begin() -> int:
    """A try in a thread of its own, so that a slow line holds up no other chore; 1 where one was begun. For the chore."""
    if _is_done() or not _door.acquire(blocking=False):
        return 0
    threading.Thread(target=_turn, name="xenia-store", daemon=True).start()
    return 1


def _turn() -> None:
    try:
        step()
    except Exception:
        log.exception("the centre could not be given its share")
    finally:
        _door.release()


def _is_done() -> bool:
    return at_rest.is_locked() or not keyring.is_there() or keyring.is_deposited()


def step() -> int:
    """Give the share where the centre has none; 1 where it took one now. For the chore; raises nothing that a line may do."""
    if _is_done():
        return 0
    try:
        give()
    except XeniaError as error:
        log.info("the centre has no share of this unit's key yet", extra={"code": error.code})
        return 0
    return 1


def give() -> None:
    """Give a fresh share. Raises `Unavailable` (`no-line`, `turned-away`)."""
    known, share = card.needed(), keyring.new_share(at_rest.key())
    raw = json.dumps({"share": share.hex()}).encode()
    calling.post(known, PATH, raw, "application/json", LIMIT)
    keyring.deposited()
