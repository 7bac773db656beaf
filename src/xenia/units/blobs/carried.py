"""Documents in the files that somebody carries: as many as fit after the entries, whole, and the centre's word on each."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from xenia.journal import blobs
from xenia.units.blobs import coming, parts, queue, said
from xenia.units.blobs.machine import AWAITED, OVER
from xenia.units.blobs.said import Said
from xenia.units.models import Unit

MOST: Final = 10_000
"""In one file, so that the answer to it stays small. Own choice."""


def pick(node: str, last: int, room_bytes: int) -> dict[str, bytes]:
    """At a unit: documents of the entries up to `last` that wait, in their order, as many as fit."""
    queue.find(node)
    found: dict[str, bytes] = {}
    for address in queue.waiting(last, MOST):
        size = queue.size_of(address)
        if isinstance(size, str) or size > room_bytes:
            continue
        found[address] = blobs.path(address).read_bytes()
        room_bytes -= size
    return found


def written(found: Mapping[str, bytes]) -> dict[str, str]:
    """As a file holds them."""
    return {address: base64.b64encode(data).decode() for address, data in found.items()}


def read(held: Any) -> dict[str, bytes]:
    """What a file held. Raises `ValueError` for anything else."""
    if not isinstance(held, dict) or len(held) > MOST:
        raise ValueError
    try:
        found = {address: base64.b64decode(text, validate=True) for address, text in held.items()}
    except (TypeError, binascii.Error) as error:
        raise ValueError from error
    if not all(said.ADDRESS.fullmatch(address) for address in found):
        raise ValueError
    return found


def take(unit: Unit, found: Mapping[str, bytes], now: datetime) -> dict[str, str]:
    """At the centre: take them in as if they had come over the line; how each stands. Raises `OSError` where the disk is full."""
    states: dict[str, str] = {}
    for address, data in found.items():
        for _twice in range(2):  # what came over the line before may have been something else
            there = parts.size(unit.name, address)
            first = there if there < len(data) else 0
            states[address] = coming.taken(unit, Said((), {}, address, first, len(data), data[first:]), now)
            if states[address] != AWAITED:
                break
    return states


def read_states(held: Any) -> dict[str, str]:
    """What an answer says of them. Raises `ValueError` for anything else."""
    if not isinstance(held, dict) or len(held) > MOST:
        raise ValueError
    if not all(said.ADDRESS.fullmatch(address) and state in said.STATES for address, state in held.items()):
        raise ValueError
    return held


def heard(states: Mapping[str, str]) -> int:
    """At a unit: keep what the centre said of them; how many waited until then."""
    return queue.settle({address: state for address, state in states.items() if state in OVER})
