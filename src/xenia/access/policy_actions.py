"""The only writer of policy versions: the first at set-up, later ones when a second person approves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from xenia.access import policy, rules
from xenia.access.models import PolicyVersion
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.canonical import json_bytes
from xenia.journal.node import node

FIRST_POLICY: Final = Path(__file__).with_name("first_policy.json")


def set_up_act() -> Act:
    """The act of setting the installation up."""
    return Act("system:set-up", "installation", "operation", "set-up of the installation", "set-up", node())


def install_first_policy() -> bool:
    """Version 1 of the policy is in force, if there was none. Gives back whether it was made."""
    if PolicyVersion.objects.exists():
        return False
    content = json.loads(FIRST_POLICY.read_text(encoding="utf-8"))
    rules.check(content)
    with writing():
        if PolicyVersion.objects.exists():
            return False
        _write_version(
            1, content, "", "The policy that Xenia comes with.", "system:set-up", "system:set-up", set_up_act(), 0
        )
    return True


def policy_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a policy, hexadecimal."""
    return hashlib.sha256(json_bytes(content)).hexdigest()


def _write_version(
    number: int,
    content: Mapping[str, Any],
    previous: str,
    reason: str,
    proposer: str,
    approver: str,
    act: Act,
    changes: int,
) -> PolicyVersion:
    made = PolicyVersion.objects.create(
        number=number,
        content=content,
        hash=policy_hash(content),
        previous_hash=previous,
        reason=reason,
        proposed_by=proposer,
        approved_by=approver,
        made_at=timezone.now(),
    )
    body = {"number": number, "hash": made.hash, "previous": previous, "changes": changes, "proposed_by": proposer}
    append("policy.changed", body, act)
    return made


def changed_policy(base: str, changes: Sequence[Mapping[str, Any]]) -> rules.Content:
    """What the policy would be after the changes. Raises `Conflict` (`policy-moved`) if `base` is not the hash in force, `BadInput`, at a unit `NotAllowed`."""
    policy.must_be_own()
    last = PolicyVersion.objects.order_by("-number").first()
    if last is None or last.hash != base:
        raise Conflict(
            "The policy has changed since this was proposed.",
            "Look at the new version and propose again.",
            code="policy-moved",
        )
    made = rules.apply(last.content, changes)
    if made == last.content:
        raise BadInput("This changes nothing.", "Change a field first.", code="bad-policy")
    return made


def change_policy(arguments: Mapping[str, Any], standing: Standing, act: Act) -> PolicyVersion:
    """The changed policy is in force from the next request on. Called when a second person approves; inside `writing()`.

    `arguments`: `base` (hash of the version it was made from), `changes` (see `rules.apply`), `reason`, `proposer`.
    """
    content = changed_policy(arguments["base"], arguments["changes"])
    last = PolicyVersion.objects.order_by("-number")[0]
    proposer = str(arguments["proposer"])
    if proposer == standing.actor:
        raise NotAllowed("Nobody approves the own proposal.", "Ask a second person.", code="own-proposal")
    return _write_version(
        last.number + 1,
        content,
        last.hash,
        str(arguments["reason"])[:2000],
        proposer,
        standing.actor,
        act,
        len(rules.differences(last.content, content)),
    )
