"""Pages of the door that the walk over every address does not meet: locked, leaving, a note, devices with rows, the CA."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import people
from tests.browser.test_every_page import MODES, faults, open_as
from xenia.access import devices, lock, standing
from xenia.site.keeping import certificates
from xenia.site.keeping.certificates import Authority

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("DOOR_PICTURES", "")  # a folder, for somebody who wants to look


@pytest.fixture
def furnished(world: people.World, settings: Any, tmp_path: Path) -> people.World:
    """A note at lane 3, two devices, one bound, and a certificate authority."""
    settings.XENIA_HOME = tmp_path
    Authority(tmp_path).make("Xenia UTO hq CA", ["border.example"], [], b"", certificates.now())
    lock.leave_note(standing.of(world.made["ben"].pk, "UTO-AP1", "L3"), "The printer at this booth needs paper.")
    devices.bind(devices.make(world.operator, "UTO-AP1", "L1", "Booth 1, left").code)
    devices.make(world.operator, "UTO-AP1", "", "Spare tablet")
    world.person("root", "administrator")
    return world


def visit(page: Page, url: str, path: str, mode: str) -> list[str]:
    """What is wrong with the page, at both widths."""
    page.goto(url + path)
    found = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{path.strip('/').replace('/', '-')}-{mode}-{width}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path} {mode}: {wide} wide at {width}"] if wide > width else []
    return found + faults(page, f"{path} {mode}")


@pytest.mark.parametrize(("scheme", "language"), MODES)
def test_the_pages_of_the_door_are_clean(
    furnished: people.World, live_server: Any, browser: Browser, scheme: str, language: str
) -> None:
    mode, found = f"{scheme}-{language}", []
    ada = open_as(browser, live_server.url, "ada", scheme, language)
    page = ada.new_page()
    page.goto(live_server.url + "/own/place/")
    page.locator('button[name="lane"][value="L3"]').click()
    for path in ("/own/note/", "/sign-out/", "/own/second-factor/", "/own/passkeys/new/"):
        found += visit(page, live_server.url, path, mode)
    page.goto(live_server.url + "/own/place/")
    page.keyboard.press("F10")
    page.wait_for_url("**/locked/")
    for path in ("/locked/", "/certificates/", "/this-device/"):
        found += visit(page, live_server.url, path, mode)
    ada.close()
    root = open_as(browser, live_server.url, "root", scheme, language)
    found += visit(root.new_page(), live_server.url, "/devices/", mode)
    root.close()
    nobody = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    found += visit(nobody.new_page(), live_server.url, "/sign-in/", mode)
    nobody.close()
    assert found == []
