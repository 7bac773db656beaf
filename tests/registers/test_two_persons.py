"""Whatever officers try in whatever order: no record comes, changes or goes, and no list leaves, by one person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.registers.samples import BODIES
from xenia.access.standing import Standing
from xenia.errors import XeniaError
from xenia.journal import entries
from xenia.journal.models import Entry
from xenia.registers import entered, exports
from xenia.registers.live.models import LiveRecord
from xenia.work import proposals
from xenia.work.models import Proposal

Stand = Callable[..., Standing]
WHO = ("editor", "approver", "second", "first", "operator")
ACTS = ("enter", "correct", "delete", "export", "approve", "approve", "download")
STEPS = st.lists(st.tuples(st.sampled_from(WHO), st.sampled_from(ACTS), st.integers(0, 9)), min_size=5, max_size=25)
WRITTEN = ("register.entered", "register.corrected", "register.deleted")


def _try(standing: Standing, act: str, pick: int) -> None:
    """One attempt; what is refused is refused."""
    records = list(LiveRecord.objects.filter(source="").order_by("id"))
    waiting = list(Proposal.objects.order_by("id"))
    with suppress(XeniaError, IndexError):
        if act == "enter":
            name = list(BODIES)[pick % len(BODIES)]
            entered.propose_entry(standing, name, BODIES[name], reason="x", reference="external:1")
        elif act == "correct":
            one = records[pick]
            body = BODIES[one.register] | {"remarks": f"changed {pick}", "reason": f"changed {pick}"}
            entered.propose_correction(standing, one.id, body, reason="x", reference="external:1")
        elif act == "delete":
            entered.propose_deletion(standing, records[pick].id, reason="x", reference="external:1")
        elif act == "export":
            exports.ask(standing, "registers.vehicles", {}, "csv", reason="x", reference="external:1")
        elif act == "approve":
            proposals.approve(standing, waiting[-1 - pick].pk)
        else:
            exports.download(standing, waiting[-1 - pick].pk)


def _two_persons() -> None:
    """What the journal says: each written record and each file had a proposer and another approver."""
    written: Any = list(Entry.objects.filter(kind__in=WRITTEN))
    bodies = entries.bodies(written)
    assert all(bodies[one.id]["proposer"] != one.actor for one in written)
    assert LiveRecord.objects.filter(source="").count() <= sum(one.kind == "register.entered" for one in written)
    left = list(Entry.objects.filter(kind="register.exported"))
    for one in left:
        asked = Proposal.objects.get(pk=entries.body(one)["proposal"])
        assert one.actor == f"account:{asked.proposer}" and asked.approver not in (None, asked.proposer)


def test_two_persons_do_it(at_lane: Stand) -> None:
    """That the attempts below are no walls for two, and that the look at the journal has something to look at."""
    for who, act in (("editor", "enter"), ("approver", "approve"), ("editor", "export"), ("approver", "approve")):
        _try(at_lane(who, None), act, 1 if act == "enter" else 0)
    _try(at_lane("editor", None), "download", 0)
    assert [Entry.objects.filter(kind=kind).count() for kind in ("register.entered", "register.exported")] == [1, 1]
    _two_persons()


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_no_order_of_attempts_lets_one_person_do_it(at_lane: Stand, steps: list[tuple[str, str, int]]) -> None:
    from xenia.access import actions as access

    for who, act, pick in steps:
        standing = access.operator_standing("operator") if who == "operator" else at_lane(who, None)
        _try(standing, act, pick)
    _two_persons()
