"""What no room tied to a person has a day of its own; then what it says goes, and hashes and receipts stay."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.exchange.pair import NOW, Other, delivery, take
from xenia.errors import NotFound
from xenia.exchange import forgetting, keeping, partners, queries, receiving, sending, threads
from xenia.exchange.models import Incoming, Outgoing, ReceiptRow, Thread
from xenia.journal import blobs, clock
from xenia.journal.actions import writing
from xenia.journal.ids import uuid7
from xenia.journal.models import BlobReference, DataKey, Entry
from xenia.oversight import cleaning, retention, running

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def _due(on: datetime) -> list[tuple[str, str]]:
    """(id of the thread, class) of what is due on that day."""
    found = forgetting.Part().due(on.date())
    threads_of = dict(Thread.objects.values_list("id", "thread"))
    return [(str(threads_of[one.subject]), one.retention_class) for one in found]


def _refused(other: Other, at: datetime = NOW) -> Incoming:
    said = other.message(body={"n": 1, "text": "refuse"}, case_ref="Qvarnstedt", created=at, expires=at + DAY)
    take(other.packed(said), at)
    return Incoming.objects.get()


def test_a_refused_opening_message_goes_after_its_term(
    other: Other, world: Any, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleaning, "clean", lambda **_: cleaning.Cleaned(True, ""))  # VACUUM goes in no transaction
    now = datetime.now(UTC)  # a run looks at the journal's own times
    row = _refused(other, now)
    over, kept = now + timedelta(days=90), BlobReference.objects.filter(purpose="exchange")
    assert _due(over - DAY) == [] and _due(over) == [(str(other.thread), "message-refused")]
    assert kept.count() == 1 and DataKey.objects.filter(subject=row.thread_id).count() == 1
    done = running.run(world.operator, dry_run=True, now=over, clock_checked=True)
    assert done.subjects == {"message-refused": 1} and kept.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        done = running.run(world.operator, dry_run=False, now=over, clock_checked=True)
    assert done.subjects == {"message-refused": 1} and done.counts["message_emptied"] == 1
    assert kept.count() == 0 and not DataKey.objects.filter(subject=row.thread_id).exists()
    assert not blobs.path(row.blob).exists()
    after = Incoming.objects.get()
    assert (after.hash, after.state, after.receipt) == (row.hash, "refused", row.receipt) and after.case_ref == ""
    assert [one.kind for one in queries.of_thread(other.thread, other.address)[0].receipts] == ["refused"]
    assert Entry.objects.get(kind="exchange.refused").body is not None
    with pytest.raises(NotFound):
        receiving.content(after)
    assert _due(over + timedelta(days=900)) == []
    assert running.run(world.operator, dry_run=False, now=over, clock_checked=True).subjects == {}


def test_the_same_message_is_still_answered_as_before_and_new_ones_come(
    other: Other, world: Any, seen: list[int]
) -> None:
    said = other.message(body={"n": 1, "text": "refuse"})
    before = take(other.packed(said))
    with writing():
        assert keeping.empty([Thread.objects.get().pk]) == 1
    assert take(other.packed(said)) == before
    assert take(other.packed(other.message())).kind == "accepted" and seen == [2]
    assert [one.retention_class for one in keeping.untied()] == ["message-untied"]


def test_a_thread_of_no_person_goes_a_year_after_its_last_message(other: Other, world: Any, seen: list[int]) -> None:
    take(other.packed(other.message()))
    act, year = world.operator.act("operation", "external:1"), timedelta(days=365)
    with clock.at(NOW + 10 * DAY), writing():
        sending.send(type="test/note", version=1, thread=other.thread, recipient=other.address, body={"n": 7}, act=act)
    assert _due(NOW + 3 * year) == []  # something still waits
    packed = blobs.get(Outgoing.objects.get().blob)
    partner, at = partners.open_partner(other.address), NOW + 20 * DAY
    assert delivery.take_receipt(other.answer(packed, at=at), partner, at)
    assert _due(at + year - DAY) == [] and _due(at + year) == [(str(other.thread), "message-untied")]
    with writing():
        counts = forgetting.Part().erase([Thread.objects.get().pk], act)
    assert counts == {"outgoing": 0, "incoming": 0, "message_emptied": 2}
    assert Outgoing.objects.count() == 1 and Incoming.objects.count() == 1 and ReceiptRow.objects.count() == 2


def test_a_thread_of_a_person_goes_with_the_person_alone(other: Other, world: Any) -> None:
    _refused(other)
    person = uuid7()
    with writing():
        threads.about(other.thread, person)
    assert _due(NOW + timedelta(days=9000)) == []
    part, act = forgetting.Part(), world.operator.act("operation", "external:1")
    assert part.kept([person, Thread.objects.get().pk], NOW.date()) == set()
    with writing():
        part.erase([person], act)
    assert not Incoming.objects.exists()


def test_what_was_emptied_before_it_was_tied_can_still_be_exported(other: Other, world: Any) -> None:
    _refused(other)
    person = uuid7()
    with writing():
        keeping.empty([Thread.objects.get().pk])
        threads.about(other.thread, person)
    assert [one["body"] for one in forgetting.Part().export(person)["messages"]] == [None]


def test_what_waits_is_not_emptied_and_what_is_not_due_is_kept(other: Other, world: Any, seen: list[int]) -> None:
    take(other.packed(other.message(number=2, after=1)))
    thread, part = Thread.objects.get().pk, forgetting.Part()
    assert part.kept([thread], (NOW + timedelta(days=9000)).date()) == {thread}
    with writing():
        assert keeping.empty([thread]) == 0
    take(other.packed(other.message(number=1, after=0)))
    assert seen == [2, 1]  # each says when it was written
    assert part.kept([thread], NOW.date()) == {thread} and part.kept([thread], datetime(2040, 1, 1, tzinfo=UTC).date()) == set()  # fmt: skip


def test_the_rooms_terms_are_those_that_oversight_shows() -> None:
    shown = {one.retention_class: one for one in retention.shipped()}
    for term in json.loads(keeping.TERMS.read_text())["terms"]:
        rule = shown[term["code"]]
        assert (rule.source, rule.confidence, rule.counts_from) == (term["source"], term["confidence"], "record")
        assert rule.period.after(NOW.date()) == NOW.date() + keeping.term(term["code"])
