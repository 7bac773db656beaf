"""`xenia soak network`."""

from __future__ import annotations

import argparse
import signal
import tempfile
from pathlib import Path
from types import FrameType
from typing import Final

from xenia.commands import Call, Command
from xenia.errors import BadInput

SCHEMA: Final = "xenia/soak-network/1"


def _ended(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(call: Call) -> int:
    from xenia.site.soak.network import place, run

    options = call.options
    if (
        not 0 < options.minutes <= 10_000
        or not 1 <= options.units <= 50
        or not 0 <= options.backlog <= 1_000_000
        or not 0 <= options.photographs <= 10_000
    ):
        raise BadInput(
            "Run 1 to 50 units for up to 10,000 minutes, with up to 10,000 photographs.",
            "Choose other numbers.",
            code="bad-input",
        )
    why = place.missing()
    if why:
        call.say(f"Skipped: it {why}.")
        call.answer(
            SCHEMA, {"runs": 0, "faults_injected": 0, "violations": 0, "first_violating_seed": None, "skipped": why}
        )
        return 0
    before = signal.signal(signal.SIGTERM, _ended)
    try:
        with tempfile.TemporaryDirectory(prefix="xenia-network-") as folder:
            if options.backlog:
                found = run.backlog(Path(folder), options.backlog, options.photographs, options.kilobits, call.say)
            else:
                found = run.network(Path(folder), options.minutes, options.units, options.seed, options.every, call.say)
    finally:
        signal.signal(signal.SIGTERM, before)
    for one in found["what"]:
        call.say(f"  {one}")
    call.answer(SCHEMA, {**found, "first_violating_seed": options.seed if found["violations"] else None})
    return int(bool(found["violations"]))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=3.0, help="how long lines and processes fail (default 3)")
    parser.add_argument("--units", type=int, default=9, help="how many units (default 9)")
    parser.add_argument("--seed", type=int, default=1, help="number that the faults are drawn from (default 1)")
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two travellers of a unit (default 2)")
    parser.add_argument("--backlog", type=int, default=0, help="instead: one unit sends so many crossings at once")
    parser.add_argument(
        "--photographs", type=int, default=0, help="with --backlog: so many were taken meanwhile, timed apart"
    )
    parser.add_argument("--kilobits", type=int, default=256, help="rate of its line, kbit/s (default 256)")


COMMANDS = (
    Command(
        "soak network", "Run a centre and units over lines that fail, kill them; everything must arrive.", _run, "bench",
        _arguments, needs_home=False, writes=False,
    ),
)  # fmt: skip
