"""What is held about a person is found, handed over and erased; each act leaves its entry."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from xenia.access import policy
from xenia.errors import BadInput, NotAllowed, NotFound
from xenia.frontier import actions as frontier
from xenia.frontier.models import Check, Crossing
from xenia.identity.models import Identity, IdentityKey
from xenia.journal import actions as journal
from xenia.journal import entries, sealer, verify
from xenia.journal.forgetting import Wanted
from xenia.journal.models import DataKey, Entry, EntrySubject
from xenia.oversight import kinds, proposals, rights
from xenia.registers.live import actions as live
from xenia.work import proposals as work

REFERENCE = "external:DSR-2026-17"
PERSON = Wanted(surname="Quillfeather", given_names="Orsolya", birth_date="1974-08-12")


@pytest.fixture
def subject(world):
    view = world.check("Quillfeather", "Orsolya", "X0000017")
    frontier.admit(world.of("first"), view.id)
    return Check.objects.get(id=view.id).identity


def test_a_person_is_found_by_name_and_by_document(world, subject):
    for wanted in (
        PERSON,
        Wanted(document_number="X0000017", issuing_state="UTO"),
        Wanted(surname="Quilfeather", given_names="Orsolja", birth_date="1974-08-12"),
    ):
        assert subject in {one.subject for one in rights.find(world.of("dpo"), wanted, REFERENCE)}
    assert rights.find(world.of("dpo"), Wanted(surname="Nobodyham", given_names="Eris"), REFERENCE) == []


def test_the_search_is_written_down_without_the_name(world, subject):
    rights.find(world.of("dpo"), PERSON, REFERENCE)
    entry = Entry.objects.get(kind=kinds.FOUND)
    body = entries.body(entry)
    assert body == {"asked_by": ["birth_date", "given_names", "surname"], "subjects": [str(subject)]}
    assert EntrySubject.objects.filter(entry_id=entry.id, subject=subject).exists()


@pytest.mark.parametrize("who", ["first", "second", "auditor", "admin", "editor"])
def test_only_the_data_protection_officer_may(world, subject, who):
    for act in (
        lambda s: rights.find(s, PERSON, REFERENCE),
        lambda s: rights.export(s, subject, REFERENCE),
        lambda s: rights.erase(s, [subject], reason="request", reference=REFERENCE),
    ):
        with pytest.raises(NotAllowed):
            act(world.of(who))
    assert Identity.objects.filter(id=subject).exists()


def test_no_search_without_a_reference_or_a_person(world):
    with pytest.raises(NotAllowed):
        rights.find(world.of("dpo"), PERSON, " ")
    with pytest.raises(BadInput) as caught:
        rights.find(world.of("dpo"), Wanted(birth_date="1974"), REFERENCE)
    assert caught.value.code == "nothing-asked"
    with pytest.raises(BadInput) as caught:
        rights.find(world.of("dpo"), Wanted(surname="Quillfeather"), REFERENCE)
    assert caught.value.code == "name-alone"


def test_the_policy_decides_what_is_found_and_exported(world, subject, monkeypatch):
    real = policy.decide
    monkeypatch.setattr(
        policy,
        "decide",
        lambda s, p, register, owner=None: policy.DENY if register == "identity" else real(s, p, register, owner),
    )
    assert not [one for one in rights.find(world.of("dpo"), PERSON, REFERENCE) if one.room == "identity"]
    assert "identity" not in rights.export(world.of("dpo"), subject, REFERENCE)["rooms"]


def test_the_export_holds_every_room_and_who_read(world, subject):
    rights.find(world.of("dpo"), PERSON, REFERENCE)
    held = rights.export(world.of("dpo"), subject, REFERENCE)
    assert {"identity", "frontier", "journal"} <= set(held["rooms"])
    text = json.dumps(held)
    assert "QUILLFEATHER" in text.upper() and "X0000017" in text
    assert [one["purpose"] for one in held["reads"]] == ["border-first-line", "data-subject-request"]
    assert not any("actor" in one for one in held["reads"])
    assert Entry.objects.filter(kind=kinds.EXPORTED, about__subject=subject).count() == 1
    with pytest.raises(NotFound):
        rights.export(world.of("dpo"), uuid4(), REFERENCE)


def test_erasing_leaves_nothing_but_the_proof(world, subject):
    rights.find(world.of("dpo"), PERSON, REFERENCE)
    sealer.seal_now()
    done = _erase(world, subject)
    assert not Identity.objects.filter(id=subject).exists()
    assert not IdentityKey.objects.filter(identity_id=subject).exists()
    assert not Check.objects.exists() and not Crossing.objects.exists()
    assert not DataKey.objects.filter(subject=subject).exists()
    assert not EntrySubject.objects.filter(subject=subject).exists()
    assert done["identity"] == done["check"] == done["crossing"] == 1
    proof = Entry.objects.get(kind=kinds.ERASURE)
    assert entries.body(proof) == {"reason": "request", "subjects": 1, "counts": done}
    sealer.seal_now()
    assert verify.verify().is_whole
    assert rights.find(world.of("dpo"), PERSON, REFERENCE) == []


def _erase(world, *subjects):
    from xenia.journal import actions

    counts: dict[str, int] = {}
    with actions.writing():
        rights.erase_now(list(subjects), world.of("dpo").act(rights.PURPOSE, REFERENCE), "request", counts)
    return counts


def test_erasing_twice_is_harmless(world, subject):
    _erase(world, subject)
    again = _erase(world, subject)
    assert not any(again[table] for table in ("identity", "check", "crossing", "entry", "data_key"))
    sealer.seal_now()
    assert verify.verify().is_whole


def test_another_person_is_not_touched(world, subject):
    other = Check.objects.get(id=world.check("Brandywine", "Theodric", "X0000018").id).identity
    _erase(world, subject)
    held = rights.export(world.of("dpo"), other, REFERENCE)
    assert "BRANDYWINE" in json.dumps(held).upper()


def test_the_reference_must_not_repeat_the_name(world, subject):
    with pytest.raises(BadInput) as caught:
        rights.erase(world.operator, [subject], reason="request", reference="external:letter of Mrs Quillfeather")
    assert caught.value.code == "reference-names-person"
    assert Identity.objects.filter(id=subject).exists()


def test_nobody_erases_alone_but_the_operator(world, subject):
    with pytest.raises(NotAllowed) as caught:
        rights.erase(world.of("dpo"), [subject], reason="request", reference=REFERENCE)
    assert caught.value.code == "second-person"
    assert Identity.objects.filter(id=subject).exists()


def test_an_unknown_reason_erases_nothing(world, subject):
    with pytest.raises(BadInput) as caught:
        rights.erase(world.operator, [subject], reason="because", reference=REFERENCE)
    assert caught.value.code == "erase-reason"


def test_on_the_page_two_persons_erase(world, subject, django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr("xenia.oversight.cleaning.clean", lambda **_: None)
    proposal = proposals.propose_erasure(
        world.of("dpo"), [str(subject)], reason="request", reference="DSR-17", why="asked in writing"
    )
    with pytest.raises(NotAllowed):
        work.approve(world.of("dpo"), proposal.pk)
    with pytest.raises((NotAllowed, NotFound)):
        work.approve(world.of("approver"), proposal.pk)
    assert Identity.objects.filter(id=subject).exists()
    with django_capture_on_commit_callbacks(execute=True):
        work.approve(world.of("dpo2"), proposal.pk)
    assert not Identity.objects.filter(id=subject).exists()
    sealer.seal_now()
    assert verify.verify().is_whole


def test_a_check_at_the_booth_is_told_to_the_person_whose_record_it_hit(world):
    body = {
        "category": "REF-B",
        "names": [{"surname": "Quillfeather", "given_names": "Orsolya", "kind": "main"}],
        "birth_dates": ["1974-08-12"],
        "sex": "",
        "nationalities": [],
    }
    act = world.operator.act("alert-management", "external:test", owner="UTO-BG")
    with journal.writing():
        listed = live.put("alerts", "T-1", body, act, now=datetime.now(UTC), category="REF-B")
    assert world.check("Quillfeather", "Orsolya", "X0000017").hits
    assert [(one["purpose"], one["what"]) for one in rights.reads_about(listed)] == [
        ("border-first-line", "Traveller checked")
    ]


def test_a_record_that_its_owner_keeps_from_the_purpose_is_not_exported(world, monkeypatch):
    from xenia.access.policy import DENY
    from xenia.oversight import rights

    asked = []
    monkeypatch.setattr(
        rights.policy, "decide", lambda standing, purpose, register, owner=None: asked.append((register, owner)) or DENY
    )
    assert not rights._may_export(
        world.operator, "registers", {"register": "alerts", "owner": "UTO-AS", "handling": "open"}
    )
    assert asked == [("alerts", "UTO-AS")]
