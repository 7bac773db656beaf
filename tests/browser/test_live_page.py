"""The live counts as an analyst sees them: they come by themselves, on a phone, in Arabic, dark, and without script."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import people
from tests.browser.test_every_page import faults, open_as, too_wide
from tests.insight.tailing import world
from xenia.journal.ids import uuid7
from xenia.units.models import Unit

pytestmark = pytest.mark.browser


@pytest.fixture
def watched(transactional_db: None, settings: Any, tmp_path: Path) -> people.World:
    settings.XENIA_DEMO, settings.XENIA_HOME = True, tmp_path  # signs in without a second factor
    made = people.build()
    made.person("ana", "analyst")
    now = datetime.now(UTC)
    Unit.objects.create(
        name="uto-pm1-u1", label="One", post="UTO-AP1", owner="UTO-BG", state="active", invited_by=uuid7(), invited_at=now,
        received=9, seen_at=now - timedelta(hours=5), received_at=now - timedelta(hours=5), told={"sealed": 9, "pending": 0},
    )  # fmt: skip
    for number in range(60):
        world.cross(
            now - timedelta(minutes=number % 9), f"UX{number:07}", nationality=("GEO", "UKR", "TUR", "FRA")[number % 7 % 4],
            direction=("entry", "exit")[number % 3 // 2], post=("UTO-AP1", "UTO-BG")[number % 2],
        )  # fmt: skip
    world.follow()
    return made


@pytest.mark.parametrize(
    ("scheme", "language", "width"), [("light", "en", 1280), ("dark", "ar", 1280), ("light", "en", 360)]
)
def test_counts_come_to_an_open_page(watched, live_server, browser, scheme, language, width) -> None:
    with open_as(
        browser, live_server.url, "ana", scheme, language, viewport={"width": width, "height": 900}
    ) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/statistics/live/")
        assert page.locator("#live tbody tr").count() >= 4
        if os.environ.get("LOOK"):
            page.screenshot(
                path=str(Path(os.environ["LOOK"]) / f"live-{scheme}-{language}-{width}.png"), full_page=True
            )
        assert not faults(page, "live") and not too_wide(page, "live")
        if (scheme, width) == ("light", 1280):
            before = int(page.locator(".sums dd").first.inner_text())
            for number in range(40):
                world.cross(datetime.now(UTC), f"UY{number:07}", nationality="GEO")
            world.follow()
            expect(page.locator(".sums dd").first).to_have_text(
                re.compile(f"^({'|'.join(map(str, range(before + 30, before + 55, 5)))})$"), timeout=60_000
            )


def test_without_script_the_page_asks_to_be_loaded_again(watched, live_server, browser) -> None:
    with open_as(browser, live_server.url, "ana", "light", "en", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/statistics/live/?window=day")
        assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "15"
        page.get_by_role("link", name="Load again").click()
        assert "window=day" in page.url and page.locator("#live tbody tr").count() >= 4
