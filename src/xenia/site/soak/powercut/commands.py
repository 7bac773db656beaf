"""`xenia soak powercut`."""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from pathlib import Path
from typing import Final

from xenia.commands import Call, Command
from xenia.errors import BadInput, Unavailable

MOST: Final = 1_000_000


def _run(call: Call) -> int:
    count, seed = call.options.cuts, call.options.seed
    if not 1 <= count <= MOST or seed < 0:
        raise BadInput(
            f"Cut between 1 and {MOST:,} times, with seeds from 0 on.", "Choose another number.", code="bad-input"
        )
    if importlib.util.find_spec("apsw") is None:
        raise Unavailable("The library apsw is not installed here.", "Install it: pip install apsw.", code="no-apsw")
    from xenia.site.soak.powercut import run

    with tempfile.TemporaryDirectory(prefix="xenia-powercut-") as folder:
        tapes = run.tapes_in(Path(call.options.tapes or folder), seed)
    found = run.run(tapes, count, seed, call.say)
    call.answer("xenia/soak-powercut/1", found)
    return int(bool(found["violations"]) or not found["normal"]["lost"])


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cuts", type=int, default=1000, help="how many power cuts (default 1000)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; each cut has its own (default 1)")
    parser.add_argument("--tapes", metavar="DIR", help="keep what was recorded here, or use what is kept here")


COMMANDS = (
    Command(
        "soak powercut", "Cut the power of a unit and its centre while they write; nothing acknowledged may be lost.", _run,
        "bench", _arguments, needs_home=False, writes=False,
    ),
)  # fmt: skip
