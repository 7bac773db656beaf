"""A centre and a unit as processes: a list loaded at the centre is hit at the unit, replaced, and fetched on where a line broke."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.registers.lists.worlds import csv_numbers
from tests.units.down.line import Breaking, line
from tests.units.down.places import enrolled, holds_whole, look
from tests.units.homes import Centre, environ, xenia
from xenia.units.down.taking import PIECE

MANY = 6_000


@pytest.fixture(scope="module")
def between() -> Iterator[Breaking]:
    with line() as made:
        yield made


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, between: Breaking) -> Iterator[Centre]:
    made = Centre(tmp_path_factory.mktemp("centre"))
    made.prepare(at=between.port)
    between.centre = made.door
    made.start()
    yield made
    made.stop(kill=True)


def load(centre: Centre, folder: Path, numbers: range) -> dict[str, Any]:
    file = folder / "alerts.csv"
    file.write_bytes(csv_numbers(numbers))
    said = xenia(centre.home, "lists", "load", "alerts", str(file))
    assert said["state"] == "published", said
    return said


def test_a_list_comes_down_is_replaced_and_resumed(centre: Centre, between: Breaking, tmp_path: Path) -> None:
    unit = tmp_path / "unit"
    enrolled(centre, unit)
    holds_whole(centre, unit, "alerts-csv")
    load(centre, tmp_path, range(100))
    first = look(unit, "down")
    assert (first["held"]["lists:alerts-csv"], first["trouble"], first["after"]) == ("1", "", {})
    told = look(unit, "hits", "X0000003", "X0000203")
    assert told["hits"] == {"X0000003": ["A-3"], "X0000203": []}
    status = next(one for one in _status(centre.home) if one["code"] == "alerts-csv")
    assert told["ages"]["alerts-csv"] == status["as_of"]  # as old as at the centre

    load(centre, tmp_path, range(3, 103))
    load(centre, tmp_path, range(5, MANY))  # not the next one: the unit has nothing that its difference could be of
    between.came, between.breaks_at = 0, int(2.5 * PIECE)
    broken = look(unit, "down")
    ((_name, size),) = broken["after"].items()
    assert broken["trouble"] == "no-line" and size == PIECE * (size // PIECE) > 0
    assert look(unit, "hits", "X0000003")["hits"] == {"X0000003": ["A-3"]}  # what was in force stays
    between.breaks_at, between.came = None, 0
    second = look(unit, "down")
    assert (second["held"]["lists:alerts-csv"], second["trouble"], second["after"]) == ("3", "", {})
    assert list(second["before"].values()) == [size]
    whole = next(one for one in _status(unit) if one["code"] == "alerts-csv")["size_bytes"]
    assert between.came < whole - size / 2  # the pieces that were here did not travel again
    assert look(unit, "hits", "X0000003", "X0000203")["hits"] == {"X0000003": [], "X0000203": ["A-203"]}
    assert look(unit, "down")["taken"] == 0

    load(centre, tmp_path, range(10, MANY + 5))
    between.came = 0
    third = look(unit, "down")
    assert (third["held"]["lists:alerts-csv"], third["trouble"], third["after"]) == ("4", "", {})
    assert between.came * 5 < whole  # the difference came, not the list
    assert look(unit, "hits", "X0000007", "X0006003")["hits"] == {"X0000007": [], "X0006003": ["A-6003"]}

    (file,) = (unit / "lists").glob("alerts-csv-*.list")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])  # a power cut left half of it
    again = look(unit, "start")
    assert (again["again"], again["missing"], again["taken"]) == (["lists:alerts-csv"], ["alerts-csv"], 1)
    assert look(unit, "hits", "X0006003")["hits"] == {"X0006003": ["A-6003"]}
    assert look(unit, "start")["again"] == []
    assert xenia(unit, "rebuild", "--check")["differences"] == []


def _status(home: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "xenia", "lists", "status"], env=environ(home), capture_output=True, text=True, check=True
    )  # fmt: skip
    return [json.loads(one) for one in done.stdout.splitlines()]
