"""On a phone a row of the case list and of a case's tables is a card: nothing moves sideways, every value has its column's name."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.test_every_page import faults
from tests.cases.pages.conftest import APPLICATION
from tests.cases.pages.test_in_browser import _opened, people
from tests.people import World
from xenia.cases import actions
from xenia.cases.models import Case
from xenia.work import proposals

__all__ = ["people"]
pytestmark = pytest.mark.browser

WIDER = "[...document.querySelectorAll('.tablewrap')].filter(one => one.scrollWidth > one.clientWidth).length"
LABELS = """[...document.querySelectorAll('.stacks tbody td')].map(one => [
    one.closest('table').querySelectorAll('thead th')[one.cellIndex].textContent,
    getComputedStyle(one, '::before').content,
    getComputedStyle(one, '::before').float, getComputedStyle(one).display])"""
SPOKEN = """[...document.querySelectorAll('.stacks')].map(one => [one.querySelectorAll('tbody tr').length,
    one.querySelectorAll('thead th[scope=col]').length, one.querySelectorAll('tbody th[scope=row]').length])"""


def _picture() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (350, 450), "#b08d6a").save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def case(people: World) -> Case:
    """A case of a family, sent: messages with their receipts, deadlines, and a member's case."""
    officer = people.standing("officer", "case-officer", authority="UTO-MG")
    said: dict[str, Any] = {"side": "requesting", "profile": "CH-AZ", "counterpart": "AZE/SMS"}
    made = actions.start(officer, "readmission", form=APPLICATION, urgent=True, **said)
    child = {**APPLICATION, "category": "child", "person": {**APPLICATION["person"], "given_names": "Ottilie"}}
    actions.start(officer, "readmission", form=child, parent=made.pk, **said)
    actions.attach(officer, made.pk, "photograph", "face.png", "image/png", _picture())
    done = actions.act(officer, made.pk, "submit", reason="Complete.")
    assert done.proposal is not None
    proposals.approve(people.standing("second", "case-lead", authority="UTO-MG"), done.proposal.pk)
    return Case.objects.get(pk=made.pk)


def _seen(page: Page, url: str, name: str) -> None:
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert page.evaluate(WIDER) == 0, name
    found = page.evaluate(LABELS)
    assert found, name
    for label, shown, _side, display in found:
        assert label and label in shown and display == "flow-root", (name, label, shown)
    sides = {side for _label, _shown, side, _display in found}
    assert sides == {"inline-start"}, sides
    for rows, columns, heads in page.evaluate(SPOKEN):
        assert columns > 1 and heads == rows


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "ar"), ("dark", "ka"), ("light", "ru")])
def test_tables_of_cases_are_cards_on_a_phone(
    browser: Browser, people: World, live_server: Any, case: Case, scheme: str, language: str
) -> None:
    size = {"width": 360, "height": 740}
    context = _opened(browser, people, live_server.url, scheme, language, viewport=size)
    page = context.new_page()
    _seen(page, f"{live_server.url}/cases/?which=all", f"list {language}")
    found = faults(page, f"list {scheme} {language}")
    _seen(page, f"{live_server.url}/cases/{case.pk}/", f"case {language}")
    found += faults(page, f"case {scheme} {language}")
    assert page.locator(".receipts > span").count() == 3
    context.close()
    assert found == []


def test_a_reader_of_the_screen_hears_a_table_still(
    browser: Browser, people: World, live_server: Any, case: Case
) -> None:
    context = _opened(browser, people, live_server.url, "light", "en", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{live_server.url}/cases/{case.pk}/")
    for wrap in page.get_by_role("table").all():
        assert wrap.get_by_role("columnheader").count() > 1
        assert wrap.get_by_role("row").count() > 1
        assert wrap.get_by_role("cell").count() > 2
    tree = context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = [one.get("role", {}).get("value") for one in tree if not one.get("ignored")]
    assert {"table", "row", "columnheader", "rowheader", "cell"} <= set(roles)
    context.close()


def test_on_a_desk_they_are_tables(browser: Browser, people: World, live_server: Any, case: Case) -> None:
    context = _opened(browser, people, live_server.url, "light", "en", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    for at in ("/cases/?which=all", f"/cases/{case.pk}/"):
        page.goto(live_server.url + at)
        assert page.evaluate(WIDER) == 0, at
        assert page.evaluate("getComputedStyle(document.querySelector('.stacks tbody td')).display") == "table-cell"
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.stacks tbody td'), '::before').content") == "none"
        )
    context.close()
