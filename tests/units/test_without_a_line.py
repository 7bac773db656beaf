"""A unit whose entries reach the centre in files that somebody carries; the two never speak to each other after the enrolment.

One test of processes is a whole story, since each process takes seconds to start.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.units.homes import Centre, opens_like, program, xenia
from tests.units.lane import POST

NAMES = ("uto-pm1-u1", "uto-pm1-u2")


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, Path, Path]]:
    """A centre and two units that were enrolled and told who works there; then the centre stops."""
    folder = tmp_path_factory.mktemp("stick")
    centre = Centre(tmp_path_factory.mktemp("centre"))
    centre.prepare()
    centre.start()
    try:
        for name in NAMES:
            code = xenia(centre.home, "unit", "invite", name, POST, "--as", "admin")["code"]
            shown = xenia(folder / name, "unit", "enrol", centre.url, code)["fingerprint"]
            xenia(centre.home, "unit", "admit", name, shown, "--as", "chief")
        program(folder / NAMES[0], "down")
    finally:
        centre.stop(kill=True)
    yield centre, folder / NAMES[0], folder / NAMES[1]
    centre.stop(kill=True)


def test_entries_go_in_files_and_answers_come_back(homes: tuple[Centre, Path, Path]) -> None:
    centre, unit, other = homes
    stick = unit.parent
    program(unit, "travellers", "3")
    first = xenia(unit, "unit", "export", str(stick / "one"))
    assert first["first"] == 1 and first["left"] == 0
    said = xenia(unit, "unit", "export", str(stick / "one"), fails=True)["said"]
    assert "exists" in said
    program(unit, "travellers", "2")
    second = xenia(
        unit, "unit", "export", str(stick / "two")
    )  # before the answer to the first: it holds all of it again
    assert second["first"] == 1 and second["last"] > first["last"]

    raw = (stick / "one").read_bytes()
    assert b"crossing" not in raw and b"TRAVELLER" not in raw
    late = xenia(centre.home, "unit", "import", str(stick / "two"), "--as", "admin")  # the second arrives first
    assert (late["gained"], late["received"], late["answer"]) == (second["last"], second["last"], "received")
    again = xenia(centre.home, "unit", "import", str(stick / "one"), "--as", "admin")
    assert (again["gained"], again["received"]) == (0, second["last"])

    altered = (stick / "two.answer").read_text().replace(f"{second['last']}", f"{second['last'] + 1}")
    (stick / "forged.answer").write_text(altered)
    assert "altered" in xenia(unit, "unit", "acknowledge", str(stick / "forged.answer"), fails=True)["said"]
    assert NAMES[0] in xenia(other, "unit", "acknowledge", str(stick / "two.answer"), fails=True)["said"]
    assert xenia(unit, "unit", "status")["acknowledged"] == 0
    taken = xenia(unit, "unit", "acknowledge", str(stick / "two.answer"))
    assert (taken["gained"], taken["acknowledged"], taken["halted"]) == (second["last"], second["last"], "")
    said = json.loads(json.loads((stick / "two.answer").read_text())["said"])
    manifest = json.loads(json.loads(json.loads(json.loads(said["letter"])["said"])["manifest"])["said"])
    assert datetime.fromisoformat(taken["lease_until"]) == datetime.fromisoformat(
        manifest["until"]
    )  # the stick renews it
    later = xenia(
        unit, "unit", "acknowledge", str(stick / "one.answer")
    )  # to the first file, but written after the other
    assert later["gained"] == 0 and later["lease_until"] > taken["lease_until"]
    for old in ("two.answer", "one.answer"):
        assert "older" in xenia(unit, "unit", "acknowledge", str(stick / old), fails=True)["said"]
    status = xenia(unit, "unit", "status")
    assert status["acknowledged"] == second["last"] < status["sealed"]  # the exports themselves are entries too

    program(unit, "travellers", "2")
    third = xenia(unit, "unit", "export", str(stick / "three"))
    assert third["first"] == second["last"] + 1
    centre.start()  # the line is back while the third file is on its way
    carried = program(unit, "up")[-1]
    assert carried["acknowledged"] > third["last"]
    before = centre.unit(NAMES[0])["received"]
    overtaken = xenia(centre.home, "unit", "import", str(stick / "three"), "--as", "admin")
    assert (overtaken["gained"], overtaken["received"]) == (0, before)
    shown = centre.unit(NAMES[0])
    assert (shown["received"], shown["aside"], shown["state"]) == (before, 0, "active")
    assert program(centre.home, "count")[-1] == {"crossings": 7}
    report = xenia(centre.home, "journal", "verify")
    assert report["whole"] and report["nodes"][NAMES[0]]["size"] == before
    centre.stop(kill=True)


def test_a_restored_older_backup_is_recognised_by_the_line_and_by_files(
    homes: tuple[Centre, Path, Path], tmp_path: Path
) -> None:
    """The unit has written another past than the one that the centre holds: the centre keeps what it has, the unit stops and says so."""
    centre, unit, _other = homes
    program(unit, "travellers", "1")
    backup = tmp_path / "disk-2" / "unit.backup"
    xenia(unit, "backup", str(backup))
    program(unit, "travellers", "2")
    centre.start()
    whole = program(unit, "up")[-1]
    before, crossings = centre.unit(NAMES[0]), program(centre.home, "count")[-1]
    assert before["received"] == whole["acknowledged"]

    restored, fresh = tmp_path / "restored", tmp_path / "again"
    for copy in (restored, fresh):
        opens_like(copy, unit)
    done = xenia(restored, "restore", str(backup), "--key", str(unit / "keys" / "backup.key"))
    assert done["journal"]["whole"] and (restored / "unit.json").exists()
    assert xenia(restored, "unit", "status")["halted"] == ""
    program(restored, "travellers", "4")  # it works on as if nothing had happened
    xenia(restored, "unit", "export", str(tmp_path / "file"))
    halted = program(restored, "up")[-1]
    assert (halted["halted"], halted["gained"]) == ("forked", 0)
    status = xenia(restored, "unit", "status")
    assert status["halted"] == "forked" and status["sealed"] > status["acknowledged"]
    assert "another past" in xenia(restored, "unit", "export", str(tmp_path / "more"), fails=True)["said"]

    after = centre.unit(NAMES[0])
    assert (after["state"], after["received"], after["aside"]) == ("quarantined", before["received"], before["aside"])
    assert "quarantined" in after["alarms"]
    assert program(centre.home, "count")[-1] == crossings
    assert xenia(centre.home, "journal", "verify")["whole"]
    xenia(centre.home, "unit", "import", str(tmp_path / "file"), "--as", "admin", fails=True)
    assert centre.unit(NAMES[0])["received"] == before["received"]
    shutil.rmtree(restored)
    xenia(fresh, "restore", str(backup), "--key", str(unit / "keys" / "backup.key"))
    assert xenia(fresh, "unit", "acknowledge", str(tmp_path / "file.answer"), fails=True)["said"]
    assert xenia(fresh, "unit", "status")["halted"] == "forked"  # the answer came by file
    centre.stop(kill=True)
