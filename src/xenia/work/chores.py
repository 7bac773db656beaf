"""What the serving process does again and again for this room: name, seconds between, what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xenia.work import proposals

CHORES: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (
    ("work.expire-proposals", 300.0, proposals.expire_due),
)
