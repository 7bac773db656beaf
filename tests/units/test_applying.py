"""What a batch of a unit does at the centre: few statements however many entries, and poison that harms none of its neighbours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.frontier.conftest import at_lane, passport, person, post
from tests.units.forging import NODE, Forger, Shift, again, shift, unit_with
from xenia.frontier import actions, checking
from xenia.frontier.models import Check, Crossing
from xenia.frontier.shift.models import DayCount
from xenia.identity import actions as identities
from xenia.identity.models import PURPOSE, Identity, IdentityKey
from xenia.journal import arriving, data_keys, desk
from xenia.journal.actions import writing
from xenia.journal.arriving import Came
from xenia.journal.ids import uuid7
from xenia.units import applying, bounds, receiving
from xenia.units.models import Aside, Unit
from xenia.units.protocol import up
from xenia.units.protocol.records import Record

__all__ = ["at_lane", "post"]
FOR_ANY_BATCH = 60
"""Statements that a batch may take. 26 to 48 when this was written; one by one a batch of 500 entries took 3,527."""


@pytest.fixture
def at_unit(at_lane: Callable[..., Any]) -> Iterator[Callable[[int], tuple[Forger, Shift]]]:
    """An admitted unit, and what an honest shift with so many travellers wrote there."""

    def made(travellers: int) -> tuple[Forger, Shift]:
        private = ec.generate_private_key(ec.SECP256R1())
        return Forger(unit_with(private), private), shift(lambda: [_admitted(at_lane, at) for at in range(travellers)])

    bounds.forget()
    yield made
    bounds.forget()


def _admitted(at_lane: Callable[..., Any], number: int) -> None:
    one = at_lane("first")
    text = passport(
        person(number=f"UX{7000000 + number}", surname=f"TRAVELLER{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}")
    )
    actions.admit(one, checking.check_text(one, "L1", text, "entry").id)


def _take(forger: Forger, shift: Shift, entries: Sequence[Record]) -> up.Answer:
    raw = forger.send(entries, shift.keys)
    answer = receiving.take_in(Unit.objects.get(name=NODE), raw, datetime.now(UTC))
    forger.took(entries)
    return answer


def _counts() -> dict[str, int]:
    return {one.__name__: one.objects.count() for one in (Identity, IdentityKey, Check, Crossing)}


@pytest.mark.django_db
@pytest.mark.parametrize("travellers", [1, 12])
def test_a_batch_takes_as_many_statements_however_long_it_is(
    at_unit: Callable[[int], tuple[Forger, Shift]], travellers: int
) -> None:
    forger, shift = at_unit(travellers)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        _take(forger, shift, shift.entries)
    assert not Aside.objects.exists()
    assert Check.objects.filter(state="admitted").count() == Crossing.objects.count() == travellers
    tables = [
        one["sql"].split('"')[1] for one in seen if one["sql"].startswith("INSERT") and '"' in one["sql"].split("(")[0]
    ]
    assert len(tables) == len(set(tables)), "one statement for the rows of a table"
    assert len(seen) <= FOR_ANY_BATCH


@pytest.mark.django_db
def test_what_follows_is_the_same_in_one_batch_and_one_entry_at_a_time(
    at_unit: Callable[[int], tuple[Forger, Shift]],
) -> None:
    forger, shift = at_unit(3)
    for one in shift.entries:
        _take(forger, shift, [one])
    one_by_one = _rows()
    for model in (Crossing, Check, Identity, Aside):
        model.objects.all().delete()
    unit = Unit.objects.get(name=NODE)
    rows = list(receiving.Entry.objects.filter(node=NODE).order_by("position"))
    with writing(), data_keys.held():
        assert applying.done(unit, rows, frozenset(), datetime.now(UTC)) == []
    assert _rows() == one_by_one and len(one_by_one["Crossing"]) == 3


def _rows() -> dict[str, list[dict[str, Any]]]:
    """All rows, without what is sealed anew each time."""
    found = {}
    for model in (Identity, Check, Crossing):
        names = [one.attname for one in model._meta.concrete_fields if not one.attname.startswith("sealed")]
        found[model.__name__] = list(model.objects.order_by("id").values(*names))
    found["keys"] = [{"key": one} for one in sorted(IdentityKey.objects.values_list("identity_id", "kind", "key"))]
    found["claims"] = [{"claims": identities.read(Identity.objects.values_list("id", flat=True))}]
    return found


def _poison(shift: Shift) -> Record:
    """An admission of a check that nobody made."""
    body = shift.plain[shift.one("crossing.admitted").id] | {"check": str(uuid4())}
    return again(shift.one("crossing.admitted"), id=uuid7(), body=json.dumps(body).encode(), key=b"")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, applying.MOST_RUNS + 2])
def test_poison_is_put_aside_and_harms_none_of_its_neighbours(
    at_unit: Callable[[int], tuple[Forger, Shift]], count: int
) -> None:
    forger, shift = at_unit(4)
    entries, places = list(shift.entries), [2 * number + 1 for number in range(count)]
    for place in places:
        entries.insert(place, _poison(shift))
    assert _take(forger, shift, entries) == up.Answer(up.RECEIVED, len(entries))
    aside = list(Aside.objects.order_by("position").values_list("position", "code"))
    assert aside == [(place + 1, "no-check") for place in places]
    assert Check.objects.filter(state="admitted").count() == Crossing.objects.count() == Identity.objects.count() == 4


@pytest.mark.django_db
def test_what_only_shows_when_it_is_written_is_put_aside_alone(
    at_unit: Callable[[int], tuple[Forger, Shift]],
) -> None:
    """An identity that is there already: rows wait until the end of the batch, and the database refuses all of them."""
    forger, shift = at_unit(3)
    twice = shift.one("identity.claimed")
    again_ = again(twice, id=uuid7(), body=json.dumps(shift.plain[twice.id]).encode(), key=b"")
    entries = [*shift.entries[:6], again_, *shift.entries[6:]]
    _take(forger, shift, entries)
    assert list(Aside.objects.values_list("position", "code")) == [(7, "error-integrityerror")]
    assert Check.objects.filter(state="admitted").count() == Crossing.objects.count() == Identity.objects.count() == 3


@pytest.fixture
def effects() -> Iterator[dict[str, Any]]:
    """Effects by kind, put back as they were."""
    before = dict(arriving._doings)
    yield before
    arriving._doings.clear()
    arriving._doings.update(before)


@pytest.mark.django_db
def test_no_entry_is_done_more_than_three_times(
    at_unit: Callable[[int], tuple[Forger, Shift]], effects: dict[str, Any]
) -> None:
    forger, shift = at_unit(1)
    one, done = shift.one("crossing.admitted"), list[str]()

    def every_third(came: Came) -> None:
        done.append(came.body["reasons"][0])
        if int(came.body["reasons"][0]) % 3 == 2:
            raise ValueError("poison")

    arriving.register("crossing.admitted", every_third, at_desk=True)
    body = shift.plain[one.id]
    entries = [
        again(one, id=uuid7(), body=json.dumps(body | {"reasons": [str(at)]}).encode(), key=b"") for at in range(90)
    ]
    _take(forger, shift, entries)
    assert Aside.objects.count() == 30 and len(done) <= 3 * len(entries)
    assert max(done.count(str(at)) for at in range(90)) <= 3


@pytest.mark.django_db
def test_a_key_that_was_taken_back_seals_nothing_more(
    at_unit: Callable[[int], tuple[Forger, Shift]], effects: dict[str, Any]
) -> None:
    """The first entry makes a data key and fails: its savepoint goes, and the key with it. The next one needs one that stays."""
    forger, shift = at_unit(1)
    subject, sealed = uuid7(), list[bytes]()

    def seals(came: Came) -> None:
        kept = data_keys.seal(subject, PURPOSE, b"PLANTED")
        if came.body["reasons"] == ["fails"]:
            raise ValueError("after the key was made")
        sealed.append(kept)

    arriving.register("crossing.admitted", seals)
    one = shift.one("crossing.admitted")
    said = [json.dumps(shift.plain[one.id] | {"reasons": [why]}).encode() for why in ("fails", "goes well")]
    _take(forger, shift, [again(one, id=uuid7(), body=body, key=b"") for body in said])
    assert Aside.objects.get().code == "error-valueerror"
    assert data_keys.unseal(subject, PURPOSE, sealed[-1]) == b"PLANTED"


@pytest.mark.django_db
def test_whoever_knows_no_desk_finds_everything_written(
    at_unit: Callable[[int], tuple[Forger, Shift]], effects: dict[str, Any]
) -> None:
    forger, shift = at_unit(2)
    seen = list[tuple[int, int]]()
    keep = arriving.effect_of("crossing.admitted")
    assert keep is not None

    def looks(came: Came) -> None:
        seen.append((Check.objects.count(), Identity.objects.count()))
        keep(came)

    arriving.register("crossing.admitted", looks)
    _take(forger, shift, shift.entries)
    assert seen == [(1, 1), (2, 2)] and not Aside.objects.exists() and Crossing.objects.count() == 2


@pytest.mark.django_db
def test_a_day_that_was_counted_is_counted_anew(at_unit: Callable[[int], tuple[Forger, Shift]]) -> None:
    forger, shift = at_unit(2)
    body = shift.plain[shift.one("crossing.admitted").id]
    now = datetime.now(UTC)
    DayCount.objects.create(
        post=body["post"], on=body["local_date"], crossings=0, taken_back=0, made_at=now, delete_on=now.date()
    )
    _take(forger, shift, shift.entries)
    assert DayCount.objects.get().again


@pytest.mark.django_db
def test_rows_on_the_desk_are_found_changed_and_written_once(at_lane: Callable[..., Any]) -> None:
    one = at_lane("first")
    here = checking.check_text(one, "L1", passport(person()), "entry").id
    fresh = Check.objects.get(id=here)
    fresh.pk = uuid7()
    did = list[int]()
    with writing(), CaptureQueriesContext(connection) as seen, desk.held():
        desk.look_up(Check, [here, fresh.pk])
        row = desk.get(Check, here)
        assert row is not None and desk.get(Check, fresh.pk) is None
        desk.change(row, silent=True)
        desk.change(row, hits=3)
        desk.add(fresh)
        assert desk.get(Check, fresh.pk) is fresh
        desk.change(fresh, hits=4)
        for _again in range(3):
            desk.once("what", lambda: did.append(1))
        assert len(seen) == 1 and not did
    assert len(seen) == 3 and did == [1]
    assert sorted(Check.objects.values_list("silent", "hits")) == [(False, 4), (True, 3)]
