"""What a policy must be to be accepted, how a change is applied to it, and how two versions differ. Pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xenia.access.permissions import PERMISSIONS
from xenia.errors import BadInput

Content = dict[str, Any]
ANY: Final = "*"
FIELD_GROUPS: Final = ("flag", "identity", "instruction", "reason", "document", "handling", "crossing", "status")
REGISTERS: Final = (
    "alerts",
    "asylum_biometrics",
    "authorisations",
    "cases",
    "criminal_records",
    "crossings",
    "expected",
    "identity",
    "lost_documents",
    "notices",
    "stays",
    "vehicles",
    "visas",
)
OUTCOMES: Final = ("deny", "flag", "fields")
CONFIDENCES: Final = ("read", "memory", "design", "decided")
ROW_FIELDS: Final = frozenset(
    "rule role purpose register owner outcome groups handling categories legal_basis source confidence".split()
)
WORD: Final = re.compile(r"[a-z][a-z0-9-]{0,47}")
RULE: Final = re.compile(r"[A-Z][A-Z0-9]{0,7}-[0-9]{2,3}")


def _bad(text: str) -> BadInput:
    return BadInput(f"The policy is not sound: {text}", "Correct the row and propose it again.", code="bad-policy")


def _check_row(row: Mapping[str, Any], roles: Iterable[str], purposes: Iterable[str]) -> None:
    name = str(row.get("rule", "?"))[:16]
    if frozenset(row) != ROW_FIELDS:
        raise _bad(f"row {name} has not exactly the fields {', '.join(sorted(ROW_FIELDS))}.")
    if not RULE.fullmatch(row["rule"]):
        raise _bad(f"{name} is no name of a rule, such as P1-03.")
    if row["role"] not in (ANY, *roles):
        raise _bad(f"row {name} names an unknown role.")
    for field, allowed in (
        ("purpose", tuple(purposes)),
        ("register", REGISTERS),
        ("outcome", OUTCOMES),
        ("confidence", CONFIDENCES),
    ):
        if row[field] not in allowed:
            raise _bad(f"row {name}: {field} is none of {', '.join(allowed)}.")
    for field in ("groups", "handling", "categories"):
        if not isinstance(row[field], list) or not all(isinstance(one, str) and one for one in row[field]):
            raise _bad(f"row {name}: {field} is not a list of words.")
    if set(row["groups"]) - {ANY, *FIELD_GROUPS}:
        raise _bad(f"row {name}: groups are {', '.join(FIELD_GROUPS)} or *.")
    if (row["outcome"] == "deny") != (not row["groups"]):
        raise _bad(f"row {name}: a deny has no groups, every other outcome has some.")
    for field in ("owner", "legal_basis", "source"):
        if not isinstance(row[field], str) or len(row[field]) > 500:
            raise _bad(f"row {name}: {field} is not a short text.")
    if not row["owner"] or (row["outcome"] != "deny" and not row["legal_basis"]):
        raise _bad(f"row {name} needs an owner and, unless it denies, a legal basis.")


def check(content: Mapping[str, Any]) -> None:
    """Nothing, if the whole policy is sound. Raises `BadInput` (code `bad-policy`) naming the row or role."""
    roles, purposes, rows = content.get("roles"), content.get("purposes"), content.get("rows")
    if not isinstance(roles, dict) or not isinstance(purposes, dict) or not isinstance(rows, list):
        raise _bad("it has no roles, purposes or rows.")
    for word, one in purposes.items():
        if not WORD.fullmatch(word) or not {"label", "legal_basis", "authorities"} <= set(one):
            raise _bad(f"purpose {word} lacks a label, legal basis or authorities.")
    for word, role in roles.items():
        if not WORD.fullmatch(word) or not {"label", "purposes", "permissions", "second_factor"} <= set(role):
            raise _bad(f"role {word} lacks a label, purposes, permissions or second factor.")
        if set(role["purposes"]) - {ANY, *purposes}:
            raise _bad(f"role {word} names an unknown purpose.")
        if set(role["permissions"]) - {ANY, *PERMISSIONS}:
            raise _bad(f"role {word} names an unknown permission.")
        if role["second_factor"] not in ("required", "optional"):
            raise _bad(f"role {word}: second_factor is required or optional.")
    for row in rows:
        _check_row(row, roles, purposes)
    for what, key in (
        ("rule", lambda row: row["rule"]),
        ("cell", lambda row: tuple(row[f] for f in ("role", "purpose", "register", "owner"))),
    ):
        seen = [key(row) for row in rows]
        doubled = {one for one in seen if seen.count(one) > 1} if len(set(seen)) < len(seen) else set()
        if doubled:
            raise _bad(f"two rows for the {what} {min(doubled)}.")


def apply(content: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Content:
    """The policy after these changes. Each is one of

    `{"set": {row}}` (adds a row or replaces the one of the same `rule`), `{"remove": "P1-03"}`,
    `{"role": word, "is": {...}}`, `{"purpose": word, "is": {...}}`. Raises `BadInput` (code `bad-policy`).
    """
    made: Content = copy.deepcopy(dict(content))
    for change in changes:
        rows = {row["rule"]: row for row in made["rows"]}
        match change:
            case {"set": dict() as row}:
                rows[str(row.get("rule"))] = copy.deepcopy(row)
                made["rows"] = list(rows.values())
            case {"remove": str() as rule} if rule in rows:
                del rows[rule]
                made["rows"] = list(rows.values())
            case {"role": str() as word, "is": dict() as role}:
                made["roles"][word] = copy.deepcopy(role)
            case {"purpose": str() as word, "is": dict() as purpose}:
                made["purposes"][word] = copy.deepcopy(purpose)
            case _:
                raise _bad("a change is none that is known, or names a row that is not there.")
    check(made)
    return made


@dataclass(frozen=True)
class Difference:
    """One row, role or purpose that differs between two versions; None where it is missing."""

    what: str
    name: str
    before: Any
    after: Any

    @property
    def fields(self) -> tuple[tuple[str, Any, Any], ...]:
        """The fields that differ: name, before, after."""
        before, after = self.before or {}, self.after or {}
        names = dict.fromkeys([*before, *after])
        return tuple((name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What two versions say differently, in the order of the later one."""
    parts = [(kind[:-1], before[kind], after[kind]) for kind in ("roles", "purposes")]
    parts.append(("row", {row["rule"]: row for row in before["rows"]}, {row["rule"]: row for row in after["rows"]}))
    return [
        Difference(what, name, old.get(name), new.get(name))
        for what, old, new in parts
        for name in dict.fromkeys([*new, *old])
        if old.get(name) != new.get(name)
    ]
