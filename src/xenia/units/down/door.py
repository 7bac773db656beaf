"""The certificates of the centre's door, those to come too: units know the next one before it is shown to them.

A unit that nothing is taken from, or that is not admitted yet, is told them all the same, or it could never come back: where it is
turned away it asks for a letter of its door alone (`letter.py`), signed, for it, with nothing else in it. It says which it knows,
and no other word of it counts.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from xenia.errors import BadInput, XeniaError
from xenia.exchange import own
from xenia.journal import at_rest, clock
from xenia.journal.actions import writing
from xenia.units import calling, card, door_keys, letter, servers
from xenia.units.down import offers, taking
from xenia.units.down.manifest import Item
from xenia.units.models import Line, Taken, Unit

log = logging.getLogger("xenia.units")
KIND: Final = "door"
FORMAT: Final = "xenia/unit-door/1"
LETTER: Final = taking.MANIFEST + "-door/"
"""What follows is which certificates the unit knows. Begins like a question that any centre hears of a unit that is not active."""


def register() -> None:
    """Make the item known to what comes down; called when Django starts."""
    offers.register(KIND, offer)
    taking.register(KIND, take, ask_again)
    taking.when_turned_away(learn)


def offer(_unit: Unit) -> list[tuple[Item, Path]]:
    """All that are not retired, the one in use first."""
    found = door_keys.certificates()
    data = json.dumps({"format": FORMAT, "certificates": found}).encode()
    return [offers.kept(KIND, str(len(found)), data)]


def read(raw: bytes) -> tuple[str, ...]:
    """The certificates that an item names. Raises `BadInput` (code `bad-door`)."""
    try:
        said: Any = json.loads(raw) if len(raw) <= servers.LIMIT else None
        if said["format"] != FORMAT:
            raise ValueError
        return servers.read_certificates(said["certificates"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, BadInput) as error:
        raise BadInput("Those are no certificates of a centre.", "Update this unit.", code="bad-door") from error


def take(_item: Item, path: Path) -> None:
    """Those certificates are let in from now on. Raises `BadInput` (code `bad-door`)."""
    held = Line.objects.filter(pk=1).values_list("manifest_at", flat=True).first()
    if servers.take_certificates(card.needed(), read(at_rest.read_bytes(path)), held or clock.now(), by_line=True):
        with writing():
            Line.objects.filter(pk=1).update(tried_at=None)  # it is said at once that they are known
    path.unlink(missing_ok=True)


def ask_again(_names: frozenset[str]) -> None:
    """Where a letter named others since, what came over the line counts as not taken: the next turn fetches it, and drops what is retired."""
    if servers.known(card.needed()).unlike and Taken.objects.filter(name=KIND).exists():
        with writing():
            Taken.objects.filter(name=KIND).delete()


def answer(unit: Unit, known: str, now: datetime) -> bytes:
    """At the centre: the letter of the door for a unit, which says what it knows. Raises as `letter.write`."""
    shown = {own.fingerprint(one.encode())[: servers.SHORT] for one in door_keys.certificates()}
    words = " ".join(sorted(shown & set(known[: servers.LIMIT].split("-"))))
    if unit.state != "active" and unit.told.get("door") != words:
        with writing():
            held = Unit.objects.select_for_update().get(pk=unit.pk)
            held.told = {**held.told, "door": words}
            held.save(update_fields=["told"])
    return letter.write(unit, now, door_only=True)


def learn(known: card.Card) -> bool:
    """At a unit that was turned away: ask what the door will show; whether that was news. Whatever a line does, nothing is raised."""
    try:
        raw = calling.get(known, LETTER + servers.told(known).replace(" ", "-"))
        said = letter.read(raw, known)
        if set(said.certificates) == set(servers.known(known).certificates):
            return False
        if not servers.take_certificates(known, said.certificates, said.made_at):
            return False
        calling.get(known, LETTER + servers.told(known).replace(" ", "-"))  # it is said at once that they are known
    except XeniaError as error:
        log.info("nothing was learned of the centre's door", extra={"code": error.code})
        return False
    return True
