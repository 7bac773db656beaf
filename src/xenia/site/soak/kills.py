"""Killing the serving process while lanes decide, again and again: `xenia soak kills`.

A scratch installation on SQLite is served over HTTP, two lanes read and admit without pause, and at a random moment the
worker or the process above it is killed. Afterwards every decision that a lane saw acknowledged must be there, whole.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from xenia.errors import Unavailable
from xenia.site.bench import check_lists
from xenia.site.bench.check import Lane

WAIT_S = 90.0
CHECK = re.compile(rb"/console/checks/([0-9a-f-]{36})/admit/")
# What a decision is made of: check, crossing, entry. Each line must count none.
HALVES = {
    "decided without crossing": "SELECT count(*) FROM frontier_check k WHERE state = 'admitted' AND NOT EXISTS"
    " (SELECT 1 FROM frontier_crossing c WHERE c.check_id = k.id)",
    "crossing without decision": "SELECT count(*) FROM frontier_crossing c WHERE taken_back_at IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM frontier_check k WHERE k.id = c.check_id AND k.state = c.outcome)",
    "crossing without entry": "SELECT count(*) FROM frontier_crossing c WHERE NOT EXISTS"
    " (SELECT 1 FROM journal_entry e WHERE e.id = c.entry)",
}


class Booth(Lane):
    """A lane that goes on after its server was killed."""

    def decide(self, text: str) -> UUID | None:
        """Read and admit; the check once both were acknowledged, None where the server went away in between."""
        try:
            status, body = self._ask("POST", "/console/read/", self._form(document=text), htmx=True)
            found = CHECK.search(body)
            if status != 200 or found is None:
                return None
            check = UUID(found[1].decode())
            status, _ = self._ask("POST", f"/console/checks/{check}/admit/", self._form(), htmx=True)
        except (OSError, http.client.HTTPException):
            self.link.close()
            time.sleep(0.05)
            return None
        return check if status == 200 else None

    def _form(self, **data: str) -> dict[str, str]:
        return {**data, "csrfmiddlewaretoken": self.token}


class Served:
    """`xenia serve` on a scratch home: started, killed, started again."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
        self.environ = kept | {"XENIA_HOME": str(home), "XENIA_DEMO": "1", "XENIA_LOG": "ERROR"}
        subprocess.run([sys.executable, "-m", "xenia.site.bench.prepare"], env=self.environ, check=True, **_QUIET)
        self._begin()
        self.wait()

    def _begin(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "xenia", "serve", "--bind", f"127.0.0.1:{self.port}"], env=self.environ, **_QUIET
        )

    def wait(self) -> None:
        """Until it answers again; started again where it ended, as a service manager does (granian gives up at quick deaths)."""
        _until(self._answers)

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            self._begin()
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with closing(link):
            try:
                link.request("GET", "/health")
                return bool(link.getresponse().read())
            except (OSError, http.client.HTTPException):
                return False

    def workers(self) -> list[int]:
        """The children that answer."""
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in text.split()]

    def kill(self, whole: bool) -> None:
        """Kill the worker, which comes again by itself, or (`whole`) the process above it, which is started again."""
        workers = self.workers()
        for pid in [self.process.pid] if whole else workers:
            os.kill(pid, signal.SIGKILL)
        if whole:
            self.process.wait()
            _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
        else:
            time.sleep(0.2)
        self.wait()

    def command(self, *words: str) -> bool:
        """Whether `xenia ...` ended well."""
        return subprocess.run([sys.executable, "-m", "xenia", *words], env=self.environ, **_QUIET).returncode == 0

    def stop(self) -> None:
        """In order."""
        self.process.terminate()
        self.process.wait(40)


_QUIET: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _until(true: Callable[[], bool]) -> None:
    """Returns when it is true. Raises `Unavailable` (code `soak-server`) after a minute and a half."""
    end = time.monotonic() + WAIT_S
    while not true():
        if time.monotonic() > end:
            raise Unavailable("The scratch server does not answer.", "Run it again with more time.", code="soak-server")
        time.sleep(0.05)


def _grown(acknowledged: list[UUID]) -> None:
    """Returns once two decisions more were acknowledged: the lanes are at work again."""
    enough = len(acknowledged) + 2
    _until(lambda: len(acknowledged) >= enough)


def run(kills: int, seed: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Kill so often; what was acknowledged, lost, half-written, and whether the journal is whole."""
    chance = random.Random(seed)  # noqa: S311 - a soak that can be repeated
    acknowledged: list[UUID] = []
    with tempfile.TemporaryDirectory(prefix="xenia-kills-") as folder:
        home, stop = Path(folder) / "home", threading.Event()
        served = Served(home)
        try:
            password = json.loads((home / "demo-sign-ins.json").read_text(encoding="utf-8"))["amadi"]
            booths = [Booth(served.port, "amadi", password, f"UTO-PM1/L{n}/entry") for n in (1, 2)]
            threads = _begin(booths, acknowledged, stop)
            for number in range(kills):
                _grown(acknowledged)
                time.sleep(chance.random() * 0.5)
                served.kill(whole=number % 3 == 2)
                say(f"{number + 1} of {kills} kills, {len(acknowledged)} decisions acknowledged")
            stop.set()
            for thread in threads:
                thread.join(WAIT_S)
            whole = served.command("journal", "verify")
            same = served.command("rebuild", "--check")
        finally:
            stop.set()
            served.stop()
        found = _looked_at(home / "xenia.sqlite3", acknowledged)
    return {"kills": kills, "seed": seed, "acknowledged": len(acknowledged), **found, "whole": whole, "same": same}


def _begin(booths: list[Booth], acknowledged: list[UUID], stop: threading.Event) -> list[threading.Thread]:
    numbers = check_lists.Sizes(0, 0, 100_000, 0, 0)  # nobody is listed, nobody has been here before
    texts, lock = check_lists.travellers(numbers), threading.Lock()

    def work(booth: Booth) -> None:
        while not stop.is_set():
            check = booth.decide(_next(texts, lock))
            if check is not None:
                acknowledged.append(check)

    threads = [threading.Thread(target=work, args=(booth,), daemon=True) for booth in booths]
    for thread in threads:
        thread.start()
    return threads


def _next(texts: Iterator[str], lock: threading.Lock) -> str:
    with lock:
        return next(texts)


def _looked_at(database: Path, acknowledged: list[UUID]) -> dict[str, Any]:
    with closing(sqlite3.connect(database)) as link:
        crossings = {row[0] for row in link.execute("SELECT check_id FROM frontier_crossing")}
        references = {
            row[0] for row in link.execute("SELECT reference FROM journal_entry WHERE kind = 'crossing.admitted'")
        }
        halves = {name: int(link.execute(query).fetchone()[0]) for name, query in HALVES.items()}
    lost = [one for one in acknowledged if one.hex not in crossings or f"check:{one}" not in references]
    return {"lost": len(lost), "half_written": sum(halves.values()), "halves": halves}
