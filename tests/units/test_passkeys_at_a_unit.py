"""Passkeys at a unit: spoken of only where one works."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.units.test_signing_in import OTHER, _first, _id, _in, here

pytestmark = pytest.mark.django_db
__all__ = ["here"]


def _locked() -> Client:
    client, _answer = _in()
    client.post("/lock/")
    return client


def _page(client: Client, host: str) -> str:
    return client.get("/locked/", headers={"host": host}).content.decode()


def test_a_locked_workplace_offers_passkeys_only_where_one_works(here: SimpleNamespace) -> None:
    _first(here.ada)
    client = _locked()
    page = _page(client, "localhost")
    assert "/locked/passkey/" not in page and "passkey of another officer" not in page
    Authenticator.objects.create(user_id=UUID(_id("ada")), type=Authenticator.Type.WEBAUTHN, data={"name": "Booth"})
    page = _page(client, "localhost")
    assert 'data-passkey="show"' in page and "passkey of another officer" in page
    page = _page(client, "127.0.0.1")
    assert "data-passkey" not in page and "passkey of another officer" not in page


def test_the_page_of_a_locked_workplace_asks_for_the_pin_in_all_its_words(here: SimpleNamespace) -> None:
    _first(here.ada)
    page = _locked().post("/locked/", {"password": OTHER}).content.decode()
    assert "not the PIN of the officer" in page and "assword of" not in page
