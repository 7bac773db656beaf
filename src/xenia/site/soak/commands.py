"""`xenia soak forgetting`."""

from __future__ import annotations

import argparse

from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.journal import scratch


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--persons", type=int, default=1000, help="how many invented persons to plant and erase (default 1000)"
    )
    parser.add_argument("--seed", type=int, default=1, help="number that the names are drawn from (default 1)")


def _forgetting(call: Call) -> int:
    options = call.options
    if not 1 <= options.persons <= 100_000:
        raise BadInput(
            "Plant between 1 and 100,000 persons.", "Choose another number with --persons.", code="bad-input"
        )
    return scratch.run("xenia.site.soak", ["--persons", str(options.persons), "--seed", str(options.seed)], call)


COMMANDS = (
    Command(
        "soak forgetting",
        "Plant invented persons in a scratch installation, erase them, look for them in every byte.",
        _forgetting,
        "bench",
        _arguments,
        writes=False,
    ),
)
