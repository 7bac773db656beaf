"""At a unit: the servers of its centre, in which generation they serve, and which one answered last.

A centre may have a second server that follows the first and takes its place. The one that serves says its generation with each
answer; each change of places makes it greater by one. A unit that once heard a generation takes no answer of an older one: a first
server that comes back from the dead can acknowledge nothing. All of them show the certificate that was pinned at the enrolment.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xenia.errors import BadInput, Unavailable
from xenia.journal import files
from xenia.units.card import Card

log = logging.getLogger("xenia.units")
HEADER: Final = "X-Xenia-Generation"
KIND: Final = "servers"
FORMAT: Final = "xenia/unit-servers/1"
NAME: Final = "centre.json"
MOST: Final = 8
LIMIT: Final = 16 * 1024
HIGHEST: Final = 2**53


@dataclass(frozen=True)
class Known:
    """`generation`: the highest that was heard, 0 where the centre has one server only. `doors`: where units are heard."""

    generation: int
    doors: tuple[str, ...]


_lock = threading.Lock()
_held: tuple[Path, int, Known] | None = None
_last = ""


def path() -> Path:
    """Where it is kept."""
    return Path(settings.XENIA_HOME) / NAME


def known(card: Card) -> Known:
    """What this unit knows; before the centre told more, what its card says. Raises `Unavailable` (code `unit-damaged`)."""
    global _held
    place = path()
    try:
        stamp = place.stat().st_mtime_ns
    except FileNotFoundError:
        return Known(0, tuple(dict.fromkeys((card.door, *card.doors))))
    if _held is None or _held[:2] != (place, stamp):
        try:
            said = json.loads(place.read_bytes())
            _held = (place, stamp, Known(said["generation"], tuple(said["doors"])))
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise Unavailable(
                f"{NAME} is damaged.", "Restore it from the backup, or enrol again.", code="unit-damaged"
            ) from error
    return _held[2]


def order(card: Card) -> tuple[str, ...]:
    """The doors in the order in which they are tried: the one that answered last comes first."""
    return tuple(sorted(known(card).doors, key=lambda door: door != _last))


def answered(door: str) -> None:
    """This door answered as one that serves."""
    global _last
    _last = door


def heard(card: Card, told: str | None) -> None:
    """A server that serves said its generation. Raises `Unavailable` (code `old-generation`) where a later one was heard before."""
    number = int(told) if told and told.isdecimal() and len(told) < 16 else 0
    with _lock:
        now = known(card)
        if number < now.generation:
            raise Unavailable(
                f"A server answered that has been replaced: generation {number} after {now.generation}.",
                "Nothing of it was taken. Ask the centre's administrator.",
                code="old-generation",
            )
        if number > now.generation:
            log.warning("another server of the centre serves now", extra={"generation": number})
            _keep(Known(number, now.doors))


def _keep(one: Known) -> None:
    files.write_lasting(path(), json.dumps({"format": FORMAT, **asdict(one)}).encode())


def read(raw: bytes) -> tuple[str, ...]:
    """The doors that an item names. Raises `BadInput` (code `bad-servers`)."""
    try:
        said: Any = json.loads(raw) if len(raw) <= LIMIT else None
        doors = tuple(said["doors"])
        good = all(isinstance(one, str) and one.startswith("https://") and len(one) < 300 for one in doors)
        if said["format"] != FORMAT or not good or not 0 < len(set(doors)) == len(doors) <= MOST:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput("Those are no servers of a centre.", "Update this unit.", code="bad-servers") from error
    return doors


def take(card: Card, doors: tuple[str, ...]) -> None:
    """The doors as the centre says."""
    with _lock:
        _keep(Known(known(card).generation, doors))
