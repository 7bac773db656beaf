"""The watch over a warehouse: what it asks for, when it rings, how a signal ends, what people say of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.insight.watching.conftest import LAST, NOW
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed
from xenia.insight.warehouse import Warehouse, lines_of
from xenia.insight.watching import actions, gathering, looking
from xenia.insight.watching.alarms import Rules
from xenia.insight.watching.models import KnownEvent, Month, RuleSet, Signal
from xenia.insight.watching.series import Segment
from xenia.journal.models import DataKey, Entry
from xenia.units.models import Unit
from xenia.work.models import WorkItem

pytestmark = pytest.mark.django_db

INFLUX = {(LAST, "UTO-AP1", "ARC"): 4.0}


def entries(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


def test_without_facts_nothing_is_looked_at(house) -> None:
    assert looking.step(NOW) == 0
    assert Month.objects.count() == 0


def test_quiet_weeks_raise_nothing(world: Callable[..., Warehouse]) -> None:
    world()
    assert looking.step(NOW) == 0
    assert Signal.objects.count() == 0 and WorkItem.objects.count() == 0
    found = looking.look("entries", LAST)
    assert {one.state for one in found.found if one.segment.post and not one.segment.nationality} == {"usual"}


def test_an_influx_becomes_one_item_and_says_where(world: Callable[..., Warehouse]) -> None:
    world(INFLUX)
    assert looking.step(NOW) > 0
    found = {(one.post, one.nationality): one for one in Signal.objects.all()}
    wide, narrow = found["", ""], found["UTO-AP1", "ARC"]
    assert narrow.under == wide and narrow.level in ("warn", "alarm") and ("UTO-BG", "") not in found
    assert narrow.observed > narrow.threshold > narrow.expected and narrow.on == LAST
    (item,) = WorkItem.objects.filter(kind="watch.signal", answered_at=None)
    assert item.subject == str(wide.pk) and item.role == "analyst"
    assert entries("watch.raised") == len(found)
    assert looking.step(NOW + timedelta(hours=1)) == 0  # the same day once more
    assert Signal.objects.count() == len(found)


def test_its_figures_are_those_of_the_released_table_and_of_no_other(world: Callable[..., Warehouse]) -> None:
    world(INFLUX)
    looking.step(NOW)
    signal = Signal.objects.get(post="UTO-AP1", nationality="ARC")
    lines = list(lines_of(gathering.warehouse().log))
    assert lines and {(one["grade"], one["who"]) for one in lines} == {("interactive", gathering.WHO)}
    assert {(one["question"]["since"][8:], one["question"]["until"][8:]) for one in lines} == {("01", "01")}
    asked_again = gathering.table("entries", LAST, Segment("UTO-AP1", "ARC"))
    assert signal.observed == asked_again.values[0, -1] and signal.observed % 5 == 0
    assert set(Month.objects.get(indicator="entries", first=LAST.replace(day=1)).digests) <= {
        one["digest"] for one in lines
    }


def test_days_before_the_first_fact_are_no_zeros(world: Callable[..., Warehouse]) -> None:
    world(days=20)
    assert looking.step(NOW) == 0
    assert {one.state for one in looking.look("entries", LAST).found} == {"too-little"}


def test_a_signal_ends_by_itself_after_calm_days(world: Callable[..., Warehouse]) -> None:
    world({(LAST, "UTO-AP1", "ARC"): 3.0}, days=82, until=LAST + timedelta(days=7))
    looking.step(NOW)
    signal = Signal.objects.get(post="UTO-AP1", nationality="ARC")
    for day in range(1, 7):
        looking.step(NOW + timedelta(days=day))
    signal.refresh_from_db()
    assert signal.closed_at is not None and signal.calm == 3
    item = WorkItem.objects.get(subject=str(Signal.objects.get(post="", nationality="").pk))
    assert item.outcome == "over" and entries("watch.closed") == Signal.objects.exclude(closed_at=None).count()


def test_the_day_so_far_rings_before_it_is_over(world: Callable[..., Warehouse]) -> None:
    world({(LAST + timedelta(days=1), "UTO-AP1", "ARC"): 5.0}, until=LAST + timedelta(days=1))
    looking.step(NOW)
    assert Signal.objects.get(post="UTO-AP1", nationality="ARC").so_far
    assert not {one.state for one in looking.look("entries", LAST + timedelta(days=1), so_far=True).found} & {"usual"}


def test_a_post_whose_unit_is_silent_says_nothing(world: Callable[..., Warehouse]) -> None:
    world(INFLUX)
    at = NOW - timedelta(days=1)
    Unit.objects.create(
        name="u1", label="U", post="UTO-AP1", owner="UTO-BG", state="active", invited_by=Unit().pk, invited_at=at,
        seen_at=NOW - timedelta(days=1), received=5, told={"sealed": 5},
    )  # fmt: skip
    looking.step(NOW)
    assert not Signal.objects.filter(post="UTO-AP1").exists()
    seen = looking.look("entries", LAST)
    assert {one.state for one in seen.found if one.segment.post == "UTO-AP1"} == {"not-reported"}
    assert seen.missing == ("UTO-AP1",)
    assert "usual" not in {one.state for one in seen.found if not one.segment.post}
    Unit.objects.update(seen_at=NOW)
    looking.step(NOW)
    assert Signal.objects.filter(post="UTO-AP1").exists()
    Unit.objects.update(told={"sealed": 9}, received_at=at)  # heard of, but its entries have not come
    assert looking.look("entries", LAST).missing == ("UTO-AP1",)


def test_a_busy_post_that_counted_nothing_has_not_reported(world: Callable[..., Warehouse]) -> None:
    world({(LAST, "UTO-BG", "ARC"): 0.0, (LAST, "UTO-BG", "ZEM"): 0.0})
    looking.step(NOW)
    seen = looking.look("entries", LAST)
    assert seen.missing == ("UTO-BG",)
    states = {one.segment: one.state for one in seen.found}
    assert states[Segment("UTO-BG")] == "not-reported" and states[Segment()] == "incomplete"


def test_on_a_known_event_it_rings_one_level_lower(world: Callable[..., Warehouse], analyst: Standing) -> None:
    world(INFLUX)
    looking.step(NOW)
    loud = Signal.objects.get(post="UTO-AP1", nationality="ARC").level
    Signal.objects.all().delete()
    event = actions.add_event(analyst, LAST, LAST, "Fair")
    looking.step(NOW)
    calmer = Signal.objects.get(post="UTO-AP1", nationality="ARC")
    assert (loud, calmer.level, calmer.event) == ("alarm", "warn", "Fair")
    actions.remove_event(analyst, event.pk)
    assert KnownEvent.objects.get().removed_at is not None
    with pytest.raises(BadInput) as refused:
        actions.add_event(analyst, LAST, LAST - timedelta(days=1), "Backwards")
    assert refused.value.code == "bad-event"


def test_what_it_was_is_said_taken_back_and_sealed(world: Callable[..., Warehouse], analyst: Standing) -> None:
    world(INFLUX)
    looking.step(NOW)
    signal = Signal.objects.get(post="", nationality="")
    actions.acknowledge(analyst, signal.pk)
    assert WorkItem.objects.get().outcome == "acknowledged"
    with pytest.raises(Conflict) as refused:
        actions.acknowledge(analyst, signal.pk)
    assert refused.value.code == "signal-changed"
    done = actions.assess(analyst, signal.pk, "real", "Two flights were turned round.")
    assert done.assessment == "real" and actions.note_of(done) == "Two flights were turned round."
    assert b"flights" not in bytes(done.note or b"")
    body = Entry.objects.get(kind="watch.assessed").body
    assert b"flights" not in bytes(body)
    assert actions.take_back(analyst, signal.pk).assessment == ""
    assert actions.note_of(actions.find(signal.pk)) == ""
    again = actions.take_back(analyst, signal.pk)
    assert again.acknowledged_at is None and WorkItem.objects.filter(answered_at=None).count() == 1
    with pytest.raises(Conflict):
        actions.take_back(analyst, signal.pk)
    with pytest.raises(BadInput) as odd:
        actions.assess(analyst, signal.pk, "maybe")
    assert odd.value.code == "bad-assessment"


def test_rules_are_set_with_a_reason_and_hold_from_then_on(
    world: Callable[..., Warehouse], analyst: Standing, house
) -> None:
    world({(LAST, "UTO-AP1", "ARC"): 2.2})
    assert looking.rules() == Rules()
    with pytest.raises(BadInput) as refused:
        actions.set_rules(analyst, Rules(limit=1.0), "Why not")
    assert refused.value.code == "bad-watch-rules"
    with pytest.raises(BadInput):
        actions.set_rules(analyst, Rules(), "  ")
    actions.set_rules(analyst, Rules(main="farrington", alpha=0.01), "Too late at the airport.")
    assert looking.rules() == Rules(main="farrington", alpha=0.01) and RuleSet.objects.count() == 1
    assert entries("watch.rules-set") == 1
    house.client("guard", "first-line-officer")
    from xenia.access import standing

    with pytest.raises(NotAllowed):
        actions.set_rules(standing.by_name("guard"), Rules(), "Because.")


def test_old_signals_go_with_their_notes(world: Callable[..., Warehouse], analyst: Standing) -> None:
    world(INFLUX)
    looking.step(NOW)
    signal = Signal.objects.get(post="", nationality="")
    actions.assess(analyst, signal.pk, "real", "A note.")
    Month.objects.filter(first=LAST.replace(day=1)).update(first=LAST.replace(year=2022, day=1))
    Signal.objects.update(closed_at=NOW, delete_on=NOW.date())
    looking.step(NOW)
    assert entries("watch.removed") == 1 and not Signal.objects.filter(pk=signal.pk).exists()
    assert (
        not Month.objects.filter(first__year=2022).exists() and not DataKey.objects.filter(subject=signal.pk).exists()
    )


def test_a_month_is_asked_for_again_only_where_it_may_have_changed(world: Callable[..., Warehouse]) -> None:
    world()
    looking.step(NOW)
    first = len(list(lines_of(gathering.warehouse().log)))
    assert (
        first == 5 + 1
    )  # June back to February, in which the facts had not begun; one of refusals, of which there are none
    looking.step(NOW + timedelta(hours=1))
    assert len(list(lines_of(gathering.warehouse().log))) == first + 2  # this month, for both indicators
    looking.step(NOW + timedelta(days=1))
    assert (
        len(list(lines_of(gathering.warehouse().log))) == first + 2 + 5
    )  # a day later: April to June, where the facts begin, refusals
