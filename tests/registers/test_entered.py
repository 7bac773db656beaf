"""Records entered by hand: two persons for each act, history kept, a deletion counts from the next question on."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.frontier.conftest import today
from tests.registers.samples import BODIES
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound, XeniaError
from xenia.journal import entries, rebuild
from xenia.journal.models import Entry
from xenia.registers import bodies, entered
from xenia.registers.live.models import LiveRecord
from xenia.registers.meanings import Meaning
from xenia.registers.search import Question, ask
from xenia.work import proposals

Stand = Callable[..., Standing]


def enter(at_lane: Stand, register: str, **more: Any) -> UUID:
    body = copy.deepcopy(BODIES[register]) | more
    made = entered.propose_entry(at_lane("editor", None), register, body, reason="Needed", reference="external:7")
    assert not LiveRecord.objects.filter(id=made.subject).exists(), "a proposed record is nowhere yet"
    proposals.approve(at_lane("approver", None), made.pk)
    return made.subject


def hits(at_lane: Stand, register: str) -> list[str]:
    paper = bodies.documents(BODIES[register])
    data: dict[str, Any] = {"id": "1"}
    if register == "notices":
        data |= {"surname": "Oxenholm", "given_names": "Ebba", "birth_date": "1984-05-06"}
    else:
        one = paper[0]
        data["document"] = {"type": one.type, "issuing_state": one.issuing_state, "number": one.number}
    answer = ask([Question.from_json(data, today())], at_lane("first"), "border-first-line", "check:x")[0]
    return [hit.record for hit in answer.hits if hit.register == register]


@pytest.mark.parametrize("register", list(BODIES))
def test_a_record_is_entered_corrected_and_deleted_by_two_persons_each_time(at_lane: Stand, register: str) -> None:
    record = enter(at_lane, register)
    assert hits(at_lane, register) == [str(record)]
    changed = copy.deepcopy(BODIES[register]) | {"reason": "Corrected", "remarks": "Corrected"}
    editor, approver = at_lane("editor", None), at_lane("approver", None)
    made = entered.propose_correction(editor, record, changed, reason="Wrong", reference="external:8")
    assert hits(at_lane, register) == [str(record)]
    proposals.approve(approver, made.pk)
    gone = entered.propose_deletion(editor, record, reason="Purpose fulfilled", reference="external:9")
    assert hits(at_lane, register) == [str(record)], "it stays until a second person approves"
    proposals.approve(approver, gone.pk)
    assert hits(at_lane, register) == []
    kinds = list(Entry.objects.filter(kind__startswith="register.").exclude(kind="register.shown").order_by("id"))
    assert [one.kind for one in kinds] == ["register.entered", "register.corrected", "register.deleted"]
    history = entries.bodies(kinds)
    assert "reason" in history[kinds[1].id]["fields"] and history[kinds[0].id]["body"], (
        "what was there can still be read"
    )
    assert all(one.actor == approver.actor and history[one.id]["proposer"] == editor.actor for one in kinds)


@pytest.mark.parametrize("register", list(BODIES))
def test_nobody_does_it_alone(at_lane: Stand, register: str) -> None:
    editor = at_lane("editor", None)
    made = entered.propose_entry(editor, register, BODIES[register], reason="Needed", reference="external:7")
    with pytest.raises(XeniaError):
        proposals.approve(editor, made.pk)
    with pytest.raises(XeniaError):
        proposals.approve(at_lane("second"), made.pk)
    with pytest.raises(NotAllowed):
        entered.propose_entry(at_lane("first"), register, BODIES[register], reason="x", reference="external:7")


LEAST = {
    "visas": ["sticker_number", "type", "valid_until", "names"],
    "vehicles": ["reason", "legal_basis", "proportionality", "plate_state"],
    "notices": ["colour", "names", "legal_basis", "proportionality", "source_id"],
    "lost_documents": ["number", "issuing_state", "owner", "status"],
}


@pytest.mark.parametrize(("register", "field"), [(r, field) for r, fields in LEAST.items() for field in fields])
def test_a_record_below_the_least_is_refused(at_lane: Stand, register: str, field: str) -> None:
    body = {name: value for name, value in BODIES[register].items() if name != field}
    with pytest.raises(BadInput):
        entered.propose_entry(at_lane("editor", None), register, body, reason="Needed", reference="external:7")


def test_a_vehicle_needs_plate_or_chassis_number_and_a_validity_that_runs_forward(at_lane: Stand) -> None:
    editor = at_lane("editor", None)
    for wrong in (
        {"plate": "", "vin": ""},
        {"valid_from": "2027-01-01", "valid_until": "2026-01-01"},
        {"category": "x"},
    ):
        with pytest.raises(BadInput):
            entered.propose_entry(
                editor, "vehicles", BODIES["vehicles"] | wrong, reason="Needed", reference="external:7"
            )


def test_a_correction_of_what_was_corrected_meanwhile_is_proposed_anew(at_lane: Stand) -> None:
    record = enter(at_lane, "vehicles")
    editor, approver = at_lane("editor", None), at_lane("approver", None)
    one, two = (
        entered.propose_correction(
            editor, record, BODIES["vehicles"] | {"colour": c}, reason="x", reference="external:1"
        )
        for c in ("blue", "black")
    )
    proposals.approve(approver, one.pk)
    with pytest.raises(Conflict):
        proposals.approve(approver, two.pk)
    with pytest.raises(BadInput):
        entered.propose_correction(
            editor,
            record,
            BODIES["vehicles"] | {"colour": "blue", "handling": "open"},
            reason="x",
            reference="external:1",
        )


def test_what_an_approver_reads_names_register_fields_and_changes(at_lane: Stand) -> None:
    record = enter(at_lane, "visas")
    editor, approver = at_lane("editor", None), at_lane("approver", None)
    made = entered.propose_correction(
        editor, record, BODIES["visas"] | {"status": "revoked"}, reason="Revoked", reference="external:1"
    )
    shown = proposals.show(approver, made.pk)
    assert [(line.label, line.before, line.after) for line in shown.lines][-1] == ("Status", "issued", "revoked")
    gone = entered.propose_deletion(editor, record, reason="x", reference="external:1")
    assert any("Oxenholm" in line.after for line in proposals.show(approver, gone.pk).lines)


def test_alerts_keep_their_own_entry_and_share_the_correction(at_lane: Stand, alert: Callable[..., str]) -> None:
    editor = at_lane("editor", None)
    with pytest.raises(NotAllowed):
        entered.propose_entry(editor, "alerts", {}, reason="x", reference="external:1")
    with pytest.raises(NotFound):
        entered.propose_entry(editor, "stays", {}, reason="x", reference="external:1")


def test_what_was_entered_is_what_the_entries_say(at_lane: Stand) -> None:
    for register in BODIES:
        enter(at_lane, register)
    (projection,) = (one for one in rebuild.projections() if one.name == "alerts")
    compared, erased, different = rebuild.check(projection)
    assert (compared, erased, different) == (len(BODIES), 0, [])


@pytest.mark.parametrize(
    ("kept_from", "until", "expected"),
    [
        ("entry", "", date(2036, 2, 28)),
        ("entry", "2030-01-01", date(2030, 1, 1)),
        ("entry", "2099-01-01", date(2036, 2, 28)),
        ("expiry", "2027-02-28", date(2037, 2, 28)),
        ("expiry", "", date(2036, 2, 28)),
    ],
)
def test_the_day_of_deletion_follows_the_rule_of_the_register(kept_from: str, until: str, expected: date) -> None:
    meaning = Meaning("x", "x", "stop", True, "", "", "", "design", kept_years=10, kept_from=kept_from)
    assert entered.delete_on(meaning, {"valid_until": until}, date(2026, 2, 28)) == expected
