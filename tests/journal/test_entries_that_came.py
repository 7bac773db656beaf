"""Entries of another node in this database: let in with their positions, verified, erased, never edited."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests import coming
from xenia.journal import actions, data_keys, erasing, sealer
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry, EntrySubject
from xenia.journal.verify import verify


@pytest.fixture
def came(act, db):
    """Three entries of a unit about two persons, the first one sealed for its person; and one of our own."""
    one, other = uuid7(), uuid7()

    def work():
        with actions.writing():
            actions.append("test.noted", {"text": "sealed"}, act, subjects=[one], sealed_for=(one, "identity"))
            actions.append("test.noted", {"text": "plain"}, act, subjects=[one, other])
            actions.append("test.read", {"text": "read"}, act, subjects=[one])

    batch = coming.away(work)
    assert not Entry.objects.exists(), "what was done at the unit is not here before it comes"
    with actions.writing():
        actions.append("test.noted", {"text": "ours"}, act, subjects=[one])
    sealer.seal_now()
    coming.arrive(batch)
    return one, other


def test_they_stand_in_their_own_tree_and_the_journal_is_whole(came):
    report = verify()
    assert report.is_whole, report.to_json()
    assert (report.nodes["unit-1"]["size"], report.nodes["hq"]["size"]) == (3, 2)
    assert list(Entry.objects.filter(node="unit-1").order_by("position").values_list("position", flat=True)) == [
        1,
        2,
        3,
    ]
    assert sealer.pending() == 0 and sealer.seal_now() == 0, "nobody seals them a second time"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET actor = 'somebody' WHERE node = 'unit-1'",
        "UPDATE journal_entry SET position = position + 7 WHERE node = 'unit-1' AND position = 3",
        "UPDATE journal_entry SET position = NULL WHERE node = 'unit-1' AND position = 3",
        "UPDATE journal_entry SET body = NULL WHERE node = 'unit-1' AND position = 1",
        "UPDATE journal_entry SET node = 'hq' WHERE node = 'unit-1' AND position = 3",
        "UPDATE journal_leaf SET position = 9 WHERE node = 'unit-1' AND position = 3",
        "UPDATE journal_head SET size = 2 WHERE node = 'unit-1'",
    ],
)
def test_the_walls_let_them_in_and_refuse_every_edit(came, statement):
    with pytest.raises(DatabaseError, match="refuses"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("seal_before", [True, False])
def test_erasing_a_person_here_clears_what_a_unit_wrote_and_the_journal_stays_whole(came, act, seal_before):
    one, other = came
    with actions.writing():
        counted = erasing.erase_bodies(act, subjects=[one])
        data_keys.destroy([one])
    assert counted["entry"] == 3, "two of the unit and our own; the read stays"
    if seal_before:
        sealer.seal_now()
    bodies = Entry.objects.filter(node="unit-1").order_by("position").values_list("body", flat=True)
    assert [body is None for body in bodies] == [True, True, False]
    assert not EntrySubject.objects.filter(subject=one).exists()
    report = verify()
    assert report.is_whole, report.to_json()
    assert report.nodes["unit-1"]["erased"] == 2
    assert not EntrySubject.objects.filter(subject=other).exists(), "the one body that named both is gone"


def test_a_body_that_nobody_says_was_erased_is_found_missing(came):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_entry SET salt = NULL, key = NULL, subjects = NULL, body = NULL"
            " WHERE node = 'unit-1' AND position = 2"
        )
    gone = Entry.objects.get(node="unit-1", position=2)
    EntrySubject.objects.filter(entry=gone).delete()
    assert [(found.kind, found.node, found.position) for found in verify().findings.kept] == [
        ("body-removed", "unit-1", 2)
    ]


def test_what_a_unit_says_it_erased_excuses_nothing_that_is_gone_here(came, act):
    ours = Entry.objects.get(node="hq", kind="test.noted")

    def work():
        with actions.writing():
            actions.append("subject.erased", {"entries": [str(ours.id)], "subjects": [str(came[0])]}, act)

    coming.arrive(coming.away(work))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_entry SET salt = NULL, key = NULL, subjects = NULL, body = NULL WHERE id = %s",
            [ours.id.hex if connection.vendor == "sqlite" else ours.id],
        )
    EntrySubject.objects.filter(entry=ours).delete()
    found = verify().findings.kept
    assert [(one.kind, one.node) for one in found] == [("body-removed", "hq")]


def test_what_a_unit_erased_before_it_sent_is_told_by_its_own_entry(act, db):
    who = uuid7()

    def work():
        with actions.writing():
            actions.append("test.noted", {"text": "gone"}, act, subjects=[who])
        with actions.writing():
            erasing.erase_bodies(act, subjects=[who])

    with actions.writing():
        actions.append("test.noted", {}, act)
    sealer.seal_now()
    coming.arrive(coming.away(work))
    report = verify()
    assert report.is_whole, report.to_json()
    assert report.nodes["unit-1"]["erased"] == 1
