"""Signing in as a person does it, keyboard only: passkeys in Chromium's virtual authenticator, the lock, idle minutes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import people
from tests.browser.conftest import Officer
from xenia.journal.models import Entry


@pytest.fixture
def key(page: Page) -> Any:
    """A passkey device inside the browser whose owner is always there and verified."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return lambda method, **more: session.send(method, {"authenticatorId": made["authenticatorId"], **more})


def enrol(officer: Officer, name: str = "Blue key") -> None:
    """From any page: enrol a passkey of this name."""
    officer.page.goto(f"{officer.url}/own/passkeys/new/")
    button = officer.page.get_by_role("button", name="Enrol")
    expect(button).to_be_visible()
    officer.page.locator("#id_name").focus()
    officer.press("ControlOrMeta+a")
    officer.type(name)
    officer.press("Enter")
    officer.sees("Recovery codes")


def leave(officer: Officer) -> None:
    """Sign out by keyboard."""
    officer.page.goto(f"{officer.url}/sign-out/")
    expect(officer.page.get_by_role("button", name="Sign out")).to_be_focused()
    officer.press("Enter")
    expect(officer.page.locator("#id_login")).to_be_focused()


def test_a_passkey_is_enrolled_and_then_signs_in_alone(officer: Officer, key: Any) -> None:
    officer.sign_in("ada")
    enrol(officer)
    leave(officer)
    officer.press("Shift+Tab")
    assert "Sign in with your passkey" in officer.page.evaluate("document.activeElement.innerText")
    officer.press("Enter")
    expect(officer.page.get_by_role("button", name="F10")).to_be_visible()
    assert Entry.objects.filter(kind="access.second_factor_added").exists()
    last = Entry.objects.filter(kind="access.signed_in").order_by("id").last()
    assert last is not None and b'"second_factor":true' in bytes(last.body)


def test_a_passkey_is_the_second_factor_after_the_password(officer: Officer, key: Any) -> None:
    officer.sign_in("ada")
    enrol(officer)
    leave(officer)
    officer.type("ada")
    officer.press("Tab")
    officer.type(people.PASSWORD)
    officer.press("Enter")
    officer.sees("Your second factor")
    officer.tab_to("Use your passkey")
    officer.press("Enter")
    expect(officer.page.get_by_role("button", name="F10")).to_be_visible()


def test_a_key_that_does_not_know_its_owner_opens_nothing(officer: Officer, key: Any) -> None:
    officer.sign_in("ada")
    enrol(officer)
    leave(officer)
    key("WebAuthn.setUserVerified", isUserVerified=False)
    officer.press("Shift+Tab")
    officer.press("Enter")
    expect(officer.page.get_by_text("No passkey answered")).to_be_visible()
    assert officer.page.url.endswith("/sign-in/") or "/sign-in/?" in officer.page.url


def test_a_copy_of_a_passkey_opens_nothing_once_the_other_has_signed_more(officer: Officer, key: Any) -> None:
    officer.sign_in("ada")
    enrol(officer)
    leave(officer)
    (held,) = key("WebAuthn.getCredentials")["credentials"]

    def signs_in(count: int) -> None:
        key("WebAuthn.removeCredential", credentialId=held["credentialId"])
        key("WebAuthn.addCredential", credential={**held, "signCount": count})
        officer.press("Shift+Tab")
        officer.press("Enter")

    for count in (held["signCount"], 40):
        signs_in(count)
        expect(officer.page.get_by_role("button", name="F10")).to_be_visible()
        leave(officer)
    signs_in(held["signCount"] + 3)
    expect(officer.page.get_by_text("Incorrect code")).to_be_visible()
    assert officer.page.get_by_role("button", name="F10").count() == 0
    (failed,) = Entry.objects.filter(kind="access.sign_in_failed")
    assert b'"factor":"passkey-copy"' in bytes(failed.body) and failed.body is not None


def test_passkeys_are_named_and_removed(officer: Officer, key: Any) -> None:
    officer.sign_in("ada")
    enrol(officer)
    officer.page.goto(f"{officer.url}/own/second-factor/")
    expect(officer.page.get_by_text("Blue key", exact=True).first).to_be_visible()
    officer.tab_to("Rename")
    officer.press("Enter")
    officer.sees("Name of the passkey")
    officer.page.locator("#id_name").focus()
    officer.press("ControlOrMeta+a")
    officer.type("Booth key")
    officer.press("Enter")
    officer.sees("How you sign in")
    expect(officer.page.get_by_text("Booth key", exact=True).first).to_be_visible()
    officer.tab_to("Rename")
    officer.press("Tab")
    officer.press("Enter")
    officer.sees("Remove the passkey")
    officer.tab_to("Remove it")
    officer.press("Enter")
    officer.sees("How you sign in")
    expect(officer.page.get_by_text("Booth key", exact=True)).to_have_count(0)


def test_f10_locks_and_a_passkey_or_the_password_opens(officer: Officer, key: Any) -> None:
    officer.sign_in("ada")
    enrol(officer)
    officer.page.goto(officer.url)
    officer.takes_lane("1")
    officer.press("F10")
    officer.sees("Locked")
    expect(officer.page.locator("#id_password")).to_be_focused()
    officer.type(people.PASSWORD)
    officer.press("Enter")
    officer.sees("Ready for the next traveller")
    officer.press("F10")
    officer.sees("Locked")
    officer.press("Shift+Tab")
    officer.press("Enter")
    officer.sees("Ready for the next traveller")
    ways = [bytes(one.body) for one in Entry.objects.filter(kind="access.screen_unlocked").order_by("id")]
    assert b"password" in ways[0] and b"passkey" in ways[1]


def test_another_officers_passkey_takes_the_lane_over(officer: Officer, key: Any) -> None:
    officer.sign_in("ben")
    enrol(officer)
    leave(officer)
    officer.at_lane("ada", "2")
    lane = officer.page.locator(".where").inner_text()
    officer.press("F10")
    officer.sees("Locked")
    officer.press("Shift+Tab")
    officer.press("Enter")
    officer.sees("Ready for the next traveller")
    assert officer.page.locator(".where").inner_text() == lane
    expect(officer.page.locator(".who")).to_contain_text("Person Ben")


def test_the_page_warns_and_locks_itself_when_nobody_is_there(officer: Officer, settings: Any) -> None:
    officer.page.clock.install()
    officer.at_lane("ada")
    officer.page.clock.run_for((settings.XENIA_IDLE_MINUTES * 60 - 30) * 1000)
    expect(officer.page.get_by_role("heading", name="Still there?")).to_be_visible()
    officer.press("Shift")
    expect(officer.page.get_by_role("heading", name="Still there?")).to_be_hidden()
    officer.page.clock.run_for((settings.XENIA_IDLE_MINUTES * 60 + 2) * 1000)
    officer.sees("Locked")
    assert b'"why":"idle"' in bytes(Entry.objects.get(kind="access.screen_locked").body)


def test_without_a_name_in_the_address_passkeys_are_not_offered(officer: Officer) -> None:
    officer.page.goto(officer.url.replace("localhost", "127.0.0.1") + "/sign-in/")
    expect(officer.page.get_by_text("Passkeys need a name")).to_be_visible()
    expect(officer.page.get_by_role("button", name="Sign in with your passkey")).to_have_count(0)


def test_a_queue_that_asks_by_itself_says_so(officer: Officer) -> None:
    officer.sign_in("cleo")
    with officer.page.expect_request(lambda asked: "mark=" in asked.url) as found:
        officer.page.goto(f"{officer.url}/second-line/")
    assert found.value.headers.get("x-unattended") == "1"
