"""Messages of another authority, through the exchange as it is: signed, stored, answered by a receipt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from tests import people
from tests.cases.engine import decide, lead, officer, world
from tests.exchange import pair
from tests.exchange.pair import NOW, Other, take
from xenia.access import epochs
from xenia.access.standing import Standing
from xenia.cases import actions, facts, queries
from xenia.cases.models import Case, CaseEvent
from xenia.errors import BadInput
from xenia.exchange import delivery, port
from xenia.exchange.envelope import Enclosure
from xenia.exchange.models import Incoming, Outgoing
from xenia.identity.models import Identity
from xenia.journal import blobs
from xenia.journal import clock as moment
from xenia.site.demo import portraits
from xenia.work.models import WorkItem

__all__ = ["lead", "officer", "world"]
PERSON = {
    "surname": "Quliyev", "given_names": "Elvin", "birth_date": "1990-04-12", "sex": "M", "nationality": "UTO",
}  # fmt: skip
FORM: dict[str, Any] = {
    "category": "own_national",
    "person": PERSON,
    "evidence": {"nationality_prima_facie": ["copy_of_proof"]},
}
BODY: dict[str, Any] = {"application": FORM, "profile": "UTO-ARC", "urgent": False}


@pytest.fixture
def other(world: people.World) -> Iterator[Other]:
    made = Other()
    with moment.at(NOW):
        pair.pin(made, world.operator)
    yield made


def _told(other: Other, word: str, body: dict[str, Any], at: Any = NOW, **more: Any) -> Any:
    message = other.message(
        type=f"readmission/{word}",
        body=body,
        created=at,
        expires=at + timedelta(days=14),
        purpose="readmission",
        **more,
    )
    with moment.at(at + timedelta(minutes=1)):
        return message, take(other.packed(message), at + timedelta(minutes=1))


def _opened(other: Other, **body: Any) -> Case:
    _message, answer = _told(other, "application", {**BODY, **body})
    assert (answer.kind, answer.code) == ("accepted", "")
    return Case.objects.get(thread=other.thread)


def test_an_application_opens_a_case_here(other: Other, officer: Standing) -> None:
    case = _opened(other)
    assert (case.side, case.state, case.profile, case.counterpart) == (
        "requested",
        "received",
        "UTO-ARC",
        other.address,
    )
    assert (case.owner, case.their_reference, case.thread) == ("UTO-MG", "B-1", other.thread)
    events = list(CaseEvent.objects.filter(case=case).order_by("number"))
    assert [(one.action, one.by, one.at) for one in events] == [
        ("submit", "message", NOW),
        ("receive", "receipt", NOW + timedelta(minutes=1)),
    ]
    assert events[0].actor == f"partner:{other.address}"
    assert case.deadlines.get(rule="reply").due_on.isoformat() == "2026-03-17"
    assert Identity.objects.filter(pk=case.identity).exists()
    assert WorkItem.objects.filter(kind="cases.task", subject=str(case.pk)).count() == 1
    with moment.at(NOW + timedelta(minutes=2)):
        assert [row.case.pk for row in queries.find(officer, "Guliyev Elvin").rows] == [case.pk]


def test_a_message_is_called_by_the_words_of_its_procedure() -> None:
    assert port.label_of("readmission/transfer_notice") == "Transfer notice (Readmission)"
    with translation.override("fr"):
        assert "transfer_notice" not in port.label_of("readmission/transfer_notice")
    assert port.label_of("nobody/knows") == "nobody/knows"


def test_an_application_under_an_unknown_agreement_is_refused(other: Other) -> None:
    _message, answer = _told(other, "application", {**BODY, "profile": "XX-YY"})
    assert (answer.kind, answer.code) == ("refused", "unknown-profile")
    assert not Case.objects.exists()


def test_an_application_under_an_agreement_of_others_is_refused(other: Other) -> None:
    _message, answer = _told(other, "application", {**BODY, "profile": "CH-AZ"})
    assert (answer.kind, answer.code) == ("refused", "no-party")
    assert not Case.objects.exists()


def test_a_message_dated_back_does_not_turn_the_case_back(other: Other) -> None:
    case = _opened(other)
    received = CaseEvent.objects.filter(case=case).latest("number").at
    early = other.message(
        type="readmission/withdrawal", body={}, purpose="readmission", created=NOW - timedelta(days=20)
    )
    with moment.at(NOW + timedelta(hours=1)):
        assert take(other.packed(early), NOW + timedelta(hours=1)).kind == "accepted"
    last = CaseEvent.objects.filter(case=case).latest("number")
    assert (last.action, last.at) == ("withdraw", received)


def test_a_reply_that_comes_after_silence_became_consent_moves_nothing(other: Other) -> None:
    case = _opened(other)
    late = other.message(
        type="readmission/withdrawal", body={}, purpose="readmission", created=NOW + timedelta(days=2),
        expires=NOW + timedelta(days=60),
    )  # fmt: skip
    with moment.at(NOW + timedelta(days=30)):
        assert take(other.packed(late), NOW + timedelta(days=30)).kind == "accepted"
    case.refresh_from_db()
    done = list(CaseEvent.objects.filter(case=case).order_by("number").values_list("action", flat=True))
    assert done[:3] == ["submit", "receive", "deem"]


def test_a_message_without_its_case_is_refused(other: Other) -> None:
    _message, answer = _told(other, "withdrawal", {"withdrawal": {"reason": "mistake"}})
    assert answer.kind == "refused"
    assert not Case.objects.exists()


def test_the_same_message_twice_moves_the_case_once(other: Other) -> None:
    message = other.message(type="readmission/application", body=BODY, purpose="readmission")
    packed = other.packed(message)
    with moment.at(NOW + timedelta(minutes=1)):
        first, second = take(packed), take(packed)
    assert (first.at, first.kind) == (second.at, second.kind)
    assert CaseEvent.objects.count() == 2 and Incoming.objects.count() == 1


def test_a_message_that_does_not_fit_changes_nothing_and_asks_a_person(other: Other) -> None:
    case = _opened(other)
    moves = case.moves
    _message, answer = _told(other, "transfer_notice", _notice(), NOW + timedelta(hours=1))
    case.refresh_from_db()
    assert answer.kind == "accepted"
    assert (case.state, case.moves) == ("received", moves)
    item = WorkItem.objects.get(kind="cases.out-of-place")
    assert item.body["why"] == "out-of-place" and item.body["action"] == "notify"


def _notice() -> dict[str, Any]:
    return {"transfer": {"date": "2026-03-20", "border_point": "Baku airport", "mode": "air"}}


def test_a_late_message_is_written_down_and_moves_nothing(other: Other) -> None:
    case = _opened(other)
    _told(other, "withdrawal", {}, NOW + timedelta(hours=1))
    case.refresh_from_db()
    assert case.state == "withdrawn"
    Case.objects.filter(pk=case.pk).update(state="refused")
    _told(other, "withdrawal", {}, NOW + timedelta(hours=2))
    case.refresh_from_db()
    last = CaseEvent.objects.filter(case=case).latest("number")
    assert (case.state, last.action, last.moved, last.after) == ("refused", "withdraw", False, "refused")
    assert not WorkItem.objects.filter(kind="cases.out-of-place").exists()


def test_what_a_message_may_not_say_does_not_get_in(other: Other) -> None:
    secret = {**BODY, "application": {**FORM, "asylum_claim": True}}
    message = other.message(type="readmission/application", body=secret, purpose="readmission")
    with moment.at(NOW):
        assert take(other.packed(message)).kind == "refused"
    assert not Case.objects.exists()


def _sent(case: Case) -> dict[str, Any]:
    """The body of the last message of ours."""
    from xenia.exchange import envelope, jose, wire

    row = Outgoing.objects.latest("number")
    raw = jose.parts(wire.split(blobs.get(row.blob))[0], jose.MESSAGE_TYPE)[1]
    return dict(envelope.read_message(raw).body)


def _submitted(other: Other, officer: Standing, lead: Standing, **form: Any) -> Case:
    with moment.at(NOW):
        case = actions.start(
            officer,
            "readmission",
            side="requesting",
            profile="UTO-ARC",
            counterpart=other.address,
            form={**FORM, **form},
        )
        actions.note(officer, case.pk, "Has asked for asylum in another procedure.")
        actions.attach(officer, case.pk, "other", "internal.txt", "text/plain", b"for us alone")
        actions.attach(officer, case.pk, "photograph", "p.png", "image/png", portraits.photograph("Quliyev Elvin"))
    return decide(officer, lead, case, "submit", None, NOW)


def test_no_case_is_opened_under_an_agreement_of_other_states(officer: Standing) -> None:
    with moment.at(NOW), pytest.raises(BadInput) as told:
        actions.start(officer, "readmission", side="requesting", profile="CH-AZ", counterpart="ARC/RET", form=FORM)
    assert told.value.code == "case-parties"
    assert not Case.objects.exists()


def test_only_what_the_schema_names_leaves(other: Other, officer: Standing, lead: Standing) -> None:
    case = _submitted(other, officer, lead, authority_file="internal file 7")
    body = _sent(case)
    assert body["application"] == FORM and body["profile"] == "UTO-ARC"
    assert "internal" not in str(body) and "asylum" not in str(body)
    assert "other" not in [one["kind"] for one in body.get("documents", [])]
    view_reason = facts.told(case, list(CaseEvent.objects.filter(case=case).order_by("number")))[-1]
    assert view_reason == {"reason": "Looked at."}


def test_the_signed_receipt_starts_the_clock_with_its_time(other: Other, officer: Standing, lead: Standing) -> None:
    case = _submitted(other, officer, lead)
    assert case.state == "submitted" and not case.deadlines.filter(rule="reply").exists()
    at = NOW + timedelta(days=2)
    row = Outgoing.objects.get()
    with moment.at(at + timedelta(minutes=5)):
        delivery.take_receipt(other.answer(blobs.get(row.blob), at=at), row.thread.partner, at + timedelta(minutes=5))
    case.refresh_from_db()
    event = CaseEvent.objects.filter(case=case).latest("number")
    assert (case.state, event.action, event.at, event.by) == ("received", "receive", at, "receipt")
    assert case.deadlines.get(rule="reply").starts_at == at


def test_a_case_page_shows_its_messages(other: Other, officer: Standing, lead: Standing) -> None:
    case = _submitted(other, officer, lead)
    with moment.at(NOW):
        view = queries.case(lead, case.pk)
    assert [(one.type, one.ours, one.state) for one in view.messages] == [("readmission/application", True, "waiting")]
    assert view.events[-1].message == view.messages[0].id


def test_a_case_between_states_takes_few_queries(
    other: Other, officer: Standing, lead: Standing, django_assert_max_num_queries: Any
) -> None:
    case = _submitted(other, officer, lead)
    with moment.at(NOW):
        queries.case(lead, case.pk)
        with epochs.one_request(), django_assert_max_num_queries(15):
            queries.case(lead, case.pk)


def test_a_resubmission_finds_its_former_case(other: Other) -> None:
    first = _opened(other)
    former = str(other.thread)
    other.thread, other.number = uuid4(), 0
    _told(other, "application", {**BODY, "previous": former}, NOW + timedelta(days=1))
    assert Case.objects.exclude(pk=first.pk).get().previous == first.pk


def _member(other: Other, main: UUID, at: Any = NOW) -> Case:
    """A second application on a thread of its own that says which thread is the main case's."""
    known, other.thread, other.number = (other.thread, other.number), uuid4(), 0
    picture = portraits.photograph("Quliyeva")
    enclosed = Enclosure("image/png", picture)
    documents = [{"kind": "photograph", "sha256": enclosed.attachment.sha256}]
    message = other.message(
        type="readmission/application", body={**BODY, "main": str(main), "documents": documents}, version=2, created=at,
        expires=at + timedelta(days=14), purpose="readmission", attachments=(enclosed.attachment,),
    )  # fmt: skip
    with moment.at(at + timedelta(minutes=1)):
        answer = take(other.packed(message, (picture,)), at + timedelta(minutes=1))
    thread, (other.thread, other.number) = other.thread, known
    assert (answer.kind, answer.code) == ("accepted", "")
    return Case.objects.get(thread=thread)


def test_a_member_case_is_put_under_the_main_case_whichever_comes_first(other: Other) -> None:
    first = _member(other, other.thread)
    assert first.parent is None
    main = _opened(other)
    second = _member(other, other.thread, NOW + timedelta(hours=1))
    assert set(Case.objects.filter(parent=main.pk)) == {first, second}


def test_a_member_case_is_put_under_no_case_of_another_authority(other: Other) -> None:
    main = _opened(other)
    Case.objects.filter(pk=main.pk).update(counterpart="GEO/MIA")
    assert _member(other, main.thread).parent is None
