"""An officer makes a code at the centre, chooses a PIN at a unit with it, works there while the centre is down, and is put out by it."""

from __future__ import annotations

import random
import re
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.units.at_pages import Person, Served, until
from tests.units.homes import Centre, xenia
from tests.units.lane import LANE, PASSWORD, POST
from xenia.site.demo import people as crowd
from xenia.site.demo import scenario

NAME, PIN = "uto-pm1-u7", "274081"


def _code(centre: Centre, name: str = NAME) -> str:
    """Ada makes her own code at the centre."""
    ada = Person(centre.url)
    ada.opens("/sign-in/")
    ada.sends("/sign-in/", login="ada", password=PASSWORD)
    page = ada.opens("/units/mine/").text
    asked = re.search(r'action="(/units/[^"]+/code/)"', page)
    assert asked and name in page, page
    found = re.search(r'<bdi class="code">([0-9A-Z]{5}-[0-9A-Z]{5})</bdi>', ada.sends(asked[1]).text)
    assert found
    return found[1]


def _admitted(ada: Person) -> None:
    """An own national is read and admitted at the unit's pages."""
    one = replace(crowd.person(random.Random(7), date.today()), nationality="UTO", issuer="UTO")
    ada.opens("/console/")
    shown = ada.sends("/console/read/", document=" ".join(scenario.passport(one)), direction="entry").text
    admits = re.search(r"/console/checks/[0-9a-f-]{36}/admit/", shown)
    assert admits, shown
    assert ada.sends(admits[0]).status_code == 200


def test_an_officer_works_at_a_unit_without_the_centre_and_is_put_out_by_it(centre: Centre, unit: Served) -> None:
    code = xenia(centre.home, "unit", "invite", NAME, POST, "--as", "admin")["code"]
    enrolled = xenia(unit.home, "unit", "enrol", centre.url, code)
    own = _code(centre)
    unit.start()
    first = Person(unit.url)
    assert until(lambda: first.opens("/sign-in/").status_code == 503, unit)
    assert "has not spoken yet" in first.page.text
    unit.stop()
    xenia(centre.home, "unit", "admit", NAME, enrolled["fingerprint"], "--as", "chief")
    unit.start()

    until(lambda: first.opens("/sign-in/first/").status_code == 200, unit)
    wrong = first.sends("/sign-in/first/", login="ada", code=own[:-1] + "*", pin=PIN, pin_again=PIN)
    assert wrong.status_code == 422
    first.sends("/sign-in/first/", login="ada", code=own, pin=PIN, pin_again=PIN)
    assert first.page.status_code == 200 and first.page.url.path == "/sign-in/", first.page.text
    centre.stop(kill=True)

    ada = Person(unit.url)
    ada.opens("/sign-in/")
    assert ada.sends("/sign-in/", login="ada", password=PIN).url.path != "/sign-in/", ada.page.text
    ada.opens("/own/place/")
    ada.sends("/own/place/", post=POST, lane=LANE, next="/console/")
    _admitted(ada)

    centre.start()
    until(lambda: _crossings(centre.home) == [(centre.people["ada"], NAME)], unit)
    assert centre.unit(NAME)["aside"] == 0
    assert _rows(centre.home, "select used_at is not null from units_signincode") == [(1,)]
    xenia(centre.home, "accounts", "close", "ada", "--reason", "left")
    unit.stop()
    unit.start()  # it asks at once; else within the minute
    until(lambda: ada.opens("/console/").url.path == "/sign-in/", unit)
    assert ada.sends("/sign-in/", login="ada", password=PIN).url.path == "/sign-in/"


def _crossings(home: Path) -> list[tuple[str, str]]:
    """Who decided a crossing that the centre knows, and at which unit."""
    asked = "select c.officer, k.node from frontier_crossing c join frontier_check k on k.id = c.check_id"
    return [(str(UUID(officer)), node) for officer, node in _rows(home, asked)]


def _rows(home: Path, asked: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{home / 'xenia.sqlite3'}?mode=ro", uri=True) as base:
        return base.execute(asked).fetchall()
