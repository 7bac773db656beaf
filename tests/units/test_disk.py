"""A unit whose disk is full, and one whose disk goes read-only: nothing is half written, what was acknowledged is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.units import disks
from tests.units.at_pages import Person, Served, until
from tests.units.at_work import admits, begun
from tests.units.homes import Centre, xenia

NAME = "uto-pm1-u8"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[disks.Disk]:
    made = disks.made(tmp_path, 48)
    yield made
    made.unmount()


@pytest.fixture
def unit(disk: disks.Disk) -> Iterator[Served]:
    made = Served(disk.at / "unit")
    made.home.mkdir()
    yield made
    made.stop()


def _admitted(centre: Centre) -> int:
    """How many admissions of the unit the centre holds."""
    with closing(sqlite3.connect(f"file:{centre.home / 'xenia.sqlite3'}?mode=ro", uri=True)) as base:
        return int(base.execute("select count(*) from frontier_crossing where outcome = 'admitted'").fetchone()[0])


def _until_refused(ada: Person) -> int:
    """How many were admitted until the disk took no more."""
    done = 0
    while done < 3000 and admits(ada).status_code == 200:
        done += 1
    return done


def test_a_full_or_failing_disk_says_so_and_loses_nothing(disk: disks.Disk, centre: Centre, unit: Served) -> None:
    ada = begun(centre, unit, NAME)
    assert admits(ada).status_code == 200
    disk.fill()
    done = 1 + _until_refused(ada)
    assert ada.page.status_code == 503, ada.page.text
    assert "is full: this was not recorded" in ada.page.text and "work on paper" in ada.page.text
    shown = ada.opens("/units/here/")
    assert shown.status_code == 200 and "Nothing can be recorded" in shown.text, shown.text
    until(lambda: centre.unit(NAME)["told"].get("disk_refuses") == "disk-full", unit)
    assert "disk" in centre.unit(NAME)["alarms"]
    disk.free()
    until(lambda: admits(ada).status_code == 200, unit)
    done += 1
    until(lambda: _admitted(centre) == done, unit)

    disk.breaks()
    assert admits(ada).status_code == 503
    assert "lets nothing be written any more" in ada.page.text or "fails: this was not recorded" in ada.page.text
    until(lambda: _admitted(centre) == done, unit)  # what was acknowledged is there, and nothing twice
    assert centre.unit(NAME)["aside"] == 0
    assert xenia(centre.home, "journal", "verify")["whole"]
