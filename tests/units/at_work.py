"""A unit that is enrolled, admitted and served, and ada signed in at its lane with her PIN."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date

import httpx

from tests.units.at_pages import Person, Served, until
from tests.units.homes import Centre, xenia
from tests.units.lane import LANE, PASSWORD, POST
from xenia.site.demo import people as crowd
from xenia.site.demo import scenario

PIN = "274081"
DRAW = random.Random(7)
ADMIT = re.compile(r"/console/checks/[0-9a-f-]{36}/admit/")


def begun(centre: Centre, unit: Served, name: str) -> Person:
    """Ada at her lane of a new unit."""
    code = xenia(centre.home, "unit", "invite", name, POST, "--as", "admin")["code"]
    enrolled = xenia(unit.home, "unit", "enrol", centre.url, code)
    own = _code(centre, name)
    unit.start()
    first = Person(unit.url)
    until(lambda: first.opens("/sign-in/").status_code == 503 and centre.unit(name)["state"] == "waiting", unit)
    xenia(centre.home, "unit", "admit", name, enrolled["fingerprint"], "--as", "chief")
    until(lambda: first.opens("/sign-in/first/").status_code == 200, unit)
    first.sends("/sign-in/first/", login="ada", code=own, pin=PIN, pin_again=PIN)
    return signed_in(unit)


def signed_in(unit: Served) -> Person:
    """Ada at her lane, once the unit answers."""
    ada = Person(unit.url)
    until(lambda: ada.opens("/sign-in/").status_code == 200, unit)
    assert ada.sends("/sign-in/", login="ada", password=PIN).url.path != "/sign-in/", ada.page.text
    ada.opens("/own/place/")
    ada.sends("/own/place/", post=POST, lane=LANE, next="/console/")
    return ada


def _code(centre: Centre, name: str) -> str:
    ada = Person(centre.url)
    ada.opens("/sign-in/")
    ada.sends("/sign-in/", login="ada", password=PASSWORD)
    asked = re.search(r'action="(/units/[^"]+/code/)"', ada.opens("/units/mine/").text)
    assert asked
    found = re.search(r'<bdi class="code">([0-9A-Z]{5}-[0-9A-Z]{5})</bdi>', ada.sends(asked[1]).text)
    assert found
    return found[1]


def reads(ada: Person) -> httpx.Response:
    """An own national's passport is read at the lane; what the page says."""
    one = replace(crowd.person(DRAW, date.today()), nationality="UTO", issuer="UTO")
    if ada.opens("/console/").status_code != 200:
        return ada.page
    return ada.sends("/console/read/", document=" ".join(scenario.passport(one)), direction="entry")


def admits(ada: Person) -> httpx.Response:
    """A traveller is read and admitted; the last page, whatever it says. Waits out what a busy machine says."""
    shown = reads(ada)
    found = ADMIT.search(shown.text)
    if shown.status_code != 200 or not found:
        return shown
    return ada.sends(found[0])
