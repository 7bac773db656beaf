"""Erasing listed persons: hidden at once, then gone from every byte that is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from tests.registers.lists.worlds import csv_list, csv_numbers, csv_row, documents_csv
from xenia.access.standing import Standing
from xenia.identity import keys
from xenia.journal.actions import writing
from xenia.journal.forgetting import Wanted
from xenia.journal.models import Entry
from xenia.registers.lists import chores, current, forgetting
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.forgetting import ListsPart, rebuild_without
from xenia.registers.lists.models import ErasedRecord, ListSource, ListVersion
from xenia.registers.lists.subjects import record_subject
from xenia.work import proposals

Load = Callable[..., LoadReport]


@pytest.fixture
def act(editor: Standing) -> object:
    return editor.act("list-management", "case:42")


def everything() -> bytes:
    files = [path for path in Path(settings.XENIA_HOME).rglob("*") if path.is_file() and "lists" in path.parts]
    return b"".join(path.read_bytes() for path in files)


def test_an_erased_record_is_in_no_file_any_more(load: Load, act: object) -> None:
    rows = [csv_row(n) for n in range(50)] + [csv_row(n, f"Quibblethorn{n}") for n in range(50, 60)]
    load(csv_list(*rows))
    assert b"Quibblethorn" in everything()
    assert rebuild_without("alerts-csv", [f"A-{n}" for n in range(50, 60)], act) == 10  # type: ignore[arg-type]
    kept = everything()
    for trace in (b"Quibblethorn", b"QUIBBLETHORN", b"X0000055", b"A-55"):
        assert trace not in kept
    assert current.current("alerts")[0].file.count == 50
    assert not ErasedRecord.objects.exists()
    assert Entry.objects.filter(kind="list.records-erased").count() == 1


def test_erasing_hides_at_once_and_ends_by_itself(load: Load, act: object, monkeypatch: pytest.MonkeyPatch) -> None:
    load(csv_numbers(range(30)))
    monkeypatch.setattr(forgetting, "_begin", lambda *_: None)
    subject = record_subject("alerts", "alerts-csv", "A-7")
    with writing():
        counts = ListsPart().erase([subject], act)  # type: ignore[arg-type]
    assert counts == {"list_record": 1}
    file = current.current("alerts")[0].file
    assert file.get("A-7") is None
    assert file.search_document(keys.document_keys("UTO", "P", "X0000007")) == []
    assert list(ListsPart().find(Wanted(document_number="X0000007", issuing_state="UTO"))) == []
    assert ListSource.objects.get(pk="alerts-csv").erasing
    assert forgetting.rebuild_due() == 1
    assert not ListSource.objects.get(pk="alerts-csv").erasing
    assert b"X0000007" not in everything()


def test_erasing_through_the_port_rebuilds_after_the_commit(load: Load, act: object) -> None:
    load(csv_numbers(range(30)))
    with writing():
        ListsPart().erase([record_subject("alerts", "alerts-csv", "A-7")], act)  # type: ignore[arg-type]
    forgetting.settle()
    assert b'Zorbek7"' not in everything()
    assert ListVersion.objects.get(state="current").number == 2


def test_an_erasure_that_is_rolled_back_hides_nobody(load: Load, act: object) -> None:
    load(csv_numbers(range(5)))
    with pytest.raises(RuntimeError), writing():
        ListsPart().erase([record_subject("alerts", "alerts-csv", "A-1")], act)  # type: ignore[arg-type]
        raise RuntimeError
    forgetting.settle()
    assert current.current("alerts")[0].file.get("A-1") is not None


def test_a_waiting_version_loses_the_record_too(load: Load, act: object, approver: Standing) -> None:
    load(csv_numbers(range(100)))
    load(csv_numbers(range(40)))
    rebuild_without("alerts-csv", ["A-7"], act)  # type: ignore[arg-type]
    assert b"X0000007" not in everything()
    waiting = ListVersion.objects.get(state="waiting")
    proposals.approve(approver, waiting.proposal)
    current.settle()
    file = current.current("alerts")[0].file
    assert file.count == 39
    assert file.get("A-7") is None


def test_only_the_source_itself_brings_a_record_back(load: Load, act: object) -> None:
    load(csv_numbers(range(10)))
    rebuild_without("alerts-csv", ["A-7"], act)  # type: ignore[arg-type]
    load(csv_numbers(n for n in range(10) if n != 7))
    assert current.current("alerts")[0].file.get("A-7") is None
    load(csv_numbers(range(10)))
    assert current.current("alerts")[0].file.get("A-7") is not None


def test_a_listed_document_is_found_exported_and_erased(load: Load, act: object) -> None:
    load(documents_csv(range(40)), "lost-documents-csv")
    (found,) = ListsPart().find(Wanted(document_number="U00000012", issuing_state="UTO"))
    exported = ListsPart().export(found.subject)
    assert exported["body"]["number"] == "U00000012"
    with writing():
        ListsPart().erase([found.subject], act)  # type: ignore[arg-type]
    forgetting.settle()
    assert ListsPart().export(found.subject) == {}
    assert b"U00000012" not in everything()


def test_a_person_is_found_by_name_and_by_subject(load: Load) -> None:
    load(csv_list(csv_row(1, "Quibblethorn"), csv_row(2, "Vandermolen")))
    found = list(ListsPart().find(Wanted(surname="Quibblethorn", given_names="Tamriko", birth_date="1980-01-02")))
    assert [one.subject for one in found] == [record_subject("alerts", "alerts-csv", "A-1")]
    assert [one.subject for one in ListsPart().find(Wanted(subject=found[0].subject))] == [found[0].subject]
    assert "Quibblethorn" in found[0].label


def test_files_of_an_older_release_are_built_anew(load: Load) -> None:
    load(csv_numbers(range(5)))
    ListVersion.objects.update(rules_version=0)
    assert forgetting.rebuild_due() == 1
    row = ListVersion.objects.get(state="current")
    assert (row.number, row.records) == (2, 5)
    assert row.rules_version > 0


def test_the_chores_do_nothing_where_there_is_nothing(load: Load) -> None:
    load(csv_numbers(range(5)))
    assert [run() for _, _, run in chores.CHORES] == [0] * len(chores.CHORES)
