"""Everything but the reader's convenience works with script switched off: forms post, pages follow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests import people
from tests.browser.conftest import CLEAR, STOLEN, lines
from xenia.frontier.models import Crossing

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_a_lane_without_script(world, live_server, page):
    page.goto(live_server.url)
    page.fill("#id_login", "ada")
    page.fill("#id_password", people.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Choose your lane")
    page.get_by_role("button", name="L1").first.press("Enter")
    expect(page.locator("h1")).to_have_text("Ready for the next traveller")
    page.fill("#document", " ".join(lines(CLEAR)))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Nothing found")
    page.get_by_role("button", name=re.compile("Admit")).press("Enter")
    expect(page.locator("h1")).to_have_text("Ready for the next traveller")
    page.get_by_role("button", name=re.compile("Take back")).press("Enter")
    expect(page.locator("h1")).to_have_text("Nothing found")
    page.get_by_role("link", name=re.compile("Refuse")).press("Enter")
    page.get_by_label("No valid travel document").press("Space")
    page.get_by_role("button", name=re.compile("Refuse entry")).press("Enter")
    expect(page.locator("h1")).to_have_text("Refusal of entry at the border")
    assert Crossing.objects.filter(taken_back_at=None).get().outcome == "refused"
    page.get_by_role("link", name=re.compile("Next traveller")).press("Enter")
    page.fill("#document", "no lines")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("These are not the lines of a travel document.")
    expect(page.locator("#document")).to_have_value("no lines")
    page.fill("#document", " ".join(lines(STOLEN)))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Stop. One finding")
    page.locator("#note").fill("Says it is new.")
    page.get_by_role("button", name=re.compile("Refer")).press("Enter")
    expect(page.locator("h1")).to_have_text("Ready for the next traveller")
    page.locator(".languages summary").first.press("Enter")
    page.get_by_role("button", name="العربية").press("Enter")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.locator("button[name=theme]").press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
