"""Alerts and the other live registers: what officers entered, and urgent changes laid over lists, in buckets of each register.

A bucket is made anew only when a record of it changed; its bytes lie in HOME/units/live until then. Where a unit holds a register's
lists as keys only, what officers entered in it comes as keys too.
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
from xenia.registers.lists import at_units, for_units
from xenia.registers.lists.keyed import What
from xenia.registers.live import keyed
from xenia.registers.live import taking as live
from xenia.registers.live.taking import Bucket
from xenia.units import holding
from xenia.units.down import expected, taking
from xenia.units.down.manifest import Item
from xenia.units.down.offers import lease
from xenia.units.down.offers import register as offers_register
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
KIND: Final = "live"
REGISTERS: Final = ("alerts", "lost_documents", "notices", "vehicles", "visas")
"""Those that a check at the booth asks."""
TAKEN: Final = (*REGISTERS, expected.REGISTER)
LIMIT: Final = 256 * 1024 * 1024

Offer = tuple[str, Item, Path]
Held = tuple[frozenset[str], tuple[tuple[str, str], ...], tuple[str, ...]]
"""What decides on buckets: the sources that a unit does not hold whole (what lies over these travels in their files of keys, if at all),
what it holds of what officers entered, register by register, and of which records keys may be told.
"""
_held: dict[Held, dict[str, Offer]] = {}
_epoch: int | None = None
_lock = threading.Lock()


def register() -> None:
    """Make live registers known to what comes down; called when Django starts."""
    offers_register(KIND, lambda unit: (*offer(unit), *expected.offer(unit)))
    taking.register(KIND, take, torn=by_other_rules)


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
    entered, epoch = holding.entered_by_officers(unit, REGISTERS), epochs.read()["live"]
    as_keys = {name: for_units.what(name) for name, word in entered.items() if word == at_units.KEYED}
    told = tuple(f"{name} {word}" for name, what in as_keys.items() for word in for_units.words(what))
    held = (holding.not_whole(unit), tuple(entered.items()), told)
    with _lock:
        mine = _held.get(held, {})
        if _epoch != epoch or not mine or not all(path.exists() for _digest, _item, path in mine.values()):
            none_of = frozenset(name for name, word in entered.items() if word == at_units.NOTHING)
            found = live.buckets(REGISTERS, held[0], none_of)
            made = {one.name: _made(one, mine.get(one.name), as_keys.get(one.register)) for one in found}
            if _epoch != epoch:
                _held.clear()
            _held[held] = made
            _sweep({path.name for of in _held.values() for _digest, _item, path in of.values()})
            _epoch = epoch
        return [(item, path) for _digest, item, path in _held[held].values()]


def _made(one: Bucket, before: Offer | None, what: What | None) -> Offer:
    """`what`: which of those that officers entered are told as keys. The version is then the content's: another one tells nothing."""
    if before is not None and before[0] == one.digest and before[2].exists():
        return before
    data = zlib.compress(canonical.json_bytes(live.told(one, what)), 6)
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder() / f"{one.name}-{sha256}"
    if not path.exists():
        files.write_lasting(path, data)
    version = one.digest if what is None else sha256[:16]
    return one.digest, Item(f"{KIND}:{one.name}", version, sha256, len(data), int(lease().total_seconds())), path


def _sweep(names: set[str]) -> None:
    """Buckets that are not offered any more hold persons who may have been taken off: they go at once."""
    for path in folder().iterdir():
        if path.name not in names:
            path.unlink(missing_ok=True)


def take(item: Item, path: Path) -> None:
    """The bucket as it is at the centre. Raises `BadInput` (`live-records`)."""
    register_name, number, of, came, keying = live.read(_opened(at_rest.read_bytes(path)), TAKEN)
    if item.name != f"{KIND}:{Bucket(register_name, number, of, (), '').name}":
        raise _bad()
    written, gone = live.take(register_name, number, of, came, keying)
    path.unlink()  # it is in the register now, sealed
    log.info("records came down", extra={"item": item.name, "written": written, "gone": gone})


def by_other_rules(held: frozenset[str]) -> frozenset[str]:
    """Those of the buckets held whose keys this release cannot ask by: they are fetched again, and until then their age says `never`."""
    registers = keyed.of_other_rules()
    return frozenset(name for name in held if name.partition(":")[2].partition(".")[0] in registers)


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
