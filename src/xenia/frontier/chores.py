"""What the serving process does for this room again and again."""

from xenia.frontier.later import ask_later
from xenia.frontier.referrals import raise_silent_hits

CHORES = (("raise silent hits", 1.0, raise_silent_hits), ("ask about units' checks", 1.0, ask_later))
