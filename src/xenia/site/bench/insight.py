"""`xenia bench insight`: ten questions to made-up facts, on three engines side by side, and prepared answers."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from xenia.commands import Call, Command
from xenia.errors import BadInput, Unavailable
from xenia.journal.bench import machine

ENGINES = ("duckdb", "chdb", "postgresql")


def _run(call: Call) -> int:
    options = call.options
    if options.risk:
        return _risk(call)
    engines = [one.strip() for one in options.engines.split(",") if one.strip()]
    if unknown := [one for one in engines if one not in ENGINES]:
        raise BadInput(f"There is no engine {unknown[0]}.", f"Known are {', '.join(ENGINES)}.", code="bad-input")
    folder = Path(options.cache) / f"insight-{options.rows}-{options.seed}"
    said: dict[str, Any] = {"machine": machine(), "rows": options.rows, "engines": {}}
    said["made"] = _measured(call, "make", folder, options)
    for engine in engines:
        call.say(f"{engine}, load {os.getloadavg()[0]:.1f}:")
        said["engines"][engine] = found = _measured(call, engine, folder, options)
        for name, one in found.get("questions", {}).items():
            again = f", prepared {one['prepared_ms']:.0f} ms" if "prepared_ms" in one else ""
            call.say(f"  {name:<28} {one['s']:>8.2f} s, {one['cpu_s']:>6.2f} s CPU, {one['cells']:>7,} cells{again}")
        call.say(f"  {found['skipped']}" if "skipped" in found else f"  at most {found['peak_mb']:,} MB")
    said["same"] = _same(said["engines"])
    call.say("The same answers from all." if said["same"] else "The engines do NOT agree: see `answer` of each.")
    call.answer("xenia/bench-insight/1", said)
    return 0 if said["same"] else 1


def _risk(call: Call) -> int:
    from xenia.site.bench import insight_risk

    found = insight_risk.measure(options_seed := call.options.seed)
    for name, share in found.items():
        if name != "targets":
            call.say(f"  {name:<28} {share:.1%} guessed right")
    call.answer("xenia/bench-insight-risk/1", {"seed": options_seed, **found})
    return 0


def _measured(call: Call, what: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """In a process of its own, so that its memory is its own."""
    command = [
        sys.executable,
        "-m",
        "xenia.site.bench.insight_measured",
        what,
        str(folder),
        str(options.rows),
        str(options.seed),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise Unavailable(f"The bench of {what} failed.", "See what it said above.", code="bench-failed")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _same(engines: dict[str, Any]) -> bool:
    """Whether every question has one answer."""
    answers: dict[str, set[str]] = {}
    for found in engines.values():
        for name, one in found.get("questions", {}).items():
            answers.setdefault(name, set()).add(one["answer"])
    return all(len(one) == 1 for one in answers.values())


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=10_000_000, help="crossings (default 10,000,000)")
    parser.add_argument("--engines", default=",".join(ENGINES), help="which of duckdb, chdb, postgresql")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--risk", action="store_true", help="only: how often small counts are guessed in the interactive grade"
    )
    parser.add_argument(
        "--cache",
        metavar="DIR",
        default=str(Path.home() / ".cache" / "xenia-bench"),
        help="folder of the made-up facts",
    )


BENCH = Command(
    "bench insight",
    "Measure ten statistical questions on made-up facts, on DuckDB, ClickHouse and PostgreSQL.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
