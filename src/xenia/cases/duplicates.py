"""Cases that may be about the same person or matter, by the procedure's own rule; each with what was alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q

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


def candidates(case: Case, procedure: Procedure) -> Q | None:
    """The condition of other cases that share search keys with this one, those that share most, of whatever procedure; None
    where its rule asks for none. One word of a name is shared with thousands and counts for nothing here.
    """
    if not procedure.dedup or case.erased_at is not None:
        return None
    own = CaseKey.objects.filter(case=case.pk).exclude(kind=facts.WORD)
    others = CaseKey.objects.filter(key__in=own.values("key")).exclude(case=case.pk)
    shared = others.values("case").annotate(common=Count("case")).order_by("-common", "-case")
    return Q(pk__in=shared.values("case")[:MOST])


def among(
    others: Sequence[tuple[Case, Mapping[str, Any]]], case: Case, procedure: Procedure, data: Mapping[str, Any]
) -> tuple[Duplicate, ...]:
    """Those of the cases, given with their answers, that the procedure's `dedup` rule finds. Pure."""
    found = []
    for other, known in others:
        if not procedure.dedup or not known or other.pk == case.parent:
            continue
        if (other.procedure, other.side) != (case.procedure, case.side):
            continue
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
    one, other = matching.tokens(str(left)), matching.tokens(str(right))
    if one and sorted(map(matching.skeleton, one)) == sorted(map(matching.skeleton, other)):
        return True
    return matching.compare(matching.Claim(names=(str(left),)), matching.Claim(names=(str(right),))).band is not None


def _near(left: Any, right: Any, days: int) -> bool:
    try:
        return abs((date.fromisoformat(str(left)) - date.fromisoformat(str(right))).days) <= days
    except ValueError:
        return str(left) == str(right)
