"""What the tests of this folder share: running `look`, enrolling a unit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.units.homes import Centre, environ, program, xenia
from tests.units.lane import POST

NAME = "uto-pm1-u1"


def look(home: Path, *words: str) -> Any:
    """What `tests.units.down.look` answered, run in that home."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.units.down.look", *words], env=environ(home), capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def booth(home: Path, *words: str) -> list[Any]:
    """What `tests.units.down.booth` answered, run in that home, one for each part."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.units.down.booth", *words], env=environ(home), capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def enrolled(centre: Centre, unit: Path, name: str = NAME) -> None:
    """A unit at the centre's post, admitted."""
    code = xenia(centre.home, "unit", "invite", name, POST, "--as", "admin")["code"]
    made = xenia(unit, "unit", "enrol", centre.url, code)
    assert program(unit, "up")[-1]["acknowledged"] == 0
    xenia(centre.home, "unit", "admit", name, made["fingerprint"], "--as", "chief")


def holds_whole(centre: Centre, unit: Path, source: str) -> None:
    """The unit may hold this list with its names: it has said that its disk is encrypted, and the source says so."""
    booth(unit, "up")
    booth(centre.home, "hold", source, "whole")
