"""A post with officers, three small lists, and documents to scan; and an officer who is driven by keyboard only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import people
from xenia.formats import mrz
from xenia.registers.lists import actions as lists
from xenia.registers.lists import current, forgetting, store
from xenia.site import setup
from xenia.site.demo import commands, history, scenario
from xenia.site.demo import lists as demo_lists
from xenia.site.demo import world as demo_world
from xenia.site.demo.lists import DOCUMENT_COLUMNS, PERSON_COLUMNS, person_row, write
from xenia.site.demo.people import Person
from xenia.site.demo.scenario import fields, passport

TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=1500)


def person(surname: str, given_names: str, sex: str, born: date, number: str) -> Person:
    """Somebody invented, with a passport of Utopia that is valid for years."""
    return Person(surname, given_names, sex, born, "D", number, LATER)


CLEAR = person("Vale Okonjo", "Tessa Mirande", "F", date(1991, 6, 8), "UX7204816")
OTHER = person("Felinor", "Amsel", "F", date(2001, 3, 22), "UX9901457")
STOLEN = person("Brandt Iskra", "Leon", "M", date(1984, 2, 19), "UX4771093")
POSSIBLE = person("Marodan", "Petros", "M", date(1988, 7, 14), "UX1187720")
CHOOSING = "[data-keys] :focus"  # from then on a digit is a choice
KEY_S = 0.001  # between two keys of a reader
FOCUSED = "(one => one.matches('a[href], button, summary') ? one.innerText : '')(document.activeElement)"
ENDINGS = {
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "Tab": {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9},
    "Control+j": {"key": "j", "code": "KeyJ", "windowsVirtualKeyCode": 74, "modifiers": 2},
}
DISCREET = person("Selgrenova", "Dunya", "F", date(1993, 1, 5), "UX3390418")


def lines(one: Person, layout: str = "TD3") -> tuple[str, ...]:
    """The machine-readable lines of a person's passport (2x44), or card (`TD1` 3x30, `TD2` 2x36)."""
    return passport(one) if layout == "TD3" else mrz.write(layout, fields("I", one))


def _load(world: people.World, folder: Path) -> None:
    alerts = [
        person_row("S-POSSIBLE", replace(POSSIBLE, given_names="P"), "REF-B", TODAY, born="1988", nationality=""),
        person_row("S-DISCREET", DISCREET, "CHK-D", TODAY),
    ]
    lost = [("P", "UTO", STOLEN.number, "stolen", (TODAY - timedelta(days=12)).isoformat(), "Port", "UTO-BG", "R-1")]
    notices = [person_row("N-1", person("Zeldara", "Joris", "M", date(1960, 1, 1), ""), "RED", TODAY)]
    for source, columns, rows in (
        ("alerts-csv", PERSON_COLUMNS, alerts),
        ("lost-documents-csv", DOCUMENT_COLUMNS, lost),
        ("notices-csv", PERSON_COLUMNS, notices),
    ):
        file = folder / f"{source}.csv"
        write(file, columns, rows)
        lists.load(world.operator, source, file, reference="test").discard()


