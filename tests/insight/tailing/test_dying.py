"""Killed between every two steps: after the next turn the facts are those that they would have been."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.insight.tailing import dying


def test_nothing_is_lost_or_doubled_wherever_the_process_is_killed(tmp_path: Path, project: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.insight.tailing.dying"],
        env={
            **kept, "XENIA_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "xenia.site.settings",
            "PYTHONPATH": f"{project / 'src'}:{project}",
        },
        cwd=project, capture_output=True, text=True, check=False, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == sum(len(points) + 1 for points in dying.POINTS.values())
    for work in dying.POINTS:
        whole, *cut = [one for one in told if one["work"] == work]
        assert whole["pseudonyms"] == {"flush": 12, "apply": 9, "compact": 12}[work]
        assert len(whole["rows"]) == {"flush": 12, "apply": 11, "compact": 12}[work]
        for one in cut:
            where = (work, one["point"])
            assert one["ended"] == -9, where
            assert (one["finished"], one["left"], one["pseudonyms"]) == (0, 0, whole["pseudonyms"]), where
            assert one["rows"] == whole["rows"], where
            assert one["kept"] == whole["kept"] == [], where  # answers of who was erased
            assert one["seen"] in (len(whole["rows"]), whole["seen"]), where
