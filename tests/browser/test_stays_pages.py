"""The pages of stays with something on them: axe finds nothing, nothing is wider than a phone, in four modes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import people
from tests.browser.conftest import TODAY
from tests.browser.test_every_page import MODES, checked, open_as
from xenia.formats.dates import PartialDate
from xenia.identity.claim import Claimed, Document, Name
from xenia.journal.actions import writing
from xenia.journal.ids import uuid7
from xenia.registers.stays import actions, overstays
from xenia.registers.stays.actions import Movement
from xenia.registers.stays.models import StayRecord

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("STAYS_SHOTS", "")


def _traveller(surname: str, given: str, number: str) -> Claimed:
    document = Document("P", "XXB", number)
    return Claimed((Name(surname, given),), PartialDate.parse("1990-05-17"), "F", "XXB", (document,))


def _cross(world: people.World, claimed: Claimed, ago: int, *, leave: bool = False, **more: Any) -> None:
    on: date = TODAY - timedelta(days=ago)
    at = datetime.combine(on, time(8 if leave else 6), UTC)
    move = Movement(uuid7(), uuid7(), claimed, at, on, "Asia/Tbilisi", "UTO-AP1", **more)
    act = world.operator.act("border-first-line", "test", owner="UTO-BG")
    with writing():
        (actions.record_exit if leave else actions.record_entry)(move, act)


@pytest.fixture
def lived(world: people.World) -> people.World:
    """One who may stay, one who stayed too long, one without an exit, one who is gone."""
    may = _traveller("VALE OKONJO", "TESSA", "XA0000001")
    for begin, end in ((150, 140), (100, 82), (60, 55)):
        _cross(world, may, begin)
        _cross(world, may, end, leave=True)
    _cross(world, may, 3, basis="visa", visa_sticker="VS1234567")
    over = _traveller("BRANDT ISKRA", "LEONIE", "XA0000002")
    _cross(world, over, 170)
    _cross(world, over, 120)
    gone = _traveller("AL-MASRI", "HUDA", "XA0000003")
    _cross(world, gone, 20, leave=True)
    with writing():
        act = world.operator.act("border-first-line", "test", owner="UTO-BG")
        refused = Movement(uuid7(), uuid7(), over, datetime.now(UTC), TODAY, "Asia/Tbilisi", "UTO-AP1")
        actions.record_refusal(refused, ["E", "F"], act)
    overstays.mark()
    return world


@pytest.mark.parametrize(("scheme", "language"), MODES)
def test_the_pages_of_stays(
    lived: people.World, live_server: Any, browser: Browser, scheme: str, language: str
) -> None:
    late = StayRecord.objects.get(state="open", overstay=True)
    may = StayRecord.objects.get(state="open", overstay=False).file_id
    paths = {
        "index": "/stays/",
        "missing": "/stays/?view=missing",
        "overstayers": "/stays/overstayers/?state=",
        "may": f"/stays/{may}/",
        "late": f"/stays/{late.file_id}/",
        "print": f"/stays/{late.file_id}/print/",
        "correct": f"/stays/{late.file_id}/stays/{late.id}/correct/",
        "link": f"/stays/{late.file_id}/link/",
    }
    context = open_as(browser, live_server.url, "cleo", scheme, language)
    page, problems = context.new_page(), []
    for name, path in paths.items():
        problems += checked(page, live_server.url + path, f"{scheme} {language}")
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{scheme}-{language}.png"), full_page=True)
            page.set_viewport_size({"width": 360, "height": 740})
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{scheme}-{language}-360.png"), full_page=True)
            page.set_viewport_size({"width": 1280, "height": 800})
    context.close()
    assert problems == []
