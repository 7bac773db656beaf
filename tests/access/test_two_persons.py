"""Nobody becomes two persons: accounts that approve are made, opened and given passwords by two."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from tests import people
from xenia.access import actions, approving, policy, standing, two_persons
from xenia.access.models import Account, Assignment
from xenia.access.permissions import APPROVING
from xenia.access.standing import Standing
from xenia.access.two_persons import Proposed
from xenia.errors import NotAllowed
from xenia.journal.models import Entry
from xenia.work import proposals
from xenia.work.models import Proposal


@pytest.fixture
def alone(world: people.World) -> Standing:
    return world.standing("adm", "administrator", post=None)


@pytest.fixture
def protector(world: people.World) -> Standing:
    return world.standing("dpo", "data-protection-officer", post=None)


def test_what_a_second_person_needs_is_known_here(world: people.World) -> None:
    assert {one.approve for one in proposals._actions.values()} <= APPROVING
    roles = policy.current().roles
    assert {word for word in roles if not approving.is_approving([word])} == {
        "first-line-officer", "alert-editor", "case-officer", "asylum-officer", "police-officer", "consular-officer",
        "analyst", "auditor", "head-of-statistics",
    }  # fmt: skip


def test_one_administrator_gives_no_role_that_approves(world: people.World, alone: Standing) -> None:
    puppet = world.person("puppet")
    for role in sorted(policy.current().roles):
        if role != "operator" and approving.is_approving([role]):
            with pytest.raises(NotAllowed) as refused:
                actions.give_role(alone, puppet.pk, role)
            assert refused.value.code == "second-person"
    assert actions.give_role(alone, puppet.pk, "first-line-officer").role == "first-line-officer"


def test_a_second_person_makes_it_so(world: people.World, alone: Standing, protector: Standing) -> None:
    puppet = world.person("puppet")
    made = two_persons.give_role(alone, puppet.pk, "second-approver", reason="She joins the office.")
    assert isinstance(made, Proposed)
    assert not Assignment.objects.filter(account=puppet).exists()
    with pytest.raises(NotAllowed) as refused:
        proposals.approve(alone, UUID(made.proposal))
    assert refused.value.code == "own-proposal"
    shown = proposals.show(protector, UUID(made.proposal))
    assert [line.after for line in shown.lines][1:] == ["second-approver", "every post of the authority"]
    proposals.approve(protector, UUID(made.proposal))
    assert standing.of(puppet.pk).may("alerts.approve")
    assert Entry.objects.filter(kind="assignment.given", reference=f"proposal:{made.proposal}").count() == 1


def test_nobody_approves_for_the_own_account(world: people.World, alone: Standing, protector: Standing) -> None:
    made = two_persons.give_role(alone, protector.account, "second-approver")
    with pytest.raises(NotAllowed) as refused:
        proposals.approve(protector, UUID(made.proposal))
    assert refused.value.code == "own-account"
    assert Proposal.objects.get(pk=made.proposal).state == "waiting"


def test_the_password_of_an_approver_waits_for_a_second_person(
    world: people.World, alone: Standing, protector: Standing
) -> None:
    approver = world.person("ann", "second-approver")
    for act in (actions.give_password, actions.remove_second_factor):
        with pytest.raises(NotAllowed) as refused:
            act(alone, approver.pk)
        assert refused.value.code == "second-person"
    made = two_persons.give_password(alone, approver.pk)
    assert isinstance(made, Proposed) and made.initial_password
    before = Account.objects.get(pk=approver.pk)
    assert before.check_password(people.PASSWORD) and not before.check_password(made.initial_password)
    shown = proposals.show(protector, UUID(made.proposal))
    assert made.initial_password not in str(shown.lines) and "argon" not in str(shown.lines).lower()
    proposals.approve(protector, UUID(made.proposal))
    after = Account.objects.get(pk=approver.pk)
    assert after.check_password(made.initial_password) and after.password_is_initial


def test_a_closed_approver_is_opened_by_two(world: people.World, alone: Standing, protector: Standing) -> None:
    approver = world.person("ann", "second-approver")
    actions.close_account(alone, approver.pk, "left")
    with pytest.raises(NotAllowed):
        actions.open_account(alone, approver.pk, "came back")
    made = two_persons.open_account(alone, approver.pk, "came back")
    proposals.approve(protector, UUID(made.proposal))
    assert Account.objects.get(pk=approver.pk).is_active


def test_a_role_that_begins_later_counts_already(world: people.World, alone: Standing) -> None:
    from datetime import timedelta

    from django.utils import timezone

    person = world.person("ann")
    actions.give_role(world.operator, person.pk, "second-approver", valid_from=timezone.now() + timedelta(days=9))
    with pytest.raises(NotAllowed):
        actions.give_password(alone, person.pk)
    assert actions.give_password(alone, world.person("bo", "first-line-officer").pk).initial_password


def test_the_page_says_that_it_is_proposed(world: people.World) -> None:
    client = world.client("adm", "administrator")
    session = client.session
    session["second_factor"] = True
    session.save()
    puppet = world.person("puppet")
    page = client.post(f"/accounts/{puppet.pk}/give-role/", {"role": "second-approver", "reason": "joins"})
    assert page.status_code == 200 and "a second person must approve" in page.content.decode()
    assert not Assignment.objects.filter(account=puppet).exists()
    approver = world.person("ann", "second-approver")
    page = client.post(f"/accounts/{approver.pk}/password/").content.decode()
    assert "a second person must approve" in page and re.search(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", page)
    assert Account.objects.get(pk=approver.pk).check_password(people.PASSWORD)
    assert client.get(f"/work/proposals/{Proposal.objects.first().pk}/").status_code == 200
