from __future__ import annotations

import itertools
import json
import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests import people
from xenia.access import actions, epochs
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.journal import data_keys
from xenia.journal.actions import writing
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry
from xenia.work import proposals
from xenia.work.models import Proposal

DONE: list[tuple] = []


def execute(arguments, standing: Standing, act) -> str:
    if arguments.get("fail"):
        raise Conflict("It cannot be done.", "", code="test-failed")
    DONE.append((arguments["name"], standing.username))
    return f"done:{arguments['name']}"


@pytest.fixture(autouse=True)
def _action() -> None:
    DONE.clear()
    proposals.register_action(ACTION)


ACTION = proposals.ProposalAction(
    name="test.paint",
    propose="alerts.propose",
    approve="alerts.approve",
    execute=execute,
    label="Paint the gate",
    purpose="alert-management",
    render=lambda arguments: [proposals.Line("Colour", arguments["name"], "grey")],
)


def proposed(by: Standing, name: str = "Ines Abara", **more) -> Proposal:
    return proposals.propose(by, "test.paint", {"name": name, **more}, reason="it is grey", reference="gate:1")


@pytest.fixture
def editor(world: people.World) -> Standing:
    return world.standing("ed", "alert-editor")


@pytest.fixture
def second(world: people.World) -> Standing:
    return world.standing("sec", "second-approver")


def test_one_proposes_another_approves_and_it_is_done(editor: Standing, second: Standing) -> None:
    made = proposed(editor)
    assert DONE == []
    assert proposals.approve(second, made.pk) == "done:Ines Abara"
    assert DONE == [("Ines Abara", "sec")]
    made.refresh_from_db()
    assert (made.state, made.proposer, made.approver) == ("approved", editor.account, second.account)
    assert list(Entry.objects.filter(kind__startswith="proposal.").order_by("id").values_list("kind", flat=True)) == [
        "proposal.made",
        "proposal.noted",
        "proposal.approved",
    ]


ROLES = ("alert-editor", "second-approver", "administrator", "first-line-officer", "data-protection-officer", "auditor")


def test_no_pair_but_two_people_with_the_two_permissions_succeeds(world: people.World) -> None:
    """Every ordered pair of people, each with one or two roles, the same person with both roles among them."""
    sets = [(role,) for role in ROLES] + [("alert-editor", "second-approver"), ("alert-editor", "administrator")]
    everybody = [world.standing("-".join(roles)[:40] + f"-{copy}", *roles) for roles in sets for copy in (1, 2)]
    everybody.append(actions.operator_standing("operator"))
    made = 0
    for proposer, approver in itertools.product(everybody, repeat=2):
        if not proposer.may("alerts.propose"):
            with pytest.raises(NotAllowed):
                proposed(proposer)
            continue
        proposal = proposed(proposer)
        allowed = proposer.account != approver.account and approver.may("alerts.approve")
        # The border guard's people do not decide what the whole installation's operator proposed.
        allowed = allowed and (proposer.authority == approver.authority or approver.username == "operator")
        if allowed:
            proposals.approve(approver, proposal.pk)
            made += 1
            continue
        with pytest.raises((NotAllowed, NotFound)):
            proposals.approve(approver, proposal.pk)
        with pytest.raises((NotAllowed, NotFound)):
            proposals.reject(approver, proposal.pk, "no")
        proposal.refresh_from_db()
        assert proposal.state == "waiting"
    assert len(DONE) == made and made > 20


def test_the_same_person_in_a_second_role_is_still_the_same_person(world: people.World) -> None:
    both = world.standing("both", "alert-editor", "second-approver")
    made = proposed(both)
    with pytest.raises(NotAllowed) as refused:
        proposals.approve(both, made.pk)
    assert refused.value.code == "own-proposal"
    with pytest.raises(NotAllowed):
        proposals.reject(both, made.pk, "changed my mind")
    assert proposals.withdraw(both, made.pk).state == "withdrawn"


def test_the_operator_does_not_approve_its_own(world: people.World) -> None:
    made = proposed(world.operator)
    with pytest.raises(NotAllowed) as refused:
        proposals.approve(world.operator, made.pk)
    assert refused.value.code == "own-proposal"


def test_the_database_refuses_an_approver_who_proposed(editor: Standing) -> None:
    made = proposed(editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=made.pk).update(state="approved", approver=editor.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=made.pk).update(state="approved")


def test_what_fails_while_it_is_done_leaves_the_proposal_waiting(editor: Standing, second: Standing) -> None:
    made = proposed(editor, fail=True)
    with pytest.raises(Conflict):
        proposals.approve(second, made.pk)
    made.refresh_from_db()
    assert made.state == "waiting" and not Entry.objects.filter(kind="proposal.approved").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_of_two_who_approve_at_the_same_time_one_gets_a_conflict(round_: int) -> None:
    world = people.build()
    made = proposed(world.standing("ed", "alert-editor"))
    approvers = [world.standing(f"sec{number}", "second-approver") for number in range(4)]
    ready, outcomes = threading.Barrier(4), []

    def decide(approver: Standing) -> None:
        try:
            ready.wait(20)
            outcomes.append(proposals.approve(approver, made.pk))
        except Conflict as problem:
            outcomes.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(approver,)) for approver in approvers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["already-decided"] * 3 + ["done:Ines Abara"]
    assert len(DONE) == 1
    assert Entry.objects.filter(kind="proposal.approved").count() == 1


