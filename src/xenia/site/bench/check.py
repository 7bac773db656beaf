"""Measures the border check as a lane asks it: over HTTP, signed in, with policy, journal and sealing on."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from xenia.commands import Call, Command
from xenia.journal.bench import fsync_ms, machine
from xenia.site.bench import check_lists

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Taken:
    """Times of one phase in seconds, and what the server used for it."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Percentiles in milliseconds, CPU of the server per check."""
        ranked = sorted(self.seconds)
        count = len(ranked)

        def at(share: float) -> float:
            return round(ranked[min(count - 1, int(share * count))] * 1000, 1) if ranked else 0.0

        return {
            "checks": count,
            "failed": self.failed,
            "per_s": round(count / self.wall_s, 1) if self.wall_s else 0,
            "p50_ms": at(0.5),
            "p95_ms": at(0.95),
            "p99_ms": at(0.99),
            "max_ms": at(1.0),
            "cpu_ms_per_check": round(self.cpu_s * 1000 / count, 2) if count else 0,
        }


class Lane:
    """One signed-in officer at a lane, over one connection."""

    def __init__(self, port: int, username: str, password: str, place: str) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.post("/sign-in/", {"login": username, "password": password}, page="/sign-in/")
        post, lane, _ = place.split("/")
        if lane:
            self.post("/console/lanes/", {"place": place}, page="/console/lanes/")
        else:
            self.post("/own/place/", {"post": post, "lane": "", "next": "/"}, page="/own/place/")
        self.token = self._token("/console/")

    def _token(self, path: str) -> str:
        found = TOKEN.search(self._ask("GET", path, None)[1])
        return found[1].decode() if found else ""

    def post(self, path: str, data: dict[str, str], page: str) -> None:
        """Post a form as its page would."""
        status, body = self._ask("POST", path, {**data, "csrfmiddlewaretoken": self._token(page)})
        if status not in (200, 302, 303):
            raise RuntimeError(f"{path} answered {status}: {body[:200]!r}")

    def check(self, text: str) -> bool:
        """One document; whether it was answered."""
        status, body = self._ask(
            "POST", "/console/read/", {"document": text, "csrfmiddlewaretoken": self.token}, htmx=True
        )
        return status == 200 and len(body) > 500

    def send(self, path: str, data: dict[str, str]) -> tuple[int, bytes]:
        """Post as the page's script does."""
        return self._ask("POST", path, {**data, "csrfmiddlewaretoken": self.token}, htmx=True)

    def get(self, path: str) -> int:
        """Open a page; its status."""
        return self._ask("GET", path, None)[0]

    def _ask(self, method: str, path: str, data: dict[str, str] | None, htmx: bool = False) -> tuple[int, bytes]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": f"http://127.0.0.1:{self.link.port}",
        }
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if htmx:
            headers["HX-Request"] = "true"
        self.link.request(method, path, urlencode(data) if data is not None else None, headers)
        answer = self.link.getresponse()
        body = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, body


