"""The certificates of the centre's door, those to come too: units know the next one before it is shown to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from xenia.errors import BadInput
from xenia.journal import at_rest, clock
from xenia.journal.actions import writing
from xenia.units import card, door_keys, servers
from xenia.units.down import offers, taking
from xenia.units.down.manifest import Item
from xenia.units.models import Line, Taken, Unit

KIND: Final = "door"
FORMAT: Final = "xenia/unit-door/1"


def register() -> None:
    """Make the item known to what comes down; called when Django starts."""
    offers.register(KIND, offer)
    taking.register(KIND, take, ask_again)


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
