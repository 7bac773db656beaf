"""Whatever people, clock and chance do: a case is final or somebody can act; nobody does both halves; entries tell it all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases.engine import FORM, MONDAY, begin, lead, officer, permit, sweep, world
from xenia.access.standing import Standing
from xenia.cases import actions, catalogue, projections
from xenia.cases.models import Case, CaseEvent
from xenia.errors import Conflict, NotAllowed, NotFound, XeniaError
from xenia.journal import clock as moment
from xenia.journal import rebuild
from xenia.work import proposals
from xenia.work.models import Proposal

__all__ = ["lead", "officer", "permit", "world"]
pytestmark = pytest.mark.usefixtures("permit")
FORMS = {"change": FORM, "grant": {}, "refuse": {"reasons": ["no_home"]}}
ACTIONS = [
    "file",
    "change",
    "ask",
    "supply",
    "prolong",
    "grant",
    "refuse",
    "end",
    "deem",
    "lapse",
    "create",
    "nonsense",
]
STEPS = st.lists(
    st.tuples(st.sampled_from([*ACTIONS, "sweep", "approve", "reject"]), st.booleans(), st.integers(0, 400)),
    max_size=14,
)


def _open(case: Case) -> bool:
    """Whether the case is over, or an action leads on that a person, the clock or the other side can do."""
    procedure = catalogue.of(case)
    if procedure.states[case.state].final:
        return case.closed_at is not None and case.delete_on is not None
    return any(
        one.by in ("person", "clock", "message", "border", "receipt") for one in procedure.from_state(case.state)
    )


def _step(what: str, who: Standing, case: Case, at: datetime) -> None:
    waiting = Proposal.objects.filter(state="waiting", reference=f"case:{case.reference}").first()
    if what == "sweep":
        sweep(at)
    elif what in ("approve", "reject"):
        if waiting is None:
            return
        mine = waiting.proposer == who.account
        try:
            proposals.approve(who, waiting.pk) if what == "approve" else proposals.reject(who, waiting.pk, "No.")
            assert not mine and who.may("cases.decide")
        except XeniaError as error:
            assert not mine or error.code in ("own-proposal", "no-permission"), error
    else:
        actions.act(who, case.pk, what, FORMS.get(what))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, paid=st.booleans())
def test_no_sequence_leaves_a_case_without_a_way_on(
    officer: Standing, lead: Standing, steps: list[tuple[str, bool, int]], paid: bool
) -> None:
    case, at = begin(officer, paid=paid), MONDAY
    for what, first, hours in steps:
        at = min(at + timedelta(hours=hours), datetime(2026, 11, 1, tzinfo=UTC))
        before = (Case.objects.get(pk=case.pk).moves, CaseEvent.objects.filter(case=case).count())
        try:
            with moment.at(at):
                _step(what, officer if first else lead, case, at)
        except (Conflict, NotAllowed, NotFound):
            pass
        held = Case.objects.get(pk=case.pk)
        assert _open(held), (held.state, what)
        assert held.moves == CaseEvent.objects.filter(case=case).count() >= before[1]
    _four_eyes(case)
    _told(case)


def _four_eyes(case: Case) -> None:
    """Every action that takes two people had two."""
    procedure = catalogue.of(case)
    for event in CaseEvent.objects.filter(case=case, by="person"):
        if event.action in procedure.actions and procedure.actions[event.action].four_eyes:
            proposal = Proposal.objects.get(pk=event.proposal)
            assert f"account:{proposal.proposer}" != event.actor == f"account:{proposal.approver}"


def _told(case: Case) -> None:
    happened = rebuild.happened(frozenset({"case.moved", "case.migrated"}))
    mine = [one for one in happened if one.body and one.body["case"] == str(case.pk)]
    assert projections.fold(mine)[str(case.pk)] == projections.actual()[str(case.pk)]


@pytest.mark.parametrize("procedure", [*catalogue.newest()], ids=lambda one: one.id)
def test_every_state_of_a_shipped_procedure_leads_on(procedure: catalogue.Procedure) -> None:
    for name, state in procedure.states.items():
        assert state.final or procedure.from_state(name), name
