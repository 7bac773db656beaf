"""Readmission in the engine, with an invented partner over the wire: one installation asks, and is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from tests import people
from tests.exchange import pair
from xenia.access.standing import Standing
from xenia.cases import actions, clock, facts, imports, letters, reach
from xenia.cases.models import Case, CaseDeadline, CaseEvent
from xenia.errors import BadInput, Conflict
from xenia.exchange import receiving
from xenia.exchange.models import Outgoing
from xenia.journal import clock as moment
from xenia.site.demo import portraits
from xenia.work import proposals

PERSON = {"surname": "Inventia", "given_names": "Mirabel", "birth_date": "1990-02-03", "sex": "F", "nationality": "ARC"}
FORM: dict[str, Any] = {
    "category": "own_national",
    "person": PERSON,
    "document": {"type": "P", "number": "UX1234567", "issuing_state": "ARC"},
    "evidence": {"nationality_proof": ["passport"]},
    "authority_file": "ASYL-17",
}


@pytest.fixture
def world(db: None) -> people.World:
    return people.build()


@pytest.fixture
def other(world: people.World) -> Iterator[pair.Other]:
    made = pair.Other()
    with moment.at(pair.NOW):
        pair.pin(made, world.operator)
        yield made


@pytest.fixture
def officer(world: people.World) -> Standing:
    return world.standing("olga", "case-officer", authority="UTO-MG")


@pytest.fixture
def lead(world: people.World) -> Standing:
    return world.standing("lena", "case-lead", authority="UTO-MG")


def two(first: Standing, second: Standing, case: Case, action: str, form: Any = None) -> Case:
    """An action that takes two persons."""
    done = actions.act(first, case.pk, action, form, reason="Looked at.")
    assert done.proposal is not None and done.event is None
    proposals.approve(second, done.proposal.pk)
    return Case.objects.get(pk=case.pk)


def photographed(officer: Standing, case: Case) -> None:
    """The photograph that every application needs."""
    picture = portraits.photograph("Inventia Mirabel")
    actions.attach(officer, case.pk, "photograph", "p.png", "image/png", picture)


def due(case: Case) -> dict[str, str]:
    rows = CaseDeadline.objects.filter(case=case, state="running")
    return {row.rule: row.due_on.isoformat() for row in rows}


def sent(case: Case) -> tuple[str, dict[str, Any], tuple[bytes, ...]]:
    """The last message of a case: type, body, enclosed documents."""
    row = Outgoing.objects.filter(thread__thread=case.thread).latest("number")
    _signed, message, enclosed = receiving.content(row)
    return message.type, dict(message.body), tuple(enclosed.values())


def asked(other: pair.Other, **more: Any) -> Any:
    """The application of the other side."""
    told = {key: value for key, value in FORM.items() if key != "authority_file"}
    body = {"application": {**told, "person": {**PERSON, "nationality": "UTO"}}, "profile": "UTO-ARC", "urgent": False}
    more = {"purpose": "readmission", "type": "readmission/application", "body": body, **more}
    return other.message(**more)


def test_an_application_leaves_without_what_is_ours_and_the_letter_is_set(
    other: pair.Other, officer: Standing, lead: Standing
) -> None:
    case = actions.start(
        officer, "readmission", side="requesting", profile="UTO-ARC", counterpart=pair.ADDRESS, form=FORM
    )
    for kind, text in (("own_file", b"ours alone"), ("evidence_copy", b"a copy")):
        actions.attach(officer, case.pk, kind, "a.txt", "text/plain", text)
    photographed(officer, case)
    case = two(officer, lead, case, "submit")
    assert (case.state, due(case)) == ("submitted", {})
    kind, body, enclosed = sent(case)
    assert kind == "readmission/application" and body["profile"] == "UTO-ARC"
    assert body["application"]["person"] == PERSON and "authority_file" not in body["application"]
    assert [one["kind"] for one in body["documents"]] == ["evidence_copy", "photograph"]
    assert enclosed[0] == b"a copy" and enclosed[1].startswith(b"\xff\xd8\xff") and len(enclosed) == 2
    assert "ASYL" not in str(body)
    assert letters.make(case, "application", "en").startswith(b"%PDF-")
    assert facts.opened(case)["application"]["authority_file"] == "ASYL-17"


def test_no_application_leaves_without_a_photograph(other: pair.Other, officer: Standing, lead: Standing) -> None:
    case = actions.start(
        officer, "readmission", side="requesting", profile="UTO-ARC", counterpart=pair.ADDRESS, form=FORM
    )
    (offer,) = [one for one in actions.available(officer, case) if one.action == "submit"]
    assert (offer.blocked, offer.missing) == ("A document is missing: Photograph.", ("photograph",))
    with translation.override("fr"):
        (said,) = [one.blocked for one in actions.available(officer, case) if one.action == "submit"]
        assert "Photographie" in said and "Photograph." not in said
    with pytest.raises(Conflict) as told:
        actions.act(officer, case.pk, "submit", reason="Looked at.")
    assert told.value.code == "case-document"
    with pytest.raises(BadInput) as wrong:
        actions.attach(officer, case.pk, "photograph", "a.txt", "text/plain", b"no picture")
    assert wrong.value.code == "case-document-type" and not case.documents.exists()
    photographed(officer, case)
    (offer,) = [one for one in actions.available(officer, case) if one.action == "submit"]
    assert (offer.blocked, offer.missing) == ("", ())
    assert two(officer, lead, case, "submit").state == "submitted"


@pytest.mark.parametrize(("state", "done"), [("draft", False), ("verifying", True)])
def test_a_running_case_that_was_taken_over_needs_a_photograph_only_where_it_was_not_sent_yet(
    other: pair.Other, world: people.World, officer: Standing, lead: Standing, state: str, done: bool
) -> None:
    side = "requested" if done else "requesting"
    running = imports.Running(
        {"application": FORM}, state, pair.NOW, side=side, profile="UTO-ARC", counterpart=pair.ADDRESS
    )
    proposal = imports.propose(lead, "readmission", [running], "From the old register.")
    proposals.approve(world.standing("lead2", "case-lead", authority="UTO-MG"), proposal.pk)
    case = Case.objects.get()
    if done:
        assert two(officer, lead, case, "accept", {"ground": "own_national"}).state == "accepted"
    else:
        with pytest.raises(Conflict, match="Photograph"):
            actions.act(officer, case.pk, "submit", reason="Looked at.")


def test_silence_of_the_requested_state_is_consent_on_its_own_side_too(
    other: pair.Other, officer: Standing, lead: Standing
) -> None:
    assert pair.take(other.packed(asked(other))).kind == "accepted"
    case = Case.objects.get(thread=other.thread)
    assert (case.side, case.state, case.profile) == ("requested", "received", "UTO-ARC")
    assert due(case) == {"reply": "2026-03-17"}  # Monday 2 March and 15 days
    actions.act(officer, case.pk, "verify")
    with moment.at(pair.NOW + timedelta(days=20)):
        assert clock.sweep() >= 1
    case.refresh_from_db()
    assert case.state == "deemed_accepted" and due(case) == {"transfer": "2026-06-18"}  # agreed as the 18th began


def test_a_refusal_needs_two_persons_and_reasons_in_writing(
    other: pair.Other, officer: Standing, lead: Standing
) -> None:
    pair.take(other.packed(asked(other)))
    case = Case.objects.get(thread=other.thread)
    actions.act(officer, case.pk, "verify")
    with pytest.raises(BadInput):
        actions.act(officer, case.pk, "refuse", {"reasons": ["not_national"]})
    with pytest.raises(BadInput):
        actions.act(officer, case.pk, "refuse", {"reasons": ["not_national"], "explanation": "Is an asylum seeker."})
    case = two(officer, lead, case, "refuse", {"reasons": ["not_national"], "explanation": "Not in the register."})
    kind, body, _enclosed = sent(case)
    assert (case.state, kind, due(case)) == ("refused", "readmission/reply_negative", {})
    assert body == {"refusal": {"reasons": ["not_national"], "explanation": "Not in the register."}}
    assert letters.make(case, "reply", "en").startswith(b"%PDF-")


def test_the_whole_way_at_the_requested_state(other: pair.Other, officer: Standing, lead: Standing) -> None:
    pair.take(other.packed(asked(other)))
    case = Case.objects.get(thread=other.thread)
    actions.act(officer, case.pk, "verify")
    case = two(officer, lead, case, "accept", {"ground": "own_national", "evidence_used": ["own_registers"]})
    assert sent(case)[1] == {"reply": {"ground": "own_national"}}
    _told(other, "travel_document_request", {"document_request": {"needed_by": "2026-03-20"}})
    case.refresh_from_db()
    assert (case.state, due(case)) == ("td_pending", {"transfer": "2026-06-02", "travel_document": "2026-03-09"})
    paper = {"number": "UTO000001", "issued_on": "2026-03-02", "valid_until": "2026-07-30"}
    actions.act(lead, case.pk, "issue", paper)
    transfer = {"date": "2026-03-12", "border_point": "UTO-AP1", "mode": "air"}
    _told(other, "transfer_notice", {"transfer": transfer})
    case.refresh_from_db()
    assert case.state == "transfer_notified"
    actions.act(officer, case.pk, "confirm")
    actions.act(officer, case.pk, "arrive_by_hand", {"arrived_on": "2026-03-02"})
    actions.act(officer, case.pk, "hand_over", {"handed_over_at": "2026-03-02T10:00:00Z", "property": "complete"})
    case.refresh_from_db()
    assert (case.state, due(case)) == ("transferred", {"error_own_national": "2026-09-02"})
    actions.act(officer, case.pk, "close")
    case.refresh_from_db()
    assert (case.state, case.result, due(case)) == ("closed", "transferred", {})


@pytest.mark.parametrize(("days", "state"), [(1, "transfer_failed"), (100, "lapsed")])
def test_an_announced_transfer_that_fails_after_its_time_leaves_no_time_for_another(
    other: pair.Other, officer: Standing, lead: Standing, days: int, state: str
) -> None:
    pair.take(other.packed(asked(other)))
    case = Case.objects.get(thread=other.thread)
    actions.act(officer, case.pk, "verify")
    two(officer, lead, case, "accept", {"ground": "own_national"})
    _told(other, "travel_document_request", {"document_request": {}})
    paper = {"number": "UTO000001", "issued_on": "2026-03-02", "valid_until": "2027-07-30"}
    actions.act(lead, case.pk, "issue", paper)
    _told(other, "transfer_notice", {"transfer": {"date": "2026-06-01", "border_point": "UTO-AP1", "mode": "air"}})
    with moment.at(pair.NOW + timedelta(days=days)):
        clock.sweep()
        case.refresh_from_db()
        assert case.state == "transfer_notified"  # who is on the way may still arrive
        failure = {"failure": {"failed_on": moment.now().date().isoformat(), "told": "carrier"}}
        _told(other, "transfer_failed", failure, moment.now())
        case.refresh_from_db()
        assert (case.state, due(case).get("transfer")) == (state, None if days > 90 else "2026-06-02")
        assert clock.sweep() == 0 or state == "transfer_failed"
        done = list(CaseEvent.objects.filter(case=case).order_by("number").values_list("action", "by", "at"))
        assert done[-1][:2] == (("lapse", "clock") if days > 90 else ("fail", "message"))
        assert done[-1][2] == CaseEvent.objects.get(case=case, action="fail").at


def _told(other: pair.Other, message: str, body: dict[str, Any], at: datetime = pair.NOW) -> None:
    times = {"created": at, "expires": at + timedelta(days=14)}
    told = other.message(type=f"readmission/{message}", purpose="readmission", body=body, **times)
    assert pair.take(other.packed(told), at).kind == "accepted"


def test_what_the_other_side_asks_for_has_its_time_from_our_receipt(
    other: pair.Other, officer: Standing, lead: Standing
) -> None:
    """Asked for on Monday 2 March, received here on Thursday 5: five working days end on Thursday 12."""
    pair.take(other.packed(asked(other)))
    case = Case.objects.get(thread=other.thread)
    actions.act(officer, case.pk, "verify")
    two(officer, lead, case, "accept", {"ground": "own_national"})
    wanted = other.message(
        type="readmission/travel_document_request",
        purpose="readmission",
        body={"document_request": {}},
        created=pair.NOW,
        expires=pair.NOW + timedelta(days=14),
    )
    came = pair.NOW + timedelta(days=3)
    with moment.at(came):
        assert pair.take(other.packed(wanted), came).kind == "accepted"
    case.refresh_from_db()
    assert (case.state, due(case)["travel_document"]) == ("td_pending", "2026-03-12")
    assert CaseEvent.objects.get(case=case, action="request_document").at == pair.NOW
    assert CaseDeadline.objects.get(case=case, rule="travel_document").computed_from.action == "receive_request"


def test_the_time_to_apply_follows_the_draft_and_after_it_the_obstacle_is_needed(
    other: pair.Other, officer: Standing, lead: Standing
) -> None:
    form = {**FORM, "category": "direct_entry", "known_on": "2026-02-20"}
    case = actions.start(
        officer, "readmission", side="requesting", profile="UTO-ARC", counterpart=pair.ADDRESS, form=form
    )
    assert due(case) == {"submit_tcn": "2026-08-20"}
    actions.act(officer, case.pk, "change", {**form, "known_on": "2026-02-10"})
    actions.act(officer, case.pk, "change", {**form, "known_on": "2026-02-10", "interview_requested": True})
    assert due(case) == {"submit_tcn": "2026-08-10"}
    assert sorted(CaseDeadline.objects.filter(case=case).values_list("state", flat=True)) == ["replaced", "running"]
    actions.act(officer, case.pk, "change", {**FORM, "category": "own_national"})
    assert due(case) == {}
    actions.act(officer, case.pk, "change", {**form, "known_on": "2026-02-10"})
    photographed(officer, case)
    with moment.at(datetime(2026, 8, 12, tzinfo=UTC)):
        assert clock.sweep() == 1
        case.refresh_from_db()
        (offer,) = [one for one in actions.available(officer, case) if one.action == "submit"]
        assert "the obstacle" in offer.blocked
        with pytest.raises(Conflict) as told:
            actions.act(officer, case.pk, "submit")
        assert told.value.code == "case-condition"
        actions.act(officer, case.pk, "change", {**form, "known_on": "2026-02-10", "late_because": "legal"})
        assert clock.sweep() == 0 and due(case) == {}  # what has passed does not begin anew
        assert dict(facts.Passed(case)) == {"submit_tcn": True}
        assert two(officer, lead, case, "submit").state == "submitted"
        assert dict(facts.Passed(case)) == {}  # it was sent: nothing is late any more


@pytest.mark.parametrize("secret", ["asylum", "protection_status", "alerts"])
def test_a_message_with_something_of_asylum_is_refused_and_nothing_is_kept(other: pair.Other, secret: str) -> None:
    good = asked(other)
    for body in (
        {**good.body, secret: "x"},
        {**good.body, "application": {**good.body["application"], secret: "x"}},
        {**good.body, "application": {**good.body["application"], "person": {**PERSON, secret: "x"}}},
        {**good.body, "application": {**good.body["application"], "apprehended_at": "Asylum centre 3"}},
    ):
        other.thread, other.number = uuid4(), 0
        assert pair.take(other.packed(asked(other, body=body))).kind == "refused"
    assert not Case.objects.exists()


def test_time_stands_in_the_profile_of_the_case(other: pair.Other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "are_parties", lambda *_: True)  # the invented states are no parties to it
    body = {**asked(other).body, "profile": "CH-AZ"}
    other.number = 0
    pair.take(other.packed(asked(other, body=body)))
    case = Case.objects.get(thread=other.thread)
    row = CaseDeadline.objects.get(case=case, rule="reply")
    assert row.due_on == datetime(2026, 3, 27).date() and "Art. 8 (read)" in row.basis
