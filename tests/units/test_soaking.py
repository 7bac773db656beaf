"""The soak of many seeds: every seed once, the same whoever runs it, and an end when it is asked to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from xenia.units import simulation, soaking


def test_the_pieces_are_every_seed_once() -> None:
    found = [seed for begin, count in soaking.pieces(3, 123) for seed in range(begin, begin + count)]
    assert found == list(range(3, 126))


def test_pieces_come_to_what_one_run_after_the_other_comes_to() -> None:
    whole, parts = soaking.Found(), soaking.Found()
    for one in simulation.many(12, first=40):
        whole.add(soaking.Found(1, one.entries, one.faults))
    for first, count in ((40, 5), (45, 7)):
        parts.add(soaking.piece(first, count))
    assert parts == whole and parts.runs == 12


def test_ctrl_c_ends_all_of_it_and_counts_what_was_run(tmp_path: Path) -> None:
    """The signal goes to the whole group, as a terminal sends it; nothing of the group is left afterwards."""
    settings = {"DJANGO_SETTINGS_MODULE": "xenia.site.settings", "XENIA_HOME": str(tmp_path)}
    soak = subprocess.Popen(
        [sys.executable, "-m", "xenia", "soak", "units", "--seeds", "1000000", "--first-seed", "7"],
        env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert soak.stderr is not None and any("1,000 runs" in line for line in soak.stderr)
        os.killpg(soak.pid, signal.SIGINT)
        said, more = soak.communicate(timeout=300)
        closing = json.loads(said.splitlines()[-1])
        assert soak.returncode == 1 and closing["stopped"] and closing["violations"] == 0
        assert 1000 <= closing["runs"] < 1_000_000 and f"after seed {6 + closing['runs']}" in more
        assert "Traceback" not in more
        left = subprocess.run(["ps", "-o", "pid=", "-g", str(soak.pid)], capture_output=True, text=True, check=False)
        assert not left.stdout.split()
    finally:
        if soak.poll() is None:
            os.killpg(soak.pid, signal.SIGKILL)
            soak.wait()
