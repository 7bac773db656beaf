from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import people
from xenia.access import epochs
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.journal.actions import writing
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry
from xenia.work import items, rules
from xenia.work.models import WorkItem

ANSWERED: list[tuple] = []


def on_answer(item, outcome, note, standing, act) -> None:
    if outcome == "explode":
        raise Conflict("It cannot be done.", "", code="test-failed")
    ANSWERED.append((item.subject, outcome, note))


KIND = items.ItemKind(
    name="test.referral",
    label="Referral",
    url=lambda item: f"/second-line/{item.pk}/",
    role="second-line-officer",
    purpose="border-second-line",
    outcomes=("admit", "refuse", "explode"),
    on_answer=on_answer,
)


@pytest.fixture(autouse=True)
def _kind() -> None:
    ANSWERED.clear()
    items.register_kind(KIND)


def opened(by: Standing, subject="check-1", **more) -> WorkItem:
    with writing():
        return items.open_item(KIND.name, subject, owner="UTO-BG", act=by.act("border-first-line", "check:1"), **more)


@pytest.fixture
def booth(world: people.World) -> Standing:
    return world.standing("booth", "first-line-officer", lane="L1")


@pytest.fixture
def officer(world: people.World) -> Standing:
    return world.standing("sl", "second-line-officer")


@pytest.fixture
def colleague(world: people.World) -> Standing:
    return world.standing("sl2", "second-line-officer")


