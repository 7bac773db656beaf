"""`xenia bench store`: what it costs that a unit keeps nothing in the clear: opening it, writing an entry, searching a list."""

from __future__ import annotations

import argparse

from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.journal import scratch


def _run(call: Call) -> int:
    persons = call.options.persons
    if not 1_000 <= persons <= 1_000_000:
        raise BadInput("Measure 1,000 to 1,000,000 persons.", "Choose another number with --persons.", code="bad-input")
    return scratch.run("xenia.site.bench.store_measured", [str(persons)], call)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--persons", type=int, default=50_000, help="how many the searched list has (default 50,000)")


BENCH = Command(
    "bench store",
    "Measure what a unit's encrypted store costs: opening it by PIN, writing entries, searching a list.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
