"""Three procedures without a line of Python run in the engine as their worked cases say: by people, pairs, the border, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import people
from xenia.access.standing import Standing
from xenia.cases import actions, catalogue, clock, opening
from xenia.cases.definition import Action, Procedure, load
from xenia.cases.definition.source import Folder
from xenia.cases.definition.worked import moment as read_moment
from xenia.cases.models import Case
from xenia.errors import XeniaError
from xenia.journal import clock as now
from xenia.journal.act import Act
from xenia.journal.actions import writing
from xenia.work import proposals

DATA = Path(__file__).parents[1] / "procedures_data"
FOLDERS = sorted(file.parent for file in DATA.glob("*/procedure.yaml"))
WORKED = [(folder, file.name) for folder in FOLDERS for file in sorted((folder / "cases").glob("*.yaml"))]
PDF = b"%PDF-1.4 invented"


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    with catalogue.reading(*FOLDERS):
        yield


class Office:
    """An officer, two heads and the border of one authority, and the case that they work."""

    def __init__(self, world: people.World, procedure: Procedure, profile: str) -> None:
        where = "UTO-CO" if procedure.owner_kinds == ("consular",) else "UTO-MG"
        self.procedure, self.profile = procedure, profile
        worker = "consular-officer" if where == "UTO-CO" else "case-officer"
        self.officer = world.standing("olga", worker, authority=where)
        self.leads = [world.standing(name, "case-lead", authority=where) for name in ("lena", "lars")]
        self.border = world.standing("bo", "first-line-officer")
        self.case: Case | None = None

    def do(self, step: dict[str, Any]) -> None:
        """One step of a worked case by the right person; raises what the engine says."""
        action = self.procedure.actions[step["do"]]
        if self.case is None:
            self.case = opening.start(self.officer, self.procedure.id, profile=self.profile, form=step.get("form"))
            for kind in self.procedure.documents:
                actions.attach(self.officer, self.case.pk, kind, f"{kind}.pdf", "application/pdf", PDF)
        elif action.by == "border":
            with writing():
                act = Act(
                    self.border.actor, self.border.authority, "border-first-line", "Test", "event:1", "hq/UTO-AP1/L1"
                )
                actions.arrived(self.border, self.case.pk, step.get("form") or {}, act)
        else:
            self._act(action, step)
        self.case.refresh_from_db()

    def _act(self, action: Action, step: dict[str, Any]) -> None:
        assert self.case is not None
        who: Standing = self.leads[0] if action.role == "lead" else self.officer
        done = actions.act(who, self.case.pk, action.name, step.get("form"), reason="Looked at.")
        if action.four_eyes:
            assert done.proposal is not None
            with pytest.raises(XeniaError):
                proposals.approve(who, done.proposal.pk)
            proposals.approve(self.leads[1], done.proposal.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(("folder", "name"), WORKED, ids=lambda one: one.name if isinstance(one, Path) else one)
def test_the_engine_runs_the_worked_case(folder: Path, name: str, settings: Any) -> None:
    case = Folder(folder).read(f"cases/{name}").value
    settings.XENIA_STATE = case["state"]
    office = Office(people.build(), load(folder), case.get("profile", ""))
    for step in case["steps"]:
        at = read_moment(step["at"])
        assert at is not None
        with now.at(at):
            clock.sweep(at)
            if step.get("refused"):
                with pytest.raises(XeniaError):
                    office.do(step)
            elif "do" in step:
                office.do(step)
        compare(office, step.get("expect", {}))
    compare(office, case["expect"])


def compare(office: Office, expect: dict[str, Any]) -> None:
    """State, result and running limits are as the worked case says."""
    assert office.case is not None
    held = Case.objects.get(pk=office.case.pk)
    if "state" in expect:
        assert held.state == expect["state"]
    if "result" in expect:
        assert held.result == expect["result"] and held.delete_on is not None
    running = {row.rule: row.due_on.isoformat() for row in held.deadlines.filter(state="running")}
    for rule, day in expect.get("deadlines", {}).items():
        assert running.get(rule) == day, rule
