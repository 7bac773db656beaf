"""Verification: nothing found in a whole journal, everything found in an altered one, and plain words about the rest."""

from __future__ import annotations

import json
import random
import threading

import pytest
from django.db import connection

from xenia.journal import actions, erasing, heads, sealer, signing, tamper, walls
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry, EntrySubject, Head, KeyRecord
from xenia.journal.verify import Report, verify


@pytest.fixture
def planted(monkeypatch) -> tamper.Journal:
    monkeypatch.setattr(heads, "KEPT_SIZES", 64)
    return tamper.planted(200)


@pytest.mark.django_db
def test_every_tampering_is_found_located_and_named(planted):
    chance = random.Random(7)
    missed = {
        f"{name} {turn}": trouble
        for name in sorted(tamper.TAMPERINGS)
        for turn in range(3)
        if (trouble := tamper.attempt_one(name, planted, chance))
    }
    assert missed == {}
    assert verify([planted.kept]).is_whole  # every tampering was taken back


@pytest.mark.django_db
def test_a_whole_journal_is_whole_and_says_what_it_cannot_see(planted):
    report = verify()
    assert report.is_whole, report.to_json()
    assert report.nodes["hq"]["size"] == planted.size
    assert report.nodes["hq"]["erased"] == len(planted.erased) > 0
    assert 3 <= report.nodes["hq"]["heads"] < 10
    assert "cut off the end" in report.cannot_see[0] and "Without a kept head" in report.cannot_see[0]
    assert f"position {planted.size}" in verify([planted.kept]).cannot_see[0]


@pytest.mark.django_db
def test_entries_that_wait_are_counted_and_not_found_fault_with(act):
    with actions.writing():
        actions.append("test.noted", {}, act)
    report = verify()
    assert report.is_whole and report.pending == 1
    sealer.seal_now()
    assert verify().is_whole


@pytest.mark.django_db
def test_a_tail_cut_off_whole_is_seen_with_a_kept_head_only(planted):
    last = Head.objects.order_by("-size")[1].size
    for table, column in (("journal_entry", "position"), ("journal_leaf", "position"), ("journal_head", "size")):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {column} > %s", [last])
    EntrySubject.objects.exclude(entry_id__in=Entry.objects.values("id")).delete()
    without, kept = verify(), verify([planted.kept])
    assert "truncated" not in {finding.kind for finding in without.findings.kept}
    (cut,) = [finding for finding in kept.findings.kept if finding.kind == "truncated"]
    assert (cut.position, cut.last) == (last + 1, planted.size)


@pytest.mark.django_db
def test_a_kept_head_that_was_forged_is_refused_itself(planted):
    forged = heads.from_json(json.dumps(planted.kept.to_json() | {"size": 3}))
    assert [finding.kind for finding in verify([forged]).findings.kept] == ["kept-head-invalid"]


@pytest.mark.django_db
def test_a_kept_head_between_two_stored_ones_still_fits(act, monkeypatch):
    kept = []
    for number in range(30):
        with actions.writing():
            actions.append("test.noted", {"number": number}, act)
        sealer.seal_now()
        kept.append(heads.latest())
    assert Head.objects.count() < 5
    assert verify(kept).is_whole


@pytest.mark.django_db
def test_two_altered_batches_are_told_apart(planted):
    sizes = list(Head.objects.order_by("size").values_list("size", flat=True))
    first, second = sizes[0] + 1, sizes[2] + 1
    for position in (first, second):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE journal_entry SET actor = 'x' WHERE position = %s", [position])
    tamper.releaf(first)
    tamper.releaf(second)
    found = [(finding.kind, finding.position, finding.last) for finding in verify().findings.kept]
    assert found == [("batch-altered", first, sizes[1]), ("batch-altered", second, sizes[3])]


@pytest.mark.django_db
def test_journals_of_other_nodes_are_verified_beside_ours(act, settings):
    for node in ("hq", "unit-1"):
        settings.XENIA_NODE = node
        with actions.writing():
            actions.append("test.noted", {}, act)
        sealer.seal_now()
    report = verify()
    assert report.is_whole and set(report.nodes) == {"hq", "unit-1"}
    unit = heads.latest("unit-1")
    assert unit.node == "unit-1" and unit.is_signed()


