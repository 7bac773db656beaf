"""A hit goes step by step; what is not open yet is refused; deadlines and messages are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.frontier.conftest import person
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.frontier import actions, referrals
from xenia.frontier.models import Check, Crossing
from xenia.frontier.second import cases
from xenia.frontier.second.models import HitCase, HitStep
from xenia.journal import rebuild
from xenia.journal.models import Entry
from xenia.work.models import WorkItem


@pytest.fixture
def stolen(refer, lost, at_lane):
    """A traveller with a document that is reported stolen, taken by second line."""
    lost(person())
    one = refer()
    actions.claim_referral(at_lane("second", None), one.item.id)
    return one


def only() -> HitCase:
    return HitCase.objects.get()


def test_a_stolen_document_is_confirmed_before_anything_follows(stolen, at_lane):
    second = at_lane("second", None)
    assert only().state == "SECOND_LINE" and only().procedure == "lost-document"
    for letters in (["A"], ["B"], ["D"]):
        with pytest.raises(NotAllowed) as closed:
            actions.answer_referral(second, stolen.item.id, "refuse", "x", letters)
        assert closed.value.code == "hit-open" and "owner" in str(closed.value)
    with pytest.raises(Conflict):
        cases.do(second, only().id, "act", choice="seize")
    cases.do(second, only().id, "compare", choice="same")
    with pytest.raises(BadInput):
        cases.do(second, only().id, "ask")
    cases.do(second, only().id, "ask", text="Please confirm R-77.", to="ZBUREAU; phone")
    message = WorkItem.objects.get(kind=cases.MESSAGE_KIND)
    assert message.due_at is not None and message.due_at - message.opened_at <= timedelta(hours=12)
    with pytest.raises(BadInput):
        cases.do(second, only().id, "reply", choice="no-answer", text="Nothing came.")
    with pytest.raises(NotAllowed):
        actions.answer_referral(second, stolen.item.id, "refuse", "x", ["A"])
    cases.do(second, only().id, "reply", choice="confirmed", text="Yes, stolen.")
    assert WorkItem.objects.get(kind=cases.MESSAGE_KIND).outcome == "answered"
    cases.do(second, only().id, "act", choice="seize", text="Receipt 12.")
    actions.answer_referral(second, stolen.item.id, "refuse", "Stolen.", ["A"])
    cases.do(second, only().id, "report", text="Kept, refused.", to="ZBUREAU")
    case = only()
    assert (case.state, case.reported_at is not None, case.closed_at is not None) == ("REPORTED", True, True)
    assert Crossing.objects.get().reasons == ["A"]


def test_a_step_pressed_twice_at_once_is_done_once(stolen, at_lane, monkeypatch):
    second, complete = at_lane("second", None), cases._complete

    def slow(*arguments):
        monkeypatch.setattr(cases, "_complete", complete)
        cases.do(second, only().id, "compare", choice="same")
        return complete(*arguments)

    monkeypatch.setattr(cases, "_complete", slow)
    with pytest.raises(Conflict) as moved:
        cases.do(second, only().id, "compare", choice="same")
    assert moved.value.code == "hit-moved" and HitStep.objects.count() == 1


def test_silence_is_an_answer_only_when_the_time_is_over(stolen, at_lane):
    second = at_lane("second", None)
    cases.walk(second, stolen.check.id, {"compare": "same", "ask": ""})
    HitCase.objects.update(waits_until=only().waits_until - timedelta(hours=13))
    cases.do(second, only().id, "reply", choice="no-answer", text="Nothing came.")
    cases.walk(second, stolen.check.id, {"return": ""})
    with pytest.raises(NotAllowed):
        actions.answer_referral(second, stolen.item.id, "refuse", "x", ["B"])
    actions.answer_referral(second, stolen.item.id, "admit", "Owner silent; other card shown.")
    assert Crossing.objects.get().outcome == "admitted"


def test_another_document_needs_a_reason_and_is_settled(stolen, at_lane):
    second = at_lane("second", None)
    with pytest.raises(BadInput):
        cases.do(second, only().id, "compare", choice="another")
    with pytest.raises(BadInput):
        cases.do(second, only().id, "compare", choice="perhaps", text="x")
    cases.do(second, only().id, "compare", choice="another", text="Series letter differs.")
    assert only().closed_at is not None
    actions.answer_referral(second, stolen.item.id, "admit", "Another passport.")


def test_who_referred_does_not_settle_and_nobody_settles_what_another_holds(refer, alert, at_lane):
    alert(person(), "REF-B")
    one = refer(by="second")
    with pytest.raises(NotAllowed):
        cases.find(at_lane("first"), one.item.id)
    with pytest.raises(Conflict) as own:
        actions.claim_referral(at_lane("second"), one.item.id)
    assert own.value.code == "four-eyes"
    actions.claim_referral(at_lane("third", None), one.item.id)
    with pytest.raises(Conflict) as mine:
        cases.do(at_lane("second"), only().id, "compare", choice="not-same", text="x")
    assert mine.value.code == "four-eyes"
    actions.release_referral(at_lane("third", None), one.item.id)
    with pytest.raises(Conflict) as free:
        cases.do(at_lane("third", None), only().id, "compare", choice="not-same", text="x")
    assert free.value.code == "not-claimed"
    actions.claim_referral(at_lane("third", None), one.item.id)
    cases.do(at_lane("third", None), only().id, "compare", choice="not-same", text="Born elsewhere.")
    assert only().state == "NOT_SAME"


def test_one_hit_is_settled_and_the_other_still_stands(refer, alert, lost, at_lane):
    alert(person(), "ARR")
    lost(person())
    one = refer()
    second = at_lane("second", None)
    actions.claim_referral(second, one.item.id)
    document = HitCase.objects.get(register="lost_documents")
    cases.do(second, document.id, "compare", choice="another", text="Near number.")
    with pytest.raises(NotAllowed) as closed:
        actions.answer_referral(second, one.item.id, "admit", "Fine.")
    assert "same person" in str(closed.value)
    arrest = HitCase.objects.get(register="alerts")
    cases.walk(second, one.check.id, {"compare": "same", "police": "come"})
    with pytest.raises(NotAllowed):
        actions.answer_referral(second, one.item.id, "refuse", "x", ["E"])
    assert cases.state_of(HitCase.objects.get(id=arrest.id)).code == "ACTION"


def test_an_alert_entered_since_still_stops(refer, alert, at_lane):
    one = refer()
    second = at_lane("second", None)
    actions.claim_referral(second, one.item.id)
    alert(person(), "REF-B")
    with pytest.raises(Conflict) as changed:
        actions.answer_referral(second, one.item.id, "admit", "Fine.")
    assert changed.value.code == "registers-changed"
    actions.claim_referral(second, one.item.id)
    assert only().state == "SECOND_LINE"


def test_a_step_is_on_record_and_its_words_are_sealed(stolen, at_lane):
    second = at_lane("second", None)
    cases.do(second, only().id, "compare", choice="same", text="Wubblesworth says so.")
    step = HitStep.objects.get()
    assert b"Wubblesworth" not in bytes(step.sealed)
    assert cases.words_of([step], only().identity)[0]["text"] == "Wubblesworth says so."
    entry = Entry.objects.filter(kind="hit.moved").get()
    assert b"Wubblesworth" not in bytes(entry.body or b"")
    for projection in rebuild.projections():
        if projection.name in ("hits", "interviews", "photographs", "papers", "handovers"):
            assert rebuild.check(projection)[2] == [], projection.name


def test_a_discreet_alert_is_handled_without_closing_anything(refer, alert, at_lane):
    alert(person(), "CHK-D", handling="discreet")
    first, second = at_lane("first"), at_lane("second", None)
    from tests.frontier.conftest import passport

    view = actions.check_text(first, "L1", passport(person()), "entry")
    actions.admit(first, view.id)
    referrals.raise_silent_hits()
    item = WorkItem.objects.get(kind=referrals.SILENT_KIND)
    actions.claim_referral(second, item.id)
    case = only()
    assert case.silent and case.procedure == "discreet" and cases.forbidden(view.id) == {}
    cases.walk(second, view.id, {"compare": "same", "collect": "", "report": "", "close": ""})
    assert only().state == "CLOSED"
    with pytest.raises(NotAllowed):
        cases.find(first, case.id)


def test_another_post_does_not_know_of_it(stolen, at_lane):
    HitCase.objects.update(post="UTO-XX")
    with pytest.raises(NotFound):
        cases.find(at_lane("second", None), only().id)


def test_everything_goes_with_the_check(stolen, at_lane):
    from xenia.journal import forgetting
    from xenia.journal.actions import writing

    second = at_lane("second", None)
    cases.do(second, only().id, "compare", choice="same")
    identity = Check.objects.get().identity
    part = next(one for one in forgetting.parts() if one.room == "second-line")
    assert part.export(identity)["hits"][0]["steps"][0]["choice"] == "same"
    with writing():
        counts = part.erase([identity], second.act("oversight", "external:test"))
    assert counts["hit"] >= 1 and not HitCase.objects.exists() and not HitStep.objects.exists()
