"""Alerts and the other live registers: what officers entered, and urgent changes laid over lists, in buckets of each register.

A bucket is made anew only when a record of it changed; its bytes lie in HOME/units/live until then.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xenia.access import epochs
from xenia.errors import BadInput
from xenia.journal import at_rest, canonical, files
from xenia.registers.live import taking as live
from xenia.registers.live.taking import Bucket
from xenia.units import holding
from xenia.units.down import taking
from xenia.units.down.manifest import Item
from xenia.units.down.offers import LEASE
from xenia.units.down.offers import register as offers_register
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
KIND: Final = "live"
REGISTERS: Final = ("alerts", "lost_documents", "notices", "vehicles", "visas")
"""Those that a check at the booth asks."""
LIMIT: Final = 256 * 1024 * 1024
MAX_AGE_S: Final = int(LEASE.total_seconds())

Offer = tuple[str, Item, Path]
_held: dict[frozenset[str], dict[str, Offer]] = {}
"""By the sources that a unit does not hold whole: what lies over these travels in their files of keys, if at all."""
_epoch: int | None = None
_lock = threading.Lock()


def register() -> None:
    """Make live registers known to what comes down; called when Django starts."""
    offers_register(KIND, offer)
    taking.register(KIND, take)


def folder() -> Path:
    """Where the buckets lie that are offered."""
    made = Path(settings.XENIA_HOME) / "units" / "live"
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def forget() -> None:
    """Make every bucket anew at the next question; for tests."""
    global _epoch
    with _lock:
        _epoch = None
        _held.clear()


def offer(unit: Unit) -> Iterable[tuple[Item, Path]]:
    """Each bucket of each register, also where it is empty: so that what was removed is removed at units."""
    global _epoch
    without, epoch = holding.not_whole(unit), epochs.read()["live"]
    with _lock:
        mine = _held.get(without, {})
        if _epoch != epoch or not mine or not all(path.exists() for _digest, _item, path in mine.values()):
            made = {one.name: _made(one, mine.get(one.name)) for one in live.buckets(REGISTERS, without)}
            if _epoch != epoch:
                _held.clear()
            _held[without] = made
            _sweep({path.name for of in _held.values() for _digest, _item, path in of.values()})
            _epoch = epoch
        return [(item, path) for _digest, item, path in _held[without].values()]


def _made(one: Bucket, before: Offer | None) -> Offer:
    if before is not None and before[0] == one.digest and before[2].exists():
        return before
    data = zlib.compress(canonical.json_bytes(live.told(one)), 6)
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder() / f"{one.name}-{sha256}"
    if not path.exists():
        files.write_lasting(path, data)
    return one.digest, Item(f"{KIND}:{one.name}", one.digest, sha256, len(data), MAX_AGE_S), path


def _sweep(names: set[str]) -> None:
    """Buckets that are not offered any more hold persons who may have been taken off: they go at once."""
    for path in folder().iterdir():
        if path.name not in names:
            path.unlink(missing_ok=True)


def take(item: Item, path: Path) -> None:
    """The bucket as it is at the centre. Raises `BadInput` (`live-records`)."""
    register_name, number, of, came = live.read(_opened(at_rest.read_bytes(path)), REGISTERS)
    if item.name != f"{KIND}:{Bucket(register_name, number, of, (), '').name}":
        raise _bad()
    written, gone = live.take(register_name, number, of, came)
    path.unlink()  # it is in the register now, sealed
    log.info("records came down", extra={"item": item.name, "written": written, "gone": gone})


def _opened(data: bytes) -> Any:
    opener = zlib.decompressobj()
    try:
        said = json.loads(opener.decompress(data, LIMIT))
    except (zlib.error, ValueError, RecursionError) as error:
        raise _bad() from error
    if opener.unconsumed_tail:
        raise _bad()
    return said


def _bad() -> BadInput:
    return BadInput("Those are no records of a register.", "Update this unit.", code="live-records")
