"""What a change of policy means for whom, and what the shipped policy has that the installed one lacks. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xenia.access.policy import Decision, compile_policy
from xenia.access.rules import ANY, Content

CELL: Final = ("role", "purpose", "register", "owner")


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix that a role sees otherwise: what it may see before and after."""

    purpose: str
    register: str
    owner: str
    before: Decision | None
    after: Decision | None


@dataclass(frozen=True)
class Effect:
    """What a change means for one role. `gained`, `lost`: permissions; `purposes_gained`, `purposes_lost`; cells that differ."""

    role: str
    label: str
    new: bool
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    purposes_gained: tuple[str, ...]
    purposes_lost: tuple[str, ...]
    second_factor: tuple[bool, bool]
    cells: tuple[Cell, ...]

    @property
    def nothing(self) -> bool:
        """Whether the role notices nothing of it."""
        return not (
            self.new or self.gained or self.lost or self.purposes_gained or self.purposes_lost or self.cells
        ) and (self.second_factor[0] == self.second_factor[1])


def effects(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Effect]:
    """For every role that notices something: what. Rows that say the same under another number count as the same."""
    old, new = compile_policy(0, "", before), compile_policy(0, "", after)
    found = []
    for word, role in new.roles.items():
        was = old.roles.get(word)
        permissions, purposes = (was.permissions, was.purposes) if was else (frozenset(), frozenset())
        one = Effect(
            word, role.label, was is None,
            tuple(sorted(role.permissions - permissions)), tuple(sorted(permissions - role.permissions)),
            tuple(sorted(role.purposes - purposes)), tuple(sorted(purposes - role.purposes)),
            (was.second_factor if was else role.second_factor, role.second_factor),
            _cells(word, old.table, new.table),
        )  # fmt: skip
        if not one.nothing:
            found.append(one)
    return found


Table = Mapping[tuple[str, str, str], Mapping[str, Decision]]


def _cells(role: str, old: Table, new: Table) -> tuple[Cell, ...]:
    keys = dict.fromkeys(key for table in (new, old) for key in table if key[0] == role)
    found = []
    for key in keys:
        before, after = old.get(key, {}), new.get(key, {})
        for owner in dict.fromkeys([*after, *before]):
            if _says(before.get(owner)) != _says(after.get(owner)):
                found.append(Cell(key[1], key[2], owner, before.get(owner), after.get(owner)))
    return tuple(found)


def _says(decision: Decision | None) -> object:
    if decision is None or decision.outcome == "deny":
        return None
    return (decision.outcome, decision.groups, decision.handling, decision.categories)


@dataclass(frozen=True)
class Addition:
    """Something that the shipped policy has and the installed one lacks. `key` names it on the form.

    `taken_away`: an earlier version had it, so people took it away. `detail`: what it says, in short.
    """

    key: str
    what: str
    name: str
    detail: str
    taken_away: bool


def additions(current: Content, shipped: Content, earlier: Sequence[Content]) -> list[Addition]:
    """Purposes, roles, permissions and purposes of roles, and rows of cells without a row. What people changed is not among them."""
    found: list[Addition] = []
    for word, one in shipped["purposes"].items():
        if word not in current["purposes"]:
            gone = any(word in version["purposes"] for version in earlier)
            found.append(Addition(f"purpose/{word}", "purpose", word, one["label"], gone))
    for word, role in shipped["roles"].items():
        held = current["roles"].get(word)
        if held is None:
            gone = any(word in version["roles"] for version in earlier)
            found.append(Addition(f"role/{word}", "role", word, ", ".join(role["permissions"]), gone))
            continue
        for what, field in (("permission", "permissions"), ("use", "purposes")):
            if ANY in held[field]:
                continue
            for one in role[field]:
                if one not in held[field]:
                    gone = any(one in version["roles"].get(word, {field: ()})[field] for version in earlier)
                    found.append(Addition(f"{what}/{word}/{one}", what, word, one, gone))
    return found + _rows(current, shipped, earlier)


def _cell(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[field]) for field in CELL)


def _rows(current: Content, shipped: Content, earlier: Sequence[Content]) -> list[Addition]:
    here = {_cell(row) for row in current["rows"]}
    before = {_cell(row) for version in earlier for row in version["rows"]}
    found = []
    for row in shipped["rows"]:
        if _cell(row) not in here:
            sees = ", ".join(row["groups"]) or row["outcome"]
            detail = f"{row['purpose']} x {row['register']} ({row['owner']}, {row['role']}): {sees}"
            found.append(Addition(f"row/{row['rule']}", "row", row["rule"], detail, _cell(row) in before))
    return found


def adopting(current: Content, shipped: Content, keys: Iterable[str]) -> list[dict[str, Any]]:
    """The changes that adopt these additions, in the order in which they can be applied."""
    wanted = list(keys)
    made: list[dict[str, Any]] = []
    roles: dict[str, dict[str, Any]] = {}
    for key in wanted:
        what, _, rest = key.partition("/")
        word, _, one = rest.partition("/")
        if what == "purpose" and word in shipped["purposes"]:
            made.append({"purpose": word, "is": shipped["purposes"][word]})
        elif what == "role" and word in shipped["roles"]:
            roles[word] = copy.deepcopy(shipped["roles"][word])
        elif what in ("permission", "use") and word in current["roles"]:
            role = roles.setdefault(word, copy.deepcopy(current["roles"][word]))
            role["permissions" if what == "permission" else "purposes"].append(one)
    purposes = {*current["purposes"], *(one["purpose"] for one in made)}
    for role in roles.values():
        role["purposes"] = [one for one in role["purposes"] if one == ANY or one in purposes]
    made += [{"role": word, "is": role} for word, role in roles.items()]
    return made + _adopted_rows(current, shipped, wanted)


def _adopted_rows(current: Content, shipped: Content, keys: Iterable[str]) -> list[dict[str, Any]]:
    rows = {f"row/{row['rule']}": row for row in shipped["rows"]}
    taken = {row["rule"] for row in current["rows"]}
    made = []
    for key in keys:
        if key in rows:
            row = copy.deepcopy(rows[key])
            if row["rule"] in taken:
                row["rule"] = next_rule(taken, row["rule"].split("-")[0])
            taken.add(row["rule"])
            made.append({"set": row})
    return made


def next_rule(taken: Iterable[str], prefix: str) -> str:
    """The first free number of a rule with this prefix, e.g. `P1-14`."""
    numbers = [int(rule.split("-")[1]) for rule in taken if rule.startswith(f"{prefix}-")]
    return f"{prefix}-{max(numbers, default=0) + 1:02d}"
