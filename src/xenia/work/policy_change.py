"""The first action that takes two people: a change of policy. `access` writes it, this room asks the second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xenia.access import policy_actions, ports, rules
from xenia.access.models import PolicyVersion
from xenia.access.standing import Standing
from xenia.work.proposals import Line, ProposalAction, propose, register_action


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "-"
    return "-" if value is None else str(value)


def lines(arguments: Mapping[str, Any]) -> Sequence[Line]:
    """The fields that would change, row by row, against the version that the proposal was made from."""
    base = PolicyVersion.objects.filter(hash=arguments["base"]).first()
    if base is None:
        return [Line("base", str(arguments["base"]))]
    after = rules.apply(base.content, arguments["changes"])
    return [
        Line(f"{one.what} {one.name}: {field}", _words(new), _words(old))
        for one in rules.differences(base.content, after)
        for field, old, new in one.fields
    ]


def propose_policy(standing: Standing, base: str, changes: Sequence[Mapping[str, Any]], reason: str) -> str:
    """Propose a change of policy; gives back the proposal's id. Raises what `changed_policy` and `propose` raise."""
    policy_actions.changed_policy(base, changes)
    arguments = {"base": base, "changes": list(changes), "reason": reason, "proposer": standing.actor}
    made = propose(standing, "policy.change", arguments, reason=reason, reference="policy", act=None)
    return str(made.pk)


def register() -> None:
    """Make the action known, and give `access` the way to propose it."""
    register_action(
        ProposalAction(
            name="policy.change",
            propose="policy.propose",
            approve="policy.approve",
            execute=policy_actions.change_policy,
            label="Change of policy",
            purpose="operation",
            render=lines,
            scope="installation",
        )
    )
    ports.propose_policy = propose_policy
