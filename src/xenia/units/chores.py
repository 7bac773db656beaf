"""What the serving process does again and again for this room: a unit's entries go up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xenia.units import sending

CHORES: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (("units.up", 1.0, sending.begin),)
