"""Shifts: one at a time, handed over with what is open, closed once with figures that never change."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from xenia.access import actions as access
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.frontier.shift import figures, incidents, lanes, shift_report, shifts
from xenia.frontier.shift.forgetting import ShiftPart
from xenia.frontier.shift.models import HandOver, LaneState, Shift
from xenia.journal import actions as journal
from xenia.journal import data_keys, rebuild
from xenia.journal.models import Entry
from xenia.oversight import rights

HOURS = timedelta(hours=8)


def _agree(*names: str) -> None:
    known = {one.name: one for one in rebuild.projections()}
    for name in names:
        assert not rebuild.check(known[name])[2], name


def _open(standing, now: datetime, back: timedelta = timedelta(hours=1)):
    return shifts.open_shift(standing, now - back, now - back + HOURS)


def test_one_shift_runs_at_a_time(supervisors, now) -> None:
    _open(supervisors[0], now)
    with pytest.raises(Conflict) as refused:
        _open(supervisors[1], now)
    assert refused.value.code == "shift-running"
    _agree("shifts")


@pytest.mark.parametrize(("began", "length"), [(-25, 8), (1, 8), (0, 0), (0, 25)])
def test_hours_that_cannot_be_are_refused(sup, now, began: int, length: int) -> None:
    begin = now + timedelta(hours=began)
    with pytest.raises(BadInput) as refused:
        shifts.open_shift(sup, begin, begin + timedelta(hours=length))
    assert refused.value.code == "shift-hours"


def test_an_officer_of_a_lane_opens_no_shift(at_lane, now) -> None:
    with pytest.raises(NotAllowed):
        _open(at_lane("first"), now)


def test_the_report_is_kept_hashed_and_never_counted_again(sup, travellers, now) -> None:
    shift = _open(sup, now)
    travellers.admitted()
    travellers.admitted(now - timedelta(hours=2))
    closed = shifts.close(sup, shift)
    assert closed.report["counts"]["direction"] == {"entry": {"entry.admitted": 1}}
    assert closed.report_hash == shifts.hash_of(closed.report)
    travellers.admitted(now - timedelta(minutes=10))
    again = Shift.objects.get(id=shift)
    assert again.report == closed.report and shift_report.pdf(again) == shift_report.pdf(closed)
    assert json.dumps(closed.report).lower().count("quorndale") == 0
    _agree("shifts")


def test_of_two_who_close_at_once_one_is_told_so(supervisors, travellers, now, monkeypatch) -> None:
    shift = _open(supervisors[0], now)
    travellers.admitted()
    count = figures.of_shift

    def slow(*arguments):
        made = count(*arguments)
        monkeypatch.setattr(figures, "of_shift", count)
        shifts.close(supervisors[1], shift)
        return made

    monkeypatch.setattr(figures, "of_shift", slow)
    with pytest.raises(Conflict) as refused:
        shifts.close(supervisors[0], shift)
    assert refused.value.code == "shift-closed" and "Supervisor next" in str(refused.value)
    assert Entry.objects.filter(kind="shift.closed").count() == 1
    with pytest.raises(Conflict):
        shifts.close(supervisors[0], shift)


def test_a_decision_written_while_the_report_is_counted_is_in_it(sup, travellers, now, monkeypatch) -> None:
    shift = _open(sup, now)
    count = figures.of_shift

    def slow(*arguments):
        made = count(*arguments)
        monkeypatch.setattr(figures, "of_shift", count)
        travellers.admitted(now - timedelta(minutes=1))
        return made

    monkeypatch.setattr(figures, "of_shift", slow)
    assert shifts.close(sup, shift).report["counts"]["direction"] == {"entry": {"entry.admitted": 1}}


def test_a_hand_over_takes_what_is_open_to_the_next_supervisor(supervisors, travellers, now) -> None:
    one, two = supervisors
    shift = _open(one, now)
    travellers.referred()
    incidents.log(one, "power", now, "Lights went out.")
    with pytest.raises(BadInput):
        shifts.hand_over(one, shift, one.account, "")
    offer = HandOver.objects.get(id=shifts.hand_over(one, shift, two.account, "Reader of L2 is slow."))
    assert offer.items["waiting"] == 1 and offer.items["incidents"] == 1 and offer.items["open_hits"]["look"] >= 0
    assert shifts.note_of(offer) == "Reader of L2 is slow." and b"Reader" not in bytes(offer.sealed_note)
    with pytest.raises(Conflict):
        shifts.hand_over(one, shift, two.account, "")
    with pytest.raises(NotFound):
        shifts.take_over(one, shift, now + HOURS)
    following = Shift.objects.get(id=shifts.take_over(two, shift, now + HOURS))
    before = Shift.objects.get(id=shift)
    assert (before.state, following.state) == ("ended", "running") and following.previous == before.id
    assert following.began_at == before.ended_at and following.supervisor == two.account
    travellers.admitted()
    assert shifts.close(one, shift).report["counts"].get("direction") is None, "it ended when it was taken over"
    _agree("shifts")


def test_a_shift_closed_meanwhile_is_not_handed_over(supervisors, now, monkeypatch) -> None:
    one, two = supervisors
    shift, seen = _open(one, now), shifts.open_items

    def slow(*arguments):
        shifts.close(two, shift)
        return seen(*arguments)

    monkeypatch.setattr(shifts, "open_items", slow)
    with pytest.raises(Conflict) as refused:
        shifts.hand_over(one, shift, two.account, "")
    assert refused.value.code == "shift-not-running" and not HandOver.objects.exists()


def test_a_shift_begins_when_the_one_before_has_ended(sup, now) -> None:
    shift = _open(sup, now)
    shifts.close(sup, shift)
    with pytest.raises(BadInput):
        _open(sup, now, timedelta(hours=2))


def test_a_lane_is_set_once_and_follows_its_entries(sup, at_lane) -> None:
    lanes.set_lane(sup, "L1", is_open=False, planned=at_lane("first").account)
    lanes.set_lane(sup, "L1", is_open=False, planned=at_lane("first").account)
    assert Entry.objects.filter(kind="lane.set").count() == 1 and not LaneState.objects.get().open
    with pytest.raises(BadInput):
        lanes.set_lane(sup, "L1", is_open=True, planned=access.operator_standing("operator").account)
    with pytest.raises(NotFound):
        lanes.set_lane(sup, "L9", is_open=True)
    _agree("lanes")


# ---------- incidents ----------


def test_an_incident_is_sealed_read_by_entry_and_never_edited(sup, now) -> None:
    made = incidents.log(sup, "complaint", now, "Somebody shouted.")
    incidents.follow_up(sup, made, now, "He calmed down.")
    view = incidents.show(sup, made)
    assert view.first.text == "Somebody shouted." and [one.text for one in view.followed] == ["He calmed down."]
    rows = list(incidents.Incident.objects.all())
    assert all(b"shouted" not in bytes(row.sealed) and b"calmed" not in bytes(row.sealed) for row in rows)
    assert Entry.objects.filter(kind="incident.shown").count() == 1
    _agree("incidents")


def test_the_log_is_paged_and_searched(sup, now) -> None:
    for number in range(30):
        incidents.log(sup, "other" if number % 2 else "queue", now - timedelta(hours=number), f"Event {number}.")
    first = incidents.search(sup, incidents.Wanted())
    assert (first.found, first.pages, len(first.rows)) == (30, 2, 25) and first.rows[0].first.text == "Event 0."
    assert len(incidents.search(sup, incidents.Wanted(), 2).rows) == 5
    assert incidents.search(sup, incidents.Wanted(kind="queue")).found == 15
    assert [one.first.text for one in incidents.search(sup, incidents.Wanted(text="event 17")).rows] == ["Event 17."]
    assert incidents.search(sup, incidents.Wanted(text="nothing like it")).rows == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "volcano"}, "incident-kind"),
        ({"text": " "}, "incident-text"),
        ({"check": "01900000-0000-7000-8000-000000000001"}, "incident-check"),
        ({"check": "not a number"}, "incident-check"),
    ],
)
def test_what_cannot_be_written_down_is_refused(sup, now, change: dict[str, str], code: str) -> None:
    given = {"kind": "other", "text": "Words.", "check": "", **change}
    with pytest.raises(BadInput) as refused:
        incidents.log(sup, given["kind"], now, given["text"], given["check"])
    assert refused.value.code == code


def test_forgetting_a_traveller_takes_the_text_and_leaves_the_incident(sup, travellers, now) -> None:
    check = travellers.referred()
    made = incidents.log(sup, "violence", now, "Quorndale pushed an officer.", f"check:{check.id}")
    other = incidents.log(sup, "power", now, "Lights went out.")
    part = ShiftPart()
    assert part.export(check.identity)["incidents"][0]["text"] == "Quorndale pushed an officer."
    operator = access.operator_standing("operator")
    with journal.writing():
        for one in _parts():
            one.erase([check.identity], operator.act("data-subject-request", "test:1"))
        data_keys.destroy([check.identity])
    view = incidents.show(sup, made)
    assert view.first.text is None and view.first.check == "" and incidents.show(sup, other).first.text
    assert part.export(check.identity) == {} and not list(part.find(rights.Wanted(subject=check.identity)))
    _agree("incidents")


def _parts() -> Iterable:
    from xenia.journal import forgetting

    return forgetting.parts()


def test_records_of_the_shift_go_when_their_day_has_come(sup, travellers, now) -> None:
    shift = _open(sup, now)
    shifts.close(sup, shift)
    made = incidents.log(sup, "power", now, "Lights went out.")
    day = Shift.objects.get().delete_on
    part = ShiftPart()
    assert not list(part.due(day - timedelta(days=1)))
    due = {one.subject: one.retention_class for one in part.due(day + timedelta(days=2))}
    assert due == {shift: "shift", made: "incident"} and part.kept([shift], day - timedelta(days=1)) == {shift}
    with journal.writing():
        for one in _parts():
            one.erase([shift, made], access.operator_standing("operator").act("oversight", "test:1"))
    assert not Shift.objects.exists() and not incidents.Incident.objects.exists()
    _agree("shifts", "incidents")
