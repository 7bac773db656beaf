"""`xenia bench cases`: what a page of cases costs among many, and how long thirty procedures take to load."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from xenia.commands import Call, Command
from xenia.errors import Unavailable

ACTIONS_EACH = 10


def _run(call: Call) -> int:
    options = call.options
    actions = options.actions or options.cases * ACTIONS_EACH
    home = Path(options.cache) / f"cases-{options.cases}-{actions}"
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
    environ = kept | {"XENIA_HOME": str(home), "XENIA_LOG": "ERROR"}
    words = [sys.executable, "-m", "xenia.site.bench.cases_measured", str(options.cases), str(actions)]
    done = subprocess.run(words, env=environ, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise Unavailable("The bench of cases failed.", "See what it said above.", code="bench-failed")
    result: dict[str, Any] = json.loads(done.stdout)
    for page in ("work_list", "case_page", "search"):
        one = result.get(page)
        if one:
            call.say(f"{page.replace('_', ' '):<10} {one['queries']:>3} queries, {one['cpu_ms']:.1f} ms CPU")
    call.say(
        f"loading {result['procedures']} procedures: {result['load_cpu_s']:.2f} s CPU, {result['load_s']:.2f} s in all"
    )
    call.answer("xenia/bench-cases/1", result)
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", type=int, default=20_000, help="cases in the database (default 20,000)")
    parser.add_argument("--actions", type=int, default=0, help="actions of all of them (default ten each)")
    parser.add_argument(
        "--cache", metavar="DIR", default=str(Path.home() / ".cache" / "xenia-bench"), help="folder of the database"
    )


BENCH = Command(
    "bench cases",
    "Measure work list, case page and search among many cases, and the loading of thirty procedures.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
