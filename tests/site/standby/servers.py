"""Two servers of one centre, each a PostgreSQL and a serving process of its own, and a unit at work: all real."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.authority import free_ports
from tests.units.homes import environ, opens_with
from xenia.site.soak.network.databases import Database

NODES = "xenia.site.soak.network.nodes"
UNIT = "uto-pm1-u1"
LONG_S = 300


def until(true: Callable[[], Any], what: Callable[[], str]) -> Any:
    end = time.monotonic() + LONG_S
    while not (found := true()):
        assert time.monotonic() < end, what()[-3000:]
        time.sleep(0.2)
    return found


@dataclass
class Process:
    """A home and what runs there."""

    home: Path
    settings: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def do(self, *words: str, fails: bool = False) -> dict[str, Any]:
        """The last line of a program; with `fails`, its exit code is 1."""
        done = subprocess.run(
            [sys.executable, "-m", *words], env=environ(self.home, **self.settings), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == int(fails), (words, done.stdout[-500:], done.stderr[-3000:])
        said = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
        return {**said, "stderr": done.stderr}

    def start(self, *words: str) -> None:
        with (self.home / "process.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *words], env=environ(self.home, **self.settings), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def told(self) -> dict[str, Any]:
        """How far a unit is, as it said last."""
        found: dict[str, Any] = json.loads((self.home / "standing.json").read_text(encoding="ascii"))
        return found

    def log(self) -> str:
        return (self.home / "process.log").read_text(encoding="utf-8", errors="replace")


@dataclass
class Server(Process):
    """One of the two."""

    name: str = ""
    database: Database = None  # type: ignore[assignment]
    pages: int = 0
    door: int = 0

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.door}"

    def serve(self) -> None:
        self.start(
            "xenia", "serve", "--workers", "1", "--bind", f"127.0.0.1:{self.pages}", "--exchange", f"127.0.0.1:{self.door}"
        )  # fmt: skip

    def said(self, path: str = "/health/ready") -> tuple[int, str]:
        """Status and text of a page; 0 where nobody answers."""
        code = (
            "import sys, urllib.request as u, urllib.error as e\n"
            "try: a = u.urlopen(sys.argv[1], timeout=10)\nexcept e.HTTPError as x: a = x\nprint(a.status, a.read().decode())"
        )
        words = [sys.executable, "-c", code, f"http://127.0.0.1:{self.pages}{path}"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            return 0, ""
        status, _, text = done.stdout.partition(" ")
        return int(status), text

    def serves(self) -> bool:
        return self.said("/sign-in/")[0] == 200

    def refuses(self, why: str) -> bool:
        status, text = self.said("/sign-in/")
        return status == 503 and why in text


def _server(folder: Path, name: str) -> Server:
    ports = free_ports(3)
    home = folder / f"home-{name}"
    home.mkdir(mode=0o700)
    database = Database(folder / f"database-{name}", "127.0.0.1", ports[0])
    return Server(home, {"XENIA_DATABASE": database.address}, None, name, database, ports[1], ports[2])


@contextmanager
def two() -> Iterator[tuple[Server, Server, Process]]:
    """The first serves, the second follows, nothing is acknowledged before both have it; a unit is admitted and not yet at work."""
    folder = Path(tempfile.mkdtemp(prefix="xenia-two-"))
    folder.chmod(0o711)
    one, two = _server(folder, "one"), _server(folder, "two")
    (folder / "unit").mkdir(mode=0o700)
    unit = Process(folder / "unit", {})
    try:
        one.database.make()
        one.database.start()
        one.database.create()
        code = one.do(NODES, "centre", one.url, UNIT)["codes"][UNIT]
        one.do("xenia", "standby", "pair", "one", "two", two.url)
        one.serve()
        follow(two, one, fresh=True)
        until(one.serves, one.log)
        unit.do("xenia", "unit", "enrol", f"http://127.0.0.1:{one.pages}", code)
        opens_with(unit.home, code=code)
        one.do(NODES, "admit")
        one.do("xenia", "standby", "together")
        yield one, two, unit
    finally:
        for process in (unit, one, two):
            process.kill()
        for server in (one, two):
            server.database.remove()
        shutil.rmtree(folder, ignore_errors=True)


def follow(second: Server, first: Server, *, fresh: bool = False) -> None:
    """The second's database follows the first's, and its serving process waits."""
    second.database.password = first.database.password
    second.settings["XENIA_DATABASE"] = second.database.address
    if fresh:
        second.database.make_folder()
        shutil.copytree(first.home / "keys", second.home / "keys")
        second.do(
            "xenia",
            "standby",
            "prepare",
            str(second.database.data),
            "--from",
            first.database.address,
            "--name",
            second.name,
        )
    else:
        second.do("xenia", "standby", "rejoin", str(second.database.data), "--from", first.database.address)
    second.database.start()
    if second.process is None:
        second.serve()
