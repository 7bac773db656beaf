"""Measures a whole post: nine lanes at work, a second line that looks at its queue, a supervisor who looks at the board."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from xenia.commands import Call, Command
from xenia.journal.bench import fsync_ms, machine
from xenia.site.bench import check_lists
from xenia.site.bench.check import Lane, Taken, _free_port, _port, _until_up, cpu_of

ADMIT = re.compile(rb'action="(/console/checks/[0-9a-f-]{36}/admit/)"')
REFER = re.compile(rb'action="(/console/checks/[0-9a-f-]{36}/refer/)"')
# What else asks the server while nine lanes work: officer, place, page, and how often it asks in seconds.
BESIDE = (
    ("corvin", "UTO-PM1//", "/second-line/", 3.0),
    ("dresk", "UTO-PM1//", "/second-line/", 3.0),
    ("delmar", "UTO-PM1//", "/post/", 5.0),
)
WAYS = ("entry", "entry", "entry", "exit", "entry", "entry", "exit", "exit", "entry")


def _run(call: Call) -> int:
    options = call.options
    home = Path(options.cache) / "check-sqlite"
    environ = {
        **os.environ,
        "XENIA_HOME": str(home),
        "XENIA_DEMO": "1",
        "XENIA_BIND": f"127.0.0.1:{_free_port()}",
        "XENIA_LOG": "ERROR",
    }
    subprocess.run([sys.executable, "-m", "xenia.site.bench.prepare"], env=environ, check=True)
    server = subprocess.Popen([sys.executable, "-m", "xenia", "serve"], env=environ)
    try:
        _until_up(environ)
        result = _measure(call, _port(environ), home, server.pid)
    finally:
        server.terminate()
        server.wait(30)
    call.answer("xenia/bench-post/1", {"machine": machine(), "fsync_ms": fsync_ms(home), **result})
    return 0


def _measure(call: Call, port: int, home: Path, server: int) -> dict[str, Any]:
    options, lock = call.options, threading.Lock()
    texts = check_lists.travellers(check_lists.Sizes(0, 0, options.visas, 0, options.crossings // 20))
    passwords = json.loads((home / "demo-sign-ins.json").read_text(encoding="utf-8"))
    officers = ("amadi", "brisk", "ferro")
    lanes = [
        Lane(port, officers[n % 3], passwords[officers[n % 3]], f"UTO-PM1/L{n + 1}/{WAYS[n]}") for n in range(len(WAYS))
    ]
    beside = [(Lane(port, name, passwords[name], place), page, every) for name, place, page, every in BESIDE]
    checks, decisions, looks = Taken(), Taken(), Taken()
    began, cpu = time.perf_counter(), cpu_of(server)
    end = began + options.seconds
    work = [
        threading.Thread(target=_lane, args=(lane, n, options.every, end, _next(texts, lock), checks, decisions))
        for n, lane in enumerate(lanes)
    ]
    work += [threading.Thread(target=_look, args=(lane, page, every, end, looks)) for lane, page, every in beside]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    wall, used = time.perf_counter() - began, cpu_of(server) - cpu
    for taken in (checks, decisions, looks):
        taken.wall_s = wall
    call.say(f"{wall:.0f} s, CPU {100 * used / wall:.1f} % of one core")
    return {
        "lanes": len(lanes),
        "seconds_per_traveller": options.every,
        "seconds": round(wall, 1),
        "cores": os.cpu_count(),
        "cpu_percent_of_one_core": round(100 * used / wall, 1),
        "cpu_percent_of_machine": round(100 * used / wall / (os.cpu_count() or 1), 1),
        "checks": _times(checks),
        "decisions": _times(decisions),
        "other_pages": _times(looks),
    }


def _times(taken: Taken) -> dict[str, Any]:
    shown = taken.as_json()
    shown.pop("cpu_ms_per_check")
    return shown


def _next(texts: Iterator[str], lock: threading.Lock) -> Callable[[], str]:
    def one() -> str:
        with lock:
            return next(texts)

    return one


def _lane(
    lane: Lane, number: int, every: float, end: float, text: Callable[[], str], checks: Taken, decisions: Taken
) -> None:
    """Read a document, decide after some seconds, wait for the next traveller."""
    time.sleep(every * number / len(WAYS))
    while (due := time.perf_counter()) < end:
        status, body = lane.send("/console/read/", {"document": text()})
        _note(checks, status == 200, due)
        time.sleep(every / 4)
        way = ADMIT.search(body) or REFER.search(body)
        if way:
            since = time.perf_counter()
            status, _ = lane.send(way[1].decode(), {})
            _note(decisions, status in (200, 302, 303), since)
        time.sleep(max(0.0, due + every - time.perf_counter()))


def _look(lane: Lane, page: str, every: float, end: float, looks: Taken) -> None:
    """Ask for a page again and again, as its poll does."""
    while (due := time.perf_counter()) < end:
        _note(looks, lane.get(page) == 200, due)
        time.sleep(max(0.0, due + every - time.perf_counter()))


def _note(taken: Taken, good: bool, since: float) -> None:
    if good:
        taken.seconds.append(time.perf_counter() - since)
    else:
        taken.failed += 1


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--every", type=float, default=20.0, help="seconds per traveller at each lane")
    parser.add_argument("--seconds", type=float, default=120.0, help="length of the measurement")
    parser.add_argument("--visas", type=int, default=1_000_000, help="as bench check made them")
    parser.add_argument("--crossings", type=int, default=20_000_000, help="as bench check made them")
    parser.add_argument(
        "--cache", metavar="DIR", default=str(Path.home() / ".cache" / "xenia-bench"), help="folder of bench check"
    )


BENCH = Command(
    "bench post",
    "Measure nine lanes, second line and supervisor on the installation that bench check made.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
