"""What the serving process does again and again for this room: a unit's entries go up, what is in force comes down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xenia.units import alarms, holding, lease, letter, sending, watch
from xenia.units.blobs import going
from xenia.units.down import news, taking
from xenia.units.image import contact
from xenia.units.store import depositing

CHORES: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (
    ("units.up", 1.0, sending.begin),
    ("units.blobs", 1.0, going.begin),
    ("units.contact", 2.0, contact.begin),
    ("units.store", 15.0, depositing.begin),
    ("units.down", 5.0, taking.begin),
    ("units.letter", 5.0, lambda: int(letter.waiting() is not None)),
    ("units.news", news.EVERY_S, news.begin),
    ("units.keyed-lists", 5.0, holding.make_files),
    ("units.alarms", 15.0, alarms.begin),
    ("units.watch", 30.0, lambda: watch.begin(works=lease.lapsed() is None)),
)
