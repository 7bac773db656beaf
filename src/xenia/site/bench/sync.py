"""`xenia bench sync`: what the way up costs until entries count at the centre, and how soon an alert hits at a unit.

For a centre on SQLite and one on PostgreSQL. Receiving is measured twice: with nothing between the two processes, which tells
what it costs, and over the real door, which tells what goes over the line.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from django.db import connection

from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.journal import scratch
from xenia.journal.bench import fsync_ms, machine
from xenia.site.bench import door, postgres
from xenia.site.soak import pair

MODULE = "xenia.site.bench.sync_measured"
CENTRES: Final = ("sqlite", "postgresql")
Database = Callable[[], AbstractContextManager[str]]
"""Where a centre keeps its data: an address, empty for SQLite."""


def _run(call: Call) -> int:
    crossings, alerts, wanted = call.options.crossings, call.options.alerts, call.options.centre
    if not 10 <= crossings <= 100_000 or not 0 <= alerts <= 1000 or not 0 <= call.options.portraits <= 10_000:
        raise BadInput(
            "Measure 10 to 100,000 crossings, up to 1,000 alerts and up to 10,000 portraits.",
            "Choose other numbers with --crossings, --alerts and --portraits.",
            code="bad-input",
        )
    with tempfile.TemporaryDirectory(prefix="xenia-sync-") as folder:
        said = {"machine": machine(), "fsync_ms": fsync_ms(Path(folder)), "crossings": crossings}
    centres: dict[str, Any] = {}
    for name in (wanted,) if wanted else CENTRES:
        place = _place(name)
        if place is None:
            call.say(f"{name}: skipped, its programs are not on this machine.")
            centres[name] = {"skipped": "its programs are not on this machine"}
            continue
        call.say(f"A centre on {name}:")
        with place() as database:
            centres[name] = _received(call, crossings, database)
        with place() as database, tempfile.TemporaryDirectory(prefix="xenia-sync-") as folder:
            faces = call.options.portraits
            centres[name] |= door.measure(Path(folder), database, alerts, crossings, faces, call.say)
        _tell(call, centres[name])
    call.answer("xenia/bench-sync/2", {**said, "centres": centres})
    return 0


def _place(name: str) -> Database | None:
    """Where a centre of that kind can be; with PostgreSQL the installation's own server, or one of the bench's."""
    if name == "sqlite":
        return lambda: nullcontext("")
    if connection.vendor == "postgresql":
        return _beside_ours
    found = postgres.programs()
    return None if found is None else lambda: postgres.database(found)


@contextmanager
def _beside_ours() -> Iterator[str]:
    with scratch.environment() as scratched:
        yield scratched["XENIA_DATABASE"]


def _received(call: Call, count: int, database: str) -> dict[str, Any]:
    """Sealed entries of a unit until they count at the centre, with no line between the two."""
    with tempfile.TemporaryDirectory(prefix="xenia-sync-") as folder:
        before = {"XENIA_DATABASE": database} if database else {}
        with pair.both(Path(folder), MODULE, [str(count)], before) as (there, unit):
            said = pair.relay(there, unit)
            call.say(f"  {count} crossings admitted and sealed, {said['made_s']:.1f} s")
            began = time.perf_counter()
            unit.say(go=True)
            at_unit, at_centre = pair.carry(there, unit)
            wall = time.perf_counter() - began
    return _figures(at_unit, at_centre, count, wall)


def _tell(call: Call, found: dict[str, Any]) -> None:
    drain = found["drain"]
    call.say(
        f"  {found['entries_per_s']:,} entries/s; CPU an entry: unit {found['unit_cpu_us']} us, centre {found['centre_cpu_us']}"
        f" us; bytes a crossing: {found['stored_bytes_per_crossing']} as stored, {found['bytes_per_crossing']} as sent"
    )
    call.say(
        f"  over the door {drain['entries_per_s']:,} entries/s, {drain['bytes_per_crossing']} bytes a crossing as TCP carries them"
    )
    if faces := found.get("portraits"):
        call.say(
            f"  {faces['count']} portraits waiting: entries {faces['entries_per_s_meanwhile']:,}/s beside them; then"
            f" {faces['bytes']:,} bytes in {faces['pieces']} pieces, {faces['seconds']} s"
        )
    if alerts := found.get("alerts"):
        call.say(f"  alert to hit: p50 {alerts['p50_s']} s, p95 {alerts['p95_s']} s, longest {alerts['max_s']} s")


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
    parser.add_argument("--alerts", type=int, default=30, help="how many alerts are entered, one by one (default 30)")
    parser.add_argument("--portraits", type=int, default=100, help="how many photographs wait then (default 100)")
    parser.add_argument("--centre", choices=CENTRES, help="only a centre on this database (default: both)")


BENCH = Command(
    "bench sync",
    "Measure how fast and at what cost a unit's entries go up, and how soon an alert of the centre hits at a unit.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
