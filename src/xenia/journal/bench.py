"""How fast the journal writes, seals and verifies on this machine. Run by `xenia bench journal` in a scratch installation."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from xenia.journal import scratch

READ_THREADS = 8


def machine() -> dict[str, Any]:
    """What was measured on."""
    cpu = platform.processor() or platform.machine()
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def fsync_ms(folder: Path, times: int = 100) -> float:
    """The median time in milliseconds to force 4 KiB to the disk of `folder`."""
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return round(sorted(taken)[times // 2] * 1000, 3)


def _turns(seconds: float, work: Callable[[], None]) -> list[float]:
    """Does `work` again and again; how long each took, in seconds."""
    from django.db import connections

    taken, end = [], time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        work()
        taken.append(time.perf_counter() - start)
    connections.close_all()
    return taken


def _in_threads(writers: int, seconds: float, work: Callable[[], None]) -> list[float]:
    with ThreadPoolExecutor(writers) as crew:
        return [one for taken in crew.map(lambda _: _turns(seconds, work), range(writers)) for one in taken]


def _in_processes(writers: int, seconds: float, work: Callable[[], None]) -> list[float]:
    """As several web processes of a centre: forked before the sealer's thread and any connection exist."""
    pipes = []
    for _ in range(writers):
        reader, writer = os.pipe()
        if os.fork() == 0:
            with os.fdopen(writer, "w") as out:
                json.dump(_turns(seconds, work), out)
            os._exit(0)
        os.close(writer)
        pipes.append(reader)
    from xenia.journal import sealer

    sealer.start()
    taken: list[float] = []
    for reader in pipes:
        with os.fdopen(reader) as file:
            taken += json.load(file)
    for _ in range(writers):
        os.wait()
    return taken


def _figure(writers: int, seconds: float, work: Callable[[], None], *, processes: bool) -> dict[str, Any]:
    """Sealed entries per second: the clock stops when the last one is sealed."""
    from django.db import connections

    from xenia.journal import sealer

    connections.close_all()
    cpu, began = sum(os.times()[:4]), time.perf_counter()
    if processes:
        taken = _in_processes(writers, seconds, work)
    else:
        sealer.start()
        taken = _in_threads(writers, seconds, work)
    wrote_s = time.perf_counter() - began
    sealer.stop()
    whole_s = time.perf_counter() - began
    taken.sort()
    return {
        "writers": writers,
        "as": "processes" if processes else "threads",
        "entries": len(taken),
        "sealed_per_s": round(len(taken) / whole_s),
        "written_per_s": round(len(taken) / wrote_s),
        "cpu_us_per_entry": round((sum(os.times()[:4]) - cpu) / len(taken) * 1e6),
        "p50_ms": round(taken[len(taken) // 2] * 1000, 2),
        "p99_ms": round(taken[len(taken) * 99 // 100] * 1000, 2),
    }


def _figures(seconds: float, writers: int) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection

    from xenia.journal import actions, kinds
    from xenia.journal.act import Act
    from xenia.journal.ids import uuid7

    kinds.register(kinds.Kind("bench.noted"), kinds.Kind("bench.read", personal=False))
    act = Act(
        f"account:{uuid7()}", "UTO-BG", "border-first-line", "Border Act art. 7", f"check:{uuid7()}", "hq/UTO-AP1/L1"
    )
    body = {
        "check": str(uuid7()),
        "direction": "entry",
        "verdict": "clear",
        "rules": 12,
        "asked": ["alerts", "lost_documents"],
    }

    def write() -> None:
        with actions.writing():
            actions.append("bench.noted", body, act, subjects=[uuid7()])

    def read() -> None:
        actions.record_read("bench.read", body, act)

    return {
        "schema": "xenia/bench-journal/1",
        "machine": machine(),
        "database": connection.vendor,
        "fsync_ms": fsync_ms(Path(settings.XENIA_HOME)),
        "many": _figure(writers, seconds, write, processes=connection.vendor == "postgresql"),
        "one": _figure(1, seconds, write, processes=False),
        "reads": _figure(READ_THREADS, seconds, read, processes=False),
    }


def _verification() -> dict[str, Any]:
    from xenia.journal import verify

    cpu = time.process_time()
    report = verify.verify()
    cpu = time.process_time() - cpu
    size = sum(node["size"] for node in report.nodes.values())
    return {
        "whole": report.is_whole,
        "entries": size,
        "entries_per_s": round(size / report.seconds),
        "entries_per_cpu_s": round(size / cpu),
    }


def main(arguments: Sequence[str]) -> int:
    """Prints one JSON line: machine, fsync time, figures for many writers, one writer, reads, and verification."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--writers", type=int, required=True)
    options = parser.parse_args(arguments)
    scratch.begin()
    figures = _figures(options.seconds, options.writers)
    figures["verify"] = _verification()
    print(json.dumps(figures))
    return 0 if figures["verify"]["whole"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