@pytest.mark.django_db
def test_a_new_signing_key_is_introduced_by_an_entry(act, settings, tmp_path):
    with actions.writing():
        actions.append("test.noted", {}, act)
    sealer.seal_now()
    settings.XENIA_HOME = tmp_path
    report = verify()
    assert report.is_whole  # no key at hand: a copy that is only looked at
    signing.own_key()
    assert [finding.kind for finding in verify().findings.kept] == ["foreign-key"]
    assert sealer.seal_now() == 1
    assert verify().is_whole
    assert Entry.objects.filter(kind="key.introduced").count() == 2


@pytest.mark.django_db
def test_bytes_that_are_no_text_are_told_as_edited(planted):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps no text that is none.")
    for sql in (
        "UPDATE journal_entry SET actor = CAST(x'ff00fe' AS TEXT) WHERE position = 9",
        "UPDATE journal_entry SET origin = x'00ff' WHERE position = 10",
        "UPDATE journal_entry SET body = CAST(body AS TEXT) WHERE position = 11",
        "UPDATE journal_entry SET position = 12.5 WHERE position = 12",
    ):
        with connection.cursor() as cursor:
            cursor.execute(sql)
    found = {(finding.kind, finding.position) for finding in verify().findings.kept}
    assert {("edited", 9), ("edited", 10), ("edited", 11)} <= found
    assert any(kind == "moved" and position == 12 for kind, position in found)


@pytest.mark.django_db
def test_walls_take_nothing_from_the_lawful_and_everything_from_the_rest(act):
    walls.take_down(connection)
    walls.build(connection)
    from django.db import DatabaseError, transaction

    subject = uuid7()
    with actions.writing():
        made = actions.append("test.noted", {"a": 1}, act, subjects=[subject])
        other = actions.append("test.noted", {"a": 2}, act)
    sealer.seal_now()
    for table, change in [
        ("journal_entry", "actor = 'x'"),
        ("journal_entry", "body = NULL"),
        ("journal_entry", "position = 99"),
        ("journal_entry", "salt = NULL, key = NULL, subjects = NULL, body = NULL, position = NULL"),
        ("journal_entry", "salt = NULL, key = NULL, subjects = NULL, body = NULL, reference = ''"),
        ("journal_leaf", "position = position + 100"),
        ("journal_head", "size = 99"),
    ]:
        with (
            pytest.raises(DatabaseError, match="the journal refuses"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE {table} SET {change}")
    for table in ("journal_entry", "journal_leaf", "journal_head"):
        with (
            pytest.raises(DatabaseError, match="the journal refuses"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE journal_entry CASCADE")
    with actions.writing():
        erasing.erase_bodies(act, subjects=[subject])
    assert Entry.objects.get(pk=made).is_erased and not Entry.objects.get(pk=other).is_erased
    sealer.seal_now()
    assert verify().is_whole


@pytest.mark.django_db(transaction=True)
def test_a_journal_that_is_being_written_sealed_and_erased_is_whole_all_the_time(act, settings):
    settings.XENIA_SEAL_MS = 1
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            subject = uuid7()
            with actions.writing():
                actions.append("test.noted", {}, act, subjects=[subject])
                actions.append("test.read", {}, act, subjects=[subject])
            with actions.writing():
                erasing.erase_bodies(act, subjects=[subject])
        connection.close()

    reports: list[Report] = []
    writers = [threading.Thread(target=write) for _ in range(2)]
    sealer.start()
    for writer in writers:
        writer.start()
    try:
        while len(reports) < 25 or not reports[-1].nodes.get("hq", {}).get("erased", 0) > 5:
            reports.append(verify())
            assert reports[-1].is_whole, reports[-1].to_json()
    finally:
        stop.set()
        for writer in writers:
            writer.join()
        sealer.stop()
    assert verify().is_whole


@pytest.mark.django_db
def test_a_key_whose_entry_still_waits_to_be_sealed_is_no_finding():
    sealer._introduce()
    assert verify().is_whole
    known = KeyRecord.objects.get()
    KeyRecord.objects.create(
        key_id="x" * 43, node=known.node, jwk=known.jwk, introduced_at=known.introduced_at, entry_id=uuid7()
    )
    assert [finding.kind for finding in verify().findings.kept] == ["unknown-key"]
