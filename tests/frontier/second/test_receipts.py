"""Receipts: what a unit hears of persons whom it handed over, at the centre and at the unit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests import coming
from tests.frontier.conftest import person
from tests.frontier.second.conftest import at_desk, lost, others, refer
from tests.frontier.second.test_second_line_of_units import shift
from xenia.errors import BadInput
from xenia.frontier import actions, referrals
from xenia.frontier.models import Check
from xenia.frontier.second import handover, receipts
from xenia.frontier.second.forgetting import SecondPart
from xenia.frontier.second.models import HandOver, Receipt
from xenia.journal import canonical
from xenia.journal.actions import writing

__all__ = ["at_desk", "lost", "others", "refer", "shift"]
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def _received(at_desk: Any) -> HandOver:
    row = HandOver.objects.get()
    handover.receive(at_desk("asyl"), row.id)
    return HandOver.objects.get()


def test_the_unit_is_told_when_and_by_its_own_check_only(shift: coming.Batch, at_desk: Any) -> None:
    coming.arrive(shift)
    assert receipts.told(coming.UNIT, datetime.now(UTC)) == []
    row = _received(at_desk)
    assert row.received_at is not None
    said = receipts.told(coming.UNIT, datetime.now(UTC))
    assert said == [{"check": str(row.check_made), "kind": "handed", "at": canonical.moment(row.received_at)}]
    text = json.dumps(said)
    assert not any(word in text for word in ("UTO-AS", "asylum", str(row.identity), str(row.id), str(row.received_by)))
    assert receipts.told("uto-t1-u9", datetime.now(UTC)) == []
    assert receipts.told(coming.UNIT, row.received_at + receipts.TOLD) == []


def test_of_a_check_of_the_centres_own_nobody_is_told(refer: Any, others: Any, at_lane: Any, at_desk: Any) -> None:
    one = _handed(refer, at_lane)
    handover.receive(at_desk("asyl"), HandOver.objects.get(check_made=one.id).id)
    assert not Receipt.objects.exists()


def test_it_goes_with_the_check_when_its_person_is_forgotten(shift: coming.Batch, at_desk: Any) -> None:
    coming.arrive(shift)
    check = Check.objects.get(id=_received(at_desk).check_made)
    with writing():
        SecondPart().erase([check.identity], None)  # type: ignore[arg-type]
    assert receipts.told(coming.UNIT, datetime.now(UTC)) == []


def _handed(refer: Any, at_lane: Any) -> Check:
    second, sent = at_lane("second", None), refer(person("UX2222222", "Handed"))
    actions.claim_referral(second, sent.item.id)
    referrals.hand_over(second, sent.item.id, "asylum", "UTO-AS", "Asks for protection.")
    return Check.objects.get(id=sent.check.id)


def _said(check: Any, kind: str = "handed", at: datetime = NOW) -> dict[str, str]:
    return {"check": str(check), "kind": kind, "at": canonical.moment(at)}


def test_at_the_unit_the_page_of_the_referral_says_that_the_person_was_received(
    refer: Any, others: Any, at_lane: Any, settings: Any
) -> None:
    check = _handed(refer, at_lane)
    settings.XENIA_UNIT = {"unit": "u1"}
    assert receipts.counts(datetime.now(UTC)) == receipts.Counts(1, 0, 0)
    assert handover.received_at(check.id) is None
    assert [receipts.take([_said(check.id)]) for _again in range(2)] == [1, 0]
    assert handover.received_at(check.id) == NOW
    assert receipts.take([_said(check.id, at=NOW + timedelta(hours=1))]) == 0
    assert handover.received_at(check.id) == NOW, "what was said first holds"
    assert receipts.counts(datetime.now(UTC)) == receipts.Counts(1, 1, 0)
    assert HandOver.objects.get().received_at is None, "the unit's own entries do not say so"


def test_what_does_not_fit_the_units_own_checks_is_left(refer: Any, others: Any, at_lane: Any) -> None:
    check = _handed(refer, at_lane)
    open_one = refer(person("UX7777777", "Open")).check
    wrong = [_said(uuid4()), _said(open_one.id), _said(open_one.id, "arrived"), _said(check.id, "arrived")]
    assert [receipts.take([one]) for one in wrong] == [0] * 4 and not Receipt.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        None, 7, [1], [{}], [_said("x")], [_said(uuid4(), "eaten")], [{**_said(uuid4()), "at": "now"}],
        [{**_said(uuid4()), "at": 7}], [_said(uuid4()) for _ in range(receipts.MOST + 1)],
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_what_is_no_list_of_receipts_is_refused(said: Any) -> None:
    with pytest.raises(BadInput) as refused:
        receipts.take(said)
    assert refused.value.code == "bad-receipts"


def test_an_arrival_that_was_taken_back_says_nothing_any_more(shift: coming.Batch) -> None:
    coming.arrive(shift)
    check = HandOver.objects.get().check_made
    with writing():
        receipts.note(check, receipts.ARRIVED, NOW)
        receipts.undone(check)
    assert receipts.told(coming.UNIT, NOW) == []
    with writing():
        receipts.note(check, receipts.HANDED, NOW)
        receipts.undone(check)
    assert len(receipts.told(coming.UNIT, NOW)) == 1
