"""A unit that nothing is taken from learns what the centre's door will show, and nothing else. This installation is both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.frontier.conftest import post
from tests.units.forging import NODE, unit_with
from xenia.errors import Unavailable, XeniaError
from xenia.exchange import own
from xenia.journal import clock, signing
from xenia.journal.models import Entry
from xenia.units import calling, card, door, door_keys, letter, servers, watch
from xenia.units.down import door as down_door
from xenia.units.down import taking
from xenia.units.models import Aside, Line, Taken, Unit
from xenia.work.models import WorkItem

__all__ = ["post"]


@pytest.fixture
def asked(post: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The unit's questions go to the centre's own answers, without a line between; what was asked."""
    unit_with(ec.generate_private_key(ec.SECP256R1()))
    Unit.objects.update(fingerprint="f" * 64)
    card.write(card.Card(NODE, "UTO", post, "U", "https://centre", door_keys.certificates()[0], signing.own_key()))
    Line.objects.create(pk=1)
    heard: list[str] = []

    def get(known: card.Card, path: str, **_more: int) -> bytes:
        heard.append(path)
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
        try:
            return b"".join(door.hear("f" * 64, environ, lambda status, headers: None))
        except XeniaError:
            raise Unavailable("The centre did not take the question.", code="turned-away") from None

    monkeypatch.setattr(calling, "get", get)
    watch.forget()
    yield heard
    for path in (card.path(), servers.path()):
        path.unlink(missing_ok=True)
    for one in own.key_files("tls"):
        if not one.current:
            one.path.unlink()
    watch.forget()


def _state(state: str) -> None:
    Unit.objects.update(state=state)


def _known() -> set[str]:
    return set(servers.known(card.needed()).certificates)


def _unaware() -> dict[bool, bool]:
    """Whether the unit does not know the certificate in use, and the one to come."""
    return {one.current: bool(one.unaware) for one in door_keys.every()}


@pytest.mark.parametrize("state", ["quarantined", "waiting"])
def test_it_learns_the_certificate_to_come_and_the_centre_hears_that(asked: list[str], state: str) -> None:
    _state(state)
    own.make("tls")
    assert _unaware()[False]
    entries = Entry.objects.count()
    assert taking.step() == 0
    assert _known() == set(door_keys.certificates()) and len(_known()) == 2
    assert _unaware() == {True: False, False: False}
    assert not Taken.objects.exists() and Line.objects.get().lease_until is None, "nothing else came"
    assert Entry.objects.count() == entries and not Aside.objects.exists() and not WorkItem.objects.exists()
    assert Unit.objects.get().state == state


def test_what_is_known_is_not_written_again(asked: list[str]) -> None:
    _state("quarantined")
    own.make("tls")
    taking.step()
    stamp, before = servers.path().stat().st_mtime_ns, len(asked)
    taking.step()
    assert servers.path().stat().st_mtime_ns == stamp
    assert [one.partition("-door/")[0] for one in asked[before:]] == [taking.MANIFEST] * 2


def test_a_certificate_that_is_retired_is_let_in_no_more(asked: list[str]) -> None:
    _state("quarantined")
    made = own.make("tls")
    taking.step()
    own.retire("tls", made)
    taking.step()
    assert _known() == set(door_keys.certificates()) and len(_known()) == 1


@pytest.mark.parametrize("state", ["active", "quarantined", "waiting"])
def test_the_letter_of_the_door_holds_nothing_else(asked: list[str], state: str) -> None:
    _state(state)
    said = json.loads(json.loads(down_door.answer(Unit.objects.get(), "", clock.now()))["said"])
    assert (said["manifest"], said["box"], said["node"]) == ("", "", NODE)
    assert said["certificates"] == door_keys.certificates()


def test_a_revoked_unit_is_told_nothing(asked: list[str]) -> None:
    _state("revoked")
    own.make("tls")
    before = _known()
    assert taking.step() == 0 and _known() == before
    assert Unit.objects.get().told.get("door") is None


@pytest.mark.parametrize("what", ["other", "altered", "older"])
def test_what_is_not_the_centres_word_for_this_unit_is_not_believed(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    _state("quarantined")
    own.make("tls")
    before, real = _known(), letter.write

    def wrong(unit: Unit, now: Any, **more: Any) -> bytes:
        if what == "other":
            return real(Unit(name="uto-t1-u9", state="quarantined", key="{}"), now, **more)
        raw = real(unit, now, **more)
        return raw.replace(b"BEGIN CERT", b"BEGIN CERt", 1) if what == "altered" else raw

    if what == "older":
        servers.take_certificates(card.needed(), tuple(before), clock.now().replace(year=2099))
    monkeypatch.setattr(letter, "write", wrong)
    taking.step()
    assert _known() == before


def test_of_its_word_only_certificates_of_ours_count(asked: list[str]) -> None:
    _state("quarantined")
    own.make("tls")
    down_door.answer(Unit.objects.get(), "0" * 16 + "-" + "x" * 100_000, clock.now())
    assert Unit.objects.get().told == {"door": ""} and _unaware() == {True: True, False: True}
    _state("active")
    known = "-".join(one.name[: servers.SHORT] for one in door_keys.every())
    down_door.answer(Unit.objects.get(), known, clock.now())
    assert Unit.objects.get().told == {"door": ""}, "an active unit says it with its entries"
