"""The bundle for a stick, and forgetting."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.exchange.pair import Other, pin
from xenia.errors import BadInput
from xenia.exchange import envelope, forgetting, jose, own, partners, queries, sending, threads
from xenia.exchange.carriers import file
from xenia.exchange.models import Incoming, Outgoing
from xenia.journal.actions import writing
from xenia.journal.ids import uuid7
from xenia.journal.models import DataKey, Entry

pytestmark = pytest.mark.django_db
json = envelope.json


@pytest.fixture
def stick(world: Any, seen: Any) -> Other:
    """A partner that is reached by a stick only."""
    made = Other()
    pin(made, world.operator, carrier="file")
    return made


def _bundle(stick: Other, messages: list[bytes], receipts: list[str] = [], **more: Any) -> str:
    plain = {
        "format": file.FORMAT, "from": stick.address, "to": own.address(), "made": "2026-03-02T09:00:00.000000Z",
        "messages": [base64.b64encode(one).decode() for one in messages], "receipts": receipts, **more,
    }  # fmt: skip
    kid = own.current("box")
    return jose.encrypt(json.dumps(plain).encode(), own.public("box", kid), kid)


def _now(stick: Other, **more: Any) -> bytes:
    at = datetime.now(UTC)
    return stick.packed(stick.message(created=at, expires=at + timedelta(days=2), **more))


def test_messages_go_and_come_on_a_stick_and_a_lost_one_loses_nothing(
    stick: Other, world: Any, seen: list[int]
) -> None:
    act, partner = world.operator.act("operation", "external:1"), partners.open_partner(stick.address)
    with writing():
        sending.send(type="test/note", version=1, thread=stick.thread, recipient=stick.address, body={"n": 7}, act=act)
    lost, _said = file.bundle(partner, act)
    token, said = file.bundle(partner, act)
    assert said["messages"] == 1 and lost != token
    plain = json.loads(jose.decrypt(token, lambda kid: stick.opens[0] if kid == stick.opens[2] else None))
    packed = base64.b64decode(plain["messages"][0])
    answer = stick.answer(packed, at=datetime.now(UTC))
    came = _bundle(stick, [_now(stick), _now(stick)], [answer])
    assert file.take(came) == {"from": stick.address, "taken": 2, "settled": 1, "turned_away": []}
    assert file.take(came) == {"from": stick.address, "taken": 2, "settled": 0, "turned_away": []}
    assert seen == [1, 2] and Outgoing.objects.get().state == "accepted"
    _token, said = file.bundle(partner, act)
    assert said == {"to": stick.address, "messages": 0, "receipts": 2}


def test_altered_and_foreign_bundles_are_refused(stick: Other, seen: list[int]) -> None:
    good, elsewhere = _bundle(stick, [_now(stick)]), Other()
    foreign = jose.encrypt(b"{}", elsewhere.opens[1], elsewhere.opens[2])
    for token in (
        good[:-3] + "AAA", "x", foreign, good.replace(".", "", 1), _bundle(stick, [], to="XXC/RET"), _bundle(stick, [], format="x"),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            file.take(token)
    found = file.take(_bundle(stick, [elsewhere.packed(elsewhere.message())]))
    assert found["turned_away"] == ["unknown-key"] and not Incoming.objects.exists() and seen == []


def test_erasing_a_person_takes_the_messages_and_leaves_the_entries(stick: Other, world: Any) -> None:
    act, person = world.operator.act("operation", "external:1"), uuid7()
    with writing():
        sending.send(type="test/note", version=1, thread=stick.thread, recipient=stick.address, body={"n": 7}, act=act)
    file.take(_bundle(stick, [_now(stick)]))
    with writing():
        assert threads.about(stick.thread, person) == 1
    part = forgetting.Part()
    assert {one["body"]["n"] for one in part.export(person)["messages"]} == {7, 1}
    keys = DataKey.objects.filter(purpose="exchange").count()
    with writing():
        assert part.erase([person], act) == {"outgoing": 1, "incoming": 1}
    assert queries.of_thread(stick.thread, stick.address) == [] and part.export(person) == {}
    assert DataKey.objects.filter(purpose="exchange").count() == keys - 1
    assert Entry.objects.filter(kind__in=("exchange.sent", "exchange.received")).count() == 2
