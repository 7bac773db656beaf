"""Deciding: what may be decided, by whom, once, and taken back within the minute."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from tests.frontier.conftest import passport, person
from xenia.access.standing import Standing
from xenia.errors import Conflict, NotAllowed, NotFound, XeniaError
from xenia.frontier import actions, queries
from xenia.frontier.models import Check, Crossing
from xenia.journal import actions as journal
from xenia.journal import rebuild
from xenia.journal.models import Entry, Outbox
from xenia.registers.live import actions as live
from xenia.registers.live.models import LiveRecord
from xenia.work.models import WorkItem

Stand = Callable[..., Standing]


def test_admitting_writes_crossing_and_entry_and_is_counted(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    actions.admit(first, view.id)
    crossing = Crossing.objects.get()
    assert (crossing.outcome, crossing.direction, crossing.zone) == ("admitted", "entry", "Asia/Tbilisi")
    assert Entry.objects.filter(kind="crossing.admitted", id=crossing.entry).exists()
    today = queries.today(first, "L1")
    assert (today.admitted, today.referred, today.refused) == (1, 0, 0)
    assert today.recent[0].name.startswith("HALVORSEN")
    assert Entry.objects.filter(kind="lane.shown").count() == 1, "showing names is a read"


def test_a_check_is_decided_once(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    actions.admit(first, view.id)
    for again in (
        lambda: actions.admit(first, view.id),
        lambda: actions.refer(first, view.id, ""),
        lambda: actions.put_aside(first, view.id),
    ):
        with pytest.raises(Conflict):
            again()
    assert Crossing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_hands_on_one_check_decide_once(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    ended: list[str] = []
    gate = threading.Barrier(2)

    def decide(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
            ended.append("done")
        except XeniaError as error:
            ended.append(error.code)
        finally:
            connection.close()

    hands = [
        threading.Thread(target=decide, args=(act,))
        for act in (lambda: actions.admit(first, view.id), lambda: actions.refer(first, view.id, ""))
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(ended) == ["already-decided", "done"]


def test_another_officer_or_lane_cannot_decide(at_lane: Stand) -> None:
    view = actions.check_text(at_lane("first"), "L1", passport(person()), "entry")
    with pytest.raises(NotAllowed):
        actions.admit(at_lane("other"), view.id)
    with pytest.raises(NotFound):
        actions.admit(at_lane("first", "L2"), view.id)


def test_the_booth_cannot_admit_or_refuse_or_put_aside_over_a_hit(at_lane: Stand, alert: Callable[..., str]) -> None:
    first = at_lane("first")
    alert(person(), "REF-B")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    acts = (
        lambda: actions.admit(first, view.id),
        lambda: actions.refuse(first, view.id, ["H"], {}),
        lambda: actions.put_aside(first, view.id),
        lambda: actions.dismiss(first, view.id, 1, "somebody else"),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert Check.objects.get().state == "open"


def test_an_alert_entered_since_the_read_still_stops(at_lane: Stand, alert: Callable[..., str]) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    alert(person(), "ARR")
    with pytest.raises(NotAllowed):
        actions.admit(first, view.id)


def test_a_possible_hit_is_dismissed_with_a_reason_and_then_admitted(at_lane: Stand, alert: Callable[..., str]) -> None:
    first = at_lane("first")
    alert(person(given="Tessa"), "REF-B", birth_dates=["1992"], nationalities=[])
    view = actions.check_text(first, "L1", passport(person()), "entry")
    assert [hit.band for hit in view.hits] == ["POSSIBLE"]
    with pytest.raises(NotAllowed):
        actions.admit(first, view.id)
    actions.dismiss(first, view.id, 1, "Birth date differs")
    again = queries.check(first, view.id)
    assert again.hits[0].dismissed == "Birth date differs"
    actions.admit(first, view.id)
    assert Entry.objects.filter(kind="hit.dismissed").count() == 1


def test_a_dismissed_hit_that_becomes_a_closer_one_stops_again(at_lane: Stand, alert: Callable[..., str]) -> None:
    first = at_lane("first")
    alert(person(given="Tessa"), "REF-B", birth_dates=["1992"], nationalities=[])
    view = actions.check_text(first, "L1", passport(person()), "entry")
    actions.dismiss(first, view.id, 1, "Birth date differs")
    old = LiveRecord.objects.get()
    body = {**live.opened([old])[0].body, "birth_dates": ["1991-06-08"], "nationalities": ["UTO"]}
    body["names"] = [{"surname": "Halvorsen", "given_names": "Tessa Mirande", "kind": "main"}]
    act = first.act("alert-management", "external:test", owner="UTO-BG")
    with journal.writing():  # under the same subject, as a new version of a list does it
        live.put("alerts", old.record_id, body, act, now=datetime.now(UTC), category="REF-B", record=old.id)
    again = queries.check(first, view.id)
    assert [(hit.band, hit.dismissed) for hit in again.hits] == [("EXACT", "")]
    with pytest.raises(NotAllowed):
        actions.admit(first, view.id)


def test_a_possible_arrest_is_for_second_line(at_lane: Stand, alert: Callable[..., str]) -> None:
    first = at_lane("first")
    alert(person(given="Tessa"), "ARR", birth_dates=["1992"], nationalities=[])
    view = actions.check_text(first, "L1", passport(person()), "entry")
    assert [hit.band for hit in view.hits] == ["POSSIBLE"]
    with pytest.raises(NotAllowed):
        actions.dismiss(first, view.id, 1, "somebody else")


def test_refusing_keeps_the_reasons_of_the_form(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    actions.refuse(first, view.id, ["G", "E"], {"E": "return ticket"})
    shown = queries.refusal(first, view.id)
    assert [code for code, _, _ in shown.reasons] == ["E", "G"]
    assert shown.details == {"E": "return ticket"}
    assert b"return ticket" not in bytes(Crossing.objects.get().sealed_details or b"")


@pytest.mark.parametrize("reasons", [[], ["Z"], ["A", "b"]])
def test_a_refusal_needs_reasons_of_the_form(at_lane: Stand, reasons: list[str]) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    with pytest.raises(XeniaError):
        actions.refuse(first, view.id, reasons, {})
    assert not Crossing.objects.exists()


def test_take_back_reverses_by_a_new_entry_and_opens_the_check(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    crossing = actions.admit(first, view.id)
    assert actions.take_back(first, crossing) == view.id
    with pytest.raises(Conflict):
        actions.take_back(first, crossing)
    actions.admit(first, view.id)
    assert Crossing.objects.count() == 2
    today = queries.today(first, "L1")
    assert (today.admitted, today.taken_back) == (1, 1)
    assert [entry.kind for entry in Entry.objects.filter(kind__startswith="crossing.").order_by("id")] == [
        "crossing.admitted",
        "crossing.taken-back",
        "crossing.admitted",
    ]


def test_take_back_ends_after_a_minute_and_is_ones_own(at_lane: Stand) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    crossing = actions.admit(first, view.id)
    with pytest.raises(NotFound):
        actions.take_back(at_lane("other"), crossing)
    Crossing.objects.update(decided_at=Crossing.objects.get().decided_at - timedelta(seconds=61))
    with pytest.raises(Conflict):
        actions.take_back(first, crossing)


def test_crossings_fold_again_from_their_entries(at_lane: Stand) -> None:
    first = at_lane("first")
    for number in range(4):
        view = actions.check_text(first, "L1", passport(person(f"UX000000{number}")), "entry")
        crossing = actions.refuse(first, view.id, ["A"], {}) if number == 2 else actions.admit(first, view.id)
        if number == 3:
            actions.take_back(first, crossing)
    projection = next(one for one in rebuild.projections() if one.name == "crossings")
    compared, erased, differences = rebuild.check(projection)
    assert (compared, erased, differences) == (4, 0, [])
    Crossing.objects.filter(outcome="refused").update(outcome="admitted")
    assert [one.kind for one in rebuild.check(projection)[2]] == ["different"]


def test_nothing_is_left_half_done_when_the_entry_cannot_be_written(
    at_lane: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")

    def broken(*_: object, **__: object) -> None:
        raise OSError("disk is full")

    monkeypatch.setattr("xenia.frontier.crossings.journal.append", broken)
    with pytest.raises(OSError, match="full"):
        actions.admit(first, view.id)
    assert Check.objects.get().state == "open"
    assert not Crossing.objects.exists() and not WorkItem.objects.exists() and not Outbox.objects.exists()


def test_an_alert_entered_since_the_read_stops_putting_aside_too(at_lane: Stand, alert: Callable[..., str]) -> None:
    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person()), "entry")
    alert(person(), "ARR")
    with pytest.raises(NotAllowed):
        actions.put_aside(first, view.id)
    assert Check.objects.get().state == "open"
