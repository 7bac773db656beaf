"""Letters of a centre to a unit without a line: what renews a lease, how far, and what does not. The clock is given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.frontier.conftest import post
from tests.units.forging import NODE, unit_with
from tests.units.test_carrying import signed
from xenia.errors import XeniaError
from xenia.exchange import own
from xenia.journal import canonical, clock, signing
from xenia.units import card, door_keys, lease, letter, servers, watch
from xenia.units.down import access, door
from xenia.units.models import Line, Taken, Unit, Watch

__all__ = ["post"]
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def unit(post: str, settings: Any) -> Iterator[Unit]:
    """This installation as centre and as its unit, which heard of it at noon. Its officers are as they were then."""
    made = unit_with(ec.generate_private_key(ec.SECP256R1()))
    card.write(card.Card(NODE, "UTO", post, "U", "https://centre", door_keys.certificates()[0], signing.own_key()))
    watch.forget()
    Line.objects.create(pk=1, manifest_at=NOON, lease_until=NOON + 72 * HOUR)
    _officers_as_offered(made, NOON)
    yield made
    for path in (card.path(), letter.path(), servers.path()):
        path.unlink(missing_ok=True)
    watch.forget()


def _officers_as_offered(unit: Unit, at: datetime) -> None:
    item = access.offer(unit)[0][0]
    said = {"version": item.version, "sha256": item.sha256, "as_of": at, "taken_at": at, "max_age_s": item.max_age_s}
    Taken.objects.update_or_create(name=access.NAME, defaults=said)


def _works(at: datetime) -> bool:
    line, officers = Line.objects.get(pk=1), Taken.objects.filter(name=access.NAME).first()
    return lease.judge(line, officers, at, watch.counted(at)) is None


def test_a_letter_renews_the_lease_to_what_the_centre_gave_at_its_date(unit: Unit) -> None:
    later = NOON + 70 * HOUR
    raw = letter.write(unit, later)
    with clock.at(later + 20 * HOUR):  # so long it was on its way; the lease was over meanwhile
        assert not _works(clock.now())
        assert letter.take(raw) == later + 72 * HOUR
        assert _works(clock.now())
    assert _works(later + 71 * HOUR) and not _works(later + 72 * HOUR)
    assert Watch.objects.get(pk=1).latest_at == later


def test_an_older_letter_renews_nothing(unit: Unit) -> None:
    old, new = letter.write(unit, NOON + HOUR), letter.write(unit, NOON + 2 * HOUR)
    with clock.at(NOON + 3 * HOUR):
        letter.take(new)
        until = Line.objects.get(pk=1).lease_until
        for raw in (old, new):
            with pytest.raises(XeniaError) as found:
                letter.take(raw)
            assert found.value.code == "letter-old"
    assert Line.objects.get(pk=1).lease_until == until


def test_officers_who_changed_since_are_not_confirmed_by_a_letter_that_brings_none(unit: Unit) -> None:
    Taken.objects.filter(name=access.NAME).update(sha256="0" * 64)
    with clock.at(NOON + HOUR):
        letter.take(letter.write(unit, NOON + HOUR))
    assert _works(NOON + 71 * HOUR) and not _works(NOON + 73 * HOUR)


def test_the_policy_of_the_centre_bounds_what_a_letter_gives(unit: Unit, settings: Any) -> None:
    settings.XENIA_UNIT_LEVELS = {**settings.XENIA_UNIT_LEVELS, "alone_hours": 5}
    with clock.at(NOON + HOUR):
        assert letter.take(letter.write(unit, NOON + HOUR)) == NOON + 6 * HOUR


@pytest.mark.parametrize("state", ["revoked", "invited"])
def test_a_unit_that_was_put_out_gets_no_letter(unit: Unit, state: str) -> None:
    unit.state = state
    with pytest.raises(XeniaError) as found:
        letter.write(unit, NOON)
    assert found.value.code == "unit-state"


@pytest.mark.parametrize("state", ["quarantined", "waiting"])
def test_a_unit_that_does_not_work_is_told_of_the_door_only(unit: Unit, state: str) -> None:
    unit.state = state
    assert letter.take(letter.write(unit, NOON + HOUR)) is None
    assert Line.objects.get(pk=1).lease_until == NOON + 72 * HOUR
    assert servers.path().exists()


def _with(raw: bytes, **more: Any) -> Any:
    return {**json.loads(json.loads(raw)["said"]), **more}


@pytest.mark.parametrize("what", ["altered", "key", "node", "words", "certificates", "format"])
def test_what_is_no_letter_of_the_centre_changes_nothing(unit: Unit, what: str) -> None:
    raw = letter.write(unit, NOON + HOUR)
    stranger = ec.generate_private_key(ec.SECP256R1())
    odd = {
        "altered": raw.replace(b"13:00", b"15:00"),
        "key": signed(_with(raw), stranger),
        "node": letter.write(Unit(name="uto-t1-u9", state="quarantined", key="{}"), NOON),
        "words": b"yes",
        "certificates": signed(_with(raw, certificates=[]), stranger),
        "format": signed(_with(raw, format="xenia/unit-letter/0"), stranger),
    }[what]
    assert odd != raw
    with pytest.raises(XeniaError) as found:
        letter.lay(odd)
    assert found.value.code == ("letter-of-another-unit" if what == "node" else "bad-letter")
    assert not letter.path().exists() and not servers.path().exists()


def test_a_letter_waits_for_the_open_store_and_is_read_once(unit: Unit) -> None:
    old, new = letter.write(unit, NOON + HOUR), letter.write(unit, NOON + 2 * HOUR)
    letter.lay(new)
    with pytest.raises(XeniaError) as found:
        letter.lay(old)
    assert found.value.code == "letter-old"
    with clock.at(NOON + 3 * HOUR):
        assert letter.waiting() == NOON + 74 * HOUR
        assert letter.waiting() is None and not letter.path().exists()


def test_a_letter_waits_on_where_the_disk_refuses(unit: Unit) -> None:
    raw = letter.write(unit, NOON + HOUR)
    letter.lay(raw)
    servers.path().unlink()
    servers.path().mkdir()
    with clock.at(NOON + 2 * HOUR):
        assert letter.waiting() is None and letter.path().exists()
        servers.path().rmdir()
        assert letter.waiting() == NOON + 73 * HOUR and not letter.path().exists()


def _door_came(unit: Unit, at: datetime) -> None:
    """What the line says of the door, taken as a turn takes it."""
    item, path = door.offer(unit)[0]
    copy = path.with_name("fetched")
    copy.write_bytes(path.read_bytes())
    Line.objects.filter(pk=1).update(manifest_at=at)
    door.take(item, copy)
    said = {"version": item.version, "sha256": item.sha256, "as_of": at, "taken_at": at}
    Taken.objects.update_or_create(name=door.KIND, defaults=said)


def test_a_certificate_that_a_letter_named_goes_when_the_centre_names_it_no_more(unit: Unit) -> None:
    """What the line says then is what was taken from it before: the letter came in between."""
    known, before = card.needed(), door_keys.certificates()
    _door_came(unit, NOON)
    door.ask_again(frozenset())
    assert Taken.objects.filter(name=door.KIND).exists()
    retired = own.self_signed(ec.generate_private_key(ec.SECP256R1()), "centre", NOON).decode()
    text = canonical.json_bytes(_with(letter.write(unit, NOON + HOUR), certificates=[*before, retired]))
    by = signing.sign(text)
    letter.lay(json.dumps({"said": text.decode(), "key": by.key_id, "signature": signing.unpadded(by.raw)}).encode())
    assert list(servers.known(known).certificates) == [*before, retired]
    door.ask_again(frozenset())
    assert not Taken.objects.filter(name=door.KIND).exists()
    _door_came(unit, NOON + 3 * HOUR)
    assert list(servers.known(known).certificates) == before
    door.ask_again(frozenset())
    assert Taken.objects.filter(name=door.KIND).exists()
