"""The statistics as an analyst sees them: the table at once, the chart after it, by keyboard, on a phone, in Arabic, dark, without script."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import people
from tests.browser.test_every_page import faults, open_as, too_wide
from tests.insight import facts
from xenia.insight import actions, loading

pytestmark = pytest.mark.browser

QUESTION = "measure=crossings&by=nationality&by=month"
QUESTIONS = (
    ("many", QUESTION),
    ("flows", f"{QUESTION}&by=post&chart=flows"),
    ("lines", "measure=crossings&by=month&by=direction"),
    ("heat", f"{QUESTION}&chart=heat"),
    ("areas", "measure=crossings&by=nationality&chart=areas"),
)


@pytest.fixture
def filled(transactional_db: None, settings: Any, tmp_path: Path) -> people.World:
    settings.XENIA_DEMO, settings.XENIA_HOME = True, tmp_path  # signs in without a second factor
    rows = [
        [*row[:4], {"ARC": "GEO", "MOL": "UKR", "PAN": "TUR", "ZEM": "FRA"}.get(str(row[4]), row[4]), *row[5:]]
        for row in facts.many()
    ]
    loading.load(actions.warehouse(), facts.write(tmp_path / "facts.csv", rows), facts.SECRET)
    world = people.build()
    world.person("ana", "analyst")
    return world


def picture(page: Any, name: str) -> None:
    """Kept where the environment has LOOK=FOLDER, to be looked at."""
    if os.environ.get("LOOK"):
        page.screenshot(path=str(Path(os.environ["LOOK"]) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(
    ("scheme", "language", "width"), [("light", "en", 1280), ("dark", "ar", 1280), ("light", "en", 360)]
)
def test_a_question_is_asked_and_its_chart_seen(filled, live_server, browser, scheme, language, width) -> None:
    size = {"viewport": {"width": width, "height": 900}}
    with open_as(browser, live_server.url, "ana", scheme, language, **size) as context:
        page = context.new_page()
        for name, query in QUESTIONS[: len(QUESTIONS) if (scheme, width) == ("light", 1280) else 2]:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{live_server.url}/statistics/?{query}")
            page.wait_for_function("document.querySelector('.picture svg text')")
            assert page.locator(".figures caption").count() == 1
            assert len(page.locator(".picture [role=img]").get_attribute("aria-label")) > 60
            picture(page, f"{name}-{scheme}-{language}-{width}")
            assert not faults(page, name) and not too_wide(page, name)


def test_the_form_is_filled_by_keyboard_and_the_question_saved(filled, live_server, browser) -> None:
    with open_as(browser, live_server.url, "ana", "light", "en") as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/statistics/")
        assert not page.locator(".own").first.is_visible()
        page.get_by_label("Breakdown 1").select_option("post")
        page.locator("summary", has_text="Only some of them").press("Enter")
        page.locator("summary", has_text="Nationality").press("Enter")
        page.get_by_label("Georgia").press("Space")
        page.get_by_role("button", name="Show").press("Enter")
        page.locator("#answer").wait_for()
        assert "only-nationality=GEO" in page.url and "Georgia" in page.locator("#answer").inner_text()
        page.get_by_role("link", name="Save the question").press("Enter")
        page.get_by_label("Title").fill("Georgians by post")
        page.get_by_role("button", name="Save").press("Enter")
        page.get_by_role("heading", name="Georgians by post").wait_for()
        picture(page, "saved-one")
        assert not faults(page, "saved")
        page.goto(f"{live_server.url}/statistics/saved/")
        picture(page, "saved")
        assert not faults(page, "list")
        page.get_by_role("button", name="Put away").press("Enter")
        page.get_by_role("button", name="Undo").press("Enter")
        assert page.get_by_role("link", name="Georgians by post", exact=True).count() == 1


def test_it_works_without_script(filled, live_server, browser) -> None:
    with open_as(browser, live_server.url, "ana", "light", "en", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/statistics/")
        page.locator("[name=by]").first.select_option("month")
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".figures tbody tr")).to_have_count(6)
        page.locator("#measure").select_option("control_median")
        page.get_by_role("button", name="Only change the form").click()
        expect(page.locator(".figures")).to_have_count(0)
        assert page.locator("#measure").input_value() == "control_median"
