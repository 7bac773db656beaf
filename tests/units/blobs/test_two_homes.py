"""Photographs of a real unit at a real centre: entries first, files later, through breaks on both sides."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.units import homes
from tests.units.homes import Centre, environ, xenia
from tests.units.lane import POST

NAME = "uto-pm1-u1"


def program(home: Path, *words: str) -> dict[str, Any]:
    """The last line that `tests.units.blobs.photographing` printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.units.blobs.photographing", *words],
        env=environ(home), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    made = Centre(tmp_path_factory.mktemp("centre"))
    made.prepare()
    program(made.home, "officer")
    made.start()
    yield made
    made.stop(kill=True)


def test_entries_go_first_and_photographs_follow_through_every_break(centre: Centre, tmp_path: Path) -> None:
    unit = tmp_path / "unit"
    code = xenia(centre.home, "unit", "invite", NAME, POST, "--as", "admin")["code"]
    enrolled = xenia(unit, "unit", "enrol", centre.url, code)
    xenia(centre.home, "unit", "admit", NAME, enrolled["fingerprint"], "--as", "chief")
    homes.program(unit, "down")
    program(unit, "take", "3")
    homes.program(unit, "up")

    came = program(centre.home, "there")
    assert came["kept"] == {} and came["awaited"] == ["blob-awaited"] * 6  # their entries are here, and count
    assert centre.unit(NAME)["documents"] == {"awaited": 6, "bytes": came["bytes"]}
    assert program(unit, "go", "0") == {"bytes": 0}  # asks, and ends before the first piece
    waits = xenia(unit, "unit", "status")["documents"]
    assert (waits["waiting"], waits["bytes"]) == (6, came["bytes"])

    first = program(unit, "go", "5")  # then it ends as if killed
    assert 0 < first["bytes"] < came["bytes"]
    centre.stop(kill=True)
    centre.start()
    second = program(unit, "go")
    assert (second["left"], second["lost"]) == (0, 0)
    assert first["bytes"] + second["bytes"] == came["bytes"]  # it went on where it broke off

    there = program(centre.home, "there")
    assert there["awaited"] == [] and there["kept"] == program(unit, "there")["kept"] and len(there["kept"]) == 6
    shown = centre.unit(NAME)
    assert (shown["documents"], shown["aside"]) == ({"awaited": 0, "bytes": 0}, 0)

    program(unit, "take", "1")
    stick = str(tmp_path / "stick")
    out = xenia(unit, "unit", "export", stick, "--as", "operator")
    assert (out["documents"], out["documents_left"]) == (2, 0)
    taken = xenia(centre.home, "unit", "import", stick, "--as", "admin")
    assert taken["documents"] == 2 and taken["gained"] > 3
    xenia(unit, "unit", "acknowledge", f"{stick}.answer", "--as", "operator")
    assert xenia(unit, "unit", "status")["documents"] == {"waiting": 0, "bytes": 0, "lost": 0}
    there = program(centre.home, "there")
    assert there["awaited"] == [] and there["kept"] == program(unit, "there")["kept"] and len(there["kept"]) == 8
    xenia(centre.home, "rebuild", "--check")
