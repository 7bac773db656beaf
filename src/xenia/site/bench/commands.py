"""`xenia bench calls`, `cases`, `check`, `image`, `insight`, `live`, `post`, `search`, `store`, `sync` and `watch`; `xenia bench journal` is the journal's own."""

from xenia.site.bench.calls import BENCH as CALLS
from xenia.site.bench.cases import BENCH as CASES
from xenia.site.bench.check import BENCH as CHECK
from xenia.site.bench.image import BENCH as IMAGE
from xenia.site.bench.insight import BENCH as INSIGHT
from xenia.site.bench.live import BENCH as LIVE
from xenia.site.bench.post import BENCH as POST
from xenia.site.bench.store import BENCH as STORE
from xenia.site.bench.sync import BENCH as SYNC
from xenia.site.bench.watch import BENCH as WATCH
from xenia.site.cli.bench_search import COMMANDS as SEARCH

COMMANDS = (CALLS, CHECK, IMAGE, INSIGHT, LIVE, POST, CASES, STORE, SYNC, WATCH, *SEARCH)
