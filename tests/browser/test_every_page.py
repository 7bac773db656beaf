"""Every page, in light and dark, English and Arabic: axe finds nothing, nothing is wider than a phone, one h1, a title.

Addresses without argument are looked at in two modes in turn (light English and dark Arabic, or dark English and light
Arabic), in all four where the environment has EVERY_MODE=1; the lane in all four.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests import people
from tests.browser.conftest import CHOOSING, CLEAR, POSSIBLE, STOLEN, lines
from xenia.access import standing
from xenia.frontier import actions, referrals

pytestmark = pytest.mark.browser

NOT_PAGES = ("api/", "health", "metrics", "static/", "sign-out/", "download", "newer")
MODES = [("light", "en"), ("dark", "ar"), ("dark", "en"), ("light", "ar")]
ROLES = ("administrator", "alert-editor", "second-approver", "data-protection-officer", "auditor", "shift-supervisor")


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Addresses that take no argument."""
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, path)
        elif isinstance(one, URLPattern) and "<" not in path and "(" not in path:
            yield "/" + path


def open_as(
    browser: Browser,
    url: str,
    username: str,
    scheme: str,
    language: str,
    password: str = people.PASSWORD,
    **more: Any,
) -> BrowserContext:
    """A browser in which this officer is signed in already."""
    client = Client()
    people.sign_in(client, username, password)
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", **more)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    context.add_cookies(
        [
            {
                "name": django_settings.SESSION_COOKIE_NAME,
                "value": client.cookies[django_settings.SESSION_COOKIE_NAME].value,
                "url": url,
            },
            {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url},
        ]
    )
    return context


def faults(page: Page, where: str) -> list[str]:
    """What is wrong with the page as it stands."""
    found = [
        f"{where}: {violation['id']} at {node['target']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    if page.locator("h1:visible").count() != 1:
        found.append(f"{where}: {page.locator('h1:visible').count()} visible h1")
    if not page.title().strip().endswith("Xenia") or len(page.title()) < len(" - Xenia") + 2:
        found.append(f"{where}: title {page.title()!r}")
    return found


def too_wide(page: Page, where: str) -> list[str]:
    """Whether a phone of 360 pixels would scroll sideways."""
    page.set_viewport_size({"width": 360, "height": 740})
    extra = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.set_viewport_size({"width": 1280, "height": 800})
    return [f"{where}: {extra} px wider than a phone"] if extra > 0 else []


def checked(page: Page, address: str, mode: str) -> list[str]:
    """Open an address and look at it."""
    try:
        answer = page.goto(address)
    except Error as problem:
        return [] if "Download is starting" in problem.message else [f"{address}: {problem.message}"]
    if answer is None or "text/html" not in answer.headers.get("content-type", ""):
        return []
    if answer.status == 403:
        return []
    where = f"{mode} {page.url.split('/', 3)[-1]}"
    if answer.status >= 500:
        return [f"{where}: {answer.status}"]
    return faults(page, where) + too_wide(page, where)


@pytest.fixture
def lane(world: people.World) -> standing.Standing:
    """An officer at a lane."""
    return standing.of(world.made["ada"].pk, "UTO-AP1", "L1")


@pytest.mark.parametrize(("scheme", "language"), MODES)
def test_the_lane_in_all_its_states(browser, live_server, lane, scheme, language):
    checks = {
        one.surname: actions.check_text(lane, "L1", "\n".join(lines(one)), "entry").id
        for one in (CLEAR, STOLEN, POSSIBLE)
    }
    item = None
    pages = [f"/console/checks/{check}/" for check in checks.values()]
    clear = f"/console/checks/{checks[CLEAR.surname]}/"
    context = open_as(browser, live_server.url, "ada", scheme, language, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    mode = f"{scheme} {language}"
    page.goto(live_server.url + "/console/lanes/")
    found = faults(page, f"{mode} lanes") + too_wide(page, f"{mode} lanes")
    page.wait_for_selector(CHOOSING)
    page.keyboard.press("1")
    page.wait_for_url("**/console/")
    for address in ("/console/", *pages, "/console/typed/", clear + "refuse/", "/keys/", "/nowhere/", "/second-line/"):
        found += checked(page, live_server.url + address, mode)
    page.goto(live_server.url + "/console/typed/")
    page.locator("main form input:visible").first.press("Enter")  # whether or not the page has the focus yet
    page.wait_for_selector(".errors")
    found += faults(page, f"{mode} typed with errors")
    actions.refuse(lane, checks[CLEAR.surname], ["A", "E"], {"E": "Return ticket"})
    item = actions.refer(lane, checks[STOLEN.surname], "Calm.")
    for address in (clear, clear + "refusal/", "/console/"):
        found += checked(page, live_server.url + address, mode)
    context.close()
    found += second_line(browser, live_server.url, item, scheme, language)
    assert not found, "\n".join(found)


def second_line(browser: Browser, url: str, item: Any, scheme: str, language: str) -> list[str]:
    """The queue and a referral before and after it was taken."""
    from xenia.access.models import Account

    context = open_as(browser, url, "cleo", scheme, language, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    mode = f"{scheme} {language}"
    found = checked(page, f"{url}/second-line/", mode) + checked(page, f"{url}/second-line/{item}/", mode)
    referrals.claim_referral(standing.of(Account.objects.get(username="cleo").pk, "UTO-AP1"), item)
    found += checked(page, f"{url}/second-line/{item}/", mode) + checked(
        page, f"{url}/second-line/{item}/refuse/", mode
    )
    context.close()
    return found


@pytest.mark.parametrize(("scheme", "language"), MODES)
def test_every_address_without_argument(browser, live_server, world, scheme, language):
    world.person("omni", *ROLES)
    context = open_as(browser, live_server.url, "omni", scheme, language, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    found: list[str] = []
    turn = MODES.index((scheme, language)) // 2
    for number, address in enumerate(addresses()):
        mine = number % 2 == turn or os.environ.get("EVERY_MODE")
        if mine and not any(part in address for part in NOT_PAGES):
            found += checked(page, live_server.url + address, f"{scheme} {language}")
    context.clear_cookies()
    found += checked(page, live_server.url + "/sign-in/", f"{scheme} {language} signed out")
    context.close()
    assert not found, "\n".join(found)
