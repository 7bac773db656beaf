"""What the serving process does for the watch: a look every hour."""

from __future__ import annotations

from typing import Final

from xenia.insight.watching import looking

CHORES: Final = (("watching.look", 3600.0, looking.begin),)
