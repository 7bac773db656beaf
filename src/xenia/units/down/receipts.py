"""What became of persons whom a unit handed over or let in as expected: by its own checks and moments, made for each unit."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

from xenia.errors import BadInput
from xenia.frontier.second import receipts
from xenia.journal import at_rest, canonical, clock
from xenia.units.down import offers, taking
from xenia.units.down.manifest import Item
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
KIND: Final = "receipts"
LIMIT: Final = 4 * 1024 * 1024


def register() -> None:
    """Make receipts known to what comes down; called when Django starts."""
    offers.register(KIND, offer)
    taking.register(KIND, take)


def offer(unit: Unit) -> list[tuple[Item, Path]]:
    """Those of the last days for this unit, also where there are none."""
    data = canonical.json_bytes(receipts.told(unit.name, clock.now()))
    return [offers.kept_for(unit, KIND, data)]


def take(_item: Item, path: Path) -> None:
    """What is new of them is kept. Raises `BadInput` (code `bad-receipts`)."""
    raw = at_rest.read_bytes(path)
    try:
        said = json.loads(raw) if len(raw) <= LIMIT else None
    except (ValueError, RecursionError) as error:
        raise BadInput("Those are no receipts.", "Update this unit.", code="bad-receipts") from error
    taken = receipts.take(said)
    path.unlink(missing_ok=True)  # the table holds it
    log.info("receipts came down", extra={"taken": taken})
