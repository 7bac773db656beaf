"""One page of every kind that somebody can walk to: axe finds nothing, a phone does not scroll sideways.

Each is looked at in two of four modes, one light and one dark, one in English and one in Arabic, in turn; in all four where
the environment has EVERY_MODE=1.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.test_every_page import MODES, checked, open_as
from xenia.access import actions as access
from xenia.access import devices, lock, standing
from xenia.frontier import actions, referrals
from xenia.frontier.shift import incidents, shifts
from xenia.site.demo import commands, scenario, traffic, world
from xenia.site.screenshots import walk

pytestmark = pytest.mark.browser
# Who walks, and where they stand: post and lane.
ROLES = (
    ("amadi", world.POST, "L2"),
    ("galen", world.GATE, "V1"),
    ("corvin", world.POST, ""),
    ("delmar", world.POST, ""),
    ("editor", "", ""),
    ("approver", "", ""),
    ("admin", "", ""),
    ("officer-dp", "", ""),
    ("auditor", "", ""),
    ("asylum", "", ""),
)
LEAST = 60  # kinds of pages; fewer means that the walk was cut off somewhere


@pytest.fixture
def filled(demo: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A demonstration in which something of everything has happened."""
    now = datetime.now(UTC)
    delmar, corvin = standing.by_name("delmar", world.POST), standing.by_name("corvin", world.POST)
    shift = shifts.open_shift(delmar, now - timedelta(hours=1), now + timedelta(hours=7))
    monkeypatch.setattr(traffic, "TRAVELLERS", 24)
    monkeypatch.setattr(traffic, "GATE_SHARE", 0.0)
    traffic._day_of.cache_clear()
    traffic.run(commands.today(), traffic.SEED, lambda text: None)
    amadi = standing.by_name("amadi", world.POST, "L2")
    chosen = scenario.examples(commands.today())
    refused = actions.check_text(amadi, "L2", "\n".join(chosen[11].lines), "entry")
    actions.refuse(amadi, refused.id, ["E"], {"E": "Return ticket"})
    for number in (2, 12):
        view = actions.check_text(amadi, "L2", "\n".join(chosen[number].lines), "entry")
        item = actions.refer(amadi, view.id, "Calm.")
        actions.claim_referral(corvin, item)
    referrals.hand_over(corvin, item, "asylum", world.ASYLUM, "Asks for protection.")
    incidents.log(delmar, incidents.kind_choices()[0][0], now - timedelta(minutes=5), "A door stood open.")
    lock.leave_note(amadi, "The printer needs paper.")
    devices.make(access.operator_standing("operator"), world.POST, "L1", "Booth 1, left")
    shifts.close(delmar, shift)
    return demo


def _stands(page: Page, url: str, post: str, lane: str) -> None:
    if not post:
        return
    page.goto(f"{url}/own/place/")
    with page.expect_navigation():
        page.locator(f"form:has(input[name=post][value='{post}']) button[name=lane][value='{lane}']").first.click()


class Looking:
    """One person's browsers, one for each mode, opened when they are needed."""

    def __init__(self, browser: Browser, url: str, username: str, password: str, post: str, lane: str) -> None:
        self.browser, self.url, self.username, self.password = browser, url, username, password
        self.post, self.lane = post, lane
        self.open: dict[tuple[str, str], tuple[BrowserContext, Page]] = {}

    def page(self, scheme: str, language: str) -> Page:
        if (scheme, language) not in self.open:
            context = open_as(self.browser, self.url, self.username, scheme, language, password=self.password)
            page = context.new_page()
            _stands(page, self.url, self.post, self.lane)
            self.open[scheme, language] = context, page
        return self.open[scheme, language][1]

    def close(self) -> None:
        for context, _page in self.open.values():
            context.close()


def modes(number: int) -> list[tuple[str, str]]:
    """In which modes the page of this number is looked at."""
    return MODES if os.environ.get("EVERY_MODE") else MODES[:2] if number % 2 else MODES[2:]


def test_one_page_of_every_kind(filled: dict[str, str], live_server: Any, browser: Browser) -> None:
    seen: set[str] = set()
    found: list[str] = []
    for username, post, lane in ROLES:
        looking = Looking(browser, live_server.url, username, filled[username], post, lane)
        for kind, address in list(walk.found(looking.page("light", "en"), f"{live_server.url}/")):
            if kind in seen:
                continue
            seen.add(kind)
            for scheme, language in modes(len(seen)):
                found += checked(looking.page(scheme, language), address, f"{username} {scheme} {language}")
        looking.close()
    assert not found, "\n".join(found)
    assert len(seen) >= LEAST, sorted(seen)
