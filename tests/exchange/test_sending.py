"""What we send waits in the outbox, goes in order, is tried again, and dies with a work item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.exchange.node import bodies
from tests.exchange.pair import NOW, Other, take
from xenia.errors import BadInput, Conflict, NotFound, Unavailable
from xenia.exchange import delivery, envelope, jose, partners, queries, receiving, schemas, sending, wire
from xenia.exchange.envelope import Enclosure
from xenia.exchange.models import Outgoing
from xenia.journal import clock
from xenia.journal.actions import writing
from xenia.work.models import WorkItem

pytestmark = pytest.mark.django_db
Carry = Callable[[Any, bytes, datetime], str]


@pytest.fixture
def send(other: Other, world: Any) -> Callable[..., Any]:
    """Sends `{"n": n}` at a time that is held."""

    def sent(n: int, at: datetime = NOW, **more: Any) -> Any:
        act = world.operator.act("operation", "external:letter 7")
        given = {
            "type": "test/note",
            "version": 1,
            "thread": other.thread,
            "recipient": other.address,
            "body": {"n": n},
        }
        with clock.at(at), writing():
            return sending.send(**{**given, **more}, act=act)

    return sent


def answering(monkeypatch: pytest.MonkeyPatch, carry: Carry) -> None:
    monkeypatch.setattr(delivery, "PUSHING", {"https": carry})


def test_nothing_waits_where_the_transaction_fails(send: Any, other: Other, world: Any) -> None:
    act = world.operator.act("operation", "external:1")
    with pytest.raises(RuntimeError), writing():
        sending.send(type="test/note", version=1, thread=other.thread, recipient=other.address, body={"n": 1}, act=act)
        raise RuntimeError("the case changed its mind")
    assert not Outgoing.objects.exists() and bodies("exchange.sent") == []


def test_what_the_schema_does_not_name_cannot_leave(send: Any) -> None:
    for more, code in (
        ({"body": {"n": 1, "asylum_claim": "yes"}}, "bad-body-for-partner"),
        ({"body": {}}, "bad-body-for-partner"),
        ({"type": "test/secret"}, "unknown-type"),
        ({"version": 9}, "unknown-type"),
    ):
        with pytest.raises(BadInput) as problem:
            send(1, **more)
        assert problem.value.code == code and "yes" not in str(problem.value)
    assert not Outgoing.objects.exists()


def test_an_open_schema_sends_nothing() -> None:
    closed = {"type": "object", "additionalProperties": False, "properties": {}}
    assert schemas.is_closed(closed)
    assert not schemas.is_closed({"type": "object", "properties": {}})
    assert not schemas.is_closed({**closed, "properties": {"a": {"type": "object"}}})
    assert not schemas.is_closed({**closed, "$defs": {"a": {"type": "array", "items": {"type": "object"}}}})
    assert not schemas.is_closed({})


def test_it_is_signed_by_us_for_them_and_nothing_of_it_lies_open(send: Any, other: Other) -> None:
    from xenia.exchange import own

    scan = Enclosure("application/pdf", b"%PDF-1.7 invented")
    row = Outgoing.objects.get(pk=send(1, attachments=[scan], case_ref="A-7"))
    token, message, enclosed = receiving.content(row)
    kid, raw = jose.verify(token, jose.MESSAGE_TYPE, lambda kid: own.public("sign", kid))
    assert kid == own.current("sign") and envelope.digest(raw) == row.hash
    assert message.body == {"n": 1} and enclosed == {scan.attachment.sha256: scan.data}
    assert (message.sender, message.recipient, message.number) == (own.address(), other.address, 1)


def test_it_goes_in_order_and_the_room_above_hears(send: Any, other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[int] = []

    def carry(partner: Any, packed: bytes, at: datetime) -> str:
        raw = jose.parts(wire.split(packed)[0], jose.MESSAGE_TYPE)[1]
        carried.append(envelope.read_message(raw).body["n"])
        return other.answer(packed, "refused" if carried[-1] == 2 else "accepted", at, "odd" if carried[-1] == 2 else "")  # fmt: skip

    for n in (1, 2, 3):
        send(n)
    answering(monkeypatch, carry)
    assert delivery.deliver(NOW) == 3 and carried == [1, 2, 3]
    assert bodies("test.receipted") == [{"n": 1, "kind": "accepted"}, {"n": 2, "kind": "refused"}, {"n": 3, "kind": "accepted"}]  # fmt: skip
    item = WorkItem.objects.get(kind="exchange.dead")
    assert item.body["state"] == "refused" and item.body["cause"] == "odd"
    rows = queries.of_thread(other.thread, other.address)
    assert [row.state for row in rows] == ["accepted", "refused", "accepted"] and rows[0].receipts[0].at == NOW


def test_a_partner_that_is_down_three_days_catches_up(send: Any, other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[datetime] = []

    def carry(partner: Any, packed: bytes, at: datetime) -> str:
        tries.append(at)
        if at < NOW + timedelta(days=3):
            raise Unavailable("Down.", "", code="no-line")
        return other.answer(packed, at=at)

    answering(monkeypatch, carry)
    for n in range(5):
        send(n + 1, NOW + timedelta(hours=n))
    at = NOW
    while at < NOW + timedelta(days=3, hours=2):
        delivery.deliver(at)
        at += timedelta(minutes=20)
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"accepted"}
    assert [one["n"] for one in bodies("test.receipted")] == [1, 2, 3, 4, 5]
    assert 50 < len(tries) < 120 and not WorkItem.objects.filter(kind="exchange.dead").exists()


def test_what_expires_dies_with_all_that_comes_after_it(
    send: Any, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    def carry(partner: Any, packed: bytes, at: datetime) -> str:
        raise Unavailable("Down.", "", code="no-line")

    answering(monkeypatch, carry)
    send(1, expires=NOW + timedelta(days=2))
    for n in (2, 3):
        send(n)
    assert send(9, thread=uuid4())
    delivery.deliver(NOW)
    delivery.deliver(NOW + timedelta(days=2))
    found = {row.number: (row.state) for row in Outgoing.objects.filter(thread__thread=other.thread)}
    assert found == {1: "dead", 2: "dead", 3: "dead"} and Outgoing.objects.get(
        thread__sent=1, number=1, state="waiting"
    )
    assert [one["cause"] for one in bodies("exchange.dead")] == ["no-line", "earlier-not-delivered", "earlier-not-delivered"]  # fmt: skip
    assert WorkItem.objects.filter(kind="exchange.dead").count() == 3
    later = Outgoing.objects.get(pk=send(4, NOW + timedelta(days=2)))
    assert (later.number, later.after) == (4, 0)


def test_a_receipt_that_does_not_fit_settles_nothing(send: Any, other: Other) -> None:
    from xenia.journal import blobs

    row, partner = Outgoing.objects.get(pk=send(1)), partners.open_partner(other.address)
    packed, stranger = blobs.get(row.blob), Other()
    for token in (
        other.answer(packed, hash="0" * 64),
        other.answer(packed, by="XXC/RET"),
        other.answer(packed, to="XXC/RET"),
        other.answer(packed, message=uuid4()),
        other.answer(packed, at=NOW + timedelta(hours=1)),
        other.answer(packed, at=NOW - timedelta(hours=1)),
        stranger.answer(packed),
        other.answer(packed)[:-4] + "AAAA",
        wire.split(packed)[0],
    ):
        with pytest.raises((BadInput, NotFound)):
            delivery.take_receipt(token, partner, NOW)
    assert Outgoing.objects.get().state == "waiting" and bodies("exchange.receipt") == []
    assert delivery.take_receipt(other.answer(packed), partner, NOW)
    assert not delivery.take_receipt(other.answer(packed), partner, NOW)
    assert len(bodies("exchange.receipt")) == 1


def test_an_answer_is_noted_at_what_it_answers(send: Any, other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, lambda partner, packed, at: other.answer(packed))
    asked = send(1)
    delivery.deliver(NOW)
    take(other.packed(other.message(reply_to=asked)))
    first = queries.of_thread(other.thread, other.address)[0]
    assert [one.kind for one in first.receipts] == ["accepted", "answered"]


def test_a_closed_partner_is_sent_nothing(send: Any, other: Other, world: Any) -> None:
    with writing():
        partners.close(other.address, world.operator.act("operation", "set-up"))
    with pytest.raises(Conflict) as problem:
        send(1)
    assert problem.value.code == "partner-closed"
    with pytest.raises(NotFound):
        send(1, recipient="XXC/RET")
