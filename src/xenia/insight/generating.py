"""`xenia insight generate`: a warehouse of made-up facts, to measure with and to try."""

from __future__ import annotations

import argparse
from pathlib import Path

from xenia.commands import Call, Command


def _run(call: Call) -> int:
    from xenia.insight import generator
    from xenia.insight.warehouse import Warehouse

    options = call.options
    made = generator.generate(Warehouse(Path(options.folder)), options.number, options.seed)
    rows = {fact: sum(one.rows for one in made if one.fact == fact) for fact in dict.fromkeys(one.fact for one in made)}
    call.say(", ".join(f"{number:,} facts of {fact}" for fact, number in rows.items()) + f" in {options.folder}.")
    call.answer("xenia/facts-made/1", {"rows": rows, "files": len(made), "seed": options.seed})
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", metavar="N", type=int, help="how many crossings, about")
    parser.add_argument("folder", metavar="DIR", help="an empty folder for the warehouse")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same facts (default 1)")


COMMANDS = (
    Command(
        "insight generate",
        "Make a warehouse of made-up facts, to measure with and to try.",
        _run,
        "bench",
        _arguments,
        needs_home=False,
        writes=False,
    ),
)
