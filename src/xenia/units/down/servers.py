"""The servers of a centre that has more than one: their doors, so that units that were enrolled earlier know them too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from xenia.journal import at_rest
from xenia.units import servers as known
from xenia.units import serving
from xenia.units.down import offers, taking
from xenia.units.down.manifest import Item
from xenia.units.models import Unit

KIND: Final = "servers"


def register() -> None:
    """Make the item known to what comes down; called when Django starts."""
    offers.register(KIND, offer)
    taking.register(KIND, take)


def offer(_unit: Unit) -> list[tuple[Item, Path]]:
    """The doors in their order; nothing where the centre has one server."""
    now = serving.now()
    if not now.doors:
        return []
    data = json.dumps({"format": known.FORMAT, "doors": now.doors}).encode()
    return [offers.kept(KIND, str(now.generation), data)]


def take(_item: Item, path: Path) -> None:
    """The servers as the centre says. Raises `BadInput` (code `bad-servers`)."""
    known.take(known.read(at_rest.read_bytes(path)))
    path.unlink(missing_ok=True)
