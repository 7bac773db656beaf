"""A process that loads from its watched folder is killed with -9; the next one loads the file again, whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.registers.lists.worlds import csv_numbers

Run = Callable[..., subprocess.CompletedProcess[str]]
MANY = 4_000
PROGRAM = """
import django
django.setup()
from xenia.access.actions import operator_standing
from xenia.journal.actions import writing
from xenia.registers.lists import incoming, sources
from xenia.registers.lists.models import ListSource
with writing():
    sources.install(
        sources.Source("police-alerts", "alerts", "csv", "Alerts", "installation", by_itself=True),
        operator_standing("operator").act(sources.PURPOSE, "test"),
    )
incoming.watch()
incoming.settle()
"""


def test_a_killed_load_from_a_folder_is_done_again(run_xenia: Run, tmp_path: Path, project: Path) -> None:
    home = tmp_path / "home"
    assert run_xenia("lists", "status").returncode == 0
    folder = home / "incoming/police-alerts"
    folder.mkdir(parents=True)
    (folder / "today.csv").write_bytes(csv_numbers(range(MANY)))
    (folder / "today.csv.done").touch()
    for moment in ("new.list.stage", "new.list.part"):
        process = _start(home, project)
        until = time.monotonic() + 120
        while not list((home / "lists").glob(f"runs/police-alerts/*/{moment}")):
            assert process.poll() is None, f"ended before {moment}"
            assert time.monotonic() < until, "waited in vain"
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert [path.name for path in (folder / "loading").iterdir()] == ["today.csv"]
        assert _status(run_xenia)["number"] is None
    process = _start(home, project)
    assert process.wait(180) == 0
    assert sorted(path.name for path in (folder / "done").iterdir()) == ["today.csv", "today.csv.report.json"]
    assert json.loads((folder / "done/today.csv.report.json").read_text())["counts"]["records"] == MANY
    status = _status(run_xenia)
    assert (status["number"], status["records"]) == (1, MANY)
    assert run_xenia("journal", "verify").returncode == 0


def _status(run_xenia: Run) -> dict[str, object]:
    lines = [json.loads(line) for line in run_xenia("lists", "status").stdout.splitlines()]
    return next(one for one in lines if one["code"] == "police-alerts")


def _start(home: Path, project: Path) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
    environment |= {"XENIA_HOME": str(home), "PYTHONPATH": str(project / "src"), "PYTHONUTF8": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "xenia.site.settings"
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
