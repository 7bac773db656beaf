"""What comes is accepted once, in order, or refused with a signature, or turned away without a trace in the tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.exchange.node import bodies
from tests.exchange.pair import NOW, Other, take
from xenia.errors import BadInput, Conflict, NotAllowed, Unavailable
from xenia.exchange import partners, port
from xenia.exchange.models import Incoming, ReceiptRow
from xenia.journal.actions import writing
from xenia.journal.models import BlobReference

pytestmark = pytest.mark.django_db


def test_a_message_is_accepted_once_and_its_receipt_names_its_hash(other: Other, seen: list[int]) -> None:
    packed = other.packed(other.message())
    receipt, again = take(packed), take(packed, NOW + timedelta(hours=1))
    assert receipt == again and receipt.kind == "accepted" and receipt.at == NOW
    assert seen == [1] and Incoming.objects.get().hash == receipt.hash
    assert len(bodies("exchange.received")) == 1 and len(bodies("exchange.repeated")) == 1


def test_a_gap_waits_and_is_applied_in_order(other: Other, seen: list[int]) -> None:
    first, second, third = (other.packed(other.message()) for _ in range(3))
    assert take(third).kind == "delivered" and take(second).kind == "delivered" and take(third).kind == "delivered"
    assert seen == []
    assert take(first).kind == "accepted" and seen == [1, 2, 3]
    assert take(third).kind == "accepted" and set(Incoming.objects.values_list("state", flat=True)) == {"accepted"}


def test_a_refusal_is_signed_kept_and_undoes_what_the_handler_began(other: Other, seen: list[int]) -> None:
    packed = other.packed(other.message(body={"n": 1, "text": "refuse"}))
    receipt = take(packed)
    assert (receipt.kind, receipt.code, receipt.what) == ("refused", "not-wanted", "No such case.")
    assert bodies("test.exchanged") == [] and take(packed) == receipt
    assert take(other.packed(other.message())).kind == "accepted" and seen == [2]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"type": "test/other"}, "unknown-type"),
        ({"version": 2}, "unknown-type"),
        ({"body": {"n": 1, "asylum_claim": "yes"}}, "bad-body-for-partner"),
        ({"body": {"n": "one"}}, "bad-body-for-partner"),
        ({"created": NOW - timedelta(days=3), "expires": NOW - timedelta(days=1)}, "message-late"),
    ],
)
def test_what_no_schema_takes_is_refused(other: Other, seen: list[int], more: dict[str, object], code: str) -> None:
    receipt = take(other.packed(other.message(**more)))
    assert (receipt.kind, receipt.code) == ("refused", code) and seen == []
    assert "yes" not in receipt.what and "one" not in receipt.what.split()


def test_what_is_not_truly_from_them_to_us_is_turned_away(other: Other, seen: list[int]) -> None:
    stranger = Other(address="XXC/RET")
    cases = [
        (other.packed(other.message(recipient="XXC/MIG")), NotAllowed, "not-for-us"),
        (other.packed(other.message(sender="XXC/RET")), NotAllowed, "not-the-sender"),
        (stranger.packed(stranger.message()), BadInput, "unknown-key"),
        (other.packed(other.message(created=NOW + timedelta(hours=1))), BadInput, "bad-message"),
    ]
    for packed, kind, code in cases:
        with pytest.raises(kind) as problem:
            take(packed)
        assert problem.value.code == code
    with pytest.raises(NotAllowed):
        take(other.packed(other.message()), peer="XXC/RET")
    assert [one["code"] for one in bodies("exchange.rejected")] == [code for *_, code in cases] + ["not-the-sender"]
    assert not Incoming.objects.exists() and not BlobReference.objects.exists() and seen == []


def test_the_same_id_or_number_with_another_content_is_turned_away(other: Other, seen: list[int]) -> None:
    said = other.message()
    take(other.packed(said))
    for altered, code in ((replace(said, body={"n": 7}), "other-bytes"), (other.message(number=1, after=0), "number-taken")):  # fmt: skip
        with pytest.raises(Conflict) as problem:
            take(other.packed(altered))
        assert problem.value.code == code
    assert seen == [1] and Incoming.objects.count() == 1


def test_a_revoked_key_and_a_closed_partner_say_nothing_more(other: Other, world, seen: list[int]) -> None:
    act = world.operator.act("operation", "set-up")
    with writing():
        partners.revoke(other.address, [other.signs[2]], "Lost", act)
    with pytest.raises(BadInput) as problem:
        take(other.packed(other.message()), NOW + timedelta(days=400))
    assert problem.value.code == "unknown-key" and seen == []


def test_what_a_handler_cannot_have_now_may_come_again(other: Other, seen: list[int]) -> None:
    def later(*_: object) -> None:
        raise Unavailable("Later.", "", code="database-busy")

    handler = port.handler_of("test/note")
    assert handler is not None
    port.register_handler(replace(handler, accept=later))
    packed = other.packed(other.message())
    with pytest.raises(Unavailable):
        take(packed)
    assert not Incoming.objects.exists()
    port.register_handler(handler)
    assert take(packed).kind == "accepted" and seen == [1]


def test_what_is_enclosed_must_be_what_the_message_says(other: Other, seen: list[int]) -> None:
    from xenia.exchange.envelope import Enclosure

    scan = Enclosure("application/pdf", b"%PDF-1.7 invented")
    said = other.message(attachments=(scan.attachment,))
    for enclosed in ((), (b"%PDF-1.7 inventeD",), (scan.data, scan.data)):
        with pytest.raises(BadInput) as problem:
            take(other.packed(said, enclosed))
        assert problem.value.code == "bad-enclosure"
    assert take(other.packed(said, (scan.data,))).kind == "accepted"
    assert bodies("test.exchanged")[0]["enclosed"] == [scan.attachment.sha256]
    assert ReceiptRow.objects.get().kind == "accepted"
