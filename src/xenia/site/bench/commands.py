"""`xenia bench check` and `xenia bench search`; `xenia bench journal` is the journal's own."""

from xenia.site.bench.check import BENCH as CHECK

COMMANDS = (CHECK,)
