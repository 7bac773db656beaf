"""`xenia bench ...`: what can be measured, gathered from the rooms."""

from xenia.journal.bench import BENCH as JOURNAL
from xenia.site.bench.check import BENCH as CHECK
from xenia.site.bench.search_command import BENCH as SEARCH

COMMANDS = (CHECK, SEARCH, JOURNAL)
