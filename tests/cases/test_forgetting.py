"""A person's cases are found, exported, kept as long as their result says, and forgotten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cases.engine import MONDAY, decide, do, filed, lead, officer, permit, world
from xenia.access.standing import Standing
from xenia.cases import actions, queries
from xenia.cases.drafts import drop_old
from xenia.cases.forgetting import CasesPart
from xenia.cases.models import Case, CaseDocument, CaseDraft, CaseEvent, CaseKey, CaseNote
from xenia.journal import clock as moment
from xenia.journal import data_keys, forgetting, rebuild
from xenia.journal.actions import writing
from xenia.journal.forgetting import Wanted
from xenia.journal.models import BlobReference, DataKey

__all__ = ["lead", "officer", "permit", "world"]
pytestmark = pytest.mark.usefixtures("permit")
PDF = b"%PDF-1.4 invented"
PART = CasesPart()


def _full(who: Standing) -> Case:
    case = filed(who)
    with moment.at(MONDAY):
        actions.attach(who, case.pk, "photograph", "face.pdf", "application/pdf", PDF)
        actions.note(who, case.pk, "Called.")
    return case


def _erase(case: Case, who: Standing) -> None:
    act = who.act("residence", "case:test")
    with writing():
        for part in forgetting.parts():
            part.erase([case.about], act)


def test_everything_about_a_person_is_found_and_exported(officer: Standing) -> None:
    case = _full(officer)
    assert [one.label for one in PART.find(Wanted(subject=case.identity))] == [case.reference]
    told = PART.export(case.about)["cases"][0]
    assert told["answers"]["application"]["person"]["surname"] == "Inventia"
    assert [one["action"] for one in told["events"]] == ["create", "file"]
    assert told["documents"][0]["kind"] == "photograph"


def test_an_open_case_is_kept_whatever_the_day(officer: Standing) -> None:
    case = filed(officer)
    assert PART.kept([case.about], date(2090, 1, 1)) == {case.about}
    assert list(PART.due(date(2090, 1, 1))) == []


def test_a_closed_case_is_due_on_its_day(officer: Standing) -> None:
    case = do(officer, filed(officer), "end")
    assert PART.kept([case.about], date(2026, 4, 1)) == {case.about}
    assert PART.kept([case.about], date(2026, 4, 2)) == set()
    assert [(one.subject, one.delete_on) for one in PART.due(date(2026, 4, 2))] == [(case.about, date(2026, 4, 2))]


def test_forgetting_deletes_rows_keys_and_blobs(officer: Standing) -> None:
    case = do(officer, _full(officer), "end")
    _erase(case, officer)
    assert not Case.objects.exists() and not CaseEvent.objects.exists() and not CaseKey.objects.exists()
    assert not CaseDocument.objects.exists() and not CaseNote.objects.exists()
    assert not DataKey.objects.filter(subject=case.about).exists()
    assert not BlobReference.objects.filter(subject=case.about).exists()


def test_a_case_that_was_removed_is_not_missed_when_entries_are_folded_again(officer: Standing) -> None:
    kept, gone = filed(officer), do(officer, _full(officer), "end")
    _erase(gone, officer)
    for one in rebuild.projections():
        if one.name in ("cases", "case limits"):
            compared, _erased, different = rebuild.check(one)
            assert compared and different == []
    assert Case.objects.get() == kept


def test_forgetting_may_leave_the_case_without_its_person(officer: Standing, lead: Standing) -> None:
    case = _full(officer)
    case = decide(officer, lead, case, "grant", {}, MONDAY + timedelta(days=1))
    case = do(officer, case, "end", at=MONDAY + timedelta(days=2))
    _erase(case, officer)
    left = Case.objects.get(pk=case.pk)
    assert (left.state, left.result, left.identity, left.sealed) == ("closed", "granted", None, None)
    assert set(CaseEvent.objects.values_list("sealed", flat=True)) == {None}
    assert PART.export(case.about) == {}
    view = queries.case(officer, case.pk)
    assert (view.data, view.name) == ({}, "")


def test_old_drafts_go_with_their_keys(officer: Standing) -> None:
    with writing():
        row = CaseDraft(account=officer.account, procedure="permit", action="create", changed_at=MONDAY)
        row.sealed = data_keys.seal(row.pk, "case-draft", b"{}")
        row.save()
    with moment.at(MONDAY + timedelta(days=29)):
        assert drop_old() == 0
    with moment.at(MONDAY + timedelta(days=31)):
        assert drop_old() == 1
    assert not CaseDraft.objects.exists() and not DataKey.objects.filter(subject=row.pk).exists()
