"""Passkeys of one domain at a centre and its units: what one host asked opens no other, and enrolling here spoils none of the centre's."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from allauth.core import context
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from fido2.utils import websafe_encode

from tests import people
from tests.units import officers
from tests.units.passkey import Key
from tests.units.test_told_passkeys import (
    DOMAIN,
    HOST,
    Here,
    _account,
    _challenge,
    _client,
    _enrol,
    _entries,
    _in,
    _post,
    _who,
    here,
)
from xenia.access import passkeys, told_passkeys
from xenia.journal import clock
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.models import Entry
from xenia.units import saying
from xenia.units.down import passkeys as down

__all__ = ["here"]
pytestmark = pytest.mark.django_db
OTHER = "https://unit-2.border.example"


def _domain_asked() -> str:
    answer = _client().get("/sign-in/passkey/", secure=True, headers={"accept": "application/json"})
    return str(answer.json()["request_options"]["publicKey"]["rpId"])


def test_what_another_unit_had_signed_opens_nothing_here(here: Here) -> None:
    """A unit in wrong hands passes on the challenge of this one to the officer who stands before it."""
    client = _client()
    _in(here, client, origin=OTHER)
    assert _who(client) is None and _entries(told_passkeys.USED) == []
    assert _in(here, client).status_code == 302 and _who(client)


def test_what_a_unit_had_signed_opens_nothing_at_the_centre(settings: Any) -> None:
    settings.XENIA_RP_ID, settings.ALLOWED_HOSTS = DOMAIN, ["*"]
    key, ada = Key(DOMAIN), people.build().person("ada", "analyst")
    _enrol(ada, key)
    for origin, opens in ((OTHER, False), (f"https://{DOMAIN}.evil.test", False), (f"https://{HOST}:8443", True)):
        client = Client(headers={"host": HOST})
        _post(client, key.shows(_challenge(client), ada, origin=origin))
        assert (_who(client) == str(ada.pk)) == opens, origin
    settings.CSRF_TRUSTED_ORIGINS = [f"https://console.{DOMAIN}"]  # a proxy that asks by another name
    client = Client(headers={"host": HOST})
    _post(client, key.shows(_challenge(client), ada, origin=f"https://console.{DOMAIN}"))
    assert _who(client) == str(ada.pk)


def test_a_passkey_enrolled_at_a_unit_for_the_domain_of_the_centre_leaves_that_domain(here: Here) -> None:
    """Or neither it nor those of the centre would open anything any more."""
    assert _domain_asked() == DOMAIN
    own = Key(DOMAIN)
    _enrol(_account("chief"), own)
    assert _domain_asked() == DOMAIN
    assert _in(here, ada := _client()).status_code == 302 and _who(ada)
    down.gone(frozenset())  # the centre tells of none any more: the one enrolled here goes on
    chief = _client()
    assert _post(chief, own.shows(_challenge(chief), _account("chief"))).status_code == 302 and _who(chief)


def test_a_passkey_of_the_centre_is_not_overwritten_by_one_enrolled_at_a_unit(here: Here, rf: RequestFactory) -> None:
    request = rf.get("/", headers={"host": HOST}, secure=True)
    request.session = SessionStore()
    with context.request_context(request):
        said = passkeys.creation_options(_account())["publicKey"]
    assert [one["id"] for one in said["excludeCredentials"]] == [websafe_encode(here.keys["ada"].id)]


def test_an_officer_of_another_authority_may_use_it_at_a_unit() -> None:
    """What one does for the own account is owned by the own authority, which may be another than the unit's."""
    world = people.build()
    unit = officers.unit(world)
    ada = world.person("ada", "first-line-officer", post=officers.AT, authority="UTO-PO")
    now, act = clock.now(), Act(f"account:{ada.pk}", "UTO-PO", "operation", "", "sign-in", officers.NODE)
    with writing():
        append(told_passkeys.USED, {"account": str(ada.pk), "credential": "00" * 32}, act)
    entry = Entry.objects.get(kind=told_passkeys.USED)
    assert saying.overreach(unit, entry, saying.known(unit, [entry]), now, does=True) == ""
    entry.owner = "UTO-AS"
    assert saying.overreach(unit, entry, saying.known(unit, [entry]), now, does=True) == "foreign-owner"
    entry.owner, entry.actor = "UTO-PO", f"account:{uuid4()}"
    assert saying.overreach(unit, entry, saying.known(unit, [entry]), now, does=True) != ""