@pytest.fixture
def world(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[people.World]:
    """The invented state as a demo, with lists loaded and three officers; list files are thrown away afterwards."""
    settings.XENIA_DEMO = True
    made = people.build()
    lists.install_sources(made.operator)
    made.person("ada", "first-line-officer", post="UTO-AP1")
    made.person("ben", "first-line-officer", post="UTO-AP1")
    made.person("cleo", "second-line-officer", post="UTO-AP1")
    _load(made, tmp_path)
    yield made
    forgetting.settle()
    current.forget()
    for path in store.folder().iterdir():
        if path.is_dir():
            store.discard_folder(path)
        else:
            path.unlink()


def _key(key: str, *, text: bool = True) -> dict[str, Any]:
    """A key as Chromium is told of it: a character, or the name of a key that ends a line."""
    named: dict[str, Any] = ENDINGS.get(key, {"key": key, "text": key})
    return {name: value for name, value in named.items() if text or name != "text"}


@pytest.fixture
def demo(
    transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """The demonstration with fewer records and nobody checked yet: the thirty documents come out as they say.

    Gives the passwords by user name.
    """
    for module, name, number in (
        (demo_lists, "LOST", 200),
        (demo_lists, "ALERTS", 30),
        (demo_lists, "VEHICLES", 8),
        (history, "INSIDE", 6),
        (history, "OVERSTAYERS", 2),
    ):
        monkeypatch.setattr(module, name, number)
    settings.XENIA_DEMO, settings.XENIA_HOME = True, tmp_path
    setup._fill(lambda text: None)
    demo_world.build()
    planted = scenario.planted(commands.today())
    demo_lists.load_all(tmp_path / "demo-lists", planted, 1, lambda text: None)
    history.run(planted, [], 1, commands.today(), lambda text: None)
    yield demo_world.sign_ins()
    forgetting.settle()
    current.forget()


@dataclass
class Officer:
    """Somebody at a keyboard. Nothing here touches a mouse."""

    page: Page
    url: str

    def sign_in(self, username: str, password: str = people.PASSWORD) -> None:
        """From a cold page to the first page of the role."""
        self.page.goto(self.url)
        expect(self.page.locator("#id_login")).to_be_focused()
        self.type(username)
        self.press("Tab")
        self.type(password)
        self.press("Enter")
        expect(self.page.get_by_role("button", name="F10")).to_be_visible()
        self.page.wait_for_load_state("load")

    def at_lane(self, username: str, lane: str = "1") -> None:
        """Signed in, with a lane chosen by its digit."""
        self.sign_in(username)
        self.takes_lane(lane)

    def takes_lane(self, digit: str) -> None:
        """A lane by its digit, which the page takes once the focus is among the lanes."""
        expect(self.page.locator(CHOOSING)).to_have_count(1)
        self.press(digit)
        self.sees("Ready for the next traveller")

    def scan(self, one: Person, ending: str = "Enter", layout: str = "TD3") -> None:
        """What a reader does: all lines in one burst, each with its ending; none for ""."""
        self.read(lines(one, layout), ending)

    def read(self, text: Sequence[str], ending: str = "Enter") -> None:
        """Lines as a reader sends them: each key is stamped 1 ms after the one before, however slow this machine is."""
        session, at = self.page.context.new_cdp_session(self.page), time.time()
        for line in text:
            for key in (*line, *([ending] if ending else [])):
                at += KEY_S
                session.send("Input.dispatchKeyEvent", {"type": "keyDown", "timestamp": at, **_key(key)})
                session.send("Input.dispatchKeyEvent", {"type": "keyUp", "timestamp": at, **_key(key, text=False)})
        session.detach()

    def type(self, text: str) -> None:
        """Keys with no pause between."""
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)

    def sees(self, heading: str) -> None:
        """The largest words on the page."""
        expect(self.page.locator("h1").first).to_have_text(heading)
        self.page.wait_for_load_state("load")

    def tab_to(self, text: str, *, at_most: int = 600) -> None:
        """Move the focus on until it rests on a link, a button or a summary with this text.

        Many keys at most: for 0.6 s after a document the lane takes them for the reader's trailing line ends.
        """
        for _ in range(at_most):
            self.press("Tab")
            if text in self.page.evaluate(FOCUSED):
                return
        raise AssertionError(f"The keyboard does not reach {text!r}.")


@pytest.fixture
def officer(world: people.World, live_server: Any, page: Page) -> Officer:
    """Somebody before the sign-in page."""
    return Officer(page, live_server.url)


@pytest.fixture
def another(world: people.World, live_server: Any, browser: Any) -> Any:
    """A second officer at another machine."""
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    yield Officer(context.new_page(), live_server.url)
    context.close()


@pytest.fixture
def holds(officer: Officer) -> Callable[[str], None]:
    """That the document field holds this text."""
    return lambda text: expect(officer.page.locator("#document")).to_have_value(text)
