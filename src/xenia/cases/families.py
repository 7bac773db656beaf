"""Cases of one family: under which main case another may be opened, and what it takes over from it. Pure but for the words.

A procedure says all of it: `under` at its opening action, `x-shared` and `x-member` in the form (docs/reference/procedures.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xenia.cases import facts
from xenia.cases.definition import Action, Procedure
from xenia.cases.models import Case
from xenia.errors import Conflict

Data = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """Somebody whom the main case's form lists. `key`: `family.0`; `data`: what the new form takes over."""

    key: str
    name: str
    data: Data


def takes(procedure: Procedure, action: Action, main: Case) -> bool:
    """Whether the action opens a member's case under this one: open, itself under none, in a state that the action names."""
    fits = action.opens and main.state in action.under and action.side in ("", main.side)
    return fits and main.procedure == procedure.id and main.closed_at is None and main.parent is None


def require(procedure: Procedure, action: Action, main: Case, profile: str, counterpart: str) -> None:
    """Raises `Conflict` (code `case-parent`) where the main case takes no member by this action, or has another agreement."""
    same = (main.profile, main.counterpart) == (profile, counterpart)
    if not takes(procedure, action, main) or not same:
        raise Conflict(
            _("No family member's case can be opened under this one."), _("Go back to the main case."), code="case-parent"
        )  # fmt: skip


def shared(schema: Mapping[str, Any], answers: Any) -> Data:
    """The answers that members of a family have in common: those of questions with `x-shared`, at any depth."""
    if not isinstance(answers, Mapping):
        return {}
    made: Data = {}
    for name, part in schema.get("properties", {}).items():
        if name not in answers:
            continue
        if part.get("x-shared"):
            made[name] = answers[name]
        elif inner := shared(part, answers[name]):
            made[name] = inner
    return made


def members(procedure: Procedure, form: str, answers: Mapping[str, Any]) -> tuple[Member, ...]:
    """Whom the form's lists with `x-member` name, in their order; rows without a name are left out."""
    found = []
    for name, row, way in _rows(procedure.forms.get(form, {}), answers):
        data = _placed(row, way)
        claim = facts.claimed(procedure, {form: data})
        if claim is not None and claim.main_name().whole:
            found.append(Member(name, facts.one_line(claim), data))
    return tuple(found)


def _rows(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[tuple[str, Any, Mapping[str, str]]]:
    for name, part in schema.get("properties", {}).items():
        rows = answers.get(name) if "x-member" in part else None
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            yield f"{name}.{number}", row, part["x-member"]


def _placed(row: Mapping[str, Any], way: Mapping[str, str]) -> Data:
    made: Data = {}
    for name, path in way.items():
        if name in row:
            *before, last = path.split(".")
            here = made
            for part in before:
                here = here.setdefault(part, {})
            here[last] = row[name]
    return made


def taken_over(procedure: Procedure, form: str, answers: Mapping[str, Any], member: str = "") -> Data:
    """What a member's form begins with: what is shared, and what the main case says of that member (`Member.key`)."""
    made = shared(procedure.forms.get(form, {}), answers)
    data = next((one.data for one in members(procedure, form, answers) if one.key == member), {})
    return _joined(made, data)


def _joined(below: Data, above: Data) -> Data:
    made = dict(below)
    for name, value in above.items():
        inner = made.get(name)
        made[name] = _joined(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return made
