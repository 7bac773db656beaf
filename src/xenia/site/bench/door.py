"""A real centre and a real unit over the real door: how soon an alert hits at the unit, and what goes over the line.

Both are processes with homes of their own; between them lies a relay that counts bytes.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from xenia.errors import Unavailable
from xenia.site.bench import portraits
from xenia.site.bench.check import _free_port, cpu_of
from xenia.site.soak.pair import Talker
from xenia.units.down.news import EVERY_S

NAME: Final = "uto-pm1-u1"
MODULE: Final = "xenia.site.bench.door_measured"
WAIT_S: Final = 120.0


class Relay:
    """Listens on `port` of this machine and passes everything on to `door`. `bytes`: both ways, as TCP carries it."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.door = _free_port()
        self.bytes = 0
        self._counting = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                near, _address = self.listening.accept()
                far = socket.create_connection(("127.0.0.1", self.door), timeout=WAIT_S)
            except OSError:
                if self.listening.fileno() < 0:
                    return
                near.close()
                continue
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                with self._counting:
                    self.bytes += len(data)
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Program(Talker):
    """A program of `door_measured` in a home that is there already."""

    def __init__(self, environ: Mapping[str, str], *words: str, opens_with: str = "") -> None:
        opening, pipe = self._opening(opens_with) if opens_with else ({}, ())
        self.process = subprocess.Popen(
            [sys.executable, "-m", MODULE, *words], env={**environ, **opening}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, encoding="utf-8", pass_fds=pipe,
        )  # fmt: skip
        for one in pipe:
            os.close(one)

    @staticmethod
    def _opening(code: str) -> tuple[dict[str, str], tuple[int, ...]]:
        """What opens a unit that keeps everything sealed: its enrolment code, through a pipe and on no disk."""
        reads, writes = os.pipe()
        os.write(writes, json.dumps({"code": code}).encode())
        os.close(writes)
        return {"XENIA_OPENING": f"/dev/fd/{reads}"}, (reads,)


def measure(folder: Path, database: str, alerts: int, crossings: int, faces: int, say: Any) -> dict[str, Any]:
    """So many alerts one after the other, then so many crossings up, then as many beside `faces` portraits.

    Raises `Unavailable` (code `soak-server`).
    """
    relay = Relay()
    centre = _environ(folder / "centre", **({"XENIA_DATABASE": database} if database else {}))
    unit = _environ(folder / "unit")
    try:
        code = _does(centre, "place", f"https://127.0.0.1:{relay.port}", NAME)["code"]
        with _serving(centre, folder, relay.door) as (pages, process):
            _done(unit, "-m", "xenia", "unit", "enrol", f"http://127.0.0.1:{pages}", code)
            _done(centre, "-m", "xenia.site.soak.network.nodes", "admit")
            with (
                _running(Program(unit, "unit", opens_with=code)) as at_unit,
                _running(Program(centre, "alerts")) as at_centre,
            ):
                for one in (at_unit, at_centre):
                    one.hear()
                said = {"alerts": _alerts(at_unit, at_centre, alerts, say)} if alerts else {}
                said |= {"drain": _drain(at_unit, crossings, relay, process)}
                return said | ({"portraits": portraits.measured(at_unit, faces, crossings, relay)} if faces else {})
    finally:
        relay.listening.close()


def _alerts(unit: Program, centre: Program, count: int, say: Any) -> dict[str, Any]:
    """The moments of entering lie anywhere between two questions of the unit."""
    chance, taken = random.Random(1), list[float]()
    for number in range(count):
        unit.say(seek=number)
        unit.hear()  # it asked once, and there was no hit
        time.sleep(chance.uniform(0, EVERY_S))
        centre.say(enter=number)
        entered = centre.hear()["at"]
        hit = unit.hear()["at"]
        if hit is None:
            raise Unavailable("An alert did not come to the unit.", "That is a fault: report it.", code="soak-server")
        taken.append(hit - entered)
        say(f"  alert {number + 1}: {hit - entered:.1f} s")
    ordered = sorted(taken)
    return {
        "count": count,
        "p50_s": round(_at(ordered, 0.5), 2),
        "p95_s": round(_at(ordered, 0.95), 2),
        "max_s": round(ordered[-1], 2),
        "asks_every_s": EVERY_S,
    }


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _drain(unit: Program, crossings: int, relay: Relay, server: int) -> dict[str, Any]:
    unit.say(travellers=crossings)
    unit.hear()
    relay.bytes, before = 0, cpu_of(server)
    unit.say(drain=True)
    said = unit.hear()
    return {
        "entries": said["entries"],
        "entries_per_s": round(said["entries"] / said["wall_s"]),
        "unit_cpu_us": round(said["cpu_s"] / said["entries"] * 1e6),
        "server_cpu_us": round((cpu_of(server) - before) / said["entries"] * 1e6),
        "bytes_per_crossing": round(relay.bytes / crossings),
    }


def _environ(home: Path, **more: str) -> dict[str, str]:
    home.mkdir(parents=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_", "SERVING_"))}
    own = {"XENIA_HOME": str(home), "XENIA_STATE": "UTO", "XENIA_LOG": "ERROR", "PYTHONUTF8": "1", **more}
    source = str(Path(__file__).resolve().parents[3])
    return kept | own | {"DJANGO_SETTINGS_MODULE": "xenia.site.settings", "PYTHONPATH": source}


def _done(environ: Mapping[str, str], *words: str) -> str:
    done = subprocess.run([sys.executable, *words], env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable("A scratch program failed.", done.stderr[-1500:], code="soak-server")
    return done.stdout


def _does(environ: Mapping[str, str], *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_done(environ, "-m", MODULE, *words).splitlines()[-1])
    return found


@contextmanager
def _serving(environ: Mapping[str, str], folder: Path, door: int) -> Iterator[tuple[int, int]]:
    """`xenia serve` until the end: the port of its pages, and its process."""
    pages = _free_port()
    with (folder / "served.log").open("ab") as log:
        served = subprocess.Popen(
            [sys.executable, "-m", "xenia", "serve", "--bind", f"127.0.0.1:{pages}", "--exchange", f"127.0.0.1:{door}"],
            env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        end = time.monotonic() + WAIT_S
        while not (_hears(pages) and _hears(door)):
            if served.poll() is not None or time.monotonic() > end:
                said = (folder / "served.log").read_text(encoding="utf-8")[-1500:]
                raise Unavailable("The scratch centre does not answer.", said, code="soak-server")
            time.sleep(0.2)
        yield pages, served.pid
    finally:
        served.terminate()
        with suppress(subprocess.TimeoutExpired):
            served.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(served.pid, signal.SIGKILL)
        served.wait()


def _hears(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@contextmanager
def _running(program: Program) -> Iterator[Program]:
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.process.kill()
        program.process.communicate()
