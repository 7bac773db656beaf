"""Proofs that a program of another hand accepts, and no other ones."""

from __future__ import annotations

import copy
import json

import pytest
from django.db import connection

from xenia.errors import XeniaError
from xenia.journal import actions, heads, proofs, sealer, walls
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry, Head, Leaf

from .reader import check_head, check_proof


def written(act, count: int, batch: int = 10**9) -> None:
    for number in range(count):
        with actions.writing():
            actions.append("test.noted", {"number": number}, act, subjects=[uuid7()])
        if number % batch == batch - 1:
            sealer.seal_now()
    sealer.seal_now()


@pytest.mark.django_db
def test_every_entry_is_proved_under_the_newest_head_and_since_every_kept_one(act):
    kept = []
    for _ in range(5):
        written(act, 7)
        kept.append(heads.latest())
    for number, entry in enumerate(Entry.objects.order_by("position")):
        proof = json.loads(json.dumps(proofs.prove(entry.id, kept[number % 5]).to_json()))
        assert check_proof(proof)
        assert "case" not in proof["header"]


@pytest.mark.django_db
def test_a_proof_does_not_bear_the_slightest_change(act):
    written(act, 9)
    since = heads.latest()
    written(act, 8)
    proof = proofs.prove(Entry.objects.get(position=4).id, since).to_json()
    assert check_proof(proof)
    for path in (
        ["header"],
        ["body_hash"],
        ["head", "root"],
        ["head", "signed_at"],
        ["head", "signature"],
        ["since", "root"],
    ):
        changed = copy.deepcopy(proof)
        inner = changed
        for name in path[:-1]:
            inner = inner[name]
        text = inner[path[-1]]
        inner[path[-1]] = text[:-3] + ("0" if text[-3] != "0" else "1") + text[-2:]
        assert not check_proof(changed), path
    assert not check_proof({**proof, "position": 5})
    assert not check_proof({**proof, "path": proof["path"][1:]})
    assert not check_proof({**proof, "growth": proof["growth"][1:]})


@pytest.mark.django_db
def test_long_journals_are_proved_from_the_frontiers_of_heads(act, monkeypatch):
    monkeypatch.setattr(proofs, "FEW", 16)
    monkeypatch.setattr(heads, "KEPT_SIZES", 16)
    written(act, 300, batch=8)
    read = []
    monkeypatch.setattr(
        proofs,
        "_leaves",
        lambda node, start, stop, real=proofs._leaves: read.append(stop - start) or real(node, start, stop),
    )
    for position in (1, 2, 17, 100, 255, 256, 257, 301):
        read.clear()
        assert check_proof(proofs.prove(Entry.objects.get(position=position).id).to_json())
        assert sum(read) <= 200  # not the whole tree
    walls.take_down(connection)
    Head.objects.filter(size__lt=200).update(frontier=b"")
    assert check_proof(proofs.prove(Entry.objects.get(position=1).id).to_json())


@pytest.mark.django_db
def test_a_journal_that_does_not_fit_its_head_proves_nothing(act):
    written(act, 5)
    walls.take_down(connection)
    entry = Entry.objects.get(position=2)
    Leaf.objects.filter(position=3).update(hash=bytes(32))
    with pytest.raises(XeniaError) as refused:
        proofs.prove(entry.id)
    assert refused.value.code == "journal-altered"


@pytest.mark.django_db
def test_what_cannot_be_proved_says_why(act):
    written(act, 2)
    with actions.writing():
        waiting = actions.append("test.noted", {}, act)
    for entry, code in ((uuid7(), "no-entry"), (waiting, "not-sealed")):
        with pytest.raises(XeniaError) as refused:
            proofs.prove(entry)
        assert refused.value.code == code
    other = heads.latest().to_json() | {"size": 1}
    with pytest.raises(XeniaError) as refused:
        proofs.prove(Entry.objects.get(position=1).id, heads.from_json(json.dumps(other)))
    assert refused.value.code == "bad-head"


@pytest.mark.django_db
def test_a_head_is_checked_by_another_program(act):
    written(act, 3)
    head = heads.latest().to_json()
    assert check_head(head) and heads.from_json(json.dumps(head)).is_signed()
    assert not check_head({**head, "size": 3})
    for bad in (b"", b"{}", b"[]", b"nonsense", json.dumps({**head, "root": "00"}).encode()):
        with pytest.raises(XeniaError):
            heads.from_json(bad)
