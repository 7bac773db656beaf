"""A centre and a unit as processes: a list whose names the unit may not hold. Its persons are found there and nobody is named; the centre knows whom."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.registers.lists.test_keyed import born, held, surname
from tests.registers.lists.worlds import csv_list
from tests.units.down.places import NAME, booth, enrolled
from tests.units.homes import Centre, xenia

COUNT, DISCREET, WANTED, HIDDEN, ERASED = 1_000, 500, 77, 78, 79


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("field") / "unit"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    made = Centre(tmp_path_factory.mktemp("centre"))
    made.prepare()
    made.start()
    yield made
    made.stop(kill=True)


def until(true: Callable[[], Any], longest_s: float = 120) -> Any:
    end = time.monotonic() + longest_s
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not come to it")


def rows(centre: Centre, asked: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{centre.home / 'xenia.sqlite3'}?mode=ro", uri=True) as base:
        return base.execute(asked).fetchall()


def made(centre: Centre, records: int) -> Path:
    """The file of keys at the centre, once there is one of so many records."""
    asked = f"select file from registers_keyedlist where records = {records}"
    ((name,),) = until(lambda: rows(centre, asked))
    return centre.home / "lists" / str(name)


def given(number: int) -> str:
    return f"Tamriko{surname(number)[3:]}"


def person(number: int) -> list[str]:
    return [f"X{number:07}", surname(number), given(number), born(number)]


def words_of(number: int) -> list[str]:
    return [*person(number), born(number).replace("-", ""), surname(number).upper()]


def load(centre: Centre, folder: Path) -> None:
    file = folder / "alerts.csv"
    lines = [
        f"A-{n},{'CHK-D' if n == DISCREET else 'REF-B'},{surname(n)},{given(n)},{born(n)},P:UTO:X{n:07},"
        for n in range(COUNT)
    ]
    file.write_bytes(csv_list(*lines))
    assert xenia(centre.home, "lists", "load", "alerts", str(file))["state"] == "published"


def test_a_listed_person_is_found_at_the_booth_and_named_only_at_the_centre(
    centre: Centre, unit: Path, tmp_path: Path
) -> None:
    enrolled(centre, unit)
    load(centre, tmp_path)
    file = made(centre, COUNT - 1)  # the discreet one is not in it
    planted = [word for number in range(COUNT) for word in words_of(number)]
    assert len(set(planted)) > 3 * COUNT and held(planted, file.read_bytes()) == []

    number, name, first, birth = person(WANTED)
    variant = name.replace("Z", "S")
    down, tables, by_paper, by_name, discreet, nobody, kept = booth(
        unit, "down",
        "then", "tables",
        "then", "check", number, "Quellfurt", "Amandine", "1971-01-01",
        "then", "check", "Y7654321", variant, first, birth,
        "then", "check", *person(DISCREET),
        "then", "check", "Y1234567", "Quellfurt", "Amandine", "1971-01-02",
        "then", "kept", name, first,
    )  # fmt: skip
    assert down["held"]["lists:alerts-csv"] == "1" and down["trouble"] == ""
    assert held(planted, tables["tables"].encode()) == [] and "record" not in tables["tables"][:1]
    for one in (by_paper, by_name):
        assert "Possible: ask the centre" in one["page"] and "it asks the centre" in one["instruction"]
        assert (one["verdict"], one["admit"], one["refer"]) == ("look", False, True)
        (hit,) = one["answer"]
        assert (hit["band"], hit["name"], hit["reasons"], hit["category"]) == ("POSSIBLE", "", [], "")
        assert (hit["ask_the_centre"], hit["fields"]) == (True, {})
        assert not any(word in one["page"] + json.dumps(hit) for word in (name, first, birth, number, "A-77", "REF-B"))
    seen = ("verdict", "page", "instruction", "admit", "refer", "silent", "answer")
    assert {key: discreet[key] for key in seen} == {key: nobody[key] for key in seen}  # as nobody at all
    assert (nobody["answer"], nobody["silent"]) == ([], 0)
    assert (
        kept["entries"] > 8 and name not in kept["found"]
    )  # the given name was typed by the officer, the surname nowhere
    assert kept["found"] == [first]

    booth(unit, "up")
    asked = "select kind, subject from work_workitem where kind in ('alert.retro-hit', 'frontier.silent-hit')"
    items = until(lambda: len(found := rows(centre, asked)) == 3 and sorted(found))
    assert [kind for kind, _subject in items] == ["alert.retro-hit"] * 2 + ["frontier.silent-hit"]
    assert {subject for kind, subject in items[:2]} == {by_paper["check"], by_name["check"]}
    assert items[2][1] == discreet["check"]


def test_who_is_taken_out_or_erased_is_gone_at_the_unit_and_the_centre_knows_it(centre: Centre, unit: Path) -> None:
    booth(centre.home, "hide", "alerts-csv", f"A-{HIDDEN}")
    made(centre, COUNT - 2)
    booth(centre.home, "forget", "alerts-csv", f"A-{ERASED}")
    made(centre, COUNT - 3)
    erased = xenia(centre.home, "unit", "erased")["erased"]
    assert [(one["source"], one["gone"], one["units"]) for one in erased] == [("alerts-csv", 0, 1)]
    assert [one["unit"] for one in erased[0]["waiting"]] == [NAME]
    _down, hidden, gone, there = booth(
        unit,
        "down",
        "then",
        "check",
        *person(HIDDEN),
        "then",
        "check",
        *person(ERASED),
        "then",
        "check",
        *person(WANTED),
    )
    assert (hidden["answer"], gone["answer"], len(there["answer"])) == ([], [], 1)

    def confirmed() -> bool:
        booth(unit, "down", "then", "up")
        (one,) = xenia(centre.home, "unit", "erased")["erased"]
        return (one["gone"], one["units"], one["waiting"]) == (1, 1, [])

    assert until(confirmed)


def test_two_persons_may_let_the_names_go_to_a_unit_whose_disk_is_encrypted(centre: Centre, unit: Path) -> None:
    booth(centre.home, "hold", "alerts-csv", "whole")
    ((told,),) = rows(centre, "select told from units_unit")
    assert json.loads(told)["store"] == "encrypted"
    _down, there, discreet = booth(unit, "down", "then", "check", *person(WANTED), "then", "check", *person(DISCREET))
    (hit,) = there["answer"]
    assert (hit["record"], hit["band"]) == (f"A-{WANTED}", "EXACT") and surname(WANTED) in hit["name"]
    assert surname(WANTED) in there["page"] and "ask the centre" not in there["page"]
    assert (discreet["answer"], discreet["silent"], discreet["page"]) == ([], 1, "")
    booth(centre.home, "hold", "alerts-csv", "none")
    assert "lists:alerts-csv" not in booth(unit, "down")[0]["held"]
