"""Lists: the centre offers each version in force as it is, its own signed file; the unit takes that file and searches it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from xenia.errors import BadInput, Conflict
from xenia.journal import at_rest, signing
from xenia.registers.lists import statement
from xenia.registers.lists import taking as lists
from xenia.units import card, holding
from xenia.units.down import offers, taking
from xenia.units.down.manifest import Item
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
KIND: Final = "lists"
DELTA: Final = "delta"
HOUR_S: Final = 3600
KEEPS_S: Final = HOUR_S
"""How long names stay at a unit whose list is being keyed. Own choice: keys are made in minutes."""
_keying: dict[tuple[str, str], float] = {}


def register() -> None:
    """Make lists known to what comes down; called when Django starts. At a unit, its centre alone signs lists."""
    offers.register(KIND, offer)
    taking.register(KIND, take, withdraw, from_difference, torn)
    if card.read() is not None:
        statement.believe_only(key_of_centre)


def key_of_centre(key_id: str) -> Mapping[str, str] | None:
    """The key that this unit pinned, where that is its id."""
    known = card.read()
    return known.key if known is not None and signing.thumbprint(known.key) == key_id else None


def offer(unit: Unit) -> Iterable[tuple[Item, Path]]:
    """Each list in force, as this unit may hold it: whole or as keys. How old it may become is what its source says; how old it is stands in what was told of it.

    Beside it, where there is one, its difference to the version before: an item that nobody takes by itself. A list whose keys are
    just being made is none that is offered no more: a unit that has it whole searches it until they are there.
    """
    for code in _stays(unit):
        yield offers.kept(f"{taking.KEEPING}:{code}", "", b"")
    for one, path in lists.offered(holding.held_by(unit)):
        code, version, age_s = one.source.code, str(one.number), one.source.max_age_hours * HOUR_S
        about, shorter = one.told(), lists.difference(path)
        if shorter is not None:
            about["delta"] = {"base": shorter.base, "sha256": shorter.sha256, "size": shorter.size_bytes}
            yield Item(f"{DELTA}:{code}", version, shorter.sha256, shorter.size_bytes), shorter.path
        yield Item(f"{KIND}:{code}", version, one.sha256, one.size_bytes, age_s, about), path


def _stays(unit: Unit) -> list[str]:
    """The lists that a unit keeps as it has them, for an hour at most from when this was first seen here.

    None where its disk shows them to a thief: then names go at once, and the booth says that the list is missing.
    """
    if unit.told.get("store") != holding.ENCRYPTED:
        return []
    codes, now = lists.being_keyed(holding.held_by(unit)), time.monotonic()
    for known in [one for one in _keying if one[0] == unit.name and one[1] not in codes]:
        del _keying[known]
    return [code for code in codes if now - _keying.setdefault((unit.name, code), now) < KEEPS_S]


def from_difference(known: card.Card, item: Item) -> Path | None:
    """The next version's file made of the one in use, where the centre has the difference of just these two."""
    said: dict[str, Any] = item.about.get("delta") or {}
    try:
        base = lists.file_of(item.name.partition(":")[2], said["base"]) if said else None
        if base is None:
            return None
        part = taking.fetch(known, Item(f"{DELTA}:", item.version, said["sha256"], said["size"]))
        try:
            made = lists.made_of(base, part, item.sha256)
        finally:
            part.unlink(missing_ok=True)
    except (BadInput, KeyError, TypeError, OSError):
        log.warning("a list is fetched whole: its difference cannot be used", extra={"item": item.name})
        return None
    path = taking.folder() / item.sha256
    at_rest.write(path, (made[at : at + at_rest.PIECE] for at in range(0, len(made), at_rest.PIECE)))
    log.info("a list came down as a difference", extra={"item": item.name, "bytes": said["size"]})
    return path


def take(item: Item, path: Path) -> None:
    """The file into use. Raises `BadInput` (`list-statement`, `list-source`), `Conflict`, `Unavailable`: see `lists.take`."""
    lists.take(lists.read(item.about, item.sha256, item.size), path)
    log.info("a list came down", extra={"item": item.name, "version": item.version})


def withdraw(names: frozenset[str]) -> None:
    """Lists that the centre offers no more are out of force at once, and named as missing wherever ages are told."""
    for code in sorted(lists.in_force()):
        if f"{KIND}:{code}" not in names:
            try:
                lists.withdraw(code)
            except Conflict:  # it is just being taken; the next turn sees
                continue
            log.warning("a list is out of force: the centre offers it no more", extra={"source": code})


def torn(held: frozenset[str]) -> frozenset[str]:
    """Those of the lists held whose file is not what the centre signed, or is gone: they are out of force, and named as missing."""
    found = {name for name in held if not lists.is_whole(name.partition(":")[2])}
    for name in sorted(found):
        try:
            lists.withdraw(name.partition(":")[2])
        except Conflict:  # it is just being taken
            found.discard(name)
    return frozenset(found)
