from __future__ import annotations

import copy
import json
import threading
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import people
from xenia.access import epochs, policy, policy_actions, ports, rules
from xenia.access.models import PolicyVersion
from xenia.access.policy import compile_policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed
from xenia.work import proposals

CONTENT = json.loads(policy_actions.FIRST_POLICY.read_text(encoding="utf-8"))
ROWS = CONTENT["rows"]
KIND_OF_AUTHORITY = {
    "border": "UTO-BG",
    "migration": "UTO-MG",
    "asylum": "UTO-AS",
    "police": "UTO-PO",
    "consular": "UTO-CO",
    "state": "installation",
}


def bare(*roles: str, authority: str = "UTO-BG") -> Standing:
    """A standing of nobody in particular."""
    return Standing(UUID(int=1), "x", "X", authority, frozenset(roles), None, None, "hq")


def roles_of(row: dict) -> list[str]:
    named = CONTENT["roles"] if row["role"] == "*" else [row["role"]]
    return [role for role in named if {"*", row["purpose"]} & set(CONTENT["roles"][role]["purposes"])]


def authority_for(purpose: str) -> str:
    kinds = CONTENT["purposes"][purpose]["authorities"]
    return KIND_OF_AUTHORITY[kinds[0]] if kinds != ["*"] else "UTO-BG"


def replaced(row: dict, role: str) -> bool:
    """Whether a row for this very role stands in place of a `*` row."""
    cell = (row["purpose"], row["register"], row["owner"])
    return row["role"] == "*" and any(
        other["role"] == role and (other["purpose"], other["register"], other["owner"]) == cell for other in ROWS
    )


CELLS = [(row, role) for row in ROWS for role in roles_of(row) if not replaced(row, role)]


@pytest.fixture
def built(world: people.World):
    with epochs.one_request():
        yield world


def owner_of(row: dict) -> str | None:
    return {"*": None, "kind:foreign": "ARC-BG", "kind:asylum": "UTO-AS"}[row["owner"]]


def test_every_cell_of_the_matrix_is_decided_as_its_row_says(built: people.World) -> None:
    assert len(CELLS) > 400
    for row, role in CELLS:
        decision = policy.decide(
            bare(role, authority=authority_for(row["purpose"])), row["purpose"], row["register"], owner_of(row)
        )
        assert decision.rule == row["rule"], (row, role, decision)
        assert decision.outcome == row["outcome"]
        expected = set(rules.FIELD_GROUPS) if row["groups"] == ["*"] else set(row["groups"])
        assert decision.groups == expected
        assert decision.handling == set(row["handling"])


def test_every_purpose_names_every_register_or_denies_it(built: people.World) -> None:
    for purpose in CONTENT["purposes"]:
        for register in rules.REGISTERS:
            named = any(row["purpose"] == purpose and row["register"] == register for row in ROWS)
            decision = policy.decide(bare("operator"), purpose, register)
            assert named or decision.outcome == "deny"


def test_every_role_that_no_row_reaches_is_denied(built: people.World) -> None:
    reached = {(role, row["purpose"], row["register"]) for row in ROWS for role in roles_of(row)}
    for role in CONTENT["roles"]:
        for purpose in CONTENT["purposes"]:
            for register in rules.REGISTERS:
                if (role, purpose, register) not in reached:
                    for authority in KIND_OF_AUTHORITY.values():
                        assert policy.decide(bare(role, authority=authority), purpose, register) == policy.DENY


