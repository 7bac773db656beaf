"""One short transaction at a time: fair, joined when nested, shared by reads that wait together."""

from __future__ import annotations

import errno
import threading
from datetime import datetime

import pytest
from django.db import OperationalError, connection, transaction

from xenia.errors import BadInput, NotFound, Unavailable, XeniaError
from xenia.journal import actions, data_keys, disk, entries, reads, writing
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry, EntrySubject, Outbox


def run(*threads: threading.Thread) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_the_queue_lets_in_the_longest_waiting_first():
    queue, order, ready = writing.Queue(), [], threading.Semaphore(0)
    queue.enter()

    def wait(number: int) -> None:
        ready.release()
        queue.enter()
        order.append(number)
        queue.leave()

    threads = []
    for number in range(20):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        ready.acquire()
        while len(queue._waiting) <= number:
            pass
    queue.leave()
    for thread in threads:
        thread.join(10)
    assert order == list(range(20))


def test_who_waits_too_long_is_told_and_does_not_keep_the_place():
    queue = writing.Queue()
    queue.enter()
    with pytest.raises(Unavailable) as refused:
        queue.enter(timeout_s=0.01)
    assert refused.value.code == "database-busy"
    queue.leave()
    queue.enter(timeout_s=0.01)


@pytest.mark.django_db
def test_an_entry_costs_one_statement_two_with_subjects_three_with_outbox(act, django_assert_num_queries):
    with actions.writing():
        with django_assert_num_queries(1):
            actions.append("test.noted", {"a": 1}, act)
        with django_assert_num_queries(2):
            actions.append("test.noted", {"a": 1}, act, subjects=[uuid7(), uuid7()])
        with django_assert_num_queries(3):
            actions.append("test.noted", {"a": 1}, act, subjects=[uuid7()], outbox=["unit", "partner"])
    assert (Entry.objects.count(), EntrySubject.objects.count(), Outbox.objects.count()) == (3, 3, 2)


@pytest.mark.django_db
def test_nested_writing_joins_and_fails_as_one(act):
    with pytest.raises(KeyError), actions.writing():
        actions.append("test.noted", {}, act)
        with actions.writing():
            actions.append("test.noted", {}, act)
            raise KeyError
    assert Entry.objects.count() == 0 and not writing.is_writing()
    with actions.writing(), actions.writing():
        actions.append("test.noted", {}, act)
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_what_cannot_be_an_entry_is_refused_before_anything_is_written(act):
    with pytest.raises(RuntimeError):
        actions.append("test.noted", {}, act)
    for kind, body, error, code in [
        ("test.unheard", {}, NotFound, "unknown-kind"),
        ("test.noted", {"score": 0.5}, BadInput, "bad-body"),
        ("test.noted", {"text": "x" * (1 << 20)}, BadInput, "body-too-large"),
    ]:
        with pytest.raises(error) as refused, actions.writing():
            actions.append(kind, body, act)
        assert refused.value.code == code
    with pytest.raises(BadInput), actions.writing():
        actions.append("test.noted", {}, act, occurred_at=datetime(2026, 1, 1))
    assert Entry.objects.count() == 0


def test_an_act_without_purpose_or_with_odd_text_is_refused():
    for change in ({"purpose": ""}, {"reference": ""}, {"actor": ""}, {"origin": "a\nb"}, {"owner": "x" * 501}):
        with pytest.raises(BadInput):
            Act(
                **(
                    {"actor": "a", "owner": "b", "purpose": "c", "legal_basis": "d", "reference": "e", "origin": "f"}
                    | change
                )
            )


@pytest.mark.django_db
def test_a_sealed_body_reads_as_it_was_written_until_its_subject_is_forgotten(act):
    subject = uuid7()
    with actions.writing():
        made = actions.append("test.noted", {"surname": "PLANTEDNAME"}, act, sealed_for=(subject, "check"))
    entry = Entry.objects.get(pk=made)
    assert b"PLANTED" not in bytes(entry.body or b"") and entries.body(entry) == {"surname": "PLANTEDNAME"}
    data_keys.destroy([subject])
    with pytest.raises(data_keys.Erased):
        entries.body(entry)
    assert entries.bodies([entry]) == {}


