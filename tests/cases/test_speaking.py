"""Versions of messages: every known one is taken, the newest that the partner reads is told, and what it leaves out is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from tests import people
from tests.cases.engine import decide, lead, officer, world
from tests.exchange import pair
from tests.exchange.pair import NOW, Other, take
from xenia.access.standing import Standing
from xenia.cases import actions, bodies, catalogue, facts
from xenia.cases.models import Case, CaseDocument, CaseEvent
from xenia.errors import BadInput, Conflict, XeniaError
from xenia.exchange import delivery, own, partners, receiving, spoken
from xenia.exchange.envelope import Enclosure
from xenia.exchange.models import Outgoing, Partner, Spoken
from xenia.journal import clock as moment
from xenia.journal.actions import writing
from xenia.journal.models import Entry
from xenia.site.demo import portraits
from xenia.work import proposals
from xenia.work.models import WorkItem

__all__ = ["lead", "officer", "world"]
TYPE = "readmission/application"
PERSON = {"surname": "Inventia", "given_names": "Mirabel", "birth_date": "1990-02-03", "sex": "F", "nationality": "ARC"}
NEW = {"language": "Arcadian", "description": "Tall; a scar on the left hand."}
FORM: dict[str, Any] = {
    "category": "own_national",
    "person": {**PERSON, **NEW},
    "evidence": {"nationality_prima_facie": ["own_statement"]},
}
LEFT_OUT = ["application.person.language", "application.person.description"]


@pytest.fixture
def other(world: people.World) -> Iterator[Other]:
    made = Other()
    with moment.at(NOW):
        pair.pin(made, world.operator)
        yield made


@pytest.fixture
def sent(other: Other, officer: Standing, lead: Standing) -> Case:
    """An application with answers that version 1 has no word for."""
    return submitted(officer, lead)


def submitted(officer: Standing, lead: Standing) -> Case:
    case = actions.start(
        officer, "readmission", side="requesting", profile="UTO-ARC", counterpart=pair.ADDRESS, form=FORM
    )
    actions.attach(officer, case.pk, "photograph", "p.png", "image/png", portraits.photograph("Inventia"))
    return decide(officer, lead, case, "submit", None, NOW)


def outbox(case: Case) -> list[Outgoing]:
    return list(Outgoing.objects.filter(thread__thread=case.thread).order_by("number"))


def told(row: Outgoing) -> tuple[dict[str, Any], int]:
    """The body of a message and how much is enclosed."""
    _token, message, enclosed = receiving.content(row)
    return dict(message.body), len(enclosed)


def answered(other: Other, row: Outgoing, kind: str, code: str = "", **more: Any) -> bool:
    from xenia.journal import blobs

    token = other.answer(blobs.get(row.blob), kind, NOW, code, **more)
    return delivery.take_receipt(token, Partner.objects.get(), NOW)


def test_every_version_that_the_folder_knows_is_taken_each_by_its_own_schema(other: Other, officer: Standing) -> None:
    old = {**FORM, "person": {**PERSON, "nationality": "UTO"}}
    body: dict[str, Any] = {"application": old, "profile": "UTO-ARC"}
    receipt = take(other.packed(other.message(type=TYPE, version=1, body=body, purpose="readmission")))
    assert receipt.kind == "accepted"
    case = Case.objects.get()
    assert facts.opened(case)["application"] == old  # as the older version brings it, without what is mandatory now
    actions.act(officer, case.pk, "verify")
    picture = b"\xff\xd8\xff picture"
    documents = [{"kind": "photograph", "sha256": sha256(picture).hexdigest()}]
    new = {**body, "application": {**old, "person": {**old["person"], **NEW}}}
    for version, said, why in (
        (1, new, "a word of version 2 in version 1"),
        (2, new, "no photograph"),
        (2, {**new, "documents": [{"kind": "translation", "sha256": "0" * 64}]}, "another document only"),
        (3, {**new, "documents": documents}, "a version that nobody speaks"),
    ):
        other.thread, other.number = pair.uuid4(), 0
        receipt = take(other.packed(other.message(type=TYPE, version=version, body=said, purpose="readmission")))
        assert (receipt.kind, receipt.code) == (
            "refused",
            "unknown-type" if version == 3 else "bad-body-for-partner",
        ), why
    other.thread, other.number = pair.uuid4(), 0
    message = other.message(
        type=TYPE, version=2, body={**new, "documents": documents}, purpose="readmission",
        attachments=(Enclosure("image/jpeg", picture).attachment,),
    )  # fmt: skip
    assert take(other.packed(message, (picture,))).kind == "accepted"
    assert Case.objects.count() == 2
    assert facts.opened(Case.objects.get(thread=other.thread))["application"]["person"]["language"] == "Arcadian"
    assert set(Spoken.objects.values_list("type", "version", "speaks")) == {(TYPE, 1, True), (TYPE, 2, True)}


def test_a_partner_of_whom_nothing_is_known_is_told_in_the_newest_version(other: Other, sent: Case) -> None:
    (row,) = outbox(sent)
    body, enclosed = told(row)
    assert (row.version, body["application"]["person"], enclosed) == (2, FORM["person"], 1)
    event = CaseEvent.objects.get(case=sent, action="submit")
    assert (event.told, event.left_out, event.message) == (None, None, row.pk)
    answered(other, row, "accepted")
    assert list(Spoken.objects.values_list("type", "version", "speaks")) == [(TYPE, 2, True)]


def test_what_the_partner_signed_not_to_read_is_told_in_the_older_version_and_somebody_hears_what_that_leaves_out(
    other: Other, sent: Case
) -> None:
    (first,) = outbox(sent)
    assert answered(other, first, "refused", "unknown-type")
    first.refresh_from_db()
    assert first.state == "refused"
    _first, second = outbox(sent)
    assert (second.version, second.number, second.after, second.state) == (1, 2, 1, "waiting")
    body, enclosed = told(second)
    assert body["application"]["person"] == PERSON and enclosed == 1 and len(body["documents"]) == 1
    assert second.created == first.created and second.expires > second.created
    event = CaseEvent.objects.get(case=sent, action="submit")
    assert (event.message, event.told, event.left_out) == (second.pk, 1, LEFT_OUT)
    assert CaseDocument.objects.get(case=sent).message == second.pk
    item = WorkItem.objects.get(subject=str(sent.pk), kind="cases.out-of-place")
    assert item.body["why"] == "older-version" and item.body["left_out"] == LEFT_OUT
    assert not WorkItem.objects.filter(kind="exchange.dead").exists()
    entry = Entry.objects.get(kind="case.conveyed")
    assert "Arcadian" not in str(entry.__dict__) and "scar" not in str(entry.__dict__)
    answered(other, second, "accepted")
    sent.refresh_from_db()
    assert sent.state == "received" and sent.deadlines.filter(rule="reply", state="running").count() == 1
    assert not answered(other, second, "accepted") and len(outbox(sent)) == 2


def test_once_known_the_older_version_goes_at_once_and_the_officer_reads_before_what_it_leaves_out(
    other: Other, sent: Case, officer: Standing, lead: Standing
) -> None:
    answered(other, outbox(sent)[0], "refused", "unknown-type")
    case = actions.start(
        officer, "readmission", side="requesting", profile="UTO-ARC", counterpart=pair.ADDRESS, form=FORM
    )
    actions.attach(officer, case.pk, "photograph", "p.png", "image/png", portraits.photograph("Inventia"))
    action = catalogue.of(case).actions["submit"]
    assert actions.older_version(case, action, {}) == (1, ("Language spoken", "Physical description"))
    done = actions.act(officer, case.pk, "submit", reason="Looked at.")
    assert done.proposal is not None
    lines = {one.label: one.after for one in proposals.show(lead, done.proposal.pk).lines}
    assert lines["Version 1 of the message is sent. It cannot carry"] == "Language spoken, Physical description"
    proposals.approve(lead, done.proposal.pk)
    (row,) = outbox(case)
    assert (row.version, row.number) == (1, 1) and told(row)[0]["application"]["person"] == PERSON
    assert CaseEvent.objects.get(case=case, action="submit").left_out == LEFT_OUT


def test_a_card_says_what_its_authority_reads(
    other: Other, world: people.World, officer: Standing, lead: Standing
) -> None:
    assert own.card()["speaks"][TYPE] == [1, 2] and own.card()["speaks"]["readmission/withdrawal"] == [1]
    with writing():
        partners.pin(partners.read_card(other.card(speaks={TYPE: [1]})), world.operator.act("operation", "set-up"))
    assert [row.version for row in outbox(submitted(officer, lead))] == [1]
    with writing():
        partners.pin(partners.read_card(other.card(speaks={TYPE: [1, 2]})), world.operator.act("operation", "set-up"))
    assert [row.version for row in outbox(submitted(officer, lead))] == [2]


@pytest.mark.parametrize("odd", [{TYPE: 1}, {TYPE: ["1"]}, {TYPE: [0]}, {TYPE: [True]}, {"no type": [1]}, [TYPE]])
def test_a_card_with_an_odd_list_is_no_card(other: Other, odd: Any) -> None:
    with pytest.raises(BadInput) as told:
        partners.read_card(other.card(speaks=odd))
    assert told.value.code == "bad-card"


@pytest.mark.parametrize(
    "forged", ["another key", "another message", "another code", "as delivered"],
)  # fmt: skip
def test_nobody_else_can_make_us_speak_an_older_version(other: Other, sent: Case, forged: str) -> None:
    (row,) = outbox(sent)
    if forged == "another key":
        with pytest.raises(XeniaError):
            answered(Other(), row, "refused", "unknown-type")
    elif forged == "another message":
        with pytest.raises(XeniaError):
            answered(other, row, "refused", "unknown-type", hash="0" * 64)
    elif forged == "another code":
        answered(other, row, "refused", "no-party")
    else:
        answered(other, row, "delivered", "unknown-type")
    assert not Spoken.objects.exists() and [one.version for one in outbox(sent)] == [2]


def test_a_message_in_an_older_version_does_not_turn_us_back(other: Other, officer: Standing, lead: Standing) -> None:
    body = {"application": {**FORM, "person": {**PERSON, "nationality": "UTO"}}, "profile": "UTO-ARC"}
    take(other.packed(other.message(type=TYPE, version=1, body=body, purpose="readmission")))
    assert [row.version for row in outbox(submitted(officer, lead))] == [2]


def test_a_refusal_is_believed_for_a_month_or_until_the_partner_says_otherwise(other: Other, sent: Case) -> None:
    answered(other, outbox(sent)[0], "refused", "unknown-type")
    assert spoken.best(pair.ADDRESS, TYPE, (2, 1)) == 1
    with moment.at(NOW + timedelta(days=29)):
        assert spoken.best(pair.ADDRESS, TYPE, (2, 1)) == 1
    with moment.at(NOW + timedelta(days=31)):
        assert spoken.best(pair.ADDRESS, TYPE, (2, 1)) == 2
    with writing():
        spoken.learn(Partner.objects.get(), TYPE, 2, speaks=True)
    assert spoken.best(pair.ADDRESS, TYPE, (2, 1)) == 2
    assert spoken.best("XXA/MG", TYPE, (2, 1)) == 2


def test_a_partner_that_reads_none_of_our_versions_leaves_a_work_item_and_all_of_it_is_sent_when_it_does(
    other: Other, sent: Case, officer: Standing
) -> None:
    answered(other, outbox(sent)[0], "refused", "unknown-type")
    answered(other, outbox(sent)[1], "refused", "unknown-type")
    assert [row.state for row in outbox(sent)] == ["refused", "refused"]
    whys = [item.body["why"] for item in WorkItem.objects.filter(subject=str(sent.pk), kind="cases.out-of-place")]
    assert "refused-over-there" in whys
    assert WorkItem.objects.filter(kind="exchange.dead").count() == 1
    sent.refresh_from_db()
    assert sent.state == "submitted"
    last = outbox(sent)[1].pk
    done = actions.send_again(officer, sent.pk, last)
    assert (done.version, done.left_out) == (2, ())
    row = outbox(sent)[2]
    body, enclosed = told(row)
    assert (row.version, row.number, row.after) == (2, 3, 2)
    assert (body["application"]["person"], enclosed) == (FORM["person"], 1)
    with pytest.raises(XeniaError):
        actions.send_again(officer, sent.pk, last)
    with pytest.raises(Conflict):
        actions.send_again(officer, sent.pk, row.pk)
    answered(other, row, "accepted")
    sent.refresh_from_db()
    assert sent.state == "received"


def test_what_waited_behind_a_refused_message_comes_after_it(other: Other, sent: Case, officer: Standing) -> None:
    reasons = catalogue.latest("readmission").forms["withdrawal"]["properties"]["reason"]["enum"]
    actions.act(officer, sent.pk, "withdraw", {"reason": reasons[0]})
    assert [(row.number, row.after) for row in outbox(sent)] == [(1, 0), (2, 1)]
    answered(other, outbox(sent)[0], "refused", "unknown-type")
    rows = outbox(sent)
    assert [(row.type.partition("/")[2], row.number, row.after, row.state) for row in rows] == [
        ("application", 1, 0, "refused"),
        ("withdrawal", 2, 1, "replaced"),
        ("application", 3, 1, "waiting"),
        ("withdrawal", 4, 3, "waiting"),
    ]
    assert told(rows[3]) == told(rows[1])
    events = {one.action: one.message for one in CaseEvent.objects.filter(case=sent)}
    assert (events["submit"], events["withdraw"]) == (rows[2].pk, rows[3].pk)
    assert [row.pk for row in delivery.due(NOW + timedelta(minutes=1))] == [rows[2].pk]


SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["a"],
    "properties": {
        "a": {"type": "object", "additionalProperties": False, "required": ["kind"], "properties": {
            "kind": {"type": "string", "enum": ["one", "two"]},
            "also": {"type": "string", "enum": ["x"]},
            "rows": {"type": "array", "items": {"type": "string", "enum": ["p", "q"]}},
        }},
        "b": {"type": "object", "additionalProperties": False, "required": ["n"], "properties": {"n": {"type": "integer"}}},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("made", "kept", "gone"),
    [
        ({"a": {"kind": "one"}}, {"a": {"kind": "one"}}, []),
        ({"a": {"kind": "one", "also": "y"}}, {"a": {"kind": "one"}}, ["a.also"]),
        ({"a": {"kind": "one", "rows": ["p", "r", "q"]}}, {"a": {"kind": "one", "rows": ["p", "q"]}}, ["a.rows"]),
        ({"a": {"kind": "one"}, "b": {"n": "many"}}, {"a": {"kind": "one"}}, ["b.n"]),
        ({"a": {"kind": "three"}}, None, []),
        ({"b": {"n": 1}}, None, []),
    ],
)
def test_what_the_older_version_has_no_word_for_is_left_out_from_the_inside(
    made: dict[str, Any], kept: dict[str, Any] | None, gone: list[str]
) -> None:
    before = str(made)
    assert bodies.fitted(SCHEMA, made) == kept
    assert str(made) == before
    if kept is not None:
        assert list(bodies.left_out(made, kept)) == gone
