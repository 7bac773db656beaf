"""The fold: what a folder alone means, step by step; and what no walk through any procedure may do."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cases.definition import small
from xenia.cases.definition import Procedure, check, load
from xenia.cases.definition.run import Refused, Standing, World, act, passed, possible

DATA = Path(__file__).parents[1] / "procedures_data"
SHIPPED = Path(__file__).parents[3] / "src" / "xenia" / "cases" / "procedures"
FOLDERS = sorted(file.parent for home in (DATA, SHIPPED) for file in home.glob("*/procedure.yaml"))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_procedure_has_no_fault_and_its_worked_cases_hold(folder: Path) -> None:
    assert [str(fault) for fault in check(folder)] == []


@pytest.fixture
def world(tmp_path: Path) -> World:
    procedure = load(small.write(tmp_path))
    return World(procedure, procedure.profiles["one"], {"asking": "UTO", "asked": "AZE"})


def received(world: World) -> Standing:
    here = act(world, Standing(), "create", MONDAY, side="asking", form={"surname": "X", "on": "2026-06-05"})
    here = act(world, here, "send", MONDAY, side="asking")
    return act(world, here, "receive", MONDAY)


def test_a_deadline_runs_is_extended_once_and_stops(world: World) -> None:
    here = received(world)
    assert here.running["reply"].due.on.isoformat() == "2026-03-17"
    here = act(world, here, "extend", MONDAY, side="asked")
    here = act(world, here, "extend", MONDAY, side="asked")
    assert here.running["reply"].due.on.isoformat() == "2026-03-22"
    here = act(world, here, "agree", MONDAY, side="asked", form={"text": "Yes"})
    assert "reply" not in here.running
    assert here.running["notice"].due.on.isoformat() == "2026-06-02"


def test_a_question_stops_the_clock_only_where_the_agreement_says_so(world: World) -> None:
    here = act(world, received(world), "ask", MONDAY + timedelta(days=1))
    assert here.running["reply"].stopped_at is None


def test_a_clock_that_was_not_looked_at_for_weeks_gives_the_same(world: World) -> None:
    start = received(world)
    often = start
    for day in range(40):
        often = passed(world, often, MONDAY + timedelta(days=day))
    assert passed(world, start, MONDAY + timedelta(days=39)) == often
    assert often.state == "agreed"


def test_a_late_answer_is_kept_and_moves_nothing(world: World) -> None:
    here = act(world, received(world), "withdraw", MONDAY, side="asking")
    after = act(world, here, "agree", MONDAY, side="asked", form={"text": "Yes"})
    assert (after.state, after.result, after.data["answer"]) == ("closed", "withdrawn", {"text": "Yes"})


@pytest.mark.parametrize(
    ("name", "side"), [("send", "asking"), ("close", ""), ("agree", "asking"), ("deem", ""), ("fly", "")]
)
def test_what_is_refused_now(world: World, name: str, side: str) -> None:
    with pytest.raises(Refused):
        act(world, act(world, received(world), "ask", MONDAY), name, MONDAY, side=side) if name != "deem" else act(
            world, Standing(), name, MONDAY, side=side
        )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("seed", range(12))
def test_no_walk_leaves_a_case_without_an_action_or_an_end(folder: Path, seed: int) -> None:
    procedure = load(folder)
    profiles = list(procedure.profiles.values())
    dice = random.Random(seed)
    world = World(procedure, dice.choice(profiles) if profiles else None, dict.fromkeys(procedure.sides, "AZE"))
    opening = procedure.opening()[0]
    here = act(world, Standing(), opening.name, MONDAY, form={} if opening.form else None)
    now = MONDAY
    for _ in range(60):
        if procedure.states[here.state].final:
            assert here.running == {} and here.result in procedure.results
            return
        names = possible(world, here, now)
        assert names, here
        now += timedelta(hours=dice.randrange(1, 400))
        here = _tried(world, here, dice.choice(names), now, procedure)


def _tried(world: World, here: Standing, name: str, now: datetime, procedure: Procedure) -> Standing:
    """The next standing; where a condition does not hold, only time passes."""
    form = {} if procedure.actions[name].form else None
    try:
        return act(world, here, name, now, form=form)
    except Refused:
        return passed(world, here, now)
