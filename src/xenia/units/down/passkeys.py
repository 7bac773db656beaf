"""Passkeys of those who work at a unit, enrolled at the centre: their public parts, so that they open there while the centre is away."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xenia.access import told_passkeys
from xenia.errors import BadInput
from xenia.journal import at_rest, canonical, clock
from xenia.units import card
from xenia.units.down import access, offers, taking
from xenia.units.down.manifest import Item
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
KIND: Final = "passkeys"
FORMAT: Final = "xenia/passkeys/1"
LIMIT: Final = 16 * 1024 * 1024


def register() -> None:
    """Make passkeys known to what comes down; called when Django starts."""
    offers.register(KIND, offer)
    taking.register(KIND, take, gone)


def offer(unit: Unit) -> list[tuple[Item, Path]]:
    """Those of the officers of this unit, also where there are none: so that what was removed is removed there."""
    people = [one.pk for one in access.people(unit, clock.now())]
    said = {"format": FORMAT, "unit": unit.name, "domain": settings.XENIA_RP_ID, "keys": told_passkeys.told(people)}
    data = canonical.json_bytes(said)
    return [offers.kept_for(unit, KIND, data)]


def take(_item: Item, path: Path) -> None:
    """These open here from now on, and no others of the centre's. Raises `BadInput` (code `bad-passkeys`)."""
    raw = at_rest.read_bytes(path)
    try:
        said: Any = json.loads(raw) if len(raw) <= LIMIT else None
        if said["format"] != FORMAT or said["unit"] != card.needed().node or type(said["keys"]) is not list:
            raise ValueError
        domain, keys = str(said["domain"]), said["keys"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(
            "What came down about passkeys cannot be read.", "Update Xenia here or at the centre.", code="bad-passkeys"
        ) from error
    taken = told_passkeys.take(domain, keys)
    path.unlink(missing_ok=True)  # the table holds it
    log.info("passkeys came down", extra={"taken": taken})


def gone(names: frozenset[str]) -> None:
    """A centre that offers none any more: none opens."""
    if not names:
        told_passkeys.take("", [])
