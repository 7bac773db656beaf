"""`xenia bench sync`: what it says is measured on entries that arrived, and a crossing takes few bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT

CROSSINGS = 24


def test_a_crossing_goes_up_in_350_bytes_and_counts(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
    done = subprocess.run(
        [sys.executable, "-m", "xenia", "bench", "sync", "--crossings", str(CROSSINGS)],
        env=kept | {"XENIA_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT / "src")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["schema"] == "xenia/bench-sync/1"
    assert (found["crossings"], found["batches"]) == (CROSSINGS, 1)
    assert found["entries"] >= 4 * CROSSINGS
    assert found["bytes_per_crossing"] <= 350 < 1500 < found["stored_bytes_per_crossing"]
    assert found["unit_cpu_us"] > 0 and found["centre_cpu_us"] > 0 and found["machine"]["cores"]
