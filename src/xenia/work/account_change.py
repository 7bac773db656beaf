"""Acts on accounts that approve take two people: `access` does them, this room asks the second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from xenia.access import ports, two_persons
from xenia.access.standing import Standing
from xenia.work.proposals import Line, ProposalAction, propose, register_action


def propose_account_change(standing: Standing, action: str, arguments: Mapping[str, Any], reason: str) -> str:
    """Propose it; gives back the proposal's id. Raises what `propose` raises."""
    made = propose(standing, action, arguments, reason=reason, reference=f"account:{arguments['account']}")
    return str(made.pk)


def _lines(arguments: Mapping[str, Any]) -> Sequence[Line]:
    return [Line(label, value) for label, value in two_persons.told(arguments)]


def register() -> None:
    """Make the actions known, and give `access` the way to propose them."""
    for name, label in two_persons.LABELS.items():
        register_action(
            ProposalAction(
                name=name,
                propose="accounts.manage",
                approve="accounts.approve",
                execute=partial(two_persons.done, name),
                label=label,
                purpose="operation",
                render=_lines,
                scope="installation",
            )
        )
    ports.propose_account_change = propose_account_change