@pytest.mark.django_db
def test_a_read_inside_a_transaction_belongs_to_it(act):
    with pytest.raises(KeyError), transaction.atomic():
        actions.record_read("test.read", {"records": []}, act, subjects=[uuid7()])
        raise KeyError
    assert Entry.objects.count() == 0
    actions.record_read("test.read", {"records": []}, act)
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_reads_that_wait_together_share_a_commit(act, monkeypatch):
    groups: list[int] = []
    write = actions.append_many
    monkeypatch.setattr(actions._reads, "_write", lambda many: groups.append(len(many)) or write(many))
    seen: list[bool] = []

    def read() -> None:
        for _ in range(10):
            made = actions.record_read("test.read", {"records": ["1"]}, act, subjects=[uuid7()])
            seen.append(Entry.objects.filter(pk=made).exists())
        connection.close()

    run(*[threading.Thread(target=read) for _ in range(8)])
    assert seen == [True] * 80 and Entry.objects.count() == 80
    assert sum(groups) == 80 and len(groups) < 80


@pytest.mark.django_db(transaction=True)
def test_a_read_that_could_not_be_written_is_not_answered(act, monkeypatch):
    def fail(many):
        raise KeyError

    monkeypatch.setattr(actions._reads, "_write", fail)
    with pytest.raises(XeniaError) as refused:
        actions.record_read("test.read", {"records": []}, act)
    assert refused.value.code == "read-not-recorded"
    monkeypatch.undo()
    actions.record_read("test.read", {"records": []}, act)
    assert Entry.objects.count() == 1


def test_a_group_that_is_not_let_in_frees_everybody(monkeypatch):
    group: reads.Group[int] = reads.Group(lambda many: None)

    def closed():
        raise Unavailable("The database is busy.", code="database-busy")

    monkeypatch.setattr(reads, "writing", closed)
    failed: list[str] = []

    def commit(number: int) -> None:
        try:
            group.commit(number)
        except XeniaError as error:
            failed.append(error.code)

    run(*[threading.Thread(target=commit, args=(number,)) for number in range(8)])
    assert failed == ["read-not-recorded"] * 8 and not group._led and not group._waiting


@pytest.mark.django_db(transaction=True)
def test_a_full_database_says_so_writes_nothing_of_it_and_goes_on_when_there_is_room(act):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no such limit of its own")
    with connection.cursor() as cursor:
        pages = cursor.execute("pragma page_count").fetchone()[0]
        cursor.execute(f"pragma max_page_count = {pages}")
        try:
            for _one in range(2):  # the second is no worse than the first
                with pytest.raises(Unavailable) as refused, writing.writing():
                    for number in range(400):
                        actions.append("test.noted", {"text": "x" * 900, "number": number}, act)
                assert refused.value.code == disk.refuses() == "disk-full"
                assert "not recorded" in refused.value.message
            with pytest.raises(Unavailable) as refused:
                for _one in range(400):
                    actions.record_read("test.noted", {"text": "x" * 900}, act)
            assert refused.value.code == "disk-full"
        finally:
            cursor.execute("pragma max_page_count = 1073741823")
    before = Entry.objects.count()
    assert before < 400
    actions.record_read("test.noted", {"text": "x"}, act)
    assert Entry.objects.count() == before + 1 and disk.refuses() == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("database or disk is full"), "disk-full"),
        (OperationalError("attempt to write a readonly database"), "disk-read-only"),
        (OperationalError("disk I/O error"), "disk-fails"),
        (OSError(errno.EROFS, "Read-only file system"), "disk-read-only"),
        (OperationalError("database is locked"), ""),
        (OperationalError("no such table: x"), ""),
        (OSError(errno.ENOENT, "nothing there"), ""),
        (ValueError("disk is full"), ""),
    ],
)
def test_only_what_the_disk_says_is_the_disks_fault(error: Exception, code: str):
    assert disk.code_of(error) == code
    wrapped = RuntimeError("outside")
    wrapped.__cause__ = error
    assert disk.code_of(wrapped) == code
