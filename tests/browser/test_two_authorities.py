"""A readmission between two authorities that run beside each other and speak over mutual TLS, worked by people at pages."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import agreement, authority
from tests.browser.authority import Site
from tests.browser.clock import Clock
from tests.browser.conftest import Officer
from tests.browser.teams import Team, Teams, answers, follow, later, reloaded, written
from xenia.site.demo import neighbour, portraits, scenario
from xenia.site.demo.people import Person
from xenia.site.story import plot

pytestmark = pytest.mark.browser

STARTS_S = 60
OF = plot.Agreement("EU-AZ", "LTU", "AZE", silence_is_consent=True, reply_days=15)
LAST_PAPER = "UX9000003"
SILENT, HER = plot.FIRST, plot.SECOND
PLACES = (("LTU", "Europe/Vilnius"), ("AZE", "Asia/Baku"))


def due(teams: Teams, limits: Mapping[str, date], ours: Mapping[str, date] | None = None) -> None:
    """Exactly these time limits run on both sides; those of `ours` on our side only, since nothing of them is sent."""
    assert teams[0].limits() == {**limits, **(ours or {})}
    assert teams[1].limits() == limits


def applied(team: Team, who: Mapping[str, str], proof: str, *, again: bool = False) -> None:
    """The officer opens a case and the lead sends it."""
    said = plot.application(who, OF, proof=proof)
    said = {name: value for name, value in said.items() if value is not False}
    said |= {"known_on": written(team.clock.now()), "person.birth_date": written(date.fromisoformat(who["birth_date"]))}
    said |= {"stateless": False, "accelerated": False}
    if who is SILENT:
        said["document.number"] = "UX4400118"
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
    photographed(page, who)
    team.does("officer", "Send the application", second="lead")


def photographed(page: Page, who: Mapping[str, str]) -> None:
    """Attach the photograph that the next step waits for, where the page says so."""
    page.locator("#next").get_by_role("link", name="Attach it here", exact=True).click()
    expect(page.locator("#attach-kind")).to_have_value("photograph")
    picture = portraits.photograph(f"{who['surname']} {who['given_names']}")
    page.locator("#attach-file").set_input_files({"name": "person.png", "mimeType": "image/png", "buffer": picture})
    page.get_by_role("button", name="Add it", exact=True).click()
    expect(page.locator("#documents")).to_contain_text("person.png")


def found(team: Team, who: Mapping[str, str]) -> None:
    """The officer looks into the list until the case has come."""
    page = team.page("officer")
    page.goto(f"{team.site.url}/cases/?which=all")
    row = page.get_by_role("row").filter(has_text=who["surname"]).filter(has_text="Received")
    reloaded(page, row.first)
    row.get_by_role("link").first.click()
    expect(page.locator(".case-facts")).to_be_visible()
    team.case = page.url


def beginning(now: datetime) -> datetime:
    """The next 6th of March: the days of Novruz and the change of the clock in Lithuania lie before us."""
    this_year = datetime(now.year, 3, 6, 8, tzinfo=UTC)
    return this_year if this_year > now else this_year.replace(year=now.year + 1)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """The clock of both authorities."""
    return Clock(tmp_path / "clock")


@pytest.fixture
def teams(browser: Browser, tmp_path: Path, project: Path, clock: Clock) -> Iterator[Teams]:
    """Lithuania, which asks, and Azerbaijan, which is asked; both serve and have pinned each other."""
    password = f"{secrets.token_urlsafe(18)}-a1"
    ports = authority.free_ports(2)
    sites = [Site(state, zone, tmp_path / state, port) for (state, zone), port in zip(PLACES, ports, strict=True)]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(authority.running(site, other.home / neighbour.CARD, password, project, clock))
            for site, other in zip(sites, reversed(sites), strict=True)
        ]
        for site, process in zip(sites, processes, strict=True):
            authority.answering(site, process, STARTS_S)
        clock.move(beginning(clock.now()))
        made = [Team(site, browser, password, clock) for site in sites]
        for team in made:
            stack.callback(team.leave)
        yield made[0], made[1]


def test_a_whole_case_between_two_authorities(teams: Teams, clock: Clock) -> None:
    ours, theirs = teams
    unanswered = sent(teams, SILENT)
    silent = [team.case for team in teams]
    refused(teams)
    agreed = accepted(teams)
    until = papers(teams, agreed)

    later(teams, clock.now() + timedelta(days=16))
    ran_out(teams, agreed, until)
    day = announced(teams, agreed)
    hers = [team.case for team in teams]

    for team, case in zip(teams, silent, strict=True):
        team.case = case
    deemed(teams, unanswered)

    later(teams, datetime.combine(day, clock.now().timetz()))
    for team, case in zip(teams, hers, strict=True):
        team.case = case
    arrived(theirs)
    for team in teams:
        team.sees("Handed over")
    due(teams, {"Claim an error (own national)": agreement.error(clock.now())})


def sent(teams: Teams, who: Mapping[str, str], proof: str = "own_statement", *, again: bool = False) -> datetime:
    """An application is sent and has come: from now on the other side's time runs."""
    ours, theirs = teams
    applied(ours, who, proof, again=again)
    found(theirs, who)
    ours.sees("Received")
    due(teams, {"Reply": agreement.reply(ours.clock.now())})
    return ours.clock.now()


