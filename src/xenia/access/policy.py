"""The decision: what a standing may see of a register for a purpose. Deny by default.

The policy is data (`PolicyVersion.content`), compiled once per version into dictionaries in memory. Which version is
current is read from the counters that each request reads once (`epochs.py`), so a change counts for the next request of every thread.
How rows are matched is said in `docs/reference/policy.md`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from xenia.access import epochs, ports
from xenia.access.models import PolicyVersion
from xenia.access.rules import ANY, FIELD_GROUPS
from xenia.errors import NotAllowed, Unavailable

if TYPE_CHECKING:
    from xenia.access.standing import Standing

_RANK: Final = {"deny": 0, "flag": 1, "fields": 2}
_EVERY_GROUP: Final = frozenset(FIELD_GROUPS)


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be seen. `outcome`: `deny`, `flag` (hit or no hit, nothing more) or `fields` (the named groups).

    `handling` and `categories` limit alerts: codes that may be seen, `*` for all. `rule` names the rows that decided.
    """

    outcome: str
    groups: frozenset[str] = frozenset()
    legal_basis: str = ""
    rule: str = "default"
    handling: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    @property
    def allowed(self) -> bool:
        """Whether the register may be asked at all."""
        return self.outcome != "deny"

    def sees(self, handling_code: str) -> bool:
        """Whether a record with this handling code exists for the asker."""
        return self.outcome != "deny" and (ANY in self.handling or handling_code in self.handling)

    def shows(self, category: str) -> bool:
        """Whether an alert of this category exists for the asker."""
        return self.outcome != "deny" and (ANY in self.categories or category in self.categories)


DENY: Final = Decision("deny")


@dataclass(frozen=True)
class Role:
    """A role as the policy describes it. `purposes` may hold `*`."""

    word: str
    label: str
    purposes: frozenset[str]
    permissions: frozenset[str]
    second_factor: bool


@dataclass(frozen=True)
class Purpose:
    """A purpose as the policy describes it. `authorities`: kinds of authority that may use it, or `*`."""

    word: str
    label: str
    legal_basis: str
    authorities: frozenset[str]
    rule: str = ""


@dataclass(frozen=True)
class Policy:
    """One compiled version. `table`: (role, purpose, register) to owner to decision."""

    number: int
    hash: str
    roles: Mapping[str, Role]
    purposes: Mapping[str, Purpose]
    table: Mapping[tuple[str, str, str], Mapping[str, Decision]]
    memo: dict[tuple[int, frozenset[str], str, str, str, str], Decision] = field(default_factory=dict)


def _compiled_row(row: Mapping[str, Any]) -> Decision:
    if row["outcome"] == "deny":
        return Decision("deny", rule=row["rule"])
    groups = _EVERY_GROUP if ANY in row["groups"] else frozenset(row["groups"])
    if row["outcome"] == "flag":
        groups = groups & {"flag"}
    return Decision(
        row["outcome"],
        groups,
        row["legal_basis"],
        row["rule"],
        frozenset(row["handling"]),
        frozenset(row["categories"]),
    )


def compile_policy(number: int, digest: str, content: Mapping[str, Any]) -> Policy:
    """The tables of one version. A row for a named role stands in place of the `*` row of the same cell and owner."""
    roles = {
        word: Role(
            word,
            role["label"],
            frozenset(role["purposes"]),
            frozenset(role["permissions"]),
            role["second_factor"] == "required",
        )
        for word, role in content["roles"].items()
    }
    purposes = {
        word: Purpose(word, one["label"], one["legal_basis"], frozenset(one["authorities"]), one.get("rule", ""))
        for word, one in content["purposes"].items()
    }
    table: dict[tuple[str, str, str], dict[str, Decision]] = {}
    for row in sorted(content["rows"], key=lambda row: bool(row["role"] != ANY)):
        named = roles if row["role"] == ANY else (row["role"],)
        for role in named:
            if ANY in roles[role].purposes or row["purpose"] in roles[role].purposes:
                table.setdefault((role, row["purpose"], row["register"]), {})[row["owner"]] = _compiled_row(row)
    return Policy(number, digest, roles, purposes, table)


_lock = threading.Lock()
_held: tuple[int, Policy] | None = None


def current() -> Policy:
    """The policy in force, compiled. Raises `Unavailable` (code `no-policy`) before set-up."""
    held, epoch = _held, epochs.read()["policy"]
    if held is not None and held[0] == epoch:
        return held[1]
    return _load(epoch)


def _load(epoch: int) -> Policy:
    global _held
    with _lock:
        if _held is not None and _held[0] == epoch:
            return _held[1]
        row = PolicyVersion.objects.order_by("-number").first()
        if row is None:
            raise Unavailable(
                "There is no policy yet.",
                "Set the installation up: run `xenia serve` or any command once.",
                code="no-policy",
            )
        compiled = compile_policy(row.number, row.hash, row.content)
        _held = (epoch, compiled)
        return compiled


