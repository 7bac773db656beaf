"""Forgetting: nothing of the person is left, the journal stays whole, and nobody else can remove a body unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from xenia.journal import actions, data_keys, entries, erasing, forgetting, forgetting_part, outbox, sealer
from xenia.journal.forgetting import Wanted
from xenia.journal.ids import uuid7
from xenia.journal.models import DataKey, Entry, EntrySubject
from xenia.journal.verify import verify

PART = forgetting_part.PART


def written(act, subject, **more):
    with actions.writing():
        return actions.append(
            "test.noted", {"surname": "PLANTEDNAME"}, act, subjects=[subject], outbox=["unit"], **more
        )


@pytest.mark.django_db
def test_an_erased_subject_is_gone_and_the_journal_stays_whole(act):
    subject, other = uuid7(), uuid7()
    told = replace(act, reference="external:letter of PLANTEDNAME")
    mine = [written(told, subject), written(act, subject, sealed_for=(subject, "check"))]
    theirs = written(act, other)
    sealer.seal_now()
    with actions.writing():
        read = actions.append("test.read", {"records": [str(subject)]}, act, subjects=[subject])
    with actions.writing():
        counts = PART.erase([subject], act)
    assert counts == {"entry": 2, "entry_subject": 1, "blob_reference": 0, "data_key": 1}
    sealer.seal_now()
    for made in mine:
        entry = Entry.objects.get(pk=made)
        assert (entry.salt, entry.key, entry.subjects, entry.body) == (None, None, None, None)
        with pytest.raises(data_keys.Erased):
            entries.body(entry)
    assert Entry.objects.get(pk=mine[0]).reference == "external:"
    assert entries.body(Entry.objects.get(pk=read)) == {"records": [str(subject)]}
    assert entries.body(Entry.objects.get(pk=theirs)) == {"surname": "PLANTEDNAME"}
    assert (
        not EntrySubject.objects.filter(subject=subject).exists()
        and not DataKey.objects.filter(subject=subject).exists()
    )
    assert [parcel.entry_id for parcel in outbox.take("unit", 10)] == [theirs]
    report = verify()
    assert report.is_whole and report.nodes["hq"]["erased"] == 2, report.to_json()


@pytest.mark.django_db
def test_erasing_before_sealing_is_as_good(act):
    subject = uuid7()
    written(act, subject)
    with actions.writing():
        erasing.erase_bodies(act, subjects=[subject])
    sealer.seal_now()
    assert verify().is_whole


@pytest.mark.django_db
def test_retention_names_entries_by_its_own_kind(act):
    made = [written(act, uuid7()) for _ in range(4)]
    sealer.seal_now()
    with actions.writing():
        counts = erasing.erase_bodies(act, entry_ids=made[:3], kind="retention.erased")
    assert counts["entry"] == 3
    assert verify().is_whole  # the entry that names them waits, and is believed
    sealer.seal_now()
    assert verify().is_whole
    named = entries.body(Entry.objects.get(kind="retention.erased"))
    assert named == {"entries": sorted(str(one) for one in made[:3]), "subjects": []}
    with actions.writing(), pytest.raises(ValueError):
        erasing.erase_bodies(act, entry_ids=made, kind="test.noted")


@pytest.mark.django_db
def test_many_erased_entries_are_named_in_several(act, monkeypatch):
    monkeypatch.setattr(erasing, "NAMED", 4)
    subject = uuid7()
    for _ in range(9):
        written(act, subject)
    with actions.writing():
        erasing.erase_bodies(act, subjects=[subject])
    sealer.seal_now()
    assert Entry.objects.filter(kind="subject.erased").count() == 4
    assert verify().is_whole


@pytest.mark.django_db
def test_a_body_cut_out_by_hand_is_found(act):
    made = written(act, uuid7())
    sealer.seal_now()
    Entry.objects.filter(pk=made).update(
        salt=None, key=None, subjects=None, body=None
    )  # the walls let a whole erasure pass
    EntrySubject.objects.all().delete()
    (found,) = verify().findings.kept
    assert (found.kind, found.entry) == ("body-removed", str(made))


@pytest.mark.django_db
def test_what_names_erasures_is_never_erased(act):
    subject = uuid7()
    written(act, subject)
    with actions.writing():
        erasing.erase_bodies(act, subjects=[subject])
    naming = Entry.objects.get(kind="subject.erased")
    sealer.seal_now()
    with actions.writing():
        assert erasing.erase_bodies(act, entry_ids=[naming.id])["entry"] == 0
    naming.refresh_from_db()
    assert not naming.is_erased
    Entry.objects.filter(pk=naming.id).update(salt=None, key=None, subjects=None, body=None)
    sealer.seal_now()
    assert {finding.kind for finding in verify().findings.kept} == {"body-removed"}


@pytest.mark.django_db
def test_a_person_gets_everything_the_journal_holds(act):
    subject = uuid7()
    written(act, subject, sealed_for=(subject, "check"))
    exported = PART.export(subject)
    assert exported["entries"][0]["body"] == {"surname": "PLANTEDNAME"}
    assert PART.export(uuid7()) == {}
    assert [found.kind for found in PART.find(Wanted(subject=subject))] == ["test.noted"]
    assert list(PART.find(Wanted(name="PLANTEDNAME"))) == []
    assert forgetting.parts()[-1].room == "journal"


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_an_erased_body_is_left_in_the_file(act):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps dead rows until it vacuums.")
    subject = uuid7()
    written(replace(act, reference="external:PLANTEDNAME"), subject)
    with actions.writing():
        PART.erase([subject], act)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    from pathlib import Path

    name = Path(connection.settings_dict["NAME"])
    for file in name.parent.glob(f"{name.name}*"):
        assert b"PLANTEDNAME" not in file.read_bytes(), file