def refused(teams: Teams) -> None:
    """Her first application is refused with a reason."""
    ours, theirs = teams
    sent(teams, HER)
    theirs.does("officer", "Begin to check")
    ours.sees("Being checked")
    said = {"reasons": ["evidence_insufficient"], "explanation": plot.EXPLAINED}
    theirs.does("officer", "Refuse", said, second="lead")
    for team in teams:
        team.sees("Refused")
    due(teams, {})


def accepted(teams: Teams) -> datetime:
    """Her second one, with better evidence, is accepted."""
    ours, theirs = teams
    sent(teams, HER, "copy_of_proof", again=True)
    theirs.does("officer", "Begin to check")
    theirs.does("officer", "Accept", {"ground": "own_national", "document_needed": True}, second="lead")
    for team in teams:
        team.sees("Accepted")
    expect(ours.open("officer").locator("aside.stack")).to_contain_text("previous case")
    due(teams, {"Transfer the person": agreement.transfer(ours.clock.now())})
    return ours.clock.now()


def issued(teams: Teams, agreed: datetime, number: str, days: int, *, renewed: bool = True) -> date:
    """The consul issues a travel document; until when it is good."""
    ours, theirs = teams
    today = ours.clock.now().date()
    until = today + timedelta(days=days)
    paper = {"number": number, "issued_on": written(today), "valid_until": written(until)}
    theirs.does("consul", "Issue the travel document", paper | ({"renewed": True} if renewed else {}))
    for team in teams:
        team.sees("Travel document ready")
    due(teams, {"Transfer the person": agreement.transfer(agreed), "Travel document valid until": until})
    return until


def papers(teams: Teams, agreed: datetime) -> date:
    """A travel document is asked for and issued."""
    ours, theirs = teams
    asked = ours.clock.now()
    ours.does("officer", "Ask for a travel document", {"needed_by": written(asked + timedelta(days=20))})
    theirs.sees("Travel document asked for")
    waits = {"Issue the travel document": agreement.paper(asked)}
    due(teams, {"Transfer the person": agreement.transfer(agreed), **waits})
    return issued(teams, agreed, plot.PAPER, 14, renewed=False)


def ran_out(teams: Teams, agreed: datetime, until: date) -> None:
    """The travel document ran out unused and is renewed; the new one is too short, so that another renewal is asked for."""
    ours, theirs = teams
    transfer = {"Transfer the person": agreement.transfer(agreed)}
    for team in teams:
        team.sees("Travel document asked for")
        assert team.limits("passed") == {"Travel document valid until": until}
    due(teams, transfer | {"Renew the travel document": agreement.paper(agreement.over(until, agreement.BAKU))})
    issued(teams, agreed, plot.RENEWED, 9)

    now = ours.clock.now()
    ours.does("officer", "Ask for renewal", {"needed_by": written(now + timedelta(days=12))})
    theirs.sees("Travel document asked for")
    due(teams, transfer | {"Renew the travel document": agreement.paper(now)})
    issued(teams, agreed, LAST_PAPER, 60)


def announced(teams: Teams, agreed: datetime) -> date:
    """The journey is planned, notified and confirmed; its day."""
    ours, theirs = teams
    day = ours.clock.now().date() + timedelta(days=12)
    runs = {
        "Transfer the person": agreement.transfer(agreed),
        "Travel document valid until": ours.clock.now().date() + timedelta(days=60),
    }
    journey = {"date": written(day), "time": "14:20", "border_point": "AZE-AP1", "mode": "air", "flight": "XQ 204"}
    ours.does("officer", "Plan the transfer", journey | {"persons": 1})
    due(teams, runs, ours={"Send the transfer notice": agreement.notice(day)})
    ours.does("officer", "Send the transfer notice", second="lead")
    theirs.sees("Transfer notified")
    theirs.does("officer", "Confirm the transfer")
    ours.sees("Transfer confirmed")
    due(teams, runs)
    return day


def deemed(teams: Teams, received: datetime) -> None:
    """Nobody answered: both sides say that this was consent, and that it was so when the last day to reply was over."""
    last = agreement.reply(received)
    agreed = agreement.over(last, agreement.BAKU)
    for team in teams:
        team.sees("Accepted by silence")
        newest = team.open("officer").locator("#history li").first
        expect(newest.locator("strong")).to_have_text("Accepted by silence")
        there = agreed.astimezone(ZoneInfo(team.site.zone))
        expect(newest).to_contain_text(f"{there:%a} {there.day} {there:%b %Y, %H:%M}")
        assert team.limits("passed") == {"Reply": last}
    due(teams, {"Transfer the person": agreement.transfer(agreed)})


def arrived(team: Team) -> None:
    """She comes to the lane and is let in."""
    until = team.clock.now().date() + timedelta(days=40)
    born = date.fromisoformat(HER["birth_date"])
    person = Person(HER["surname"], HER["given_names"], HER["sex"], born, "AZE", LAST_PAPER, until, issuer="AZE")
    lane = Officer(team.page("border"), team.site.url)
    lane.takes_lane("1")
    lane.read(scenario.passport(person))
    expect(lane.page.locator("main")).to_contain_text("Expected: readmission AZE-")
    expect(lane.page.locator("main")).to_contain_text("hand-over from Lithuania")
    lane.press("F2")
    lane.sees("Ready for the next traveller")
