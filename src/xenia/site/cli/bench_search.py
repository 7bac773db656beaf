"""`xenia bench search`: how well and how fast persons are found in an invented register."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Any

from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.journal.bench import machine
from xenia.matching import RULES_VERSION, Band
from xenia.registers.lists.file import ListFile
from xenia.site.bench import search, tables, withheld
from xenia.site.bench.cultures import CULTURES

_LEAST_PERSONS, _MOST_PERSONS = 100, 20_000_000


def _run(call: Call) -> int:
    options = call.options
    if not _LEAST_PERSONS <= options.persons <= _MOST_PERSONS or options.questions < 1 or options.strangers < 1:
        raise BadInput(
            "These numbers make no measurement.",
            f"--persons is {_LEAST_PERSONS} to {_MOST_PERSONS}; ask at least one question and one stranger.",
            code="bad-bench",
        )
    cultures = tables.cultures(Path(options.names)) if options.names else CULTURES
    plan = search.Plan(options.persons, options.seed, cultures)
    folder = Path(options.cache) if options.cache else _home() / "bench"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"search-{search.fingerprint(plan)}.list"
    built = _build(call, path, plan) if options.fresh or not path.exists() else None
    asked = search.ask_for(plan, options.questions, options.strangers)
    call.say(f"Asking {len(asked):,} questions ...")
    file = ListFile.open(path)
    started = perf_counter()
    found = search.measure(file, asked)
    wall_s = perf_counter() - started
    without_names = withheld.measured(file, asked, folder) if options.withheld else None
    file.close()
    report = _report(plan, path, found, wall_s) | ({"build_cpu_s": round(built, 1)} if built is not None else {})
    report |= {"withheld": without_names} if without_names else {}
    call.answer("xenia/bench-search/1", {"machine": machine(), **report})
    _say(call, report)
    if without_names:
        _say_withheld(call, without_names)
    return 0


def _home() -> Path:
    from django.conf import settings

    return Path(settings.XENIA_HOME)


def _build(call: Call, path: Path, plan: search.Plan) -> float:
    for old in path.parent.glob("search-*.list"):
        old.unlink()
    call.say(f"Building a register of {plan.persons:,} invented persons ...")
    return search.register(path, plan, call.say)


def _report(plan: search.Plan, path: Path, found: search.Measured, wall_s: float) -> dict[str, Any]:
    total = found.total_ns()
    count = len(total)
    whole = search.Class()
    for kind in found.classes.values():
        whole.add(kind)
    hits = {band.value: round(found.false_hits[band.value] / found.strangers, 4) for band in Band}
    return {
        "rules_version": RULES_VERSION,
        "persons": plan.persons,
        "seed": plan.seed,
        "bytes_per_person": round(path.stat().st_size / plan.persons),
        "questions": count,
        "candidates_mean": round(found.candidates / count, 1),
        "cpu_ms": {
            "mean": round(sum(total) / count / 1e6, 2),
            "p50": round(total[count // 2] / 1e6, 2),
            "p99": round(total[int(count * 0.99)] / 1e6, 2),
            "keys": round(sum(found.keying_ns) / count / 1e6, 2),
            "find": round(sum(found.finding_ns) / count / 1e6, 2),
            "compare": round(sum(found.comparing_ns) / count / 1e6, 2),
        },
        "questions_per_s_per_core": round(count * 1e9 / sum(total)),
        "wall_s": round(wall_s, 1),
        "all": whole.shares(),
        "classes": {label: kind.shares() for label, kind in found.classes.items() if kind.asked},
        "strangers": {"asked": found.strangers, **hits},
    }


def _say(call: Call, report: dict[str, Any]) -> None:
    """The same as a table for people."""
    call.say(f"{'class':38}{'asked':>6}{'cand.':>7}{'top 10':>8}{'first':>7}{'EXACT':>7}{'LIKELY':>8}{'POSS.':>7}")
    for label, shares in {**report["classes"], "all": report["all"]}.items():
        values = Counter(shares)
        call.say(
            f"{label:38}{values['asked']:>6}{values['candidate']:>7}{values['top_10']:>8}{values['first']:>7}"
            f"{values['EXACT']:>7}{values['LIKELY']:>8}{values['POSSIBLE']:>7}"
        )
    call.say(f"Not listed, yet a hit: {report['strangers']}")
    call.say(f"CPU ms a question: {report['cpu_ms']}; {report['questions_per_s_per_core']} questions/s/core")


def _say_withheld(call: Call, report: dict[str, Any]) -> None:
    call.say(f"{'as keys only':38}{'asked':>6}{'hit':>7}{'right':>7}")
    for label, shares in {**report["classes"], "all": report["all"]}.items():
        call.say(f"{label:38}{shares['asked']:>6}{shares['hit']:>7}{shares['right']:>7}")
    rest = {name: value for name, value in report.items() if name not in ("classes", "all")}
    call.say(f"As keys only: {rest}")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--persons", type=int, default=200_000, metavar="N", help="persons in the register")
    parser.add_argument("--questions", type=int, default=1_500, metavar="N", help="questions about listed persons")
    parser.add_argument("--strangers", type=int, default=900, metavar="N", help="questions about persons not listed")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, other persons")
    parser.add_argument(
        "--names", metavar="DIR", help="folder of name tables to draw from instead of the built-in ones"
    )
    parser.add_argument("--cache", metavar="DIR", help="where the register is kept; else XENIA_HOME/bench")
    parser.add_argument(
        "--withheld", action="store_true", help="also as keys only, as at units that hold no names of a list"
    )
    parser.add_argument("--fresh", action="store_true", help="build the register anew, to see what building costs")


COMMANDS = (
    Command(
        name="bench search",
        help="How well and how fast persons are found in an invented register.",
        run=_run,
        permission=None,
        arguments=_arguments,
        needs_home=False,
        writes=False,
    ),
)
