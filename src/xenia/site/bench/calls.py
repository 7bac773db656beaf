"""`xenia bench calls`: how long an operator's events take, and how near the estimate comes to what was planted."""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.insight.calls import events, generator, windows
from xenia.insight.calls.estimate import estimate, homes
from xenia.journal.bench import machine

PLANTED = (0, 10, 30)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subscribers", type=int, default=100_000, metavar="N")
    parser.add_argument(
        "--worlds", type=int, default=10, metavar="N", help="smaller worlds of 20,000 for each planted share"
    )


def _run(call: Call) -> int:
    number, worlds = call.options.subscribers, call.options.worlds
    if not 1000 <= number <= 1_000_000 or not 1 <= worlds <= 100:
        raise BadInput(
            "Measure 1,000 to 1,000,000 subscribers and 1 to 100 worlds.",
            "Choose other numbers with --subscribers and --worlds.",
            code="bad-input",
        )
    with tempfile.TemporaryDirectory(prefix="xenia-calls-") as folder:
        file = Path(folder) / "events.parquet"
        said = {"machine": machine(), "great": _great(file, number)}
        call.say(f"{said['great']}")
        planted = {}
        for share in PLANTED:
            planted[f"{share}"] = _planted(file, share, worlds)
            call.say(f"planted {share} %: {planted[f'{share}']}")
    call.answer("xenia/bench-calls/1", {**said, "planted": planted})
    return 0


def _great(file: Path, number: int) -> dict[str, float]:
    world = generator.World(subscribers=number, displaced=0.3, restless=0.5, per_day=3)
    count = generator.write(file, world)
    began, cpu = time.perf_counter(), time.process_time()
    with events.opened(file) as given:
        taken, wanted = time.perf_counter(), windows.study(world.event)
        pairs = [given.flows(one) for one in (wanted.event, wanted.usual)]
        found = estimate(homes(pairs[0]), [homes(pairs[1])])
    return {
        "subscribers": number,
        "events": count,
        "taken_s": round(taken - began, 2),
        "estimated_s": round(time.perf_counter() - taken, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "estimate": round(found.share, 4) if found else -1.0,
        "naive": round(found.naive, 4) if found else -1.0,
    }


def _planted(file: Path, percent: int, worlds: int) -> dict[str, float]:
    """The greatest error in points, and how many intervals of 95 % hold what was planted."""
    errors, held, naive = [], 0, []
    for seed in range(1, worlds + 1):
        world = generator.World(displaced=percent / 100, restless=0.5, more_days=20, seed=seed)
        generator.write(file, world)
        wanted = windows.study(world.event)
        with events.opened(file) as given:
            quiet = [homes(given.flows(one)) for one in wanted.quiet(given.seen.first)]
            found = estimate(homes(given.flows(wanted.event)), quiet)
        if found is None:
            raise RuntimeError("The generated world gave no estimate.")
        errors.append(abs(found.share * 100 - percent))
        naive.append(found.naive * 100)
        held += found.low <= percent / 100 <= found.high
    return {
        "worlds": worlds,
        "greatest_error_points": round(max(errors), 2),
        "intervals_that_hold": held,
        "naive_percent": round(sum(naive) / len(naive), 1),
    }


BENCH = Command(
    "bench calls",
    "Measure the estimate of people displaced on made-up telephones: time, error and intervals.",
    _run,
    None,
    arguments=_arguments,
    needs_home=False,
    writes=False,
)
