"""The lane of one officer, by keyboard and reader only."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CLEAR, DISCREET, OTHER, POSSIBLE, STOLEN, lines
from xenia.frontier.models import Check, Crossing
from xenia.work.models import WorkItem

pytestmark = pytest.mark.browser


def test_a_traveller_is_admitted_by_one_scan_and_one_key(officer):
    officer.at_lane("ada")
    address = officer.page.evaluate("performance.timeOrigin")
    officer.scan(CLEAR)
    officer.sees("Nothing found")
    assert officer.page.title() == "Nothing found - Xenia"
    officer.press("F2")
    officer.sees("Ready for the next traveller")
    assert officer.page.evaluate("performance.timeOrigin") == address, "The page was changed, not swapped."
    assert Crossing.objects.get().outcome == "admitted"
    expect(officer.page.locator(".toast")).to_contain_text("Admitted")


def test_a_decision_is_taken_back_and_made_again(officer):
    officer.at_lane("ada")
    officer.scan(CLEAR)
    officer.sees("Nothing found")
    officer.press("F2")
    officer.sees("Ready for the next traveller")
    officer.press("F9")
    officer.sees("Nothing found")
    expect(officer.page.locator(".toast")).to_have_count(0)
    assert Crossing.objects.get().taken_back_at is not None
    officer.press("F2")
    officer.sees("Ready for the next traveller")
    assert Crossing.objects.filter(taken_back_at=None).count() == 1


def test_take_back_stays_at_hand_while_the_next_document_is_read(officer):
    officer.at_lane("ada")
    officer.scan(CLEAR)
    officer.sees("Nothing found")
    officer.press("F2")
    officer.sees("Ready for the next traveller")
    officer.scan(STOLEN)
    officer.sees("Stop. One finding")
    left = int(officer.page.locator("[data-seconds]").inner_text())
    assert 0 < left <= 60
    officer.press("F9")
    officer.sees("Nothing found")


@pytest.mark.parametrize(("layout", "who"), [("TD3", CLEAR), ("TD2", OTHER), ("TD1", OTHER)])
def test_every_line_ending_of_a_reader_is_understood(officer, holds, layout, who):
    officer.at_lane("ada")
    for ending in ("Enter", "Tab", "Control+j", ""):
        officer.scan(who, ending, layout)
        officer.sees("Nothing found")
        holds("")
        officer.press("Escape")
        officer.sees("Ready for the next traveller")
    assert Check.objects.count() == 4


def test_a_burst_goes_to_the_field_wherever_the_focus_is(officer):
    officer.at_lane("ada")
    officer.page.evaluate("document.activeElement.blur()")
    officer.scan(CLEAR)
    officer.sees("Nothing found")
    officer.tab_to("Note to second line")
    officer.press("Enter")
    officer.press("Tab")
    officer.page.keyboard.type("Calm.", delay=60)
    officer.scan(STOLEN)
    officer.sees("Stop. One finding")
    assert Check.objects.count() == 2


def test_a_scan_in_another_field_leaves_what_was_written_there(officer):
    officer.at_lane("ada")
    officer.scan(STOLEN)
    officer.sees("Stop. One finding")
    note = officer.page.locator("#note")
    note.focus()
    officer.page.keyboard.type("Calm.", delay=60)
    officer.type(lines(CLEAR)[0])
    expect(note).to_have_value("Calm.")
    expect(officer.page.locator("#document")).to_be_focused()


def test_line_ends_that_trail_decide_nothing(officer):
    officer.at_lane("ada")
    officer.scan(CLEAR)
    for key in ("Enter", "Enter", "Tab"):
        officer.press(key)
    officer.sees("Nothing found")
    for _ in range(3):
        officer.press("Enter")
    officer.page.wait_for_timeout(300)
    officer.sees("Nothing found")
    assert not Crossing.objects.exists()


def test_a_discreet_alert_looks_like_no_hit(officer):
    officer.at_lane("ada")
    shown = []
    for one in (CLEAR, DISCREET):
        officer.scan(one)
        officer.sees("Nothing found")
        expect(officer.page.locator(".strip .name")).to_contain_text(one.surname.upper())
        html = officer.page.locator("#desk").inner_html()
        names = one.surname.upper(), one.given_names.upper()
        for own in (*names, *names[0].split(), *names[1].split(), one.number, *lines(one)):
            html = html.replace(own, "")
        html = re.sub(r"<section class=\"strip.*?</section>", "", html, flags=re.DOTALL)
        shown.append(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|value=\"\w{64}\"|\d+ (min|h)|dasharray=\"\d+", "", html))
        officer.press("Escape")
        officer.sees("Ready for the next traveller")
    assert shown[0] == shown[1]


def test_a_likely_hit_stops_and_leaves_one_way(officer):
    officer.at_lane("ada")
    officer.scan(STOLEN)
    officer.sees("Stop. One finding")
    expect(officer.page.get_by_role("alert")).to_contain_text("Stolen document")
    for key in ("F2", "F8", "Escape"):
        officer.press(key)
    officer.page.wait_for_timeout(200)
    officer.sees("Stop. One finding")
    officer.press("F4")
    officer.sees("Ready for the next traveller")
    assert WorkItem.objects.get().answered_at is None


def test_a_possible_hit_is_settled_with_a_reason(officer):
    officer.at_lane("ada")
    officer.scan(POSSIBLE)
    officer.sees("Look closely. One finding")
    expect(officer.page.locator(".band")).to_have_text("Possible")
    officer.tab_to("Not the same person?")
    officer.press("Enter")
    officer.press("Tab")
    officer.press("Space")
    officer.tab_to("Not the same person")
    officer.press("Enter")
    officer.sees("Nothing found")
    officer.press("F2")
    officer.sees("Ready for the next traveller")


def test_a_refusal_takes_a_form_and_gives_one_to_print(officer):
    officer.at_lane("ada")
    officer.scan(CLEAR)
    officer.sees("Nothing found")
    officer.press("F8")
    officer.sees("Refuse entry")
    assert not Crossing.objects.exists()
    officer.press("Enter")
    expect(officer.page).to_have_title(re.compile("^Error: "))
    expect(officer.page.locator(".errors")).to_be_focused()
    officer.tab_to("Choose at least one reason")
    officer.press("Enter")
    officer.press("Tab")
    officer.press("e")
    officer.press("Tab")
    officer.type("Return ticket")
    officer.press("Enter")
    officer.sees("Refusal of entry at the border")
    expect(officer.page.locator(".sheet")).to_contain_text("Return ticket")
    made = Crossing.objects.get()
    assert (made.outcome, made.reasons) == ("refused", ["E"])
    officer.press("Escape")
    officer.sees("Ready for the next traveller")


def test_a_document_without_lines_is_typed(officer):
    officer.at_lane("ada")
    officer.press("F3")
    officer.sees("Type a document by hand")
    officer.press("Enter")
    expect(officer.page.locator(".errors")).to_contain_text("Enter the surname")
    officer.page.locator("#id_issuing_state").focus()
    for text in ("uto", "ux 7204816", "Vale Okonjo", "Tessa Mirande", "UTO", "F", "6 1991", "14 3 2031"):
        officer.page.keyboard.type(text)
        officer.press("Tab")
    officer.press("Enter")
    officer.sees("Look closely. One finding")
    expect(officer.page.locator(".strip")).to_contain_text("Jun 1991")
    expect(officer.page.locator(".strip")).to_contain_text("UX7204816")
    officer.press("F2")
    officer.sees("Ready for the next traveller")


def test_text_that_is_no_document_is_kept_and_nothing_is_recorded(officer, holds):
    officer.at_lane("ada")
    officer.type("not a passport")
    officer.press("Enter")
    officer.sees("These are not the lines of a travel document.")
    holds("not a passport")
    assert not Check.objects.exists()
    officer.scan(CLEAR)
    officer.sees("Nothing found")


def test_a_lost_line_loses_nothing(officer, holds):
    officer.at_lane("ada")
    officer.page.route("**/console/read/", lambda route: route.abort())
    officer.scan(CLEAR)
    officer.sees("Xenia does not answer")
    holds(" ".join(lines(CLEAR)))
    officer.page.unroute("**/console/read/")
    officer.press("Enter")
    officer.sees("Nothing found")


def test_while_the_registers_are_asked_no_older_key_can_decide(officer):
    officer.at_lane("ada")
    officer.scan(CLEAR)
    officer.sees("Nothing found")
    held = []
    officer.page.route("**/console/read/", lambda route: held.append(route))
    officer.scan(STOLEN)
    officer.sees("Asking the registers")
    officer.press("F2")
    officer.page.wait_for_timeout(200)
    assert not Crossing.objects.exists()
    held[0].continue_()
    officer.sees("Stop. One finding")


def test_the_keys_are_shown_and_the_booth_is_locked(officer):
    officer.at_lane("ada")
    officer.press("F1")
    expect(officer.page.get_by_role("dialog")).to_contain_text("Take back the last decision")
    officer.press("Escape")
    expect(officer.page.get_by_role("dialog")).to_be_hidden()
    expect(officer.page.locator("#document")).to_be_focused()
    officer.press("F10")
    officer.sees("Locked")
