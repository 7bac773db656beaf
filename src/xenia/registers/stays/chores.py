"""What the serving process does for the register of stays again and again."""

from xenia.registers.stays.overstays import mark

CHORES = (("stays.mark-overstays", 600.0, mark),)
