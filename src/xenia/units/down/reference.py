"""Reference data: one item with every term, made anew when one changed; the same for all units."""

from __future__ import annotations

import json
import logging
import threading
import zlib
from pathlib import Path
from typing import Final

from xenia.access import epochs
from xenia.errors import BadInput
from xenia.journal import at_rest, canonical
from xenia.registers.reference import taking as reference
from xenia.units.down import offers, taking
from xenia.units.down.manifest import Item
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
KIND: Final = "reference"
LIMIT: Final = 64 * 1024 * 1024

_held: tuple[int, tuple[Item, Path]] | None = None
_lock = threading.Lock()


def register() -> None:
    """Make reference data known to what comes down; called when Django starts."""
    offers.register(KIND, offer)
    taking.register(KIND, take)


def offer(_unit: Unit) -> list[tuple[Item, Path]]:
    """Every term as it is now."""
    global _held
    epoch = epochs.read()["reference"]
    with _lock:
        if _held is None or _held[0] != epoch or not _held[1][1].exists():
            before, data = _held, zlib.compress(canonical.json_bytes(reference.told()), 6)
            _held = (epoch, offers.kept(KIND, str(epoch), data))
            if before is not None and before[1][1] != _held[1][1]:
                before[1][1].unlink(missing_ok=True)
        return [_held[1]]


def take(item: Item, path: Path) -> None:
    """The terms as they are at the centre. Raises `BadInput` (`reference-terms`)."""
    opener = zlib.decompressobj()
    try:
        said = json.loads(opener.decompress(at_rest.read_bytes(path), LIMIT))
        if opener.unconsumed_tail:
            raise ValueError
    except (zlib.error, ValueError, RecursionError) as error:
        raise BadInput("Those are no reference data.", "Update this unit.", code="reference-terms") from error
    changed = reference.take(reference.read(said))
    path.unlink()
    log.info("reference data came down", extra={"changed": changed})
