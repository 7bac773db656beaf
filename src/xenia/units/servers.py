"""At a unit: the servers of its centre, in which generation they serve, and which one answered last.

A centre may have a second server that follows the first and takes its place. The one that serves says its generation with each
answer; each change of places makes it greater by one. A unit that once heard a generation takes no answer of an older one: a first
server that comes back from the dead can acknowledge nothing. All of them show a certificate that the centre has named: at the enrolment,
later in what comes down (`down/door.py`) or in a letter (`letter.py`). Nothing else is let in, and none ends by its date: the
centre drops it by naming it no more.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xenia.errors import BadInput, Unavailable
from xenia.exchange import own
from xenia.journal import canonical, files
from xenia.units.card import Card

log = logging.getLogger("xenia.units")
HEADER: Final = "X-Xenia-Generation"
KIND: Final = "servers"
FORMAT: Final = "xenia/unit-servers/1"
NAME: Final = "centre.json"
MOST: Final = 8
LIMIT: Final = 16 * 1024
HIGHEST: Final = 2**53
SHORT: Final = 16
"""So many digits of a fingerprint say at the centre which certificates a unit knows."""


@dataclass(frozen=True)
class Known:
    """`generation`: the highest that was heard, 0 where the centre has one server only. `doors`: where units are heard.

    `certificates`: of them (PEM), those to come too. `named_at`: when the centre said so, "" where it was at the enrolment.
    `unlike`: they may be other ones than those that came over the line last.
    """

    generation: int
    doors: tuple[str, ...]
    certificates: tuple[str, ...] = ()
    named_at: str = ""
    unlike: bool = False


_lock = threading.Lock()
_held: tuple[Path, int, Known] | None = None
_last = ""


def path() -> Path:
    """Where it is kept."""
    return Path(settings.XENIA_HOME) / NAME


def known(card: Card) -> Known:
    """What this unit knows; what the centre has not told since is as its card says. Raises `Unavailable` (code `unit-damaged`)."""
    now = _kept()
    doors = now.doors or tuple(dict.fromkeys((card.door, *card.doors)))
    return replace(now, doors=doors, certificates=now.certificates or _of_card(card))


def _kept() -> Known:
    global _held
    place = path()
    try:
        stamp = place.stat().st_mtime_ns
    except FileNotFoundError:
        return Known(0, ())
    if _held is None or _held[:2] != (place, stamp):
        try:
            said = json.loads(place.read_bytes())
            more = tuple(said.get("certificates", ())), str(said.get("named_at", "")), bool(said.get("unlike"))
            _held = (place, stamp, Known(said["generation"], tuple(said["doors"]), *more))
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise Unavailable(
                f"{NAME} is damaged.", "Restore it from the backup, or enrol again.", code="unit-damaged"
            ) from error
    return _held[2]


def _of_card(card: Card) -> tuple[str, ...]:
    return tuple(dict.fromkeys((card.certificate, *card.certificates)))


def told(card: Card) -> str:
    """Which certificates this unit knows, as it says to its centre: the first digits of their fingerprints."""
    found = []
    for one in known(card).certificates:
        with suppress(BadInput):  # one that cannot be read lets nobody in, and holds up no entries
            found.append(own.fingerprint(one.encode())[:SHORT])
    return " ".join(sorted(found))


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
            _keep(replace(_kept(), generation=number))


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


def take(doors: tuple[str, ...]) -> None:
    """The doors as the centre says."""
    with _lock:
        _keep(replace(_kept(), doors=doors))


def read_certificates(said: Any) -> tuple[str, ...]:
    """The certificates that a centre names. Raises `ValueError`, `TypeError`, `BadInput` for what is none."""
    found = tuple(own.alone(one.encode()) for one in said if own.fingerprint(one.encode()))
    if not 0 < len(set(found)) == len(found) <= MOST:
        raise ValueError
    return found


def take_certificates(card: Card, certificates: Sequence[str], named_at: datetime, *, by_line: bool = False) -> bool:
    """Those of the centre's door from now on, others are let in no more; whether that was news. What the centre said before says nothing.

    What a letter said, and what was said too early to be taken, is held against the line at the next turn (`down/door.py`).
    """
    moment = canonical.moment(named_at)
    with _lock:
        now, before = _kept(), known(card).certificates
        differ = set(certificates) != set(before)
        if moment <= now.named_at:
            if differ and not now.unlike:
                _keep(replace(now, unlike=True))
            return False
        _keep(replace(now, certificates=tuple(certificates), named_at=moment, unlike=not by_line))
    if differ:
        log.warning("the centre named the certificates of its door anew", extra={"count": len(certificates)})
    return differ
