"""What the serving process does for saved questions: reports at their hour, and once an hour what is old is put away."""

from __future__ import annotations

from typing import Final

from xenia.insight.saved import making

CHORES: Final = (("insight.reports", 60.0, making.make_due), ("insight.clean", 3600.0, making.clean))
