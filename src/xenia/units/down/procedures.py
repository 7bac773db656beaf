"""What a post decides by: terms, territory, questions, procedures for hits, letters. One small item, the same for all units."""

from __future__ import annotations

import logging
import threading
import zlib
from pathlib import Path
from typing import Final

from xenia.errors import BadInput
from xenia.frontier import inforce
from xenia.frontier import taking as procedures
from xenia.journal import at_rest, canonical
from xenia.units.down import offers, taking
from xenia.units.down.manifest import Item
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
KIND: Final = "procedures"
LIMIT: Final = 4 * 1024 * 1024

_held: tuple[inforce.Texts, tuple[Item, Path]] | None = None
_lock = threading.Lock()


def register() -> None:
    """Make procedures known to what comes down; called when Django starts."""
    offers.register(KIND, offer)
    taking.register(KIND, take, withdraw)


def offer(_unit: Unit) -> list[tuple[Item, Path]]:
    """Everything in force here, made once."""
    global _held
    said = inforce.own()
    with _lock:
        if _held is None or _held[0] is not said or not _held[1][1].exists():
            procedures.keep_offered()
            data = zlib.compress(canonical.json_bytes(procedures.told()), 9)
            version = inforce.digest("".join(f"{name} {inforce.digest(one)}\n" for name, one in sorted(said.items())))
            _held = (said, offers.kept(KIND, version[:12], data))
        return [_held[1]]


def take(item: Item, path: Path) -> None:
    """What the centre decides by is what is decided by here. Raises `BadInput` (`bad-procedures`): the old ones stay in force."""
    opener = zlib.decompressobj()
    try:
        raw = opener.decompress(at_rest.read_bytes(path), LIMIT)
    except zlib.error as error:
        raise bad() from error
    if opener.unconsumed_tail or not opener.eof:
        raise bad()
    changed = procedures.take(item.version, procedures.read(procedures.parsed(raw)))
    path.unlink(missing_ok=True)
    log.info("procedures came down", extra={"version": item.version, "changed": len(changed)})


def withdraw(names: frozenset[str]) -> None:
    """What the centre offers no more is not in force; the program's own are."""
    if KIND not in names:
        procedures.withdraw()


def bad() -> BadInput:
    """What came cannot be used."""
    return BadInput("What came down about procedures cannot be used.", "Update this unit.", code="bad-procedures")
