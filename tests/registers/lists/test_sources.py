"""List sources: proposed by one person, approved by another, and nothing is loaded from them before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from tests import people
from tests.registers.lists.worlds import csv_numbers
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, XeniaError
from xenia.journal.models import Entry
from xenia.registers.lists import actions, sources, versions
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.models import ListSource, ListVersion
from xenia.registers.lists.sources import Source
from xenia.work import proposals

Load = Callable[..., LoadReport]
POLICE = Source("police-alerts", "alerts", "csv", "Alerts of the police", "UTO-PO", defaults={"category": "CHK"})


def propose(standing: Standing, source: Source = POLICE) -> UUID:
    return sources.propose_source(standing, source, reason="They send it daily.", reference=f"list:{source.code}")


def test_a_source_is_loaded_only_after_a_second_person_approved_it(
    load: Load, editor: Standing, approver: Standing
) -> None:
    proposal = propose(editor)
    with pytest.raises(NotAllowed) as error:
        load(csv_numbers(range(3)), "police-alerts")
    assert error.value.code == "source-not-approved"
    shown = proposals.show(approver, proposal)
    assert {line.label: line.after for line in shown.lines}["Code"] == "police-alerts"
    assert shown.reason == "They send it daily."
    sources.approve_source(approver, proposal)
    assert load(csv_numbers(range(3)), "police-alerts").state == "published"
    kinds = list(Entry.objects.filter(kind__startswith="list.source").values_list("kind", flat=True).order_by("id"))
    assert kinds[-2:] == ["list.source-proposed", "list.source-approved"]


def test_nobody_approves_their_own_source_not_even_the_operator(world: people.World, editor: Standing) -> None:
    for standing, code in ((editor, "first"), (world.operator, "second")):
        proposal = propose(standing, replace(POLICE, code=code))
        with pytest.raises(NotAllowed):
            sources.approve_source(standing, proposal)
        assert ListSource.objects.get(pk=code).state == "proposed"


def test_the_operator_who_loaded_does_not_approve_what_removes_much(
    world: people.World, load: Load, tmp_path: Path
) -> None:
    load(csv_numbers(range(50)))
    (tmp_path / "few.csv").write_bytes(csv_numbers(range(5)))
    assert actions.load(world.operator, "alerts-csv", tmp_path / "few.csv").state == "waiting"
    waiting = ListVersion.objects.get(state="waiting")
    with pytest.raises(NotAllowed):
        proposals.approve(world.operator, waiting.proposal)
    approver = world.standing("headon", "second-approver", authority=world.operator.authority)
    said = {line.label: line.after for line in proposals.show(approver, waiting.proposal).lines}
    assert (said["List"], said["Version"], said["Removed"]) == ("alerts-csv", "2", "45")
    proposals.approve(approver, waiting.proposal)
    assert versions.in_use("alerts-csv") == waiting


def test_a_rejected_source_is_forgotten_and_its_code_is_free(editor: Standing, approver: Standing) -> None:
    proposals.reject(approver, propose(editor), "not theirs to send")
    assert sources.forget_rejected() == 1
    assert not ListSource.objects.filter(pk="police-alerts").exists()
    propose(editor)
    assert sources.forget_rejected() == 0


def test_a_code_is_given_once(editor: Standing) -> None:
    propose(editor)
    with pytest.raises(Conflict) as error:
        propose(editor)
    assert error.value.code == "list-source-exists"


def test_a_closed_source_is_not_loaded(load: Load, approver: Standing) -> None:
    load(csv_numbers(range(3)))
    sources.close_source(approver, "alerts-csv", reference="case:1")
    with pytest.raises(NotAllowed):
        load(csv_numbers(range(4)))
    assert versions.in_use("alerts-csv") is not None
    assert Entry.objects.filter(kind="list.source-closed").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "No Code"},
        {"code": "x" * 49},
        {"code": ""},
        {"register": "weather"},
        {"format": "xls"},
        {"register": "lost_documents", "format": "un-xml"},
        {"removal_share": 101},
        {"max_age_hours": 0},
        {"name": " "},
        {"owner": ""},
        {"defaults": {"surname": "X"}},
    ],
)
def test_a_source_that_cannot_work_is_refused(editor: Standing, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput) as error:
        propose(editor, replace(POLICE, **wrong))  # type: ignore[arg-type]
    assert error.value.code == "list-source"


def test_who_may_not_does_not(world: people.World, editor: Standing) -> None:
    officer = world.standing("offa", "first-line-officer")
    with pytest.raises(XeniaError):
        propose(officer)
    proposal = propose(editor)
    with pytest.raises(XeniaError):
        sources.approve_source(world.standing("other", "alert-editor"), proposal)
    assert ListSource.objects.get(pk="police-alerts").state == "proposed"


def test_set_up_makes_one_source_for_each_register_and_format_and_again_none(world: people.World) -> None:
    before = ListSource.objects.count()
    sources.install_sources(world.operator)
    assert ListSource.objects.count() == before == len(sources.FIRST)
    assert sources.for_register("notices", "un-xml").code == "notices-un-xml"
