"""One question to every register that the purpose opens, and what of the answer may be seen."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date

import pytest

from tests.frontier.conftest import person, today
from xenia.access import actions as access
from xenia.access import epochs
from xenia.access.models import PolicyVersion
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed
from xenia.journal.models import Entry, EntrySubject
from xenia.registers.lists import actions as lists
from xenia.registers.live import lookup
from xenia.registers.search import Question, ask
from xenia.site.demo import lists as demo_lists

Stand = Callable[..., Standing]
ALICE = {
    "id": "1",
    "surname": "Halvorsen",
    "given_names": "Tessa Mirande",
    "birth_date": "1991-06-08",
    "sex": "F",
    "nationality": "UTO",
}


def question(**more: object) -> Question:
    return Question.from_json({**ALICE, **more}, today())


@pytest.fixture
def lost(post: str, tmp_path) -> None:
    """A list with one stolen passport in use."""
    row = ("P", "UTO", "UX4771093", "stolen", "2026-11-01", "Port", "UTO-BG", "R-1")
    file = tmp_path / "lost.csv"
    demo_lists.write(file, demo_lists.DOCUMENT_COLUMNS, [row])
    lists.load(access.operator_standing("operator"), "lost-documents-csv", file).discard()


def test_one_question_finds_person_and_document(at_lane: Stand, alert: Callable[..., str], lost: None) -> None:
    alert(person(), "REF-B")
    asked = question(document={"type": "P", "issuing_state": "UTO", "number": "ux 4771093"})
    answer = ask([asked], at_lane("first"), "border-first-line", "check:x")[0]
    assert {(hit.register, hit.band) for hit in answer.hits} == {("alerts", "EXACT"), ("lost_documents", "EXACT")}
    assert [one.register for one in answer.asked][:4] == ["alerts", "lost_documents", "notices", "visas"]


def test_the_same_number_of_another_state_is_no_hit(at_lane: Stand, lost: None) -> None:
    asked = Question.from_json(
        {"id": "1", "document": {"type": "P", "issuing_state": "D", "number": "UX4771093"}}, today()
    )
    assert ask([asked], at_lane("first"), "border-first-line", "check:x")[0].hits == ()


def test_a_document_of_an_alert_under_another_name_is_likely_not_exact(
    at_lane: Stand, alert: Callable[..., str]
) -> None:
    alert(person(), "REF-B", documents=[{"type": "P", "issuing_state": "UTO", "number": "UX1234567"}])
    other = {"id": "1", "surname": "Quintar", "given_names": "Noemi", "birth_date": "1970-01-01"}
    asked = Question.from_json(
        {**other, "document": {"type": "P", "issuing_state": "UTO", "number": "UX1234567"}}, today()
    )
    hits = ask([asked], at_lane("first"), "border-first-line", "check:x")[0].hits
    assert [hit.band for hit in hits] == ["LIKELY"]


@pytest.mark.parametrize(
    ("purpose", "reference"),
    [("", "r"), ("border-first-line", ""), ("border-first-line", "  "), ("readmission", "r"), ("nonsense", "r")],
)
def test_without_purpose_and_reference_nothing_is_asked(at_lane: Stand, purpose: str, reference: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(NotAllowed):
        ask([question()], at_lane("first"), purpose, reference)
    assert Entry.objects.count() == before


def test_a_register_that_may_not_be_asked_is_not_even_named(at_lane: Stand, alert: Callable[..., str]) -> None:
    alert(person(), "REF-B")
    operator = access.operator_standing("operator")
    answer = ask([question()], operator, "readmission", "case:1")[0]
    assert (
        answer.hits == ()
        and not {"alerts", "lost_documents", "notices"} & {one.register for one in answer.asked}
        and answer.to_json() == {"id": "1", "hits": []}
    )


def test_a_batch_is_one_entry_with_a_line_per_question(at_lane: Stand, alert: Callable[..., str]) -> None:
    record = alert(person(), "REF-B")
    before = Entry.objects.count()
    batch = [question(id=str(n)) for n in range(50)]
    answers = ask(batch, at_lane("first"), "border-first-line", "batch:1")
    assert [answer.id for answer in answers] == [str(n) for n in range(50)]
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.latest("recorded_at")
    assert bytes(entry.body).count(record.encode()) == 50
    assert EntrySubject.objects.filter(entry_id=entry.id).count() == 1


def test_policy_changed_by_data_alone_takes_a_field_away_everywhere(at_lane: Stand, alert: Callable[..., str]) -> None:
    alert(person(), "REF-B")
    standing = at_lane("first")
    assert ask([question()], standing, "border-first-line", "check:x")[0].hits[0].name == "Halvorsen, Tessa Mirande"
    last = PolicyVersion.objects.order_by("-number").first()
    content = copy.deepcopy(last.content)
    for row in content["rows"]:
        if row["purpose"] == "border-first-line" and row["register"] == "alerts":
            row["groups"] = ["flag", "instruction"]
    _copy(last, content)
    epochs.bump("policy")
    hit = ask([question()], standing, "border-first-line", "check:x")[0].hits[0]
    assert (hit.name, hit.features) == ("", ())
    assert hit.instruction and "identity" not in hit.to_json()["fields"]


def _copy(last: PolicyVersion, content: dict) -> None:
    values = {field.attname: getattr(last, field.attname) for field in PolicyVersion._meta.concrete_fields}
    PolicyVersion.objects.create(**{**values, "number": last.number + 1, "content": content, "hash": "b" * 64})


def test_an_urgent_change_is_found_and_a_hidden_record_is_not(at_lane: Stand, tmp_path) -> None:
    from xenia.journal import actions as journal
    from xenia.registers.live import actions as live

    operator = access.operator_standing("operator")
    file = tmp_path / "alerts.csv"
    demo_lists.write(file, demo_lists.PERSON_COLUMNS, [demo_lists.person_row("A1", person(), "REF-B", today())])
    lists.load(operator, "alerts-csv", file).discard()
    standing = at_lane("first")
    assert len(ask([question()], standing, "border-first-line", "check:x")[0].hits) == 1
    act = operator.act("alert-management", "external:urgent")
    with journal.writing():
        live.hide("alerts", "alerts-csv", "A1", act, now=Entry.objects.latest("recorded_at").recorded_at)
    assert ("alerts", "alerts-csv", "A1") in lookup.laid_over()
    assert ask([question()], standing, "border-first-line", "check:x")[0].hits == ()


@pytest.mark.parametrize(
    "bad",
    [
        [],
        "x",
        {},
        {"id": "1"},
        {"name": ""},
        {"name": 7},
        {"name": "x" * 301},
        {"name": "A\x00"},
        {"name": "A", "sex": "Q"},
        {"name": "A", "birth_date": "1991-02-30"},
        {"name": "A", "birth_date": "soon"},
        {"name": "A", "wings": 2},
        {"document": {}},
        {"document": "P"},
        {"document": {"number": 5}},
    ],
)
def test_a_question_that_is_none_names_its_fault(bad: object) -> None:
    with pytest.raises(BadInput) as error:
        Question.from_json(bad, date(2026, 1, 1))
    assert error.value.message


def test_more_than_a_thousand_questions_are_refused(at_lane: Stand) -> None:
    with pytest.raises(BadInput):
        ask([question()] * 1001, at_lane("first"), "border-first-line", "check:x")
