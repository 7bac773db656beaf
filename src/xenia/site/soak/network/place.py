"""Namespaces, lines and processes of one soak, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from xenia.errors import Unavailable
from xenia.site.soak.network.databases import Database, programs
from xenia.site.soak.network.nodes import STANDING
from xenia.site.soak.network.wires import Line, Wires, tun

FIRST: Final = "10.99.0.1"
SECOND: Final = "10.99.0.2"
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

    def around(self) -> dict[str, str]:
        """What this kind of node is told beside its home."""
        return {}

    def environ(self) -> dict[str, str]:
        """Of every process of this node."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_", "SERVING_"))
        }
        own = {"XENIA_HOME": str(self.home), "XENIA_STATE": "UTO", "XENIA_LOG": "ERROR", "PYTHONUTF8": "1"}
        source = str(Path(__file__).resolve().parents[4])
        return kept | own | self.around() | {"DJANGO_SETTINGS_MODULE": "xenia.site.settings", "PYTHONPATH": source}

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
class Server(Node):
    """A server of the centre. `database`: its PostgreSQL, None where the centre is one server on SQLite."""

    address: str = FIRST
    pages: int = PAGES
    database: Database | None = None

    def around(self) -> dict[str, str]:
        """Its database."""
        return {"XENIA_DATABASE": self.database.address} if self.database else {}

    @property
    def door(self) -> str:
        """Where units reach it."""
        return f"https://{self.address}:{DOOR}"

    def serve(self) -> None:
        """Serve, or wait where it follows."""
        self.words = [
            "xenia",
            "serve",
            "--workers",
            "1",
            "--bind",
            f"127.0.0.1:{self.pages}",
            "--exchange",
            f"{self.address}:{DOOR}",
        ]
        self.start()

    def answers(self) -> bool:
        """Whether its pages are served."""
        probe = f"import urllib.request as u; u.urlopen('http://127.0.0.1:{self.pages}/sign-in/', timeout=5).close()"
        words = ["ip", "netns", "exec", self.namespace, sys.executable, "-c", probe]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What its database says, read beside its process."""
        if self.database is None:
            return super().ask(query, *values)
        return self.database.ask(query.replace("?", "%s"), *values)


@dataclass
class Unit(Node):
    """A unit and its line. `opening`: a file in memory with what opens its store."""

    line: Line = field(default_factory=lambda: Line((-1, -1)))
    opening: Path | None = None

    def around(self) -> dict[str, str]:
        """What opens it, once it was enrolled."""
        return {"XENIA_OPENING": str(self.opening)} if self.opening and self.opening.exists() else {}

    def standing(self) -> tuple[int, int, int, str]:
        """Sealed, waiting to be sealed, acknowledged, and why it halted."""
        said = self.told()
        return said["sealed"], said["pending"], said["acknowledged"], said["halted"]

    def told(self) -> dict[str, Any]:
        """What it last wrote of itself, see `nodes.STANDING`."""
        found: dict[str, Any] = json.loads((self.home / STANDING).read_text(encoding="ascii"))
        return found


@dataclass
class Place:
    """A centre and its units. `centre`: the server that serves; `second`: the one that follows, None on SQLite."""

    wires: Wires
    centre: Server
    units: list[Unit]
    second: Server | None = None

    def prepared(self, every_s: float, most: int) -> None:
        """Enrol and admit every unit. The centre works, the units do not yet."""
        if self.centre.database is not None:
            self.centre.database.make()
            self.centre.database.start()
            self.centre.database.create()
        codes = self.centre.do(
            "xenia.site.soak.network.nodes", "centre", self.centre.door, *[one.name for one in self.units]
        )["codes"]  # fmt: skip
        if self.second is not None:
            self.centre.do("xenia", "standby", "pair", self.centre.name, self.second.name, self.second.door)
            shutil.copytree(self.centre.home / "keys", self.second.home / "keys")
            self.follow("prepare", "--name", self.second.name)
        self.centre.serve()
        self.wait_for_centre()
        self.bind()
        for unit in self.units:
            unit.words = ["xenia.site.soak.network.nodes", "unit", str(every_s), str(most)]
            beside = Node(unit.name, self.centre.namespace, unit.home)  # its secret half never travels in clear
            beside.do("xenia", "unit", "enrol", f"http://127.0.0.1:{PAGES}", codes[unit.name])
            if unit.opening is not None:
                unit.opening.write_text(json.dumps({"code": codes[unit.name]}), encoding="ascii")
        self.centre.do("xenia.site.soak.network.nodes", "admit")

    def wait_for_centre(self) -> None:
        """Until its pages answer."""
        self._until(self.centre.answers, "The centre does not answer.")

    def follow(self, how: str, *more: str) -> None:
        """The second server's database follows the first's, copied (`prepare`) or rewound (`rejoin`), and its process waits."""
        second, first = self.second, self.centre.database
        assert second is not None and second.database is not None and first is not None
        second.database.password = first.password
        second.database.make_folder()
        second.do("xenia", "standby", how, str(second.database.data), "--from", first.address, *more)
        second.database.start()
        second.serve()

    def bind(self) -> None:
        """From now on nothing is acknowledged before both servers have it."""
        if self.second is not None:
            self._until(
                lambda: self.centre.ask("SELECT 1 FROM pg_stat_replication"), "The second server does not follow."
            )
            self.centre.do("xenia", "standby", "together")

    def fail_over(self) -> None:
        """The first server is gone at once, database and all; the second takes its place, and the first follows it from then on."""
        first, second = self.centre, self.second
        assert second is not None and first.database is not None
        first.database.kill()
        first.stop(kill=True)
        self._until(
            lambda: not second.ask("SELECT 1 FROM pg_stat_wal_receiver"), "The second server still hears the first."
        )
        second.do("xenia", "standby", "promote", "--first-is-gone")
        self.centre, self.second = second, first
        self.wait_for_centre()
        self.follow("rejoin")
        self.bind()

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
def made(folder: Path, units: int, seed: int, *, pair: bool = True) -> Iterator[Place]:
    """Namespaces, lines and homes; taken away again whatever happens but a kill of this process itself.

    `pair`: the centre is two servers on PostgreSQL where that is installed and comes to the folder; else it is one on SQLite.

    Raises `Unavailable` (code `soak-server`).
    """
    mark = f"xn{os.getpid()}"
    names = [f"{mark}c", *[f"{mark}u{number}" for number in range(1, units + 1)]]
    wires, there = Wires(seed), []
    nodes: list[Node] = []
    databases: list[Database] = []
    openings = tempfile.TemporaryDirectory(prefix="xenia-openings-", dir="/dev/shm")  # in memory
    folder.chmod(0o711)  # PostgreSQL runs as another account
    try:
        for name in names:
            _ip("netns", "add", name)
            there.append(name)
            _ip("-n", name, "link", "set", "lo", "up")
        servers = []
        for address, name, port in ((FIRST, "centre", 5432), (SECOND, "second", 5433)):
            _ip("-n", names[0], "addr", "add", f"{address}/32", "dev", "lo")
            servers.append(Server(name, names[0], _home(folder, name), address=address, pages=PAGES + port - 5432))
            if pair and programs() is not None and _all_may_pass(folder):
                databases.append(Database(folder / f"database-{name}", address, port, names[0]))
                servers[-1].database = databases[-1]
        centre, second = servers
        nodes += servers
        posts = []
        for number, name in enumerate(names[1:], 1):
            line = _line(wires, number, names[0], name)
            opening = Path(openings.name) / name
            posts.append(Unit(f"uto-pm1-u{number}", name, _home(folder, f"u{number}"), line=line, opening=opening))
        nodes += posts
        wires.start()
        yield Place(wires, centre, posts, second if second.database else None)
    finally:
        for node in nodes:
            node.stop(kill=True)
        for database in databases:
            database.remove()
        openings.cleanup()
        wires.stop()
        for name in there:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)  # noqa: S607


def _all_may_pass(folder: Path) -> bool:
    """Whether PostgreSQL, as another account, comes to what lies there."""
    return all(one.stat().st_mode & stat.S_IXOTH for one in (folder, *folder.resolve().parents))


def _home(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir(mode=0o700)
    return made


def _line(wires: Wires, number: int, centre: str, unit: str) -> Line:
    """A line between a unit and the centre; both servers are at its end, the unit has an address of its own."""
    there, here = f"u{number}", "line"
    line = wires.add(tun(unit, here), tun(centre, there))
    for namespace, device, own, peer in (
        (unit, here, f"10.99.{number}.2", FIRST),
        (centre, there, f"10.99.{number}.1", f"10.99.{number}.2"),
    ):
        _ip("-n", namespace, "addr", "add", own, "peer", peer, "dev", device)
        _ip("-n", namespace, "link", "set", device, "mtu", str(MTU), "up")
    _ip("-n", unit, "route", "add", f"{SECOND}/32", "dev", here)
    return line
