"""A passkey that Chromium made at the centre signs in at a unit under another name of the same domain, the centre being away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from tests import people
from tests.browser.conftest import Officer
from tests.browser.test_sign_in import enrol, key, leave
from tests.units import officers
from xenia.access import told_passkeys
from xenia.journal import clock, node
from xenia.journal.models import Entry
from xenia.units import card
from xenia.units.down import access, passkeys
from xenia.units.models import Taken

__all__ = ["key"]
DOMAIN = "border.localhost"
"""Chromium takes names below localhost for this machine, and for secure; and this one for a domain that sites can share."""


@pytest.fixture
def unit(settings: Any, world: people.World, tmp_path: Path) -> Iterator[Any]:
    """Gives what makes this centre its own unit: passkeys come down, and no row of the centre's is left."""
    settings.XENIA_RP_ID, settings.ALLOWED_HOSTS = DOMAIN, ["*"]
    before, known = node._is_unit, officers.unit(world)

    def become() -> None:
        ((item, path),) = passkeys.offer(known)
        raw = path.read_bytes()
        Authenticator.objects.all().delete()
        settings.XENIA_RP_ID, settings.XENIA_HOME = "", tmp_path
        settings.XENIA_UNIT = {"node": officers.NODE, "state": "UTO", "post": officers.POST}
        node.ask_whether_unit(lambda: True)
        card.write(card.Card(officers.NODE, "UTO", officers.POST, "Unit 1", "https://centre.invalid", "", {}))
        now = clock.now()
        for name in (access.NAME, passkeys.KIND):
            Taken.objects.create(name=name, version="1", sha256="0" * 64, as_of=now, taken_at=now, max_age_s=259_200)
        officers.heard()
        (tmp_path / "came").write_bytes(raw)
        passkeys.take(item, tmp_path / "came")

    yield become
    node.ask_whether_unit(before)


def _at(officer: Officer, host: str) -> str:
    """The same server under another name."""
    port = officer.url.rpartition(":")[2]
    return f"http://{host}:{port}"


def test_what_was_enrolled_at_the_centre_opens_the_unit(officer: Officer, page: Page, key: Any, unit: Any) -> None:
    officer.url = _at(officer, f"centre.{DOMAIN}")
    officer.sign_in("ada")
    enrol(officer)
    leave(officer)
    unit()

    officer.url = _at(officer, f"unit-1.{DOMAIN}")
    page.goto(f"{officer.url}/sign-in/")
    officer.tab_to("Sign in with your passkey")
    officer.press("Enter")
    expect(page.get_by_role("button", name="F10")).to_be_visible()
    used = json.loads(bytes(Entry.objects.get(kind=told_passkeys.USED).body))
    assert used["signature"] and not Authenticator.objects.exists()
    leave(officer)

    page.goto(f"{_at(officer, 'unit-1.elsewhere.localhost')}/sign-in/")
    expect(page.get_by_text(f"set up for {DOMAIN}")).to_be_visible()
    expect(page.locator("#id_password")).to_be_visible()
    assert page.locator("[data-passkey]").count() == 0

    (held,) = key("WebAuthn.getCredentials")["credentials"]  # a copy that is behind
    key("WebAuthn.removeCredential", credentialId=held["credentialId"])
    key("WebAuthn.addCredential", credential={**held, "signCount": 0})
    page.goto(f"{officer.url}/sign-in/")
    officer.tab_to("Sign in with your passkey")
    officer.press("Enter")
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    assert Entry.objects.filter(kind=told_passkeys.USED).count() == 1
