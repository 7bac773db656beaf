"""Two people at two machines: one cuts a post's line and restores it, the other works on there. Real processes, a real line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_every_page import faults, too_wide
from xenia.site.demo import bare, commands, scenario
from xenia.site.demo.bare import Bare

pytestmark = pytest.mark.browser
LONG_MS = 180_000.0


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Bare]:
    """A centre and its post, ready."""
    with bare.running(tmp_path) as made:
        made.wait()
        yield made


def signed_in(browser: Browser, url: str, name: str, secret: str) -> Page:
    """Somebody at the demo's page of that installation."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(LONG_MS)
    page = context.new_page()
    page.goto(f"{url}/sign-in/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(secret)
    page.locator("form:has(#id_login) button").first.click()
    page.wait_for_url(lambda there: "/sign-in/" not in there)
    return page


def stands(page: Page, url: str, lane: str) -> None:
    """At Korun Pass, at that lane."""
    page.goto(f"{url}/own/place/")
    with page.expect_navigation():
        page.locator(f"form:has(input[name=post][value='UTO-KP1']) button[name=lane][value='{lane}']").first.click()


def fact(page: Page, words: str) -> Locator:
    """The number beside these words."""
    return page.locator("dl.facts > div").filter(has_text=words).locator("dd")


def reads(page: Page, url: str, key: str) -> None:
    """A traveller's document is read at the lane."""
    page.goto(f"{url}/console/")
    page.locator("#document").fill("\n".join(scenario.passport(scenario.people_of(commands.today())[key])))
    page.locator("form:has(#document)").evaluate("form => form.requestSubmit()")


def number(place: Locator) -> int:
    return int(re.sub(r"\D", "", place.inner_text()))


def test_a_line_is_cut_and_restored_while_a_post_works(two: Bare, browser: Browser) -> None:
    expect.set_options(timeout=LONG_MS)
    try:
        _walked(two, browser)
    finally:
        expect.set_options(timeout=5_000)


def _walked(two: Bare, browser: Browser) -> None:
    centre_url, post_url = f"http://{two.bind}", f"http://{two.plan.pages}"
    centre = signed_in(browser, centre_url, "delmar", two.passwords["delmar"])
    post = signed_in(browser, post_url, "runa", two.plan.pins["runa"])
    stands(centre, centre_url, "")
    stands(post, post_url, "V1")
    expect(post.locator("footer.status")).to_contain_text("Line up")

    centre.goto(f"{centre_url}/demo/")
    expect(centre.locator("#demo-post .tag")).to_have_text("The line is whole")
    before = number(fact(centre, "Entries of the post"))
    centre.get_by_role("button", name="Cut the line").click()
    expect(centre.locator("#demo-post .tag")).to_have_text("The line is cut")

    reads(post, post_url, "clear")
    expect(post.locator("h1").first).to_have_text("Nothing found")
    post.get_by_role("button", name="Admit").first.click()
    expect(post.locator("h1").first).to_have_text("Ready for the next traveller")
    reads(post, post_url, "refuse")
    expect(post.locator("h1").first).to_contain_text("Look closely")  # by keys of a list that came down
    centre.get_by_role("button", name="Let three travellers come").click()

    post.goto(f"{post_url}/demo/")
    expect(fact(post, "Crossings here")).to_have_text("4")
    _reloaded_until(post, "No line")
    waiting = number(fact(post, "Entries that wait here"))
    assert waiting > 10
    expect(post.locator("footer.status")).to_contain_text("entries wait")
    assert (number(fact(centre, "Entries of the post")), fact(centre, "Its crossings").inner_text()) == (before, "0")
    found = faults(post, "post") + too_wide(post, "post") + faults(centre, "centre") + too_wide(centre, "centre")
    assert not found, "\n".join(found)

    centre.get_by_role("button", name="Restore the line").click()
    expect(fact(centre, "Its crossings")).to_have_text("4")
    post.goto(f"{post_url}/units/here/")
    expect(post.locator("#here")).to_contain_text("There is a line")
    expect(fact(post, "Entries that wait here")).to_have_text("0")

    centre.goto(f"{centre_url}/units/")
    centre.get_by_role("link", name="Korun Pass, one machine").first.click()
    expect(fact(centre, "Entries waiting there")).to_have_text("0")
    assert number(fact(centre, "Entries here")) >= before + waiting
    centre.goto(f"{centre_url}/demo/")
    expect(fact(centre, "Its crossings")).to_have_text("4")


def _reloaded_until(page: Page, words: str) -> None:
    """The foot of the page is as old as the page: open it again until it says so."""
    for _ in range(60):
        if words in page.locator("footer.status").inner_text():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(page.locator("footer.status").inner_text())