def test_an_item_is_opened_taken_answered(booth: Standing, officer: Standing) -> None:
    item = opened(booth, post="UTO-AP1")
    assert [one.pk for one in items.waiting(officer)] == [item.pk]
    assert items.claim(officer, item.pk).claimed_by == officer.account
    done = items.answer(officer, item.pk, "admit", "Papers in order.")
    assert (done.outcome, done.answered_by) == ("admit", officer.account)
    assert ANSWERED == [("check-1", "admit", "Papers in order.")]
    assert items.waiting(officer) == []
    kinds = list(Entry.objects.filter(kind__startswith="work.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["work.opened", "work.claimed", "work.answered", "work.noted"]


def test_the_note_is_sealed(booth: Standing, officer: Standing) -> None:
    item = opened(booth)
    items.claim(officer, item.pk)
    done = items.answer(officer, item.pk, "admit", "Ines Abara was nervous")
    assert b"Ines" not in bytes(done.note) and items.note_of(done) == "Ines Abara was nervous"
    assert all(b"Ines" not in bytes(entry.body or b"") for entry in Entry.objects.all())


def test_the_first_line_does_not_see_the_queue(booth: Standing) -> None:
    item = opened(booth)
    with pytest.raises(NotAllowed):
        items.waiting(booth)
    with pytest.raises(NotAllowed):
        items.claim(booth, item.pk)
    with pytest.raises(NotFound):
        items.get(booth, item.pk)


def test_another_post_s_and_another_authority_s_items_are_not_seen(
    world: people.World, booth: Standing, officer: Standing
) -> None:
    item = opened(booth, post="UTO-RD1")
    assert items.waiting(officer) == []
    with pytest.raises(NotFound):
        items.claim(officer, item.pk)
    with writing():
        foreign = items.open_item(KIND.name, "x", owner="UTO-MG", act=booth.act("border-first-line", "check:1"))
    with pytest.raises(NotFound):
        items.get(officer, foreign.pk)


def test_what_somebody_holds_is_not_taken_from_them(booth: Standing, officer: Standing, colleague: Standing) -> None:
    item = opened(booth)
    with pytest.raises(Conflict) as early:
        items.answer(officer, item.pk, "admit")
    assert early.value.code == "not-claimed"
    items.claim(officer, item.pk)
    assert items.claim(officer, item.pk).claimed_by == officer.account, "taking one's own again does nothing"
    for act in (items.claim, items.release, lambda who, pk: items.answer(who, pk, "admit")):
        with pytest.raises(Conflict) as held:
            act(colleague, item.pk)
        assert held.value.code == "claimed-by-another"
    items.release(officer, item.pk)
    assert items.claim(colleague, item.pk).claimed_by == colleague.account


def test_an_answered_item_is_answered_once(booth: Standing, officer: Standing) -> None:
    item = opened(booth)
    items.claim(officer, item.pk)
    items.answer(officer, item.pk, "refuse")
    for act in (items.claim, items.release, lambda who, pk: items.answer(who, pk, "admit")):
        with pytest.raises(Conflict) as done:
            act(officer, item.pk)
        assert done.value.code == "already-answered"


def test_a_handler_that_fails_undoes_the_answer(booth: Standing, officer: Standing) -> None:
    item = opened(booth)
    items.claim(officer, item.pk)
    with pytest.raises(Conflict):
        items.answer(officer, item.pk, "explode", "note")
    item.refresh_from_db()
    assert item.answered_at is None and item.outcome == "" and item.note is None


@pytest.mark.parametrize(
    ("outcome", "note", "code"),
    [("", "", "bad-outcome"), ("dance", "", "bad-outcome"), ("admit", "x" * 4001, "note-too-long")],
)
def test_an_answer_is_one_of_the_kind_s(booth: Standing, officer: Standing, outcome: str, note: str, code: str) -> None:
    item = opened(booth)
    items.claim(officer, item.pk)
    with pytest.raises(BadInput) as odd:
        items.answer(officer, item.pk, outcome, note)
    assert odd.value.code == code


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_it_at_once_one_has_it() -> None:
    world = people.build()
    item = opened(world.standing("booth", "first-line-officer"))
    officers = [world.standing(f"sl{number}", "second-line-officer") for number in range(5)]
    ready, outcomes = threading.Barrier(5), []

    def take(officer: Standing) -> None:
        try:
            ready.wait(20)
            outcomes.append(items.claim(officer, item.pk).claimed_by == officer.account)
        except Conflict as problem:
            outcomes.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(officer,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(map(str, outcomes)) == ["True", *["claimed-by-another"] * 4]
    assert Entry.objects.filter(kind="work.claimed").count() == 1


def test_forgetting_a_person_removes_the_item(booth: Standing, officer: Standing) -> None:
    from xenia.journal.forgetting import Wanted
    from xenia.work.forgetting import Part

    person = uuid7()
    item = opened(booth, about=person)
    items.claim(officer, item.pk)
    items.answer(officer, item.pk, "refuse", "Ines Abara was nervous")
    assert [found.kind for found in Part().find(Wanted(subject=person))] == ["work item"]
    assert Part().export(person)["work_items"][0]["note"] == "Ines Abara was nervous"
    with writing():
        assert Part().erase([person], booth.act("data-subject-request", "case:1"))["work_item"] == 1
    assert not WorkItem.objects.filter(pk=item.pk).exists()
    assert list(Part().find(Wanted(surname="ABARA"))) == []


NOW = timezone.now()


@pytest.mark.parametrize(
    ("level", "due_in", "expected"),
    [
        (0, None, "now"),
        (1, None, "today"),
        (2, None, "later"),
        (2, 3, "today"),
        (2, 25, "later"),
        (0, -1, "late"),
        (2, -1, "late"),
    ],
)
def test_items_are_grouped_by_urgency(level: int, due_in: int | None, expected: str) -> None:
    due = None if due_in is None else NOW + timedelta(hours=due_in)
    assert rules.urgency(level, due, NOW) == expected


@given(
    st.uuids(),
    st.uuids(),
    st.sampled_from(["waiting", "approved", "rejected", "withdrawn", "expired"]),
    st.integers(-5, 5),
)
def test_a_decision_needs_another_person_a_waiting_proposal_and_time(
    proposer: UUID, account: UUID, state: str, hours: int
) -> None:
    expires = NOW + timedelta(hours=hours)
    fits = proposer != account and state == "waiting" and expires > NOW
    try:
        rules.may_decide(state, expires, proposer, account, NOW)
    except (NotAllowed, Conflict):
        assert not fits
    else:
        assert fits


def test_the_list_is_polled_without_writing(
    world: people.World, booth: Standing, settings, django_assert_num_queries
) -> None:
    settings.XENIA_DEMO = True
    client = world.client("sl", "second-line-officer")
    opened(booth)
    page = client.get("/work/").content.decode()
    assert "Referral" in page
    since = epochs.read()["work"]
    assert f"since={since}" in page
    entries = Entry.objects.count()
    with django_assert_num_queries(2):  # the session, the counters
        assert client.get(f"/work/newer/?since={since}").status_code == 204
    assert Entry.objects.count() == entries
    opened(booth, "check-2")
    newer = client.get(f"/work/newer/?since={since}")
    assert newer.status_code == 200 and f"since={epochs.read()['work']}" in newer.content.decode()
