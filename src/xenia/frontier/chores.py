"""What the serving process does for this room again and again."""

from xenia.frontier.referrals import raise_silent_hits

CHORES = (("raise silent hits", 1.0, raise_silent_hits),)
