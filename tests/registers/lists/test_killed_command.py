"""`xenia lists load` killed with -9 at several moments, then repeated: the first version stays, the next one is whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.registers.lists.worlds import csv_list, csv_numbers, csv_row

Run = Callable[..., subprocess.CompletedProcess[str]]
MANY = 4_000
# What lies in the run's folder when the parent is killed: rows being staged, keys being written, the worker done.
MOMENTS = ("new.list.stage", "new.list.part", "result.json")


def test_a_load_is_killed_at_several_moments_and_repeated(run_xenia: Run, tmp_path: Path, project: Path) -> None:
    home, first, second = tmp_path / "home", tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_bytes(csv_numbers(range(50)))
    second.write_bytes(csv_list(*(csv_row(n) for n in range(45)), *(csv_row(n) for n in range(50, MANY))))
    assert run_xenia("lists", "load", "alerts", str(first)).returncode == 0
    for moment in MOMENTS:
        _load_and_kill(home, second, moment, project)
        status = json.loads(run_xenia("lists", "status").stdout.splitlines()[0])
        assert (status["code"], status["number"], status["records"]) == ("alerts-csv", 1, 50)
    done = run_xenia("lists", "load", "alerts", str(second))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["state"], said["number"], said["records"]) == ("published", 2, MANY - 5)
    assert said["removed"] == {"count": 5, "ids": [f"A-{n}" for n in range(45, 50)]}
    left = sorted(path.name for path in (home / "lists").glob("*.list*"))
    assert left == ["alerts-csv-2.list", "alerts-csv-2.list.delta"]
    assert not list((home / "lists" / "runs" / "alerts-csv").iterdir())
    assert run_xenia("journal", "verify").returncode == 0
    assert run_xenia("rebuild", "--check").returncode == 0


def _load_and_kill(home: Path, file: Path, moment: str, project: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
    environment |= {"XENIA_HOME": str(home), "PYTHONPATH": str(project / "src"), "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "xenia", "lists", "load", "alerts", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    until = time.monotonic() + 120
    while not list((home / "lists").glob(f"runs/*/*/{moment}")):
        assert process.poll() is None, f"ended before {moment}"
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.stdout is not None
    answer = process.stdout.read()
    process.wait()
    assert answer == b"", "it had answered already"
