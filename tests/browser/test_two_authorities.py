"""A readmission between two authorities that run beside each other and speak over mutual TLS, worked by people at pages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import authority
from tests.browser.authority import Site
from tests.browser.conftest import Officer
from xenia.site.demo import neighbour, portraits, scenario
from xenia.site.demo.people import Person
from xenia.site.story import plot

pytestmark = pytest.mark.browser

STARTS_S = 60
ARRIVES_S = 30
TODAY = datetime.now(UTC).date()
OF = plot.Agreement("EU-AZ", "LTU", "AZE", silence_is_consent=True, reply_days=15)
TRAVELLER = Person(
    "Belduramir", "Ilka Noemi", "F", date(1991, 11, 23), "AZE", plot.PAPER, TODAY + timedelta(days=60), issuer="AZE"
)
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
    case: str = ""
    seats: dict[str, Page] = field(default_factory=dict)
    opened: list[BrowserContext] = field(default_factory=list)

    def page(self, who: str) -> Page:
        """The page of this person, signed in."""
        if who not in self.seats:
            context = self.browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
            context.set_default_timeout(10_000)
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

    def deadline(self, name: str) -> str:
        """The day on which this deadline of the case is due."""
        page = self.open("officer")
        return (
            page.get_by_role("row")
            .filter(has=page.get_by_role("rowheader", name=name))
            .locator("td")
            .nth(1)
            .inner_text()
        )

    def leave(self) -> None:
        """Everybody goes home."""
        for context in self.opened:
            context.close()


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


def applied(team: Team, proof: str, *, again: bool = False) -> None:
    """The officer opens a case and the lead sends it."""
    said = plot.application(plot.SECOND, OF, proof=proof)
    said = {name: value for name, value in said.items() if value is not False}
    said |= {"known_on": written(TODAY), "person.birth_date": written(date.fromisoformat(plot.SECOND["birth_date"]))}
    said |= {"stateless": False, "accelerated": False}
    page = team.page("officer")
    if again:
        follow(page, team.open("officer").locator("#next").get_by_role("link", name="New case"))
    else:
        page.goto(f"{team.site.url}/cases/new/")
        page.get_by_role("link", name="Readmission: New application", exact=True).click()
    page.locator("[name=profile]").select_option("EU-AZ")
    page.locator("[name=counterpart]").select_option("AZE/MG")
    follow(page, page.get_by_role("button", name="Continue"))
    answers(page, said)
    page.locator("main button.first").last.click()
    expect(page.locator(".case-facts .tag").first).to_have_text("Draft")
    team.case = page.url
    expect(page.locator("#next")).to_contain_text("A document is missing: Photograph")
    photographed(page)
    team.does("officer", "Send the application", second="lead")


def photographed(page: Page) -> None:
    """Attach the photograph that the next step waits for, where the page says so."""
    page.locator("#next").get_by_role("link", name="Attach it here", exact=True).click()
    expect(page.locator("#attach-kind")).to_have_value("photograph")
    picture = portraits.photograph("Belduramir Ilka Noemi")
    page.locator("#attach-file").set_input_files({"name": "her.png", "mimeType": "image/png", "buffer": picture})
    page.get_by_role("button", name="Add it", exact=True).click()
    expect(page.locator("#documents")).to_contain_text("her.png")


def found(team: Team) -> None:
    """The officer looks into the list until the case has come."""
    page = team.page("officer")
    page.goto(f"{team.site.url}/cases/?which=all")
    row = page.get_by_role("row").filter(has_text="Belduramir").filter(has_text="Received")
    reloaded(page, row.first)
    row.get_by_role("link").first.click()
    expect(page.locator(".case-facts")).to_be_visible()
    team.case = page.url


@pytest.fixture
def teams(browser: Browser, tmp_path: Path, project: Path) -> Iterator[tuple[Team, Team]]:
    """Lithuania, which asks, and Azerbaijan, which is asked; both serve and have pinned each other."""
    password = f"{secrets.token_urlsafe(18)}-a1"
    ports = authority.free_ports(2)
    sites = [Site(state, tmp_path / state, port) for state, port in zip(("LTU", "AZE"), ports, strict=True)]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(authority.running(site, other.home / neighbour.CARD, password, project))
            for site, other in zip(sites, reversed(sites), strict=True)
        ]
        for site, process in zip(sites, processes, strict=True):
            authority.answering(site, process, STARTS_S)
        made = [Team(site, browser, password) for site in sites]
        for team in made:
            stack.callback(team.leave)
        yield made[0], made[1]


def test_a_person_is_handed_over_from_one_authority_to_another(teams: tuple[Team, Team]) -> None:
    ours, theirs = teams
    applied(ours, "own_statement")
    found(theirs)
    theirs.does("officer", "Begin to check")
    ours.sees("Being checked")
    said = {"reasons": ["evidence_insufficient"], "explanation": plot.EXPLAINED}
    theirs.does("officer", "Refuse", said, second="lead")
    theirs.sees("Refused")
    ours.sees("Refused")

    applied(ours, "copy_of_proof", again=True)
    found(theirs)
    theirs.does("officer", "Begin to check")
    theirs.does("officer", "Accept", {"ground": "own_national", "document_needed": True}, second="lead")
    theirs.sees("Accepted")
    ours.sees("Accepted")
    expect(ours.open("officer").locator("aside.stack")).to_contain_text("previous case")
    assert ours.deadline("Transfer the person") == theirs.deadline("Transfer the person") != ""

    papers(ours, theirs)
    transferred(ours, theirs)
    for team in teams:
        team.sees("Handed over")


def papers(ours: Team, theirs: Team) -> None:
    """A travel document is asked for and issued."""
    ours.does("officer", "Ask for a travel document", {"needed_by": written(TODAY + timedelta(days=20))})
    theirs.sees("Travel document asked for", "consul")
    paper = {"number": plot.PAPER, "issued_on": written(TODAY), "valid_until": written(TODAY + timedelta(days=60))}
    theirs.does("consul", "Issue the travel document", paper)
    ours.sees("Travel document ready")


def transferred(ours: Team, theirs: Team) -> None:
    """The journey is planned, notified and confirmed; then the person comes to the lane and is let in."""
    day = written(TODAY + timedelta(days=12))
    journey = {"date": day, "time": "14:20", "border_point": "AZE-AP1", "mode": "air", "flight": "XQ 204"}
    ours.does("officer", "Plan the transfer", journey | {"persons": 1})
    ours.does("officer", "Send the transfer notice", second="lead")
    theirs.sees("Transfer notified")
    theirs.does("officer", "Confirm the transfer")
    ours.sees("Transfer confirmed")
    lane = Officer(theirs.page("border"), theirs.site.url)
    lane.press("1")
    lane.sees("Ready for the next traveller")
    lane.read(scenario.passport(TRAVELLER))
    expect(lane.page.locator("main")).to_contain_text("Expected: readmission AZE-")
    expect(lane.page.locator("main")).to_contain_text("hand-over from Lithuania")
    lane.press("F2")
    lane.sees("Ready for the next traveller")
