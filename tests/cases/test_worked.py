"""The worked cases of the readmission folder, run by the engine from each side: same states, same limits on both."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cases.engine import officer, world
from xenia.access.standing import Standing
from xenia.cases import applying, catalogue, clock, documents, folders, opening, reach, telling
from xenia.cases.applying import Deed
from xenia.cases.models import Case
from xenia.journal import clock as moment
from xenia.journal import data_keys
from xenia.journal.actions import writing
from xenia.site.demo import portraits

__all__ = ["officer", "world"]
FOLDER = folders.SHIPPED / "readmission" / "cases"
WORKED = sorted(FOLDER.glob("*.yaml"))


def _plain(value: Any) -> Any:
    """Dates of YAML as the JSON of a form has them."""
    if isinstance(value, dict):
        return {"on" if key is True else key: _plain(one) for key, one in value.items()}  # YAML 1.1 reads `on` as true
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _time(value: Any) -> datetime:
    made = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return made if made.tzinfo else made.replace(tzinfo=UTC)


class Side:
    """One side's case, moved by the steps of both."""

    def __init__(self, who: Standing, folder: dict[str, Any], side: str, at: datetime) -> None:
        self.who, self.side = who, side
        self.procedure = catalogue.latest("readmission")
        self.case = opening.blank(self.procedure, who.authority, at)
        other = next(one for one in self.procedure.sides if one != side)
        self.case.side, self.case.profile = side, folder["profile"]
        self.case.counterpart = f"{folder['states'][other]}/RET"
        self.act = reach.act_of(who, self.case, self.procedure)

    def step(self, step: dict[str, Any], at: datetime) -> None:
        action = self.procedure.actions[step["do"]]
        form = _plain(step.get("form"))
        by = action.by if action.by != "person" else "person"
        if by in ("person", "border") and step.get("side") != self.side:
            if not action.message:
                return self._unseen(step)
            by = "message"
        if by == "person":  # worked cases name no documents
            for kind in applying.missing_documents(self.case, self.procedure, action):
                documents.attach(self.who, self.case.pk, kind, "p.png", "image/png", portraits.photograph(kind))
        told = {action.form: form or {}} if by == "message" and action.form else None
        with writing(), data_keys.held():
            if self.case.moves == 0:
                opening.save(self.case, self.procedure, {action.form: form or {}}, self.act)
            deed = Deed(action, by, self.act, at, form if told is None else None, told=told)
            applying.apply(self.case, self.procedure, deed)
        return None

    def _unseen(self, step: dict[str, Any]) -> None:
        """What the other side does for itself does not move this one."""
        if step["do"] == "create":
            action = self.procedure.actions["create"]
            with writing(), data_keys.held():
                form = _plain(step["form"])
                opening.save(self.case, self.procedure, {"application": form}, self.act)
                at = _time(step["at"])
                applying.apply(
                    self.case, self.procedure, Deed(action, "message", self.act, at, told={"application": form})
                )


@pytest.mark.parametrize("side", ["requesting", "requested"])
@pytest.mark.parametrize("path", WORKED, ids=lambda path: path.stem)
def test_the_engine_runs_the_worked_case(
    path: Path, side: str, officer: Standing, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "send", lambda *args, **more: None)
    folder = yaml.safe_load(path.read_text())
    folder["states"] = folder.get("states") or {"requesting": "CHE", "requested": "AZE"}
    settings.XENIA_STATE = folder["states"][side]
    first = _time(folder["steps"][0]["at"])
    run = Side(officer, folder, side, first)
    for step in folder["steps"]:
        at = _time(step["at"])
        if at > datetime.now(UTC):
            break
        with moment.at(at):
            if run.case.moves:
                clock.catch_up(run.case, at)
            if "do" in step and run.procedure.actions[step["do"]].by != "clock":
                run.step(step, at)
        if _both_know(run, step, side):
            _compare(run.case, step, path)


def _both_know(run: Side, step: dict[str, Any], side: str) -> bool:
    """Whether this side was told of the step: by doing it, by its message, by a receipt or by the clock."""
    action = run.procedure.actions[step["do"]] if "do" in step else None
    return action is None or step.get("side", side) == side or bool(action.message) or not action.from_


def _compare(case: Case, step: dict[str, Any], path: Path) -> None:
    expect = step.get("expect", {})
    held = Case.objects.get(pk=case.pk)
    if "state" in expect:
        assert held.state == expect["state"], (path.stem, step)
    if "deadlines" in expect:
        running = {row.rule: row.due_on for row in held.deadlines.filter(state="running")}
        for rule, day in expect["deadlines"].items():
            wanted = day if day is None else datetime.fromisoformat(str(day)).date()
            assert running.get(rule) == wanted, (path.stem, step["at"], rule)
