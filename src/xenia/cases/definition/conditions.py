"""`when` and `if` of a procedure: a fixed set of operators over named facts, no expression language.

    {equal: [application.accelerated, true]}     {not_equal: [case.state, draft]}
    {in: [application.category, [own, third]]}   {before: [transfer.date, case.today]}
    {empty: reply.reason}                        {present: application.documents}
    {any: [...]}  {all: [...]}  {not: {...}}

The first operand is a path. The second is a value, or a path where it begins with `case.`, `profile.` or a form's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PAIRS = ("equal", "not_equal", "in", "before")
SINGLES = ("empty", "present")
GROUPS = ("any", "all")
OPERATORS = (*PAIRS, *SINGLES, *GROUPS, "not")
CASE_FACTS = ("state", "side", "urgent", "today", "opened_on", "result")
PASSED = "passed."
"""`case.passed.RULE`: true once that deadline has passed, until an action of its `stops` or `starts`; missing else, which equals `false`."""
DEEPEST = 8


@dataclass(frozen=True)
class Path:
    """A dotted path to a fact: `application.person.surname`."""

    text: str

    def of(self, facts: Mapping[str, Any]) -> Any:
        """The fact, None where there is none. A list on the way gives the list of its items' facts."""
        here: Any = facts
        for part in self.text.split("."):
            if isinstance(here, Mapping):
                here = here.get(part)
            elif isinstance(here, Sequence) and not isinstance(here, str):
                here = [one.get(part) for one in here if isinstance(one, Mapping)]
            else:
                return None
        return here


@dataclass(frozen=True)
class Condition:
    """`operands`: conditions for any, all and not; else a path and, for pairs, a value or a path."""

    operator: str
    operands: tuple[Any, ...]


class BadCondition(Exception):
    """`code`: kind of fault; `where`: keys and indexes from the condition's top to the fault."""

    def __init__(self, code: str, what: str, where: tuple[str | int, ...] = ()) -> None:
        super().__init__(what)
        self.code, self.what, self.where = code, what, where


def parse_condition(raw: Any, roots: Iterable[str], where: tuple[str | int, ...] = ()) -> Condition:
    """The condition that `raw` (as read from YAML) says. `roots`: names of forms.

    Raises `BadCondition` with `unknown-operator`, `condition-shape` or `condition-path`.
    """
    roots = tuple(roots)
    if len(where) > DEEPEST * 2:
        raise BadCondition("condition-shape", f"the condition is nested more than {DEEPEST} deep", where)
    if not isinstance(raw, Mapping) or len(raw) != 1:
        raise BadCondition("condition-shape", "a condition is one operator with its operands", where)
    operator, operands = next(iter(raw.items()))
    if operator not in OPERATORS:
        raise BadCondition("unknown-operator", f"no operator is called “{operator}”", where)
    here = (*where, operator)
    if operator == "not":
        return Condition("not", (parse_condition(operands, roots, here),))
    if operator in GROUPS:
        if not isinstance(operands, list) or not operands:
            raise BadCondition("condition-shape", f"“{operator}” needs a list of conditions", here)
        return Condition(operator, tuple(parse_condition(o, roots, (*here, i)) for i, o in enumerate(operands)))
    if operator in SINGLES:
        return Condition(operator, (_path(operands, roots, here),))
    if not isinstance(operands, list) or len(operands) != 2:
        raise BadCondition("condition-shape", f"“{operator}” needs two operands", here)
    first = _path(operands[0], roots, (*here, 0))
    second = _operand(operands[1], roots, (*here, 1))
    if operator == "in" and not isinstance(second, tuple | Path):
        raise BadCondition("condition-shape", "“in” needs a list of values", here)
    return Condition(operator, (first, second))


def _path(raw: Any, roots: tuple[str, ...], where: tuple[str | int, ...]) -> Path:
    if not isinstance(raw, str) or not _is_path(raw, roots):
        known = ", ".join([*roots, "profile", "case"])
        raise BadCondition("condition-path", f"“{raw}” is no path: it begins with none of {known}", where)
    return Path(raw)


def _is_path(raw: str, roots: tuple[str, ...]) -> bool:
    head, _, rest = raw.partition(".")
    return bool(rest) and head in (*roots, "profile", "case")


def _operand(raw: Any, roots: tuple[str, ...], where: tuple[str | int, ...]) -> Any:
    if isinstance(raw, str):
        return Path(raw) if _is_path(raw, roots) else raw
    if isinstance(raw, list):
        if any(isinstance(one, list | Mapping) for one in raw):
            raise BadCondition("condition-shape", "a list of values holds plain values only", where)
        return tuple(raw)
    if isinstance(raw, Mapping):
        raise BadCondition("condition-shape", "a value is a text, a number, true, false or a list", where)
    return raw


def paths(condition: Condition | None) -> Iterator[Path]:
    """All paths that a condition reads."""
    if condition is None:
        return
    for one in condition.operands:
        if isinstance(one, Condition):
            yield from paths(one)
        elif isinstance(one, Path):
            yield one


def holds(condition: Condition | None, facts: Mapping[str, Any]) -> bool:
    """Does it hold of `facts` (form's name, `profile` and `case` -> what is known)? No condition always holds.

    A fact that is missing is equal to `false` (a box not ticked) and to nothing else, is in no list, before nothing.
    Dates and times are compared as ISO 8601 text. Never raises.
    """
    if condition is None:
        return True
    operator, operands = condition.operator, condition.operands
    if operator == "any":
        return any(holds(one, facts) for one in operands)
    if operator == "all":
        return all(holds(one, facts) for one in operands)
    if operator == "not":
        return not holds(operands[0], facts)
    left, *more = (one.of(facts) if isinstance(one, Path) else one for one in operands)
    if operator in SINGLES:
        return _is_empty(left) == (operator == "empty")
    right = more[0]
    if operator == "in":
        return isinstance(right, Sequence) and not isinstance(right, str) and any(_same(left, one) for one in right)
    if operator == "before":
        return not _is_empty(left) and not _is_empty(right) and _ordered(left) < _ordered(right)
    return _same(left, right) == (operator == "equal")


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == () or value == {}


def _same(left: Any, right: Any) -> bool:
    if isinstance(right, bool) or isinstance(left, bool):
        return bool(left) is bool(right) if isinstance(left, bool | None) and isinstance(right, bool | None) else False
    return bool(left == right) and left is not None


def _ordered(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:020.6f}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
