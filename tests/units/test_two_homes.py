"""A centre and a unit as they are: enrolled with a code, admitted by a second person, cut off, killed, caught up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.units.homes import Centre, program, xenia
from tests.units.lane import POST

NAME = "uto-pm1-u1"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    made = Centre(tmp_path_factory.mktemp("centre"))
    made.prepare()
    made.start()
    yield made
    made.stop(kill=True)


def test_a_unit_is_enrolled_works_alone_and_catches_up(centre: Centre, tmp_path: Path) -> None:
    unit = tmp_path / "unit"
    code = xenia(centre.home, "unit", "invite", NAME, POST, "--as", "admin")["code"]
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert "not known" in xenia(unit, "unit", "enrol", centre.url, wrong, fails=True)["said"]
    enrolled = xenia(unit, "unit", "enrol", centre.url, code)
    assert (enrolled["unit"], enrolled["post"]) == (NAME, POST)
    assert program(unit, "up")[-1]["acknowledged"] == 0  # nobody has admitted it
    assert centre.unit(NAME)["state"] == "waiting"
    said = xenia(centre.home, "unit", "admit", NAME, enrolled["fingerprint"], "--as", "admin", fails=True)["said"]
    assert "units.approve" in said
    xenia(centre.home, "unit", "admit", NAME, enrolled["fingerprint"], "--as", "chief")

    came = program(unit, "down")[-1]
    assert "access" in came["taken"]
    assert came["people"] == {name: centre.people[name] for name in ("ada", "chief")}  # an administrator is not told
    said = xenia(unit, "accounts", "add", "zoe", "--name", "Zoe", "--authority", "UTO-BG", fails=True)["said"]
    assert "centre" in said
    program(unit, "travellers", "5")
    first = program(unit, "up")[-1]
    assert first["acknowledged"] == first["gained"] > 10
    assert centre.unit(NAME)["received"] == first["acknowledged"]

    centre.stop(kill=True)
    program(unit, "travellers", "4")
    cut_off = xenia(unit, "unit", "status")
    assert cut_off["sealed"] > cut_off["acknowledged"] == first["acknowledged"]
    centre.start()
    second = program(unit, "up")[-1]
    assert second["acknowledged"] >= cut_off["sealed"]
    shown = centre.unit(NAME)
    assert (shown["received"], shown["aside"], shown["state"]) == (second["acknowledged"], 0, "active")
    report = xenia(centre.home, "journal", "verify")
    assert report["whole"], report
    assert report["nodes"][NAME]["size"] == second["acknowledged"]
    for home in (centre.home, unit):
        xenia(home, "rebuild", "--check")  # fails where a table says otherwise than the entries
