"""Alerts are entered and deleted by two persons, hit at once, and are gone at once."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from django.test import Client

from tests.frontier.conftest import passport, person
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed, XeniaError
from xenia.frontier import actions as frontier
from xenia.journal import rebuild
from xenia.journal.models import Entry
from xenia.registers.alerts import actions as alerts
from xenia.registers.alerts.categories import categories
from xenia.registers.live.models import LiveKey, LiveRecord
from xenia.work import proposals

Stand = Callable[..., Standing]
BODY = {
    "category": "REF-B",
    "names": [
        {"surname": "Halvorsen", "given_names": "Tessa Mirande", "kind": "main"},
        {"full": "Тесса Халворсен", "kind": "alias"},
    ],
    "birth_dates": ["1991-06-08"],
    "sex": "F",
    "nationalities": ["UTO"],
    "documents": [],
    "reason": "Invented",
    "legal_basis": "Invented Act, section 1",
    "decision": "7/2026",
}


def enter(at_lane: Stand, **more: object) -> LiveRecord:
    body = {**copy.deepcopy(BODY), **more}
    made = alerts.propose_entry(at_lane("editor", None), body, reason="Important enough", reference="external:7/2026")
    assert not LiveRecord.objects.exists(), "a proposed alert is nowhere yet"
    proposals.approve(at_lane("approver", None), made.pk)
    return LiveRecord.objects.get()


def test_an_alert_takes_two_persons_and_hits_at_once(at_lane: Stand) -> None:
    row = enter(at_lane)
    view = frontier.check_text(at_lane("first"), "L1", passport(person()), "entry")
    assert [hit.category for hit in view.hits] == ["REF-B"]
    assert b"Halvorsen" not in bytes(row.sealed)
    assert Entry.objects.filter(kind="alert.entered", actor__startswith="account:").count() == 1


def test_the_proposer_cannot_approve(at_lane: Stand) -> None:
    made = alerts.propose_entry(at_lane("editor", None), BODY, reason="x", reference="external:1")
    with pytest.raises(XeniaError):
        proposals.approve(at_lane("editor", None), made.pk)
    with pytest.raises(XeniaError):
        proposals.approve(at_lane("first"), made.pk)
    with pytest.raises(NotAllowed):
        alerts.propose_entry(at_lane("first"), BODY, reason="x", reference="external:1")


def test_a_deleted_alert_hits_no_more_and_takes_two_persons_too(at_lane: Stand) -> None:
    row = enter(at_lane)
    made = alerts.propose_deletion(
        at_lane("editor", None), row.record_id, reason="Purpose fulfilled", reference="external:8"
    )
    assert frontier.check_text(at_lane("first"), "L1", passport(person()), "entry").hits, "it stays until approved"
    proposals.approve(at_lane("approver", None), made.pk)
    assert frontier.check_text(at_lane("first"), "L1", passport(person()), "entry").hits == ()
    assert not LiveRecord.objects.exists() and not LiveKey.objects.exists()
    with pytest.raises(XeniaError):
        alerts.propose_deletion(at_lane("editor", None), row.record_id, reason="again", reference="external:9")


@pytest.mark.parametrize(
    "missing",
    [
        {"category": ""},
        {"category": "NOPE"},
        {"names": []},
        {"names": [{"given_names": "Tessa"}]},
        {"birth_dates": []},
        {"birth_dates": ["1991-02-30"]},
        {"reason": " "},
        {"legal_basis": ""},
        {"decision": ""},
        {"valid_until": "soon"},
        {"reason": "x" * 2001},
    ],
)
def test_an_alert_below_the_minimum_set_is_refused(at_lane: Stand, missing: dict) -> None:
    with pytest.raises(BadInput) as error:
        alerts.propose_entry(at_lane("editor", None), {**BODY, **missing}, reason="x", reference="external:1")
    assert error.value.message


def test_alerts_fold_again_from_their_entries(at_lane: Stand) -> None:
    enter(at_lane)
    projection = next(one for one in rebuild.projections() if one.name == "alerts")
    assert rebuild.check(projection) == (1, 0, [])
    LiveRecord.objects.update(category="JUD")
    assert [one.kind for one in rebuild.check(projection)[2]] == ["different"]


def test_every_category_says_what_to_do_in_both_lines() -> None:
    for one in categories().values():
        assert one.second and one.label and one.confidence in ("read", "2nd", "memory", "design")
        assert bool(one.first) == (one.handling != "discreet"), (
            f"{one.code}: the booth must not notice a discreet alert"
        )


def test_an_editor_enters_an_alert_on_pages(at_lane: Stand) -> None:
    client = Client()
    at_lane("editor", None)
    client.post("/sign-in/", {"login": "editor", "password": "amber-birch-cedar-delta-7"})
    session = client.session
    session["second_factor"] = True
    session.save()
    assert client.get("/alerts/").status_code == 200
    bad = client.post("/alerts/new/", {"category": "REF-B"})
    assert bad.status_code == 422 and b"Enter the surname" in bad.content
    form = {
        "category": "REF-B",
        "surname": "Halvorsen",
        "given_names": "Tessa",
        "birth_date": "8 6 1991",
        "sex": "F",
        "nationality": "uto",
        "reason": "Invented",
        "legal_basis": "Act",
        "decision": "1",
        "proportionality": "Serious",
    }
    assert client.post("/alerts/new/", form).status_code == 302
    waiting = proposals.waiting(at_lane("approver", None))
    proposals.approve(at_lane("approver", None), waiting[0].pk)
    row = LiveRecord.objects.get()
    shown = client.get(f"/alerts/{row.id}/")
    assert b"Halvorsen, Tessa" in shown.content
    assert Entry.objects.filter(kind="register.shown").exists()
    assert client.post(f"/alerts/{row.id}/delete/", {"reason": "Fulfilled"}).status_code == 302