WORDS = st.text(max_size=20) | st.sampled_from(
    [*CONTENT["roles"], *CONTENT["purposes"], *rules.REGISTERS, "*", "kind:asylum"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(role=WORDS, purpose=WORDS, register=WORDS, owner=st.none() | WORDS)
def test_whatever_is_not_in_the_matrix_is_denied(
    built: people.World, role: str, purpose: str, register: str, owner: str | None
) -> None:
    decision = policy.decide(bare(role), purpose, register, owner)
    known = role in CONTENT["roles"] and purpose in CONTENT["purposes"] and register in rules.REGISTERS
    if not known:
        assert decision == policy.DENY
    if decision.outcome != "deny":
        assert any(
            row["rule"] == decision.rule and row["purpose"] == purpose and row["register"] == register for row in ROWS
        )


def test_nothing_is_seen_where_everything_is_denied() -> None:
    assert not policy.DENY.allowed and not policy.DENY.groups
    assert not policy.DENY.sees("open") and not policy.DENY.shows("ARR")


@pytest.mark.parametrize("register", ["alerts", "vehicles", "notices"])
@pytest.mark.parametrize("owner", [None, "ARC-BG"])
def test_discreet_and_inquiry_alerts_do_not_exist_at_the_booth(
    built: people.World, register: str, owner: str | None
) -> None:
    for roles in (
        ("first-line-officer",),
        ("second-line-officer",),
        ("first-line-officer", "second-line-officer"),
        ("operator",),
    ):
        booth = policy.decide(bare(*roles), "border-first-line", register, owner)
        assert booth.sees("open") and booth.sees("specific")
        assert not booth.sees("discreet") and not booth.sees("inquiry")


def test_only_the_role_named_for_them_sees_them_in_the_second_line(built: people.World) -> None:
    named = policy.decide(bare("second-line-officer"), "border-second-line", "alerts")
    other = policy.decide(bare("shift-supervisor"), "border-second-line", "alerts")
    assert named.sees("discreet") and named.sees("inquiry")
    assert not other.sees("discreet") and not other.sees("inquiry")


@pytest.mark.parametrize("purpose", ["border-first-line", "border-second-line", "return", "readmission", "residence"])
@pytest.mark.parametrize("register", ["identity", "crossings", "stays"])
def test_what_an_asylum_authority_owns_is_invisible_to_others(built: people.World, purpose: str, register: str) -> None:
    everybody = bare(*CONTENT["roles"], authority=authority_for(purpose))
    assert policy.decide(everybody, purpose, register, "UTO-AS").outcome == "deny"


def test_an_office_beneath_an_authority_counts_as_the_authority(built: people.World) -> None:
    from xenia.access import place_actions

    place_actions.make_authority(built.operator, "UTO-AS-1", "Reception centre", kind="asylum", parent="UTO-AS")
    assert policy.decide(bare("first-line-officer"), "border-first-line", "identity", "UTO-AS-1").outcome == "deny"


def test_an_authority_of_another_kind_does_not_act_for_asylum(built: people.World) -> None:
    assert (
        policy.decide(bare("case-officer", authority="UTO-MG"), "asylum-examination", "cases", "UTO-AS").outcome
        == "deny"
    )
    assert (
        policy.decide(bare("case-officer", authority="UTO-AS"), "asylum-examination", "cases", "UTO-AS").outcome
        == "fields"
    )


def test_two_roles_see_what_either_sees(built: people.World) -> None:
    both = policy.decide(bare("shift-supervisor", "second-line-officer"), "border-second-line", "alerts")
    assert both.handling == {"*", "open", "specific"} and "+" in both.rule


@pytest.mark.parametrize(
    ("purpose", "reference", "code"),
    [
        ("", "check:1", "no-purpose"),
        ("border-first-line", " ", "no-reference"),
        ("readmission", "x", "purpose-not-allowed"),
        ("nonsense", "x", "purpose-not-allowed"),
    ],
)
def test_no_question_without_purpose_and_reference(
    built: people.World, purpose: str, reference: str, code: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        policy.require_purpose(bare("first-line-officer"), purpose, reference)
    assert refused.value.code == code


def test_the_purposes_of_each_role_are_those_of_the_design(built: people.World) -> None:
    assert policy.purposes(bare("first-line-officer")) == ("border-first-line",)
    assert policy.purposes(bare("second-line-officer")) == ("border-first-line", "border-second-line")
    assert set(policy.purposes(bare("alert-editor"))) == {"alert-management", "list-management"}
    assert set(policy.purposes(bare("second-approver"))) == {"alert-management", "list-management", "supervision"}
    assert set(policy.purposes(bare("operator"))) == set(CONTENT["purposes"])
    assert policy.purposes(bare("analyst")) == ("statistics",)


def test_analyst_and_auditor_reach_no_register(built: people.World) -> None:
    for role in ("analyst", "auditor", "administrator"):
        for purpose in CONTENT["purposes"]:
            for register in rules.REGISTERS:
                assert policy.decide(bare(role), purpose, register).outcome == "deny"


# Changing the policy


def changed(rule: str, **fields) -> dict:
    return {**next(row for row in ROWS if row["rule"] == rule), **fields}


def in_force() -> PolicyVersion:
    return PolicyVersion.objects.order_by("-number")[0]


def propose_and_approve(world: people.World, changes: list[dict]) -> None:
    proposer = world.standing("adm", "administrator", post=None)
    approver = world.standing("dpo", "data-protection-officer", post=None)
    made = ports.propose_policy(proposer, in_force().hash, changes, "a test")
    proposals.approve(approver, UUID(made))


P1_ALERTS = next(
    row["rule"]
    for row in ROWS
    if (row["purpose"], row["register"], row["owner"]) == ("border-first-line", "alerts", "*")
)


def test_a_change_of_data_alone_changes_the_decision(world: people.World) -> None:
    officer = world.standing("ada", "first-line-officer")
    assert policy.decide(officer, "border-first-line", "alerts").groups == {"flag", "identity", "instruction"}
    propose_and_approve(world, [{"set": changed(P1_ALERTS, outcome="flag", groups=["flag"])}])
    assert policy.decide(officer, "border-first-line", "alerts").groups == {"flag"}
    assert policy.current().number == 2


@pytest.mark.django_db(transaction=True)
def test_the_decision_changes_in_every_thread_at_once() -> None:
    world = people.build()
    officer = world.standing("ada", "first-line-officer")
    world.standing("adm", "administrator", post=None), world.standing("dpo", "data-protection-officer", post=None)
    before, after = threading.Barrier(5), threading.Barrier(5)
    seen: list[tuple[str, str]] = []

    def ask() -> None:
        with epochs.one_request():
            first = policy.decide(officer, "border-first-line", "alerts").outcome
        before.wait(20)
        after.wait(20)
        with epochs.one_request():
            seen.append((first, policy.decide(officer, "border-first-line", "alerts").outcome))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    before.wait(20)
    propose_and_approve(world, [{"set": changed(P1_ALERTS, outcome="deny", groups=[], handling=[], categories=[])}])
    after.wait(20)
    for thread in threads:
        thread.join(20)
    assert seen == [("fields", "deny")] * 4


def test_a_role_can_lose_a_permission_by_data(world: people.World) -> None:
    officer = world.standing("ada", "first-line-officer")
    assert officer.may("frontier.refuse")
    role = copy.deepcopy(CONTENT["roles"]["first-line-officer"])
    role["permissions"].remove("frontier.refuse")
    propose_and_approve(world, [{"role": "first-line-officer", "is": role}])
    assert not officer.may("frontier.refuse")


def test_versions_are_hashed_chained_and_kept(world: people.World) -> None:
    propose_and_approve(world, [{"remove": P1_ALERTS}])
    first, second = PolicyVersion.objects.order_by("number")
    assert first.hash == policy_actions.policy_hash(CONTENT) and second.previous_hash == first.hash
    assert second.proposed_by != second.approved_by
    (difference,) = rules.differences(first.content, second.content)
    assert (difference.name, difference.after) == (P1_ALERTS, None)


def test_a_proposal_made_from_an_older_version_does_not_overwrite_the_newer(world: people.World) -> None:
    proposer = world.standing("adm", "administrator", post=None)
    approver = world.standing("dpo", "data-protection-officer", post=None)
    base = in_force().hash
    early = ports.propose_policy(proposer, base, [{"remove": P1_ALERTS}], "first")
    late = ports.propose_policy(proposer, base, [{"set": changed(P1_ALERTS, confidence="decided")}], "second")
    proposals.approve(approver, UUID(early))
    with pytest.raises(Conflict) as moved:
        proposals.approve(approver, UUID(late))
    assert moved.value.code == "policy-moved"
    assert in_force().number == 2


def test_nobody_writes_a_version_alone(world: people.World) -> None:
    adm = world.standing("adm", "administrator", post=None)
    arguments = {"base": in_force().hash, "changes": [{"remove": P1_ALERTS}], "reason": "x", "proposer": adm.actor}
    with pytest.raises(NotAllowed):
        policy_actions.change_policy(arguments, adm, adm.act("operation", "policy"))


@pytest.mark.parametrize(
    "change",
    [
        {"set": {}},
        {"set": changed("P1-01", register="everything")},
        {"set": changed("P1-01", purpose="curiosity")},
        {"set": changed("P1-01", outcome="maybe")},
        {"set": changed("P1-01", groups=["face"])},
        {"set": changed("P1-01", groups=[])},
        {"set": changed("P1-01", role="king")},
        {"set": changed("P1-01", legal_basis="")},
        {"set": {**changed("P1-01"), "rule": "P1-99"}},
        {"set": {**changed("P1-01"), "extra": 1}},
        {"remove": "P9-99"},
        {"role": "first-line-officer", "is": {**CONTENT["roles"]["first-line-officer"], "permissions": ["fly"]}},
        {"role": "first-line-officer", "is": {**CONTENT["roles"]["first-line-officer"], "purposes": ["curiosity"]}},
        {"purpose": "X", "is": {"label": "x"}},
        {},
        {"drop": "table"},
    ],
)
def test_a_change_that_makes_no_sound_policy_is_refused(change: dict) -> None:
    with pytest.raises(BadInput) as refused:
        rules.apply(CONTENT, [change])
    assert refused.value.code == "bad-policy"


def test_applying_a_change_leaves_the_old_version_as_it_was() -> None:
    before = copy.deepcopy(CONTENT)
    rules.apply(CONTENT, [{"remove": P1_ALERTS}])
    assert before == CONTENT


def test_what_we_ship_is_sound_and_says_where_it_comes_from() -> None:
    rules.check(CONTENT)
    for row in ROWS:
        assert row["source"].startswith(("matrix ", "design: ")) and row["confidence"] in rules.CONFIDENCES
        assert row["source"].startswith("matrix ") or row["confidence"] == "design"
    assert {"P" + str(number) for number in range(1, 16)} <= {one["rule"] for one in CONTENT["purposes"].values()}


def test_before_set_up_there_is_no_policy(db: None) -> None:
    from xenia.errors import Unavailable

    with pytest.raises(Unavailable):
        policy.current()


def test_installing_twice_makes_nothing_twice(world: people.World) -> None:
    from xenia.access import actions

    assert actions.install() is False
    assert PolicyVersion.objects.count() == 1


def test_a_row_without_a_known_purpose_of_the_role_is_never_reached() -> None:
    compiled = compile_policy(1, "x", CONTENT)
    assert ("first-line-officer", "border-second-line", "alerts") not in compiled.table
