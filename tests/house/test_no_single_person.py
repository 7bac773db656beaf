"""No single person closes a hit of the own, moves a record, the policy or a list, or becomes a second person.

Every account of a small world, by role and with every role at once, tries all ways in any order: actions, pages, API,
commands. `xenia soak two-persons --count N` goes on for as long as one likes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from xenia.access import standing
from xenia.frontier import actions as booth
from xenia.frontier.models import Check
from xenia.frontier.second import cases
from xenia.oversight import cleaning
from xenia.registers.live.models import LiveRecord
from xenia.site import setup
from xenia.site.soak import lone, two_persons
from xenia.site.soak.doors import WAYS
from xenia.site.soak.lone import ALL, POST, World
from xenia.work import proposals
from xenia.work.models import Proposal, WorkItem

pytestmark = pytest.mark.django_db
PICKS = st.integers(0, 999)


@pytest.fixture
def world(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(cleaning, "clean", lambda **_: cleaning.Cleaned(True, ""))
    setup._fill(lambda text: None)
    return lone.build(tmp_path)


def _machine(world: World, roles: list[str]) -> type[RuleBasedStateMachine]:
    class Alone(RuleBasedStateMachine):
        """One person, and whatever this person does next. What it leaves waiting is put away for the next example."""

        me: Any = None

        @initialize(role=st.sampled_from(roles))
        def sign_in(self, role: str) -> None:
            self.me = lone.alone(world, role)

        @rule(name=st.sampled_from(sorted(WAYS)), pick=PICKS)
        def try_it(self, name: str, pick: int) -> None:
            two_persons.attempt(world, self.me, name, pick)

        @rule(pick=PICKS)
        def refer_and_take_it_oneself(self, pick: int) -> None:
            """The shortest way to a hit of one's own that somebody could settle."""
            for name, which in (
                ("read", pick),
                ("refer", -1),
                ("claim", -1),
                ("walk_the_procedure", pick),
                ("answer", -1),
            ):
                two_persons.attempt(world, self.me, name, which)

        @rule(name=st.sampled_from(["delete_an_alert", "change_the_policy", "load_a_list", "export"]), pick=PICKS)
        def propose_and_approve_it_oneself(self, name: str, pick: int) -> None:
            for one, which in ((name, pick), ("make_an_account", pick), ("approve", 0), ("approve", 1)):
                two_persons.attempt(world, self.me, one, which)

        @invariant()
        def nothing_took_effect(self) -> None:
            if self.me is not None:
                assert lone.broken(world, self.me) == []

        def teardown(self) -> None:
            if self.me is not None:
                two_persons.put_away(world, self.me)

    return Alone


def _run(world: World, roles: list[str], examples: int, steps: int) -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
    how = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=quiet, database=None
    )
    run_state_machine_as_test(lambda: _machine(world, roles)(), settings=how)


def test_who_holds_every_role_at_once_needs_another_person(world: World) -> None:
    _run(world, [ALL], examples=6, steps=30)


def test_no_role_is_enough_by_itself(world: World) -> None:
    _run(world, [role for role in world.accounts if role != ALL], examples=13, steps=12)


# ---------- that the walls are no walls for two ----------


def test_two_persons_settle_the_hit_and_delete_the_alert(world: World) -> None:
    me = lone.alone(world, ALL)
    colleague = standing.of(world.shift_to, POST, None)
    for name in ("read", "refer"):
        assert two_persons.attempt(world, me, name, 0), name
    item, check = WorkItem.objects.get(), Check.objects.get()
    booth.claim_referral(colleague, item.id)
    cases.walk(colleague, check.id, {"compare": "same", "permit": "none"})
    booth.answer_referral(colleague, item.id, "refuse", "Invented.", ["H"])
    assert any("stern hit" in one for one in lone.broken(world, me)), "and the soak would see it"
    assert two_persons.attempt(world, me, "delete_an_alert", 0)
    proposals.approve(colleague, Proposal.objects.get(state="waiting").pk)
    assert LiveRecord.objects.filter(pk=world.alert, state="present").count() == 0
    assert "a register record changed" in lone.broken(world, me)


def test_a_list_is_not_taken_away_in_slices(world: World) -> None:
    here = lone.alone(world, ALL).at(0, None)
    for gone in (1, 2):
        lone.load(here, world.folder, range(gone, lone.LISTED))
    assert not Proposal.objects.filter(state="waiting").exists(), "a fifth in a day"
    lone.load(here, world.folder, range(3, lone.LISTED))
    assert Proposal.objects.filter(state="waiting").count() == 1, "more takes two persons"


def test_a_puppet_that_asks_for_what_its_maker_decides_takes_two(world: World) -> None:
    me = lone.alone(world, ALL)
    for role in ("alert-editor", "first-line-officer"):
        pick = [word for word in world.accounts if word != ALL].index(role)
        two_persons.attempt(world, me, "make_an_account", pick)
        assert standing.of(me.hands[-1], None).roles == frozenset(), role
    assert Proposal.objects.filter(action="accounts.give-role").count() == 2
