"""What the registers here say of travellers whom a unit checked: asked afterwards, on record, to the right people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import coming
from tests.cases.test_expected import _expect, nobody_kept
from tests.frontier.conftest import passport, person
from tests.frontier.second.conftest import browser
from tests.frontier.test_stays_at_the_lane import guest
from xenia.access import actions as access
from xenia.access import place_actions
from xenia.access import standing as stands
from xenia.access.standing import Standing
from xenia.errors import NotAllowed
from xenia.frontier import actions, conflicts, later, queries, referrals
from xenia.frontier.conflicts import Seen
from xenia.frontier.models import Check, Crossing
from xenia.frontier.reasons import category_label
from xenia.frontier.second.models import HitCase
from xenia.journal import entries, rebuild
from xenia.journal import writing as gate
from xenia.journal.models import Entry, EntrySubject
from xenia.registers import search
from xenia.registers.port import Age
from xenia.registers.stays.models import StayRecord
from xenia.site.demo.people import Person
from xenia.work.models import WorkItem

__all__ = ["nobody_kept"]

Stand = Callable[..., Standing]
UNIT, OTHER, SECOND_POST = "unit-1", "unit-2", "UTO-T2"
PASSWORD = "amber-birch-cedar-delta-7"


def _crossed(at_lane: Stand, one: Person, lane: str = "L1", direction: str = "entry") -> Callable[[], UUID]:
    def work() -> UUID:
        here = at_lane("first", lane)
        return actions.admit(here, actions.check_text(here, lane, passport(one), direction).id)

    return work


@pytest.fixture
def elsewhere(post: str) -> Callable[..., Callable[[], UUID]]:
    """Admits at another post: `elsewhere(person, "exit")`."""
    operator = access.operator_standing("operator")
    place_actions.make_post(operator, SECOND_POST, "Far", authority="UTO-BG", zone="Asia/Tbilisi", border="land")
    place_actions.make_lane(operator, SECOND_POST, "L1", direction="both")
    made = access.make_account(operator, "far", "Far", authority="UTO-BG", password=PASSWORD)
    access.give_role(operator, made.account.pk, "first-line-officer", post=SECOND_POST)

    def enter(one: Person, direction: str = "entry") -> Callable[[], UUID]:
        def work() -> UUID:
            here = stands.by_name("far", SECOND_POST, "L1")
            return actions.admit(here, actions.check_text(here, "L1", passport(one), direction).id)

        return work

    return enter


# ---------- asked again ----------


def test_what_came_is_asked_about_once_and_the_read_is_on_record(at_lane: Stand, monkeypatch: Any) -> None:
    coming.arrive(coming.away(_crossed(at_lane, person())))
    asked_inside: list[bool] = []
    found = search.find

    def find(*args: Any) -> Any:
        asked_inside.append(gate.is_writing())
        return found(*args)

    monkeypatch.setattr(search, "find", find)
    assert not Entry.objects.filter(kind="search.asked").exists(), "nothing is asked while entries arrive"
    assert later.ask_later() == 1
    check = Check.objects.get()
    read = Entry.objects.get(kind="search.asked")
    assert (read.actor, read.purpose, read.reference, read.owner, read.node) == (
        "system:frontier", "border-first-line", f"check:{check.id}", "UTO-BG", "hq",
    )  # fmt: skip
    assert (check.asking, asked_inside) == ("", [False])
    assert later.ask_later() == 0 and Entry.objects.filter(kind="search.asked").count() == 1
    assert not WorkItem.objects.exists()


def test_an_alert_that_the_unit_did_not_have_is_work_of_its_posts_second_line(at_lane: Stand, alert: Any) -> None:
    batch = coming.away(_crossed(at_lane, person()))
    subject = alert(person(), "ARR")
    coming.arrive(batch)
    assert later.ask_later() == 1
    item = WorkItem.objects.get()
    assert (item.kind, item.role, item.post) == ("alert.retro-hit", "second-line-officer", "UTO-T1")
    told = Entry.objects.get(kind="alert.retro-hit")
    about = set(EntrySubject.objects.filter(entry=told).values_list("subject", flat=True))
    assert len(about) == 2 and Check.objects.get().identity in about
    assert subject and entries.body(told) == {"check": str(Check.objects.get().id), "item": str(item.id)}
    second = at_lane("second", None)
    (row,) = queries.waiting(second)
    assert row.reasons == (category_label("alerts", "ARR"),)
    actions.claim_referral(second, item.id)
    assert HitCase.objects.get().silent is False, "its procedure begins"
    actions.answer_referral(second, item.id, "noted", "Told the police at once.")
    assert Crossing.objects.get().outcome == "admitted", "the decision at the lane stays as it is"


def test_an_alert_that_the_unit_showed_is_not_raised_again(at_lane: Stand, alert: Any) -> None:
    alert(person(), "REF-B")

    def referred() -> None:
        first = at_lane("first")
        actions.refer(first, actions.check_text(first, "L1", passport(person()), "entry").id, "")

    coming.arrive(coming.away(referred))
    assert later.ask_later() == 1
    assert not WorkItem.objects.exists() and not queries.waiting(at_lane("second", None))


def test_a_retro_hit_is_raised_once_although_more_of_the_check_comes(at_lane: Stand, alert: Any) -> None:
    def read() -> None:
        actions.check_text(at_lane("first"), "L1", passport(person()), "entry")

    def both() -> None:
        read()
        actions.admit(at_lane("first"), Check.objects.get().id)

    batch = coming.away(both)
    alert(person(), "REF-B")
    cut = batch.kinds.index("crossing.admitted")
    coming.arrive(coming.Batch(UNIT, batch.entries[:cut], batch.keys))
    assert later.ask_later() == 1
    coming.arrive(coming.Batch(UNIT, batch.entries[cut:], batch.keys))
    assert later.ask_later() == 1, "a crossing is asked about too: somebody may expect the traveller"
    assert WorkItem.objects.count() == 1


def test_a_discreet_one_takes_the_way_of_all_discreet_ones(at_lane: Stand, alert: Any) -> None:
    batch = coming.away(_crossed(at_lane, person()))
    alert(person(), "CHK-D", handling="discreet")
    coming.arrive(batch)
    assert later.ask_later() == 1
    assert not WorkItem.objects.exists() and Check.objects.get().silent
    assert referrals.raise_silent_hits() == 1
    item = WorkItem.objects.get()
    assert (item.kind, item.role, item.post) == ("frontier.silent-hit", "second-line-officer", "UTO-T1")
    assert Entry.objects.filter(kind="alert.silent-hit").count() == 1
    assert not Entry.objects.filter(kind="alert.retro-hit").exists()
    first = at_lane("first")
    assert not queries.check(first, Check.objects.get().id).hits, "the booth sees nothing of it"
    with pytest.raises(NotAllowed):
        queries.referral(first, item.id)


def test_a_discreet_one_that_the_unit_had_is_the_units_to_handle(at_lane: Stand, alert: Any) -> None:
    alert(person(), "CHK-D", handling="discreet")
    coming.arrive(coming.away(_crossed(at_lane, person())))
    assert not Check.objects.get().silent
    assert later.ask_later() == 1 and referrals.raise_silent_hits() == 0
    assert not WorkItem.objects.exists()


def test_a_register_that_cannot_answer_is_asked_again(at_lane: Stand, alert: Any, monkeypatch: Any) -> None:
    from xenia.registers import catalogue

    coming.arrive(coming.away(_crossed(at_lane, person())))
    register = next(one for one in catalogue.registers() if one.name == "alerts")
    broken = (Age("", None, 0, 0, "broken"),)
    with monkeypatch.context() as patch:
        patch.setattr(type(register), "ages", lambda self, now: broken)
        assert later.ask_later() == 0
    assert Check.objects.get().asking == "crossing" and later.ask_later() == 1


def test_a_traveller_who_was_erased_meanwhile_is_not_asked_about(at_lane: Stand) -> None:
    from xenia.journal import actions as journal
    from xenia.journal import data_keys

    coming.arrive(coming.away(_crossed(at_lane, person())))
    with journal.writing():
        data_keys.destroy([Check.objects.get().identity])
    assert later.ask_later() == 0 and Check.objects.get().asking == ""


def test_a_backlog_is_asked_about_in_parts(at_lane: Stand, monkeypatch: Any) -> None:
    monkeypatch.setattr(later, "AT_ONCE", 3)

    def shift() -> None:
        for number in range(5):
            _crossed(at_lane, person(number=f"UX000000{number}"))()

    coming.arrive(coming.away(shift))
    assert [later.ask_later() for _ in range(3)] == [3, 2, 0]


# ---------- two crossings that cannot both be ----------

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def _seen(number: int, post: str, direction: str, hours: float) -> Seen:
    one = UUID(int=number)
    return Seen(one, one, one, post, direction, AT + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([("B", "entry", -3)], 1),
        ([("B", "entry", 3)], 1),
        ([("A", "entry", -3)], None),  # the same post: a matter of that post
        ([("B", "exit", -3)], None),
        ([("B", "entry", -13)], None),
        ([("B", "entry", -12)], 1),
        ([("B", "entry", -5), ("B", "exit", -1)], None),  # left between
        ([("B", "exit", 1), ("B", "entry", 5)], None),
        ([("B", "entry", -5), ("B", "exit", -1), ("B", "entry", 2)], 3),
        ([("B", "entry", -2), ("C", "entry", 2)], 1),  # the earlier is told
        ([], None),
    ],
)
def test_the_same_direction_twice_at_two_posts(others: list[tuple[str, str, float]], found: int | None) -> None:
    one = _seen(99, "A", "entry", 0)
    there = [one, *(_seen(number, *it) for number, it in enumerate(others, 1))]
    other = conflicts.against(one, there, timedelta(hours=12))
    assert (other.crossing.int if other else None) == found


@pytest.mark.parametrize("order", ["as it was", "the later first", "at once"])
def test_two_units_that_admitted_one_document_are_one_item(
    at_lane: Stand, elsewhere: Callable[..., Callable[[], UUID]], order: str
) -> None:
    batches = [coming.away(_crossed(at_lane, guest())), coming.away(elsewhere(guest()), OTHER)]
    for batch in batches[::-1] if order == "the later first" else batches:
        coming.arrive(batch)
        if order != "at once":
            later.ask_later()
    later.ask_later()
    item = WorkItem.objects.get()
    assert item.kind == "crossing.conflict" and item.role == "second-line-officer"
    last = SECOND_POST if order == "as it was" else "UTO-T1"
    assert order == "at once" or (item.post, item.body["post"]) == (last, ({"UTO-T1", SECOND_POST} - {last}).pop())
    told = entries.body(Entry.objects.get(kind="crossing.conflict"))
    assert {told["crossing"], told["other"]} == {str(one) for one in Crossing.objects.values_list("id", flat=True)}


def test_who_left_between_is_no_conflict(at_lane: Stand, elsewhere: Callable[..., Callable[[], UUID]]) -> None:
    def out_and_in() -> None:
        elsewhere(guest(), "exit")()
        elsewhere(guest())()

    coming.arrive(coming.away(_crossed(at_lane, guest())))
    coming.arrive(coming.away(out_and_in, OTHER))
    assert later.ask_later() == 3 and not WorkItem.objects.exists()
    assert StayRecord.objects.filter(state="open").count() == 1


def test_another_document_or_a_crossing_taken_back_is_no_conflict(
    at_lane: Stand, elsewhere: Callable[..., Callable[[], UUID]]
) -> None:
    def taken_back() -> None:
        actions.take_back(at_lane("first"), _crossed(at_lane, guest())())

    coming.arrive(coming.away(taken_back))
    coming.arrive(coming.away(elsewhere(guest()), OTHER))
    coming.arrive(coming.away(_crossed(at_lane, guest(number="UX5550002")), "unit-3"))
    later.ask_later()
    assert not WorkItem.objects.exists()


def test_it_is_held_against_crossings_of_the_centres_own_lanes(
    at_lane: Stand, elsewhere: Callable[..., Callable[[], UUID]]
) -> None:
    batch = coming.away(_crossed(at_lane, guest()))
    elsewhere(guest())()
    coming.arrive(batch)
    later.ask_later()
    assert WorkItem.objects.get().kind == "crossing.conflict"
    assert next(p for p in rebuild.projections() if p.name == "work items") and not [
        one
        for p in rebuild.projections()
        if p.name in ("work items", "crossings", "stays")
        for one in rebuild.check(p)[2]
    ]


# ---------- a case that expects the traveller ----------


@pytest.fixture
def told(monkeypatch: Any) -> list[tuple[str, Any]]:
    """What cases are told by the border."""
    from xenia.cases.expected import border

    heard: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        border,
        "arrived",
        lambda who, cases, at, act, planned: heard.append(
            ("arrived", (list(cases), at, act.origin, who.actor, planned))
        ),
    )
    monkeypatch.setattr(border, "not_let_in", lambda cases, act: heard.append(("not let in", list(cases))))
    monkeypatch.setattr(border, "taken_back", lambda officer, at, act: heard.append(("taken back", at)))
    return heard


def test_a_case_hears_of_its_person_when_the_crossing_comes(at_lane: Stand, told: list[tuple[str, Any]]) -> None:
    batch = coming.away(_crossed(at_lane, person()))
    case = _expect(person())
    coming.arrive(batch)
    assert told == []
    later.ask_later()
    crossing = Crossing.objects.get()
    assert told == [
        ("arrived", ([case.id], crossing.decided_at, "unit-1/UTO-T1/L1", f"account:{crossing.officer}", True))
    ]  # the author is fixed at capture
    assert later.ask_later() == 0 and len(told) == 1


def test_a_case_hears_that_its_person_was_not_let_in(at_lane: Stand, told: list[tuple[str, Any]]) -> None:
    def refused() -> None:
        first = at_lane("first")
        actions.refuse(first, actions.check_text(first, "L1", passport(guest()), "entry").id, ["E"], {})

    batch = coming.away(refused)
    case = _expect(guest())
    coming.arrive(batch)
    later.ask_later()
    assert told == [("not let in", [case.id])]


def test_what_was_taken_back_before_the_case_heard_of_it_is_never_told(at_lane: Stand, told: list[Any]) -> None:
    def taken_back() -> None:
        actions.take_back(at_lane("first"), _crossed(at_lane, person())())

    batch = coming.away(taken_back)
    _expect(person())
    coming.arrive(batch)
    assert Check.objects.get().asking == "check"
    assert later.ask_later() == 1 and told == []


def test_what_is_taken_back_after_the_case_was_told_is_told_too(at_lane: Stand, told: list[Any]) -> None:
    def taken_back() -> None:
        actions.take_back(at_lane("first"), _crossed(at_lane, person())())

    batch = coming.away(taken_back)
    _expect(person())
    cut = batch.kinds.index("crossing.taken-back")
    coming.arrive(coming.Batch(UNIT, batch.entries[:cut], batch.keys))
    later.ask_later()
    coming.arrive(coming.Batch(UNIT, batch.entries[cut:], batch.keys))
    asked_at = Check.objects.get().asked_at
    assert [kind for kind, _ in told] == ["arrived", "taken back"] and told[1][1] == asked_at


# ---------- pages ----------


def test_the_second_line_works_both_kinds_on_its_page(
    at_lane: Stand, alert: Any, elsewhere: Callable[..., Callable[[], UUID]]
) -> None:
    other = guest(number="UX5550003", surname="Qvarnberg", given="Otto")
    batches = [coming.away(_crossed(at_lane, person())), coming.away(_crossed(at_lane, other))]
    elsewhere(other)()
    alert(person(), "REF-B")
    for batch in batches:
        coming.arrive(batch)
    later.ask_later()
    client = browser("second", "UTO-T1")
    for kind, words in (
        ("alert.retro-hit", "Alert found after a unit's check"),
        ("crossing.conflict", "The same document was also admitted in this direction at"),
    ):
        item = WorkItem.objects.get(kind=kind)
        client.post(f"/second-line/{item.id}/claim/")
        page = client.get(f"/second-line/{item.id}/").content.decode()
        assert words in page and 'value="noted"' in page and 'value="admit"' not in page, kind
        done = client.post(f"/second-line/{item.id}/answer/", {"outcome": "noted", "note": "Looked at."})
        assert done.status_code == 302, done.content.decode()[:500]
        item.refresh_from_db()
        assert item.outcome == "noted"
    assert "Nobody is waiting." in client.get("/second-line/").content.decode()
