"""What the serving process does for this room again and again."""

from xenia.cases.clock import sweep
from xenia.cases.drafts import drop_old

CHORES = (("cases.sweep", 20.0, sweep), ("cases.old-drafts", 3600.0, drop_old))
