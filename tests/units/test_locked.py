"""A unit that is switched on is locked: what opens it, and what does not. One story, since each process takes seconds to start."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.units.at_pages import Person, Served, until
from tests.units.homes import Centre, opens_with, program, xenia
from tests.units.lane import PASSWORD, POST
from tests.units.test_officers_at_a_unit import _code

NAME, PIN = "uto-pm1-u8", "274081"


def _locked(unit: Served) -> Person:
    """Somebody before the unit that was just switched on, and sees its one page."""
    unit.start(opened=False)
    somebody = Person(unit.url)
    until(lambda: somebody.opens("/console/").status_code == 503, unit)
    assert "This unit is locked" in somebody.page.text
    return somebody


def _sends(somebody: Person, **said: str) -> int:
    somebody.opens("/")
    return somebody.sends("/", **said).status_code


def test_a_unit_is_opened_by_its_centre_or_a_pin_and_by_nobody_else(centre: Centre, unit: Served) -> None:
    code = xenia(centre.home, "unit", "invite", NAME, POST, "--as", "admin")["code"]
    shown = xenia(unit.home, "unit", "enrol", centre.url, code)["fingerprint"]
    assert "locked" in xenia(unit.home, "unit", "status", fails=True, opened=False)["said"]
    xenia(centre.home, "unit", "admit", NAME, shown, "--as", "chief")
    own = _code(centre, NAME)
    program(unit.home, "down")
    program(unit.home, "share")
    program(unit.home, "travellers", "1")
    assert not (unit.home / "xenia.sqlite3").read_bytes().startswith(b"SQLite format 3")

    ada = _locked(unit)
    assert ada.opens("/health/live").status_code == 200 and ada.opens("/health/ready").status_code == 503
    wrong = {"way": "centre", "login": "ada", "factor": ""}
    assert _sends(ada, **wrong, password="wrong-" + PASSWORD) == 422
    assert "do not belong together" in ada.page.text
    assert _sends(ada, **wrong | {"login": "admin"}, password=PASSWORD) == 422  # a right password, no role at this post
    assert "do not belong together" in ada.page.text
    assert _sends(ada, way="pin", login="ada", pin=PIN) == 422  # nobody has chosen a PIN
    assert _sends(ada, **wrong, password=PASSWORD) == 200 and ada.page.url.path == "/sign-in/", ada.page.text
    assert _kinds(centre.home, "unit.store-released") == 1
    until(lambda: _kinds(centre.home, "unit.store-opened") >= 2, unit)  # a program by the code, and Ada
    unit.stop(kill=True)

    somebody = _locked(unit)  # a power cut later; the code opened until somebody else did
    assert "With the enrolment code" not in somebody.page.text
    for _try in range(5):
        assert _sends(somebody, **wrong, password="guessed-" + PASSWORD) == 422
    assert _sends(somebody, **wrong, password=PASSWORD) == 422 and "too many wrong tries" in somebody.page.text
    xenia(centre.home, "accounts", "unlock", "ada", "--as", "admin")
    assert _sends(somebody, **wrong, password=PASSWORD) == 200
    somebody.opens("/sign-in/first/")
    chosen = somebody.sends("/sign-in/first/", login="ada", code=own, pin=PIN, pin_again=PIN)
    assert chosen.url.path == "/sign-in/", chosen.text
    unit.stop(kill=True)

    centre.stop(kill=True)
    somebody = _locked(unit)
    assert _sends(somebody, **wrong, password=PASSWORD) == 422 and "cannot be reached" in somebody.page.text
    for _try in range(5):
        assert (
            _sends(somebody, way="pin", login="bea", pin="926350") == 422
        )  # somebody shuts somebody out, and nobody else
    assert _sends(somebody, way="pin", login="bea", pin="926350") == 422 and "Wait 1 minute" in somebody.page.text
    assert _sends(somebody, way="pin", login="ada", pin="926350") == 422
    assert _sends(somebody, way="pin", login="ada", pin=PIN) == 200 and somebody.page.url.path == "/sign-in/"
    unit.stop(kill=True)

    opens_with(unit.home, login="ada", pin=PIN)
    program(unit.home, "lapse")
    somebody = _locked(unit)
    assert _sends(somebody, way="pin", login="ada", pin=PIN) == 422 and "is over" in somebody.page.text
    assert "is over" in xenia(unit.home, "unit", "status", fails=True)["said"]
    centre.start()
    assert _sends(somebody, **wrong, password=PASSWORD) == 503 and "locked" not in somebody.page.text
    until(lambda: somebody.opens("/sign-in/").status_code == 200, unit)  # it is open, and hears that it may work
    unit.stop(kill=True)

    xenia(centre.home, "unit", "revoke", NAME, "stolen", "--as", "admin")
    somebody = _locked(unit)
    assert _sends(somebody, way="pin", login="ada", pin=PIN) == 422 and "put this unit out" in somebody.page.text
    assert _sends(somebody, **wrong, password=PASSWORD) == 422 and "does not let this unit in" in somebody.page.text
    assert "put this unit out" in xenia(unit.home, "unit", "status", fails=True)["said"]
    unit.stop()


def _kinds(home: Path, kind: str) -> int:
    with sqlite3.connect(f"file:{home / 'xenia.sqlite3'}?mode=ro", uri=True) as base:
        return int(base.execute("select count(*) from journal_entry where kind = ?", (kind,)).fetchone()[0])