def decide(standing: Standing, purpose: str, register: str, owner: str | None = None) -> Decision:
    """What this standing may see of `register` for `purpose`, of records that `owner` (an authority's code) owns.

    Without owner: of records of no particular owner; ask again with each record's owner before showing it.
    Never raises for an unknown role, purpose or register: that is a `deny`.
    """
    policy = current()
    key = (epochs.read()["accounts"], standing.roles, standing.authority, purpose, register, owner or ANY)
    found = policy.memo.get(key)
    if found is None:
        found = _decided(policy, standing, purpose, register, owner or ANY)
        if len(policy.memo) > 20_000:
            policy.memo.clear()
        policy.memo[key] = found
    return found


def _decided(policy: Policy, standing: Standing, purpose: str, register: str, owner: str) -> Decision:
    from xenia.access.standing import owner_words

    words = owner_words(owner)
    decisions = []
    for role in sorted(standing.roles):
        if not _may_use(policy, role, purpose, standing.authority):
            continue
        by_owner = policy.table.get((role, purpose, register), {})
        decisions += [by_owner[word] for word in words if word in by_owner][:1]
    best = [one for one in decisions if one.outcome != "deny"]
    if not best:
        return decisions[0] if decisions else DENY
    if len(best) == 1:
        return best[0]
    outcome = max((one.outcome for one in best), key=_RANK.__getitem__)
    return Decision(
        outcome,
        frozenset().union(*(one.groups for one in best)),
        best[0].legal_basis,
        "+".join(dict.fromkeys(one.rule for one in best)),
        frozenset().union(*(one.handling for one in best)),
        frozenset().union(*(one.categories for one in best)),
    )


def _may_use(policy: Policy, role: str, purpose: str, authority: str) -> bool:
    from xenia.access.standing import kind_of

    known, one = policy.roles.get(role), policy.purposes.get(purpose)
    if known is None or one is None:
        return False
    if ANY in known.purposes:
        return True
    return purpose in known.purposes and (ANY in one.authorities or kind_of(authority) in one.authorities)


def purposes(standing: Standing) -> tuple[str, ...]:
    """The purposes that this standing may act under, in the policy's order."""
    policy = current()
    return tuple(
        word
        for word in policy.purposes
        if any(_may_use(policy, role, word, standing.authority) for role in standing.roles)
    )


def require_purpose(standing: Standing, purpose: str, reference: str) -> Purpose:
    """The purpose, if this standing may act under it and a reference (event or case) is given.

    Raises `NotAllowed`: code `no-purpose`, `no-reference` or `purpose-not-allowed`; at a unit whose lease is over `Unavailable`.
    """
    if not purpose:
        raise NotAllowed("No purpose was named.", "Say for which purpose you ask.", code="no-purpose")
    if not reference.strip():
        raise NotAllowed("No reference was given.", "Name the event or case that you ask for.", code="no-reference")
    ports.may_ask()
    policy = current()
    if not any(_may_use(policy, role, purpose, standing.authority) for role in standing.roles):
        raise NotAllowed(
            _("Your roles do not act for the purpose %(purpose)s.") % {"purpose": purpose},
            "Choose a purpose of your own roles.",
            code="purpose-not-allowed",
        )
    return policy.purposes[purpose]


def permits(roles: frozenset[str], permission: str) -> bool:
    """Whether one of these roles holds the permission under the policy in force."""
    known = current().roles
    return any(
        permission in known[role].permissions or ANY in known[role].permissions for role in roles if role in known
    )


def require(standing: Standing, permission: str) -> None:
    """Nothing, if the standing holds the permission. Raises `NotAllowed` (code `no-permission`)."""
    if not permits(standing.roles, permission):
        raise NotAllowed(
            _("Your roles do not include %(permission)s.") % {"permission": permission},
            "Ask your administrator for the role if you need it.",
            code="no-permission",
        )


def require_own(standing: Standing, permission: str) -> None:
    """As `require`, for what a centre says where there is one. Raises `NotAllowed` (`no-permission`, `centre-only`)."""
    require(standing, permission)
    must_be_own()


def must_be_own() -> None:
    """Nothing, where accounts, posts and policy are made here. Raises `NotAllowed` (code `centre-only`) where a centre says them."""
    if ports.told_by_centre():
        raise NotAllowed("A unit does not say who may do what.", "Do it at the centre.", code="centre-only")


def needs_second_factor(roles: frozenset[str]) -> bool:
    """Whether one of these roles asks for a second factor at sign-in."""
    known = current().roles
    return any(known[role].second_factor for role in roles if role in known)
