"""The second line takes what the booth refers, by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DISCREET, STOLEN
from xenia.frontier import referrals
from xenia.frontier.models import Check, Crossing
from xenia.work.models import WorkItem

pytestmark = pytest.mark.browser


def _refer(officer) -> None:
    officer.at_lane("ada")
    officer.scan(STOLEN)
    officer.sees("Stop. One finding")
    officer.page.locator("#note").focus()
    officer.page.keyboard.type("Says it is new.", delay=40)
    officer.press("F4")
    officer.sees("Ready for the next traveller")


def _take(another) -> None:
    another.tab_to("BRANDT ISKRA")
    another.press("Enter")
    another.sees("BRANDT ISKRA, LEON")
    expect(another.page.get_by_role("button", name="Take it")).to_be_focused()
    another.press("Enter")
    expect(another.page.get_by_role("button", name="Admit")).to_be_visible()


def _step(another, button: str, words: str = "") -> None:
    """One step of a hit: words into its field, then its button; all by keyboard."""
    if words:
        another.page.locator("form.next textarea").first.focus()
        another.type(words)
    another.page.get_by_role("button", name=button, exact=True).first.focus()
    another.press("Enter")
    another.page.wait_for_load_state("load")


def test_another_officer_takes_a_referral_and_admits(officer, another):
    another.sign_in("cleo")
    expect(another.page.locator("#queue")).to_contain_text("Nobody is waiting.")
    _refer(officer)
    # The queue fills by itself, without a key.
    expect(another.page.locator("#queue")).to_contain_text("BRANDT ISKRA")
    _take(another)
    expect(another.page.locator("main")).to_contain_text("Says it is new.")
    expect(another.page.locator("table.compare, .found")).not_to_have_count(0)
    # Not open while nobody has said whether it is the document that was reported.
    expect(another.page.get_by_role("button", name="Admit")).to_have_attribute("aria-disabled", "true")
    _step(another, "Another document", "The series differs.")
    expect(another.page.locator(".task")).to_contain_text("The series differs.")
    another.press("F2")
    expect(another.page.locator(".errors")).to_be_focused()
    another.page.locator("#id_note").focus()
    another.type("The consulate confirms the new number.")
    another.press("F2")
    expect(another.page.locator("#queue")).to_contain_text("Nobody is waiting.")
    assert Crossing.objects.get().outcome == "admitted"
    # The lane hears of it by itself.
    expect(officer.page.locator("#news")).to_contain_text("The consulate confirms the new number.")


def test_a_refusal_in_second_line_gives_reasons(officer, another):
    _refer(officer)
    another.sign_in("cleo")
    _take(another)
    _step(another, "The same document")
    _step(another, "Sent: write it down")
    expect(another.page.locator("main")).to_contain_text("Reply expected until")
    _step(another, "Confirmed: lost, stolen or not valid", "Stolen in March.")
    _step(another, "Kept, receipt given")
    another.press("F8")
    another.sees("Refuse entry")
    another.press("b")
    another.press("Enter")
    another.sees("Refusal of entry at the border")
    assert Crossing.objects.get().reasons == ["B"]
    another.press("Escape")
    expect(another.page.locator("#queue")).to_contain_text("Nobody is waiting.")


def test_a_hand_over_goes_to_its_receiver_alone(officer, another):
    _refer(officer)
    another.sign_in("cleo")
    _take(another)
    another.press("F7")
    another.sees("Hand over to another authority")
    another.page.get_by_role("radio", name="Asylum authority: Utopian asylum authority").focus()
    another.press("Space")
    another.page.locator("#id_note").focus()
    another.type("Asks for protection.")
    another.page.get_by_role("button", name="Hand over", exact=True).focus()
    another.press("Enter")
    expect(another.page.locator("#queue")).to_contain_text("Nobody is waiting.")
    assert Check.objects.get().state == "handed-over"
    assert WorkItem.objects.get(kind="handover.asylum").owner == "UTO-AS"


def test_a_referral_goes_back_to_the_queue(officer, another):
    _refer(officer)
    another.sign_in("cleo")
    _take(another)
    another.tab_to("Give back to the queue")
    another.press("Enter")
    expect(another.page).to_have_url(re.compile("/second-line/$"))
    expect(another.page.locator("#queue")).not_to_contain_text("with you")


def test_an_alert_is_handled_unseen(officer, another):
    officer.at_lane("ada")
    officer.scan(DISCREET)
    officer.sees("Nothing found")
    officer.press("F2")
    officer.sees("Ready for the next traveller")
    referrals.raise_silent_hits()
    another.sign_in("cleo")
    another.tab_to("SELGRENOVA")
    another.press("Enter")
    expect(another.page.get_by_role("button", name="Take it")).to_be_focused()
    another.press("Enter")
    expect(another.page.locator("main")).to_contain_text("Alert to be handled unseen")
    assert another.page.get_by_role("button", name="Admit").count() == 0
    another.page.locator("#id_note").focus()
    another.type("Route: to the Old Road, alone.")
    another.press("F2")
    expect(another.page.locator("#queue")).to_contain_text("Nobody is waiting.")
    assert Crossing.objects.get().outcome == "admitted"
