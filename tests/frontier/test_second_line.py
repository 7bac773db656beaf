"""Referral and answer: two persons, one traveller."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.frontier.conftest import passport, person
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, XeniaError
from xenia.frontier import actions, queries, referrals
from xenia.frontier.models import Check, Crossing
from xenia.frontier.second import cases
from xenia.journal.models import Entry
from xenia.work.models import WorkItem

Stand = Callable[..., Standing]


@pytest.fixture
def referred(at_lane: Stand, alert: Callable[..., str]) -> WorkItem:
    """A traveller with an alert, referred with a note."""
    alert(person(), "REF-B")
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    actions.refer(first, view.id, "Calm. New passport.")
    return WorkItem.objects.get()


def test_second_line_sees_what_the_booth_may_not(referred: WorkItem, at_lane: Stand) -> None:
    second = at_lane("second", None)
    view = queries.referral(second, referred.id)
    assert view.note == "Calm. New passport."
    assert view.check.hits[0].reason == "Invented"
    shown = Entry.objects.filter(kind="check.shown").latest("recorded_at")
    assert (shown.purpose, shown.reference) == ("border-second-line", f"check:{view.check.id}")


def test_the_queue_is_one_read_entry(referred: WorkItem, at_lane: Stand) -> None:
    before = Entry.objects.count()
    rows = queries.waiting(at_lane("second", None))
    assert [row.name for row in rows] == ["HALVORSEN TESSA MIRANDE"]
    assert Entry.objects.count() == before + 1
    mark = queries.queue_mark(at_lane("second", None))
    assert mark == queries.queue_mark(at_lane("third", None))
    assert Entry.objects.count() == before + 1, "a poll that says nothing new writes nothing"


def test_a_second_officer_claims_and_refuses(referred: WorkItem, at_lane: Stand) -> None:
    second = at_lane("second", None)
    with pytest.raises(XeniaError):
        actions.answer_referral(second, referred.id, "refuse", "Ban runs to March.", ["H"])
    actions.claim_referral(second, referred.id)
    with pytest.raises(Conflict):
        actions.claim_referral(at_lane("third", None), referred.id)
    with pytest.raises(NotAllowed) as closed:
        actions.answer_referral(second, referred.id, "refuse", "Ban runs to March.", ["H"])
    assert closed.value.code == "hit-open", "a candidate never refuses anybody by itself"
    cases.walk(second, Check.objects.get().id, {"compare": "same", "permit": "none"})
    actions.answer_referral(second, referred.id, "refuse", "Ban runs to March.", ["H"])
    assert Crossing.objects.get().outcome == "refused"
    assert Check.objects.get().state == "refused"
    with pytest.raises(Conflict):
        actions.answer_referral(second, referred.id, "admit", "No.")
    assert queries.waiting(second) == ()


def test_the_first_line_cannot_answer(referred: WorkItem, at_lane: Stand) -> None:
    with pytest.raises(NotAllowed):
        actions.answer_referral(at_lane("first"), referred.id, "admit", "Fine.")
    with pytest.raises(NotAllowed):
        queries.waiting(at_lane("first"))


def test_who_referred_cannot_answer_even_with_both_roles(at_lane: Stand, alert: Callable[..., str]) -> None:
    second = at_lane("second")
    alert(person(), "REF-B")
    view = actions.check_text(second, "L1", passport(person()), "entry")
    actions.refer(second, view.id, "")
    item = WorkItem.objects.get()
    with pytest.raises(Conflict) as taken:
        actions.claim_referral(second, item.id)
    with pytest.raises(Conflict) as error:
        actions.answer_referral(second, item.id, "admit", "Fine.")
    assert taken.value.code == error.value.code == "four-eyes"
    assert not Crossing.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "note", "reasons"),
    [("wave", "x", []), ("admit", "  ", []), ("refuse", "x", []), ("refuse", "x", ["Q"])],
)
def test_an_answer_needs_outcome_note_and_reasons(
    referred: WorkItem, at_lane: Stand, outcome: str, note: str, reasons: list[str]
) -> None:
    second = at_lane("second", None)
    actions.claim_referral(second, referred.id)
    with pytest.raises(BadInput):
        actions.answer_referral(second, referred.id, outcome, note, reasons)
    assert WorkItem.objects.get().answered_at is None


def test_handing_over_closes_without_a_crossing(referred: WorkItem, at_lane: Stand) -> None:
    second = at_lane("second", None)
    actions.claim_referral(second, referred.id)
    actions.answer_referral(second, referred.id, "hand-over", "To the asylum office.")
    assert Check.objects.get().state == "handed-over"
    assert not Crossing.objects.exists()


def test_a_discreet_hit_reaches_second_line_unseen(at_lane: Stand, alert: Callable[..., str]) -> None:
    alert(person(), "CHK-D", handling="discreet")
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    actions.admit(first, view.id)
    assert referrals.raise_silent_hits() == 1
    assert referrals.raise_silent_hits() == 0
    item = WorkItem.objects.get()
    assert item.kind == referrals.SILENT_KIND
    shown = queries.referral(at_lane("second", None), item.id)
    assert shown.check.hits[0].category == "CHK-D"
    with pytest.raises(XeniaError):
        queries.referral(first, item.id)


def test_a_decision_names_who_decided_not_who_looks(referred: WorkItem, at_lane: Stand) -> None:
    second = at_lane("second", None)
    actions.claim_referral(second, referred.id)
    cases.walk(second, Check.objects.get().id, {"compare": "same", "permit": "none"})
    actions.answer_referral(second, referred.id, "refuse", "Ban runs to March.", ["H"])
    shown = queries.check(at_lane("first"), Check.objects.get().id)
    assert shown.decision is not None and shown.decision.by == "Second"
