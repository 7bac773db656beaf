"""`xenia calls generate|aggregate|take`: at an operator without account or database, at the centre with both."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from xenia.commands import Call, Command
from xenia.errors import BadInput

MOST_SUBSCRIBERS = 1_000_000


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day such as 2026-03-01") from None


def _generate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="EVENTS", help="written as CSV, or as Parquet where it ends so")
    parser.add_argument("--subscribers", type=int, default=20_000)
    parser.add_argument("--regions", type=int, default=50)
    parser.add_argument("--displaced", type=int, default=30, metavar="PERCENT", help="who leave at the event")
    parser.add_argument(
        "--restless", type=int, default=20, metavar="PERCENT", help="who are away for weeks at any time"
    )
    parser.add_argument("--event", type=_day, default=date(2026, 3, 1), metavar="DAY")
    parser.add_argument(
        "--more-days", type=int, default=0, metavar="N", help="more days before, for more quiet periods"
    )
    parser.add_argument("--seed", type=int, default=1)


def _generate(call: Call) -> int:
    from xenia.insight.calls import generator

    options = call.options
    shares = (options.displaced, options.restless)
    if not (
        10 <= options.subscribers <= MOST_SUBSCRIBERS and 2 <= options.regions <= 5000 and 0 <= options.more_days <= 366
    ):
        raise BadInput(
            f"Make 10 to {MOST_SUBSCRIBERS:,} subscribers in 2 to 5,000 regions, with up to 366 more days.",
            "Choose other numbers.",
            code="bad-input",
        )
    if not all(0 <= one <= 100 for one in shares):
        raise BadInput("A share is a percentage of 0 to 100.", "Choose another.", code="bad-input")
    world = generator.World(
        options.subscribers, options.regions, shares[0] / 100, shares[1] / 100, event=options.event,
        more_days=options.more_days, seed=options.seed,
    )  # fmt: skip
    number = generator.write(Path(options.file), world)
    call.answer(
        "xenia/calls-generated/1", {"events": number, "subscribers": world.subscribers, "displaced": world.displaced}
    )
    return 0


def _aggregate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="EVENTS", help="CSV or Parquet with the columns subscriber, hour, region")
    parser.add_argument("--event", type=_day, required=True, metavar="DAY", help="the day from which people left")
    parser.add_argument("--lag", type=int, default=0, metavar="DAYS", help="places that many days after the event")
    parser.add_argument("--to", required=True, metavar="DIR", help="folder of all studies; a new one is made in it")
    parser.add_argument("--operator", required=True, metavar="NAME", help="whose subscribers they are")


def _aggregate(call: Call) -> int:
    from xenia.insight.calls import events, studies, windows

    options = call.options
    if not 0 <= options.lag <= 366:
        raise BadInput("The lag is 0 to 366 days.", "Choose another.", code="bad-input")
    if not options.operator.strip() or len(options.operator) > 100:
        raise BadInput("The operator has a name of up to 100 characters.", "Give it with --operator.", code="bad-input")
    wanted = windows.study(options.event, options.lag)
    call.say(f"Events from {wanted.needed.first} to before {wanted.needed.end} are counted; nothing of them is kept.")
    with events.opened(Path(options.file)) as given:
        seen = given.seen
        call.say(f"{seen.events:,} events in {seen.regions:,} regions, {seen.first} to {seen.last}.")
        said = studies.make(given, wanted, Path(options.to), options.operator.strip())
    found = said["estimate"]
    call.say(
        f"Displaced: {found['share']:.1%} (95 %: {found['low']:.1%} to {found['high']:.1%}). Without the {found['usual']:.1%} who are "
        f"away on quiet days it would have looked like {found['naive']:.1%}."
    )
    call.answer("xenia/calls-study/1", {"folder": studies.name_of(wanted), **{name: said[name] for name in PARTS}})
    return 0


PARTS = ("operator", "windows", "estimate", "subscribers", "dropped_cells", "dropped_share")


def _take_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="STUDY", help="a study's folder, as the operator made it")
    parser.add_argument("--population", metavar="FILE.csv", help="columns area, persons: how many live where")
    parser.add_argument("--warehouse", metavar="DIR", default="", help="folder of facts; else the installation's own")


def _take(call: Call) -> int:
    from xenia.insight.calls import taking

    if call.standing is None:
        raise RuntimeError("The command line gives every command with a permission its standing.")
    population = Path(call.options.population) if call.options.population else None
    made = taking.take(call.standing, call.options.warehouse, Path(call.options.folder), population)
    told: dict[str, Any] = {"name": made.name, "regions": len(made.regions), "persons": made.persons}
    call.answer("xenia/calls-taken/1", told)
    return 0


COMMANDS = (
    Command(
        "calls generate",
        "Make up events of mobile telephones with a planted share of people displaced.",
        _generate,
        None,
        arguments=_generate_arguments,
        needs_home=False,
        writes=False,
    ),
    Command(
        "calls aggregate",
        "At an operator: count who moved, corrected for usual moving; only counts of more than 15 leave.",
        _aggregate,
        None,
        arguments=_aggregate_arguments,
        needs_home=False,
        writes=False,
    ),
    Command(
        "calls take",
        "Take an operator's study into the warehouse.",
        _take,
        "insight.load",
        arguments=_take_arguments,
        writes=False,
    ),
)
