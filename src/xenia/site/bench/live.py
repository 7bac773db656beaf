"""`xenia bench live`: from a decision at the booth to the live page of the statistics, over HTTP, in a home of its own."""

from __future__ import annotations

import argparse
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from xenia.commands import Call, Command
from xenia.journal.bench import fsync_ms, machine
from xenia.site.bench import check_lists
from xenia.site.bench.check import Lane, Taken, _free_port, _port, _until_up
from xenia.site.bench.post import WAYS, _lane, _next

MARK: Final = re.compile(rb"&amp;mark=((\d+)\.[^\"]+)\"")
POLL_S: Final = 1.0  # as the page does
QUERY: Final = """SELECT position, recorded_at FROM journal_entry
 WHERE kind IN ('crossing.admitted', 'crossing.refused') AND recorded_at >= ? ORDER BY position"""


class Viewer(Lane):
    """An analyst with the live page open."""

    def __init__(self, port: int, username: str, password: str) -> None:
        import http.client

        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.post("/sign-in/", {"login": username, "password": password}, page="/sign-in/")

    def look(self, mark: str) -> tuple[int, bytes]:
        """One poll of the page."""
        return self._ask("GET", f"/statistics/live/?window=60&mark={mark}", None, htmx=True)


def _run(call: Call) -> int:
    with tempfile.TemporaryDirectory(prefix="xenia-live-") as folder:
        home = Path(folder)
        environ = {
            **os.environ,
            "XENIA_HOME": folder,
            "XENIA_DEMO": "1",
            "XENIA_BIND": f"127.0.0.1:{_free_port()}",
            "XENIA_LOG": "ERROR",
        }
        environ.pop("XENIA_DATABASE", None)
        subprocess.run([sys.executable, "-m", "xenia.site.bench.prepare"], env=environ, check=True)
        server = subprocess.Popen([sys.executable, "-m", "xenia", "serve"], env=environ)
        try:
            _until_up(environ)
            result = _measure(call, _port(environ), home)
        finally:
            server.terminate()
            server.wait(60)
        call.answer("xenia/bench-live/1", {"machine": machine(), "fsync_ms": fsync_ms(home), **result})
    return 0


def _measure(call: Call, port: int, home: Path) -> dict[str, Any]:
    options, lock = call.options, threading.Lock()
    texts = check_lists.travellers(check_lists.Sizes(0, 0, 1_000_000, 0, 1_000_000))
    passwords = json.loads((home / "demo-sign-ins.json").read_text(encoding="utf-8"))
    officers = ("amadi", "brisk", "ferro")
    lanes = [
        Lane(port, officers[n % 3], passwords[officers[n % 3]], f"UTO-PM1/L{n + 1}/{WAYS[n]}") for n in range(len(WAYS))
    ]
    viewer = Viewer(port, "anvery", passwords["anvery"])
    since, end = datetime.now(UTC), time.perf_counter() + options.seconds
    work = [
        threading.Thread(target=_lane, args=(lane, n, options.every, end, _next(texts, lock), Taken(), Taken()))
        for n, lane in enumerate(lanes)
    ]
    for thread in work:
        thread.start()
    seen = _looked(viewer, end + 15)
    for thread in work:
        thread.join()
    made = _decided(home, since)
    found = sorted(_first(seen, position) - at for position, at in made if seen and position <= seen[-1][1])
    call.say(f"{len(made)} decisions, {len(found)} came to the page")
    return {
        "decisions": len(made),
        "shown": len(found),
        "polls": len(seen),
        "poll_s": POLL_S,
        **{
            f"p{share}_s": round(found[min(len(found) - 1, len(found) * share // 100)], 2)
            for share in (50, 95, 99)
            if found
        },
        "max_s": round(found[-1], 2) if found else None,
    }


def _looked(viewer: Viewer, end: float) -> list[tuple[float, int]]:
    """When the page had come, and up to which position it counts then; one for each poll that brought something."""
    mark, found = "0", []
    while (due := time.perf_counter()) < end:
        status, body = viewer.look(mark)
        at = datetime.now(UTC).timestamp()
        if status == 200 and (told := MARK.search(body)):
            mark = told[1].decode()
            found.append((at, int(told[2])))
        elif status != 204:
            raise RuntimeError(f"the live page answered {status}")
        time.sleep(max(0.0, due + POLL_S - time.perf_counter()))
    return found


def _decided(home: Path, since: datetime) -> list[tuple[int, float]]:
    """Position and moment of each decision, as the journal has them."""
    with sqlite3.connect(f"file:{home / 'xenia.sqlite3'}?mode=ro", uri=True) as link:
        rows = link.execute(QUERY, [since.strftime("%Y-%m-%d %H:%M:%S")]).fetchall()
    return [(int(place), datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()) for place, at in rows if place]


def _first(seen: list[tuple[float, int]], position: int) -> float:
    return next(at for at, upto in seen if upto >= position)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--every", type=float, default=6.0, help="seconds per traveller at each of nine lanes")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the measurement")


BENCH = Command(
    "bench live",
    "Measure the time from a decision at the booth to the live page.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
