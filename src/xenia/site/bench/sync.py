"""`xenia bench sync`: what the way up costs, from sealed entries at a unit until they count at the centre, line apart."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.journal import scratch
from xenia.journal.bench import fsync_ms, machine
from xenia.site.soak import pair

MODULE = "xenia.site.bench.sync_measured"


def _run(call: Call) -> int:
    count = call.options.crossings
    if not 10 <= count <= 100_000:
        raise BadInput("Measure 10 to 100,000 crossings.", "Choose another number with --crossings.", code="bad-input")
    with scratch.environment() as centre, tempfile.TemporaryDirectory(prefix="xenia-sync-") as folder:
        database = centre["XENIA_DATABASE"]
        before = {"XENIA_DATABASE": database} if database else {}
        result: dict[str, Any] = {
            "machine": machine(),
            "fsync_ms": fsync_ms(Path(folder)),
            "centre": "postgresql" if database else "sqlite",
            "crossings": count,
        }
        with pair.both(Path(folder), MODULE, [str(count)], before) as (there, unit):
            said = pair.relay(there, unit)
            call.say(f"{count} crossings admitted and sealed, {said['made_s']:.1f} s")
            began = time.perf_counter()
            unit.say(go=True)
            at_unit, at_centre = pair.carry(there, unit)
            wall = time.perf_counter() - began
    result |= _figures(at_unit, at_centre, count, wall)
    call.say(
        f"{result['entries_per_s']:,} entries/s; CPU an entry: unit {result['unit_cpu_us']} us, centre {result['centre_cpu_us']}"
        f" us; bytes a crossing: {result['stored_bytes_per_crossing']} as stored, {result['bytes_per_crossing']} as sent"
    )
    call.answer("xenia/bench-sync/1", result)
    return 0


def _figures(at_unit: dict[str, Any], at_centre: dict[str, Any], count: int, wall: float) -> dict[str, Any]:
    entries = at_unit["entries"]
    return {
        "entries": entries,
        "batches": at_unit["batches"],
        "seconds": round(wall, 2),
        "entries_per_s": round(entries / wall),
        "unit_cpu_us": round(at_unit["cpu_s"] / entries * 1e6),
        "centre_cpu_us": round(at_centre["cpu_s"] / entries * 1e6),
        "stored_bytes_per_crossing": round(at_unit["stored_bytes"] / count),
        "bytes_per_crossing": round(at_unit["sent_bytes"] / count),
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--crossings", type=int, default=500, help="how many travellers the unit admits (default 500)")


BENCH = Command(
    "bench sync",
    "Measure how fast a unit's entries go up and count at the centre, and how many bytes a crossing takes.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
