"""Persons expected at a unit's post in the coming days: one bucket beside those of the live registers, as keys, made anew when a case moved."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from xenia.access import epochs
from xenia.cases.expected import at_units
from xenia.cases.expected.watch import EPOCH
from xenia.journal import canonical, clock
from xenia.units.down import offers
from xenia.units.down.manifest import Item
from xenia.units.models import Unit

REGISTER: Final = at_units.REGISTER
NAME: Final = f"live:{REGISTER}"
Held = tuple[int, date, Item, Path]

_held: dict[str, Held] = {}
_lock = threading.Lock()


def offer(unit: Unit) -> Iterable[tuple[Item, Path]]:
    """Those expected at the unit's post, also where it is nobody: so that whoever arrived elsewhere is gone there."""
    epoch, today = epochs.read()[EPOCH], clock.now().date()
    with _lock:
        held = _held.get(unit.post)
        if held is None or held[:2] != (epoch, today) or not held[3].exists():
            data = zlib.compress(canonical.json_bytes(at_units.told(unit.post, today)), 6)
            age_s = int(offers.lease().total_seconds())
            item, path = offers.kept(NAME, "", data, max_age_s=age_s)
            item = Item(NAME, item.sha256[:16], item.sha256, item.size, age_s)
            _held[unit.post] = (epoch, today, item, path)
            if held is not None and held[3] != path and all(one[3] != held[3] for one in _held.values()):
                held[3].unlink(missing_ok=True)
        return [_held[unit.post][2:]]
