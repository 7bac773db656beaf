"""People of two authorities at the pages of their cases, each at a machine of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.authority import Site
from tests.browser.clock import Clock
from tests.browser.conftest import Officer

ARRIVES_S = 60
WHY = "Read and found in order."


def written(day: date) -> str:
    """A day as people type it."""
    return f"{day.day} {day.month} {day.year}"


@dataclass
class Team:
    """One authority's people, each at a machine of their own, at the case that is worked now."""

    site: Site
    browser: Browser
    password: str
    clock: Clock
    case: str = ""
    seats: dict[str, Page] = field(default_factory=dict)
    opened: list[BrowserContext] = field(default_factory=list)

    def page(self, who: str) -> Page:
        """The page of this person, signed in."""
        if who not in self.seats:
            context = self.browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
            context.set_default_timeout(30_000)
            self.opened.append(context)
            page = self.seats[who] = context.new_page()
            Officer(page, self.site.url).sign_in(who, self.password)
        return self.seats[who]

    def open(self, who: str) -> Page:
        """The case, as this person reads it."""
        page = self.page(who)
        page.goto(self.case)
        return page

    def sees(self, state: str, who: str = "officer") -> None:
        """The case is in this state, or comes to it."""
        page = self.open(who)
        reloaded(page, page.locator(".case-facts .tag").first.get_by_text(state, exact=True))

    def does(self, who: str, what: str, said: Mapping[str, object] | None = None, *, second: str = "") -> None:
        """One action of the case by its label, with its form; `second` releases it."""
        page = self.open(who)
        link = page.locator("#next").get_by_role("link", name=what, exact=True)
        if not link.is_visible():
            page.locator("#next summary").click()
        follow(page, link)
        answers(page, said or {})
        if second:
            page.locator("#f-why").fill(WHY)
        page.locator("main button.first").last.click()
        expect(page.locator(".case-facts")).to_be_visible()
        if second:
            self.releases(second)

    def releases(self, who: str) -> None:
        """Somebody else reads the proposal and approves it."""
        page = self.open(who)
        page.locator("#next").get_by_role("link", name="look at it").click()
        page.get_by_role("button", name="Approve").click()
        page.wait_for_url("**/proposals/")

    def limits(self, how: str = "") -> dict[str, date]:
        """The time limits of the case that run, by name; those that `passed`, or `ended in time`."""
        rows = self.open("officer").get_by_role("region", name="Deadlines").locator("tbody tr")
        cells = rows.evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.innerText))")
        over = ("passed", "ended in time")
        chosen = [(name, due) for name, state, due, *_ in cells if (state == how if how else state not in over)]
        assert len(dict(chosen)) == len(chosen)
        return {name: datetime.strptime(due, "%d %b %Y").date() for name, due in chosen}

    def leave(self) -> None:
        """Everybody goes home."""
        for context in self.opened:
            context.close()
        self.opened.clear()
        self.seats.clear()


Teams = tuple[Team, Team]


def later(teams: Teams, moment: datetime) -> None:
    """It is later, for both; people sign in again. What time alone brings about, the clocks of the authorities do."""
    for team in teams:
        team.leave()
    teams[0].clock.move(moment)


def reloaded(page: Page, wanted: Locator) -> None:
    """Reload the page until this is on it."""
    until = datetime.now(UTC) + timedelta(seconds=ARRIVES_S)
    while True:
        try:
            expect(wanted).to_be_visible(timeout=500)
        except AssertionError:
            if datetime.now(UTC) > until:
                raise
            page.reload()
        else:
            return


def follow(page: Page, control: Locator) -> None:
    """Click, and be on another page."""
    before = re.compile(f"^{re.escape(page.url)}$")
    control.click()
    expect(page).not_to_have_url(before)
    page.wait_for_load_state()


def answers(page: Page, said: Mapping[str, object]) -> None:
    """Go through the pages of a form to the page that asks once more; every answer finds its question."""
    left = dict(said)
    while page.locator("button[name=_go]").count():
        for name in list(left):
            if page.locator(f'[name="{name}"]').count():
                answer(page, name, left.pop(name))
        follow(page, page.locator("button.first[name=_go]"))
    assert not left
    expect(page.locator("h1")).to_have_text("Check the answers")


def answer(page: Page, name: str, value: object) -> None:
    """One answer, whatever kind of control asks for it."""
    control = page.locator(f'[name="{name}"]')
    kind = control.first.evaluate("one => one.type")
    if kind in ("radio", "checkbox"):
        words = value if isinstance(value, list) else [{True: "yes", False: "no"}.get(value, value)]  # type: ignore[call-overload]
        for word in words:
            chosen = page.locator(f'[name="{name}"][value="{word}"]')
            if chosen.count():
                chosen.check()
            else:
                assert word == "no"
    elif kind == "select-one":
        control.select_option(str(value))
    else:
        control.fill(str(value))
