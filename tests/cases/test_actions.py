"""Cases move by actions only: checked, written once, shown with who did it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import people
from tests.cases.engine import FORM, MONDAY, PERSON, begin, decide, do, filed, lead, officer, permit, world
from xenia.access import epochs
from xenia.access.standing import Standing
from xenia.cases import actions, catalogue, facts, queries, reach
from xenia.cases.forms import BadForm
from xenia.cases.models import Case, CaseEvent, CaseKey
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.identity.models import Identity
from xenia.journal import clock as moment
from xenia.journal import rebuild
from xenia.journal.models import Entry
from xenia.work import proposals
from xenia.work.models import Proposal

__all__ = ["lead", "officer", "permit", "world"]
pytestmark = pytest.mark.usefixtures("permit")
PDF = b"%PDF-1.4 invented"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with moment.at(MONDAY):
        yield


def test_a_case_starts_with_its_form_and_its_claim(officer: Standing) -> None:
    case = begin(officer)
    assert (case.state, case.moves, case.owner, case.assigned_to) == ("draft", 1, "UTO-MG", officer.account)
    assert facts.opened(case) == {"application": FORM}
    assert Identity.objects.filter(pk=case.identity, source="case").exists()
    assert set(CaseKey.objects.filter(case=case).values_list("kind", flat=True)) == {"n", "w", "d", "f", "x"}
    assert b"Inventia" not in bytes(Case.objects.get(pk=case.pk).sealed or b"")


def test_an_action_moves_the_case_and_writes_one_event(officer: Standing) -> None:
    case = filed(officer)
    last = CaseEvent.objects.filter(case=case).latest("number")
    assert (last.action, last.before, last.after, last.actor) == ("file", "draft", "filed", officer.actor)
    entry = Entry.objects.get(pk=last.entry)
    assert (entry.kind, entry.reference, entry.purpose) == ("case.moved", f"case:{case.reference}", "residence")
    assert entry.legal_basis == "Invented Act, section 3"


def test_answers_that_will_not_do_are_named_by_their_path(officer: Standing) -> None:
    with pytest.raises(BadForm) as caught:
        begin(officer, person={"given_names": "Mirabel", "birth_date": "1990-02-31"})
    assert [(one.path, one.keyword) for one in caught.value.faults] == [
        ("person.birth_date", "format"),
        ("person.surname", "required"),
    ]
    assert not Case.objects.exists()


def test_an_action_of_another_state_is_refused_and_changes_nothing(officer: Standing) -> None:
    case = begin(officer)
    with pytest.raises(Conflict) as caught:
        do(officer, case, "supply")
    assert caught.value.code == "case-state"
    assert CaseEvent.objects.filter(case=case).count() == 1


def test_who_looked_at_an_older_page_is_told(officer: Standing) -> None:
    case = begin(officer)
    do(officer, case, "change", {**FORM, "hurried": True})
    with pytest.raises(Conflict) as caught:
        do(officer, case, "file", seen=case.moves)
    assert caught.value.code == "case-moved"


def test_the_row_moves_only_from_where_it_was_read(officer: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    case = begin(officer)

    def quicker(case_id: object) -> Case:
        held = Case.objects.get(pk=case_id)
        Case.objects.filter(pk=case_id).update(moves=held.moves + 1, state="filed")  # somebody else's commit
        return held

    monkeypatch.setattr(reach, "locked", quicker)
    with pytest.raises(Conflict) as caught:
        do(officer, case, "file")
    assert caught.value.code == "case-moved"


def test_one_person_never_does_both_halves(officer: Standing, lead: Standing) -> None:
    case = filed(lead)
    actions.attach(lead, case.pk, "photograph", "face.pdf", "application/pdf", PDF)
    done = actions.act(lead, case.pk, "grant", {}, reason="Good.")
    assert done.event is None and done.proposal is not None
    with pytest.raises(NotAllowed) as caught:
        proposals.approve(lead, done.proposal.pk)
    assert caught.value.code == "own-proposal"
    with pytest.raises(NotFound):  # who may not decide is not told of it
        proposals.approve(officer, done.proposal.pk)
    assert Case.objects.get(pk=case.pk).state == "filed"


def test_two_persons_decide_in_one_transaction(officer: Standing, lead: Standing) -> None:
    case = filed(officer)
    actions.attach(officer, case.pk, "photograph", "face.pdf", "application/pdf", PDF)
    case = decide(officer, lead, case, "grant", {})
    last = CaseEvent.objects.filter(case=case).latest("number")
    assert (case.state, last.actor, last.proposal) == ("granted", lead.actor, Proposal.objects.get().pk)
    assert {one.rule: one.state for one in case.deadlines.all()} == {"answer": "stopped", "validity": "running"}


def test_a_case_that_waits_for_a_second_person_takes_no_other_action(officer: Standing, lead: Standing) -> None:
    case = filed(officer)
    actions.act(officer, case.pk, "refuse", {"reasons": ["no_home"]})
    with pytest.raises(Conflict) as caught:
        do(officer, case, "ask")
    assert caught.value.code == "case-waits"
    assert all(one.blocked for one in actions.available(officer, Case.objects.get(pk=case.pk)))
    proposals.reject(lead, Proposal.objects.get().pk, "Not yet.")
    assert do(officer, case, "ask").state == "waiting"


def test_a_refusal_needs_a_reason(officer: Standing) -> None:
    case = filed(officer)
    with pytest.raises(BadForm) as caught:
        actions.act(officer, case.pk, "refuse", {})
    assert [one.path for one in caught.value.faults] == ["reasons"]


def test_conditions_and_documents_hold_an_action_back(officer: Standing) -> None:
    case = filed(officer, paid=False)
    with pytest.raises(Conflict) as caught:
        actions.act(officer, case.pk, "grant", {})
    assert caught.value.code == "case-condition"
    paid = filed(officer)
    with pytest.raises(Conflict) as missing:
        actions.act(officer, paid.pk, "grant", {})
    assert missing.value.code == "case-document"
    offers = {one.action: one for one in actions.available(officer, paid)}
    assert offers["grant"].blocked and offers["grant"].four_eyes and not offers["ask"].blocked


def test_roles_purposes_and_authorities_bound_a_case(world: people.World, officer: Standing) -> None:
    case = filed(officer)
    consul = world.standing("carl", "consular-officer", authority="UTO-CO")
    guard = world.standing("gina", "first-line-officer")
    for stranger in (consul, guard):
        with pytest.raises((NotFound, NotAllowed)):
            queries.case(stranger, case.pk)
    with pytest.raises((NotFound, NotAllowed)):
        actions.start(consul, "permit", form=FORM)
    other = world.standing("otto", "case-officer", authority="UTO-AS")
    with pytest.raises(NotFound):
        queries.one(other, case.pk)


def test_notes_assignment_and_documents_are_kept_with_the_case(officer: Standing, lead: Standing) -> None:
    case = begin(officer)
    actions.note(officer, case.pk, "Called back.")
    actions.assign(officer, case.pk, lead.account)
    row = actions.attach(officer, case.pk, "passport", "C:\\scans\\page\x00one.pdf", "application/pdf", PDF)
    again = actions.attach(officer, case.pk, "passport", "other.pdf", "application/pdf", PDF)
    view = queries.case(officer, case.pk)
    assert again.pk == row.pk
    assert [one.text for one in view.notes] == ["Called back."]
    assert [(one.name, one.kind) for one in view.documents] == [("pageone.pdf", "passport")]
    assert view.assigned == "Person Lena"
    assert queries.document(officer, case.pk, row.pk)[1:] == ("pageone.pdf", PDF)
    with pytest.raises(BadInput) as caught:
        actions.attach(officer, case.pk, "passport", "run.exe", "application/octet-stream", b"MZ\x00")
    assert caught.value.code == "case-document-type"


def test_a_case_is_found_by_name_reference_and_document(officer: Standing) -> None:
    case = begin(officer)
    begin(officer, person={"surname": "Otherman", "given_names": "Bo", "birth_date": "1960-01-01"})
    for text in (case.reference.lower(), "mirabel inventia", "Инвентиа Мирабел", "Inventia", "INVENTYA", "UX 1234567"):
        assert [row.case.pk for row in queries.find(officer, text).rows] == [case.pk], text
    assert queries.find(officer, "Nobody Atall").rows == ()


def test_the_procedures_own_rule_finds_duplicates(officer: Standing) -> None:
    first = begin(officer)
    second = begin(
        officer, person={**PERSON, "surname": "Invéntia", "birth_date": "1990-02-04", "document_number": "X9"}
    )
    third = begin(officer, person={**PERSON, "surname": "Quite", "given_names": "Other", "birth_date": "1950-01-01"})
    found = {one.case.pk: one.alike for one in queries.case(officer, first.pk).duplicates}
    assert found == {
        second.pk: ("application.person.surname", "application.person.birth_date"),
        third.pk: ("application.person.document_number",),
    }


def test_a_duplicate_is_found_among_many_newer_cases_of_the_same_surname(officer: Standing) -> None:
    """More of them than are looked at: those that share most come first, not those that are newest."""
    old = begin(officer)
    for number in range(queries.MOST_RELATED + 5):
        said = {
            **PERSON,
            "given_names": f"Other{chr(97 + number % 26)}{'xyz'[number // 26]}",
            "birth_date": f"{1931 + number}-07-01",
            "document_number": f"K{number:05}",
        }
        begin(officer, MONDAY + timedelta(minutes=number + 1), person=said)
    case = begin(officer, MONDAY + timedelta(days=1), person={**PERSON, "document_number": "Z9"})
    assert old.pk in {one.case.pk for one in queries.case(officer, case.pk).duplicates}


def test_sub_cases_and_former_cases_are_linked(officer: Standing) -> None:
    first = begin(officer)
    child = actions.start(officer, "permit", form=FORM, parent=first.pk)
    again = actions.start(officer, "permit", form=FORM, previous=first.pk)
    assert [one.case.pk for one in queries.case(officer, first.pk).children] == [child.pk]
    view = queries.case(officer, again.pk)
    assert view.previous is not None and view.previous.pk == first.pk


def test_a_final_state_closes_with_result_and_deletion_day(officer: Standing) -> None:
    case = do(officer, filed(officer), "end")
    assert (case.result, case.closed_at, str(case.delete_on)) == ("dropped", MONDAY, "2026-04-02")
    assert set(case.deadlines.values_list("state", flat=True)) == {"stopped"}
    assert actions.available(officer, case) == ()


def test_a_case_moves_to_a_newer_version_only_on_purpose(
    officer: Standing, lead: Standing, world: people.World, tmp_path
) -> None:
    import shutil

    from tests.cases.engine import PERMIT

    case = filed(officer)
    newer = tmp_path / "permit"
    shutil.copytree(PERMIT, newer)
    text = (newer / "procedure.yaml").read_text().replace("version: 1", "version: 2")
    (newer / "procedure.yaml").write_text(text)
    with catalogue.reading(newer):
        assert (catalogue.latest("permit").version, catalogue.of(case).version) == (2, 1)
        with pytest.raises(NotAllowed):
            actions.migrate(officer, case.pk, 2, reason="New rules.")
        proposal = actions.migrate(lead, case.pk, 2, {"filed": "waiting"}, reason="New rules.")
        with pytest.raises(NotAllowed):
            proposals.approve(lead, proposal.pk)
        moved = proposals.approve(world.standing("lara", "case-lead", authority="UTO-MG"), proposal.pk)
        assert (moved.version, moved.state, moved.moves) == (2, "waiting", 3)
        assert [one.action for one in queries.case(officer, case.pk).events] == ["create", "file", "migrate"]
        _folds()


def _folds() -> None:
    for one in rebuild.projections():
        if one.name in ("cases", "case limits"):
            compared, erased, different = rebuild.check(one)
            assert compared and not erased and different == []


def test_states_and_limits_fold_from_their_entries(officer: Standing, lead: Standing) -> None:
    case = filed(officer)
    do(officer, case, "prolong", at=MONDAY + timedelta(days=1))
    do(officer, case, "ask", at=MONDAY + timedelta(days=2))
    do(officer, case, "supply", at=MONDAY + timedelta(days=3))
    decide(officer, lead, case, "refuse", {"reasons": ["no_means"]}, MONDAY + timedelta(days=4))
    _folds()


def test_pages_take_few_queries(officer: Standing, django_assert_max_num_queries) -> None:
    cases = [filed(officer, person={**PERSON, "birth_date": f"19{70 + n}-01-01"}) for n in range(20)]
    for n in range(5):
        actions.note(officer, cases[0].pk, f"Note {n}")
    queries.case(officer, cases[1].pk)
    with epochs.one_request(), django_assert_max_num_queries(15):
        queries.case(officer, cases[0].pk)
    with epochs.one_request(), django_assert_max_num_queries(15):
        assert len(queries.work(officer, "unit").rows) == 20


def test_a_document_put_in_after_the_proposal_is_not_released_with_it(officer: Standing, lead: Standing) -> None:
    case = filed(officer)
    with moment.at(MONDAY):
        done = actions.act(officer, case.pk, "refuse", {"reasons": ["no_means"]}, reason="Looked at.")
        assert done.proposal is not None
        actions.attach(officer, case.pk, "passport", "late.pdf", "application/pdf", PDF)
        with pytest.raises(Conflict) as caught:
            proposals.approve(lead, done.proposal.pk)
    assert caught.value.code == "case-moved"
