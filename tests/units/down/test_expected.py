"""A centre and a unit as processes: who is expected at the post is known at its booth without a name; the arrival closes the case."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.units.down.places import booth, enrolled, look
from tests.units.homes import Centre, environ
from tests.units.lane import POST

ZORA, OTHER, LATER = (("X0000011", "Zorbekian", "Tamriko", "1980-01-02"), ("X0000012", "Quellfurt", "Amandine", "1971-03-04"),
                      ("X0000013", "Ybrantor", "Ulla", "1975-05-06"))  # fmt: skip


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    made = Centre(tmp_path_factory.mktemp("centre"))
    made.prepare()
    made.start()
    yield made
    made.stop(kill=True)


def does(home: Path, *words: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.units.down.awaited", *words], env=environ(home), capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def until(true: Any, longest_s: float = 120) -> Any:
    end = time.monotonic() + longest_s
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.5)
    raise AssertionError("it did not come to it")


def test_who_is_expected_is_known_at_the_booth_and_the_arrival_goes_up(centre: Centre, tmp_path: Path) -> None:
    unit = tmp_path / "unit"
    enrolled(centre, unit)
    does(centre.home, "expect", "RQ-1", *ZORA, POST)
    does(centre.home, "expect", "RQ-2", *OTHER, "Tbilisi airport")
    came = look(unit, "down")
    assert came["held"]["live:expected"] and came["trouble"] == ""

    there = does(unit, "arrives", *ZORA)
    assert there["told"] == ["Expected: readmission RQ-1, hand-over from Switzerland"] and there["count"] == 2
    assert there["hits"] == 0 and not any(word in there["rows"] for one in (ZORA, OTHER) for word in one)
    assert does(unit, "arrives", "X9990001", *ZORA[1:])["told"] == there["told"]  # on another document

    does(centre.home, "expect", "RQ-3", *LATER, "")
    does(centre.home, "end", "RQ-2")
    assert look(unit, "news", "2") == {"news": [True, False]}
    assert does(unit, "arrives", *OTHER)["told"] == []

    does(unit, "admitted", there["check"])
    booth(unit, "up")
    stands = until(lambda: (found := does(centre.home, "case", "RQ-1"))["state"] != "transfer_confirmed" and found)
    assert stands == {"state": "transferred", "tasks": []}
    assert does(unit, "noted")["arrived"] == 0
    assert look(unit, "down")["trouble"] == ""
    assert does(unit, "noted") == {"handed": 0, "received": 0, "arrived": 1}
