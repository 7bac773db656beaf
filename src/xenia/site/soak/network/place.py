"""Namespaces, lines and processes of one soak, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from xenia.errors import Unavailable
from xenia.site.soak.network.wires import Line, Wires, tun

CENTRE_ADDRESS: Final = "10.99.0.1"
PAGES, DOOR = 8000, 8443
WAIT_S: Final = 120.0
MTU: Final = 1400


def missing() -> str:
    """Why this machine cannot have networks of its own now, "" where it can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "needs root: network namespaces are made"
    if shutil.which("ip") is None:
        return "needs the program ip (iproute2)"
    return "" if Path("/dev/net/tun").exists() else "needs /dev/net/tun"


def _failed(what: str) -> Unavailable:
    return Unavailable(
        what, "See what it said above; run it again when the machine has less to do.", code="soak-server"
    )


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)  # noqa: S607 - found by `missing`
    if done.returncode:
        raise _failed(f"ip {' '.join(words)}: {done.stderr.strip()}")


@dataclass
class Node:
    """A home and the process that works there, if one does."""

    name: str
    namespace: str
    home: Path
    words: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def environ(self) -> dict[str, str]:
        """Of every process of this node."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_", "SERVING_"))
        }
        own = {"XENIA_HOME": str(self.home), "XENIA_STATE": "UTO", "XENIA_LOG": "ERROR", "PYTHONUTF8": "1"}
        source = str(Path(__file__).resolve().parents[4])
        return kept | own | {"DJANGO_SETTINGS_MODULE": "xenia.site.settings", "PYTHONPATH": source}

    def _inside(self, words: list[str]) -> list[str]:
        return ["ip", "netns", "exec", self.namespace, sys.executable, "-m", *words]

    def do(self, *words: str) -> dict[str, Any]:
        """The last line of a program that runs to its end here. Raises `Unavailable` (code `soak-server`)."""
        done = subprocess.run(self._inside([*words]), env=self.environ(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise _failed(f"{self.name}: {' '.join(words)}: {done.stderr[-1500:]}")
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def start(self) -> None:
        """Its process, from now on."""
        with (self.home / "process.log").open("ab") as log:
            self.process = subprocess.Popen(
                self._inside(self.words), env=self.environ(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def stop(self, *, kill: bool = False) -> None:
        """End its process and all that it started."""
        if self.process is None:
            return
        if not kill:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                kill = True
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process, self.kills = None, self.kills + kill

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What its database says, read beside its process."""
        with closing(sqlite3.connect(f"file:{self.home / 'xenia.sqlite3'}?mode=ro", uri=True, timeout=20)) as link:
            return link.execute(query, values).fetchall()


@dataclass
class Unit(Node):
    """A unit and its line."""

    line: Line = field(default_factory=lambda: Line((-1, -1)))

    def standing(self) -> tuple[int, int, int, str]:
        """Sealed, waiting to be sealed, acknowledged, and why it halted."""
        (row,) = self.ask(
            "SELECT (SELECT coalesce(max(position), 0) FROM journal_leaf WHERE node = ?), (SELECT count(*) FROM journal_entry"
            " WHERE position IS NULL), coalesce((SELECT acknowledged FROM units_line), 0),"
            " coalesce((SELECT halted FROM units_line), '')", self.name,
        )  # fmt: skip
        return row[0], row[1], row[2], row[3]


@dataclass
class Place:
    """A centre and its units."""

    wires: Wires
    centre: Node
    units: list[Unit]

    def prepared(self, every_s: float, most: int) -> None:
        """Enrol and admit every unit. The centre works, the units do not yet."""
        door = f"https://{CENTRE_ADDRESS}:{DOOR}"
        codes = self.centre.do(
            "xenia.site.soak.network.nodes", "centre", door, *[one.name for one in self.units]
        )["codes"]  # fmt: skip
        self.centre.words = ["xenia", "serve", "--bind", f"127.0.0.1:{PAGES}", "--exchange", f"{CENTRE_ADDRESS}:{DOOR}"]
        self.centre.start()
        self.wait_for_centre()
        for unit in self.units:
            unit.words = ["xenia.site.soak.network.nodes", "unit", str(every_s), str(most)]
            beside = Node(unit.name, self.centre.namespace, unit.home)  # its secret half never travels in clear
            beside.do("xenia", "unit", "enrol", f"http://127.0.0.1:{PAGES}", codes[unit.name])
        self.centre.do("xenia.site.soak.network.nodes", "admit")

    def wait_for_centre(self) -> None:
        """Until its pages answer."""
        self._until(self._answers, "The centre does not answer.")

    def _answers(self) -> bool:
        probe = f"import urllib.request as u; u.urlopen('http://127.0.0.1:{PAGES}/health/live', timeout=5).close()"
        words = ["ip", "netns", "exec", self.centre.namespace, sys.executable, "-c", probe]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    def wait_for_units(self) -> None:
        """Until every unit has begun to work."""
        self._until(
            lambda: all((one.home / "process.log").read_bytes().count(b'"ready"') for one in self.units),
            "A unit does not begin.",
        )

    @staticmethod
    def _until(true: Any, otherwise: str, wait_s: float = WAIT_S) -> None:
        end = time.monotonic() + wait_s
        while not true():
            if time.monotonic() > end:
                raise _failed(otherwise)
            time.sleep(0.2)


@contextmanager
def made(folder: Path, units: int, seed: int) -> Iterator[Place]:
    """Namespaces, lines and homes; taken away again whatever happens but a kill of this process itself.

    Raises `Unavailable` (code `soak-server`).
    """
    mark = f"xn{os.getpid()}"
    names = [f"{mark}c", *[f"{mark}u{number}" for number in range(1, units + 1)]]
    wires, nodes, there = Wires(seed), [], []
    try:
        for name in names:
            _ip("netns", "add", name)
            there.append(name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", names[0], "addr", "add", f"{CENTRE_ADDRESS}/32", "dev", "lo")
        centre = Node("centre", names[0], _home(folder, "centre"))
        nodes.append(centre)
        posts = []
        for number, name in enumerate(names[1:], 1):
            line = _line(wires, number, names[0], name)
            posts.append(Unit(f"uto-pm1-u{number}", name, _home(folder, f"u{number}"), line=line))
        nodes += posts
        wires.start()
        yield Place(wires, centre, posts)
    finally:
        for node in nodes:
            node.stop(kill=True)
        wires.stop()
        for name in there:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)  # noqa: S607


def _home(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir(mode=0o700)
    return made


def _line(wires: Wires, number: int, centre: str, unit: str) -> Line:
    """A line between a unit and the centre; the centre has one address, the unit its own."""
    there, here = f"u{number}", "line"
    line = wires.add(tun(unit, here), tun(centre, there))
    for namespace, device, own, peer in (
        (unit, here, f"10.99.{number}.2", CENTRE_ADDRESS),
        (centre, there, f"10.99.{number}.1", f"10.99.{number}.2"),
    ):
        _ip("-n", namespace, "addr", "add", own, "peer", peer, "dev", device)
        _ip("-n", namespace, "link", "set", device, "mtu", str(MTU), "up")
    return line
