"""`xenia soak forgetting`, `xenia soak two-persons` and `xenia soak kills`."""

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


def _kill_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=30, help="how often to kill (default 30)")
    parser.add_argument("--seed", type=int, default=1, help="number that the moments are drawn from (default 1)")


def _kills(call: Call) -> int:
    from xenia.site.soak import kills

    if not 1 <= call.options.count <= 10_000:
        raise BadInput("Kill between 1 and 10,000 times.", "Choose another number with --count.", code="bad-input")
    found = kills.run(call.options.count, call.options.seed, call.say)
    call.answer("xenia/soak-kills/1", found)
    return 0 if found["whole"] and found["same"] and not found["lost"] and not found["half_written"] else 1


def _lone_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=2000, help="how many attempts (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="number that the attempts are drawn from (default 1)")


def _two_persons(call: Call) -> int:
    options = call.options
    if not 1 <= options.count <= 10_000_000:
        raise BadInput("Try between 1 and 10,000,000 times.", "Choose another number with --count.", code="bad-input")
    words = ["--count", str(options.count), "--seed", str(options.seed)]
    return scratch.run("xenia.site.soak.two_persons", words, call)


COMMANDS = (
    Command(
        "soak forgetting",
        "Plant invented persons in a scratch installation, erase them, look for them in every byte.",
        _forgetting,
        "bench",
        _arguments,
        writes=False,
    ),
    Command(
        "soak two-persons",
        "One person alone tries every way in a scratch installation; nothing that takes two may come of it.",
        _two_persons,
        "bench",
        _lone_arguments,
        writes=False,
    ),
    Command(
        "soak kills",
        "Kill the serving process of a scratch installation while lanes decide; nothing acknowledged may be lost.",
        _kills,
        "bench",
        _kill_arguments,
        writes=False,
    ),
)