def test_a_rejection_has_a_reason_and_ends_it(editor: Standing, second: Standing) -> None:
    made = proposed(editor)
    with pytest.raises(BadInput):
        proposals.reject(second, made.pk, "  ")
    assert proposals.reject(second, made.pk, "the gate is new").state == "rejected"
    with pytest.raises(Conflict):
        proposals.approve(second, made.pk)
    assert DONE == []


def test_only_the_proposer_withdraws(editor: Standing, second: Standing) -> None:
    made = proposed(editor)
    with pytest.raises(NotAllowed):
        proposals.withdraw(second, made.pk)


def test_an_old_proposal_expires(editor: Standing, second: Standing) -> None:
    made = proposed(editor)
    assert proposals.expire_due() == 0
    Proposal.objects.filter(pk=made.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Conflict) as late:
        proposals.approve(second, made.pk)
    assert late.value.code == "proposal-expired"
    assert proposals.waiting(second) == []
    assert proposals.expire_due() == 1 and proposals.expire_due() == 0
    made.refresh_from_db()
    assert made.state == "expired" and Entry.objects.filter(kind="proposal.expired").count() == 1


def test_arguments_and_reasons_are_sealed(editor: Standing) -> None:
    made = proposed(editor, name="Anselm Dray Okoro")
    row = Proposal.objects.values().get(pk=made.pk)
    assert b"Anselm" not in bytes(row["arguments"]) and b"grey" not in bytes(row["reason"])
    for entry in Entry.objects.all():
        assert b"Anselm" not in bytes(entry.body or b"") and b"it is grey" not in bytes(entry.body or b"")
    assert json.loads(bytes(Entry.objects.get(kind="proposal.made").body))["arguments_hash"] == row["arguments_hash"]


def test_altered_arguments_are_not_executed(editor: Standing, second: Standing) -> None:
    made, other = proposed(editor), proposed(editor, name="Somebody Else")
    with writing():
        forged = data_keys.seal(made.pk, proposals.KEY, b'{"name":"Forged"}')
    Proposal.objects.filter(pk=made.pk).update(arguments=forged)
    with pytest.raises(Conflict) as altered:
        proposals.approve(second, made.pk)
    assert altered.value.code == "proposal-altered"
    assert proposals.approve(second, other.pk) == "done:Somebody Else"


def test_a_person_s_proposal_is_gone_when_the_person_is_forgotten(editor: Standing, second: Standing) -> None:
    from xenia.work.forgetting import Part

    person = uuid7()
    made = proposals.propose(editor, "test.paint", {"name": "X"}, reason="r", reference="gate:1", subject=person)
    assert Part().export(person)["proposals"][0]["arguments"] == {"name": "X"}
    with writing():
        counts = Part().erase([person], editor.act("data-subject-request", "case:1"))
    assert counts == {"work_item": 0, "proposal": 1} and Part().export(person) == {}
    with pytest.raises(NotFound):
        proposals.approve(second, made.pk)


@pytest.mark.parametrize(
    ("reason", "reference"), [("", "gate:1"), (" ", "gate:1"), ("x" * 2001, "gate:1"), ("grey", " ")]
)
def test_no_proposal_without_reason_and_reference(editor: Standing, reason: str, reference: str) -> None:
    with pytest.raises((BadInput, NotAllowed)):
        proposals.propose(editor, "test.paint", {"name": "X"}, reason=reason, reference=reference)


def test_reading_a_proposal_is_journalled_before_it_is_shown(editor: Standing, second: Standing) -> None:
    made = proposed(editor)
    shown = proposals.show(second, made.pk)
    assert shown.lines == (proposals.Line("Colour", "Ines Abara", "grey"),) and shown.may_decide and not shown.mine
    entry = Entry.objects.get(kind="proposal.read")
    assert entry.actor == second.actor and json.loads(bytes(entry.body)) == {"proposals": [str(made.pk)]}
    assert not proposals.show(editor, made.pk).may_decide


def test_another_authority_does_not_see_it(world: people.World, editor: Standing) -> None:
    made = proposed(editor)
    elsewhere = world.standing("far", "second-approver", authority="UTO-MG")
    assert proposals.waiting(elsewhere) == []
    with pytest.raises(NotFound):
        proposals.show(elsewhere, made.pk)
    with pytest.raises(NotFound):
        proposals.approve(elsewhere, made.pk)


def test_a_proposal_nobody_knows_is_not_found(second: Standing) -> None:
    with pytest.raises(NotFound):
        proposals.approve(second, UUID(int=7))


def test_a_second_meaning_of_an_action_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        proposals.register_action(proposals.ProposalAction("test.paint", "ask", "ask", execute, "Other"))


def test_a_proposal_tells_watchers(editor: Standing) -> None:
    before = epochs.read()["work"]
    made = proposed(editor)
    assert epochs.read()["work"] == made.sequence > before
