"""Cases that may be about the same person or matter, by the procedure's own rule; each with what was alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q

from xenia import matching
from xenia.cases import facts
from xenia.cases.definition import Procedure
from xenia.cases.models import Case, CaseKey

MOST: Final = 40


@dataclass(frozen=True)
class Duplicate:
    """Another case, and the paths of the answers that are alike."""

    case: Case
    alike: tuple[str, ...]
    name: str = ""


def of(case: Case, procedure: Procedure, data: Mapping[str, Any], allowed: Q) -> tuple[Duplicate, ...]:
    """Other cases of the procedure that its `dedup` rule finds, among those with a search key in common. Three queries."""
    if not procedure.dedup or not data or case.erased_at is not None:
        return ()
    keys = facts.search_keys(facts.claimed(procedure, data))
    if not keys:
        return ()
    shared = CaseKey.objects.filter(key__in=[key for _kind, key in keys]).exclude(case=case.pk).values("case")
    others = list(
        Case.objects.filter(allowed, pk__in=shared, procedure=case.procedure, side=case.side)
        .exclude(pk__in=[one for one in (case.parent,) if one])
        .order_by("-opened_at")[:MOST]
    )
    found = []
    for other, known in zip(others, facts.open_many(others), strict=True):
        alike = agrees(procedure.dedup, data, known)
        if alike:
            found.append(Duplicate(other, tuple(dict.fromkeys(alike)), facts.one_line(facts.claimed(procedure, known))))
    return tuple(found)


def agrees(rule: Mapping[str, Any], one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths by which two cases' answers fulfil the rule; () where they don't. Pure."""
    operator, operand = next(iter(rule.items()))
    match operator:
        case "any":
            return next((alike for part in operand if (alike := agrees(part, one, other))), ())
        case "all":
            parts = [agrees(part, one, other) for part in operand]
            return tuple(path for part in parts for path in part) if all(parts) else ()
        case "within":
            path, days = operand
            pairs = _pairs(one, other, path)
            return (path,) if any(_near(left, right, int(days)) for left, right in pairs) else ()
        case "fuzzy":
            return (operand,) if any(_fuzzy(left, right) for left, right in _pairs(one, other, operand)) else ()
        case "equal":
            return (operand,) if any(_folded(a) == _folded(b) for a, b in _pairs(one, other, operand)) else ()
    return ()


def _pairs(one: Mapping[str, Any], other: Mapping[str, Any], path: str) -> Iterator[tuple[Any, Any]]:
    for left in _values(one, path):
        for right in _values(other, path):
            yield left, right


def _values(data: Mapping[str, Any], path: str) -> list[Any]:
    """The values at a path; where a list lies on the way, those of each of its items."""
    head, _dot, rest = path.partition(".")
    here = data.get(head) if isinstance(data, Mapping) else None
    if isinstance(here, list):
        return [value for item in here for value in (_values(item, rest) if rest else [item])]
    if rest:
        return _values(here, rest) if isinstance(here, Mapping) else []
    return [here] if here not in (None, "") else []


def _folded(value: Any) -> str:
    return "".join(letter for letter in str(value).upper() if letter.isalnum())


def _fuzzy(left: Any, right: Any) -> bool:
    match = matching.compare(matching.Claim(names=(str(left),)), matching.Claim(names=(str(right),)))
    return match.band is not None or _folded(left) == _folded(right)


def _near(left: Any, right: Any, days: int) -> bool:
    try:
        return abs((date.fromisoformat(str(left)) - date.fromisoformat(str(right))).days) <= days
    except ValueError:
        return str(left) == str(right)