def cpu_of(root: int) -> float:
    """CPU seconds of a process and all its children that live now. Reads /proc."""
    parents: dict[int, list[int]] = {}
    times: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents.setdefault(int(parts[1]), []).append(pid)
        times[pid] = (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    total, waiting = 0.0, [root]
    while waiting:
        pid = waiting.pop()
        total += times.get(pid, 0.0)
        waiting += parents.get(pid, [])
    return total


def at_rate(lanes: Sequence[Lane], texts: Iterator[str], rate: float, seconds: float, server: int) -> Taken:
    """Checks at fixed moments, whatever the answers take: waiting in line counts as time taken."""
    taken, lock, began, cpu = Taken(), threading.Lock(), time.perf_counter() + 0.1, cpu_of(server)
    moments = iter([began + n / rate for n in range(int(rate * seconds))])

    def work(lane: Lane) -> None:
        while True:
            with lock:
                due, text = next(moments, None), next(texts)
            if due is None:
                return
            time.sleep(max(0.0, due - time.perf_counter()))
            _one(lane, text, due, taken)

    _all(lanes, work)
    taken.wall_s, taken.cpu_s = time.perf_counter() - began, cpu_of(server) - cpu
    return taken


def saturated(lanes: Sequence[Lane], texts: Iterator[str], seconds: float, server: int) -> Taken:
    """Every lane checks again as soon as it has its answer."""
    taken, lock, began, cpu = Taken(), threading.Lock(), time.perf_counter(), cpu_of(server)

    def work(lane: Lane) -> None:
        while (now := time.perf_counter()) - began < seconds:
            with lock:
                text = next(texts)
            _one(lane, text, now, taken)

    _all(lanes, work)
    taken.wall_s, taken.cpu_s = time.perf_counter() - began, cpu_of(server) - cpu
    return taken


def _one(lane: Lane, text: str, since: float, taken: Taken) -> None:
    good = lane.check(text)
    if good:
        taken.seconds.append(time.perf_counter() - since)
    else:
        taken.failed += 1


def _all(lanes: Sequence[Lane], work: Callable[[Lane], None]) -> None:
    threads = [threading.Thread(target=work, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _run(call: Call) -> int:
    options = call.options
    home = Path(options.cache) / f"check-{'pg' if os.environ.get('XENIA_DATABASE') else 'sqlite'}"
    environ = {
        **os.environ,
        "XENIA_HOME": str(home),
        "XENIA_DEMO": "1",
        "XENIA_BIND": f"127.0.0.1:{_free_port()}",
        "XENIA_LOG": "ERROR",
    }
    sizes = sizes_of(options)
    stays = [str(sizes.stay_files), str(sizes.stays_each)]
    subprocess.run([sys.executable, "-m", "xenia.site.bench.prepare", *stays], env=environ, check=True)
    files = check_lists.files(Path(options.cache), sizes, call.say)
    loads, wanted = {}, sizes.wanted()
    for register, file in files.items():
        if _held(environ).get(register) == wanted[register]:
            continue
        began = time.perf_counter()
        _xenia(environ, "lists", "load", register, str(file), "--format", "csv")
        loads[register] = round(time.perf_counter() - began, 1)
        call.say(f"{register}: loaded in {loads[register]} s")
    server = subprocess.Popen([sys.executable, "-m", "xenia", "serve"], env=environ)
    try:
        result = _measure(call, environ, home, server.pid, files["alerts"])
    finally:
        server.terminate()
        server.wait(30)
    result |= {
        "persons": sizes.persons,
        "documents": sizes.documents,
        "visas": sizes.visas,
        "notices": sizes.notices,
        "crossings": 2 * sizes.stay_files * sizes.stays_each,
        "load_s": loads,
        "queries_per_check": _queries(environ, sizes),
    }
    call.answer("xenia/bench-check/1", {"machine": machine(), "fsync_ms": fsync_ms(home), **result})
    return 0


def _free_port() -> int:
    """A port that nobody listens on now, so that two benches never measure one server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port(environ: dict[str, str]) -> int:
    return int(environ["XENIA_BIND"].rpartition(":")[2])


def _measure(call: Call, environ: dict[str, str], home: Path, server: int, file: Path) -> dict[str, Any]:
    options, texts = call.options, check_lists.travellers(sizes_of(call.options))
    passwords = json.loads((home / "demo-sign-ins.json").read_text())
    _until_up(environ)
    lanes = [Lane(_port(environ), "amadi", passwords["amadi"], f"UTO-PM1/L{n % 3 + 1}/entry") for n in range(8)]
    at_rate(lanes, texts, options.rate, 5, server)
    calm = at_rate(lanes, texts, options.rate, options.seconds, server)
    call.say(f"at {options.rate}/s: {calm.as_json()}")
    full = saturated(lanes, texts, options.seconds, server)
    call.say(f"saturated: {full.as_json()}")
    loader = subprocess.Popen(
        [sys.executable, "-m", "xenia", "lists", "load", "alerts", str(file), "--format", "csv"],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    during = Taken()
    while loader.poll() is None:
        part = at_rate(lanes, texts, options.rate, 5, server)
        during.seconds += part.seconds
        during.failed += part.failed
        during.wall_s += part.wall_s
    call.say(f"while a list loads: {during.as_json()}")
    shown = during.as_json()
    shown.pop("cpu_ms_per_check")
    return {
        "at_rate": {"rate": options.rate, **calm.as_json()},
        "saturated": full.as_json(),
        "while_loading": {"rate": options.rate, "rc": loader.returncode, **shown},
    }


def sizes_of(options: argparse.Namespace) -> check_lists.Sizes:
    """What the options ask for; ten stays, that is twenty crossings, for each visitor."""
    each = 10
    return check_lists.Sizes(
        options.persons, options.documents, options.visas, options.notices, options.crossings // (2 * each), each
    )


def _queries(environ: dict[str, str], sizes: check_lists.Sizes) -> int:
    """Statements of one whole request, with session and policy, counted inside a process of its own."""
    out = subprocess.run(
        [sys.executable, "-m", "xenia.site.bench.count", str(sizes.visas), str(sizes.stay_files)],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(out.stdout.strip().splitlines()[-1])


def _xenia(environ: dict[str, str], *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "xenia", *words],
        env=environ,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _held(environ: dict[str, str]) -> dict[str, int]:
    """Records in use by register, so that a second measurement need not load again."""
    out = subprocess.run(
        [sys.executable, "-m", "xenia", "lists", "status"], env=environ, capture_output=True, text=True, check=True
    )
    rows = [json.loads(line) for line in out.stdout.splitlines()]
    return {row["register"]: row["records"] for row in rows if row["records"]}


def _until_up(environ: dict[str, str]) -> None:
    end = datetime.now(UTC) + timedelta(seconds=60)
    while datetime.now(UTC) < end:
        try:
            link = http.client.HTTPConnection("127.0.0.1", _port(environ), timeout=5)
            link.request("GET", "/health")
            link.getresponse().read()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError("the server did not come up within a minute")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--documents", type=int, default=10_000_000)
    parser.add_argument("--visas", type=int, default=1_000_000)
    parser.add_argument("--notices", type=int, default=100_000)
    parser.add_argument("--crossings", type=int, default=20_000_000, help="entries and exits in the register of stays")
    parser.add_argument("--rate", type=float, default=20.0, help="checks per second")
    parser.add_argument("--seconds", type=float, default=30.0, help="length of each phase")
    parser.add_argument(
        "--cache", metavar="DIR", default=str(Path.home() / ".cache" / "xenia-bench"), help="folder for generated data"
    )


BENCH = Command(
    "bench check", "Measure the border check over HTTP.", _run, "bench", _arguments, needs_home=False, writes=False
)
