"""`xenia bench sync`: what it says is measured on entries that arrived and alerts that hit, and a crossing takes few bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.conftest import PROJECT
from xenia.site.bench import postgres

CROSSINGS = 24


def test_a_crossing_goes_up_in_350_bytes_and_an_alert_hits_at_the_unit(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
    words = ["bench", "sync", "--crossings", str(CROSSINGS), "--alerts", "1", "--portraits", "3", "--centre", "sqlite"]
    done = subprocess.run(
        [sys.executable, "-m", "xenia", *words],
        env=kept | {"XENIA_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT / "src")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["schema"] == "xenia/bench-sync/2" and set(said["centres"]) == {"sqlite"}
    found = said["centres"]["sqlite"]
    assert (said["crossings"], found["batches"]) == (CROSSINGS, 1)
    assert found["entries"] >= 4 * CROSSINGS and said["machine"]["cores"]
    assert found["bytes_per_crossing"] <= 350 < 1500 < found["stored_bytes_per_crossing"]
    assert found["unit_cpu_us"] > 0 and found["centre_cpu_us"] > 0
    drain = found["drain"]
    assert drain["entries"] >= found["entries"] and drain["bytes_per_crossing"] > found["bytes_per_crossing"]
    assert drain["unit_cpu_us"] > 0 and drain["server_cpu_us"] >= 0
    portraits = found["portraits"]
    assert (portraits["count"], portraits["files"]) == (3, 6) and portraits["pieces_while_entries_waited"] <= 1
    assert portraits["wire_bytes_with_entries"] > portraits["bytes"] > 100_000 and portraits["pieces"] >= 6
    assert found["alerts"]["count"] == 1 and 0 < found["alerts"]["p50_s"] == found["alerts"]["max_s"]


def test_a_database_server_of_its_own_leaves_nothing_behind() -> None:
    found = postgres.programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.database(found) as address, psycopg.connect(address) as link:
        assert link.execute("SELECT current_setting('fsync'), current_setting('data_directory')").fetchone()[0] == "on"
        folder = Path(link.execute("SHOW data_directory").fetchone()[0]).parent
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, connect_timeout=5)
