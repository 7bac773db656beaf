"""What of a procedure's cases may be counted: `stats:` read and judged. Pure.

    stats:
      by: [application.category, application.person.sex]  # answers by which cases may be broken down
      lodged: [submit]                                    # with what a case counts as lodged
      decided: {deem: deemed_accepted}                    # decisions beside the actions that have a `decision`

What may be counted is a choice among few words: an enum, yes or no, a state. A nationality, a sex and a birth date (as an age
class) are counted in columns of their own. Names, numbers and free text never.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xenia.cases.definition.graph import edges_of
from xenia.cases.definition.model import Procedure
from xenia.cases.definition.reader import Reader
from xenia.cases.definition.schemas import property_at

KEYS = ("by", "lodged", "decided")
PERSONAL = {"nationality": "nationality", "sex": "sex", "birth_date": "age_group"}
"""`x-name` of an answer: the column of its own in which it is counted, coarsened."""


@dataclass(frozen=True)
class Counted:
    """What is counted of a procedure. `paths`: column -> path of the answer; `decided`: action -> outcome."""

    paths: Mapping[str, str]
    lodged: frozenset[str]
    decided: Mapping[str, str]
    undecided: frozenset[str]
    reasons: Mapping[str, str]
    limits: Mapping[str, frozenset[str]]


def column_of(procedure: Procedure, path: str) -> str:
    """The column of facts that the answer at `path` is counted in."""
    said = property_at(procedure, path) or {}
    return PERSONAL.get(str(said.get("x-name", "")), path.replace(".", "_"))


def counted(procedure: Procedure) -> Counted:
    """What `stats:` says, with what it leaves to be understood.

    A case is lodged by the action that sends or brings the message which opens it; without messages, by the first step out of
    the state in which it was opened. `undecided`: states from which a decision can still come. `limits`: time limit
    of the decision -> the decisions that end it, or that the clock takes when it passes.
    """
    stats = procedure.stats
    paths = {column_of(procedure, path): path for path in stats.get("by", ())}
    decided = {one.name: one.value or one.to or one.name for one in procedure.actions.values() if one.decision}
    decided |= {str(name): str(outcome) for name, outcome in stats.get("decided", {}).items()}
    open_ = _undecided(procedure, decided)
    lodged = frozenset(stats.get("lodged", ())) or _lodging(procedure)
    return Counted(paths, lodged, decided, open_, _reasons(procedure), _limits(procedure, decided, open_))


def _lodging(procedure: Procedure) -> frozenset[str]:
    sent = {one.name for one in procedure.messages.values() if one.opens}
    if found := frozenset(one.name for one in procedure.actions.values() if one.message in sent):
        return found
    first = {one.to for one in procedure.actions.values() if one.opens}
    leaving = [one for one in procedure.actions.values() if set(one.from_) & first and one.to and one.to not in first]
    return frozenset(one.name for one in leaving if not one.aside and not procedure.states[one.to].final)


def _undecided(procedure: Procedure, decided: Mapping[str, str]) -> frozenset[str]:
    edges = edges_of(procedure, procedure.actions.values())
    over = {to for name in decided if (to := procedure.actions[name].to)}
    found = {state for name in decided for state in procedure.actions[name].from_} - over
    while more := {state for state, to in edges.items() if state not in over | found and to & found}:
        found |= more
    return frozenset(found)


def _limits(procedure: Procedure, decided: Mapping[str, str], undecided: frozenset[str]) -> dict[str, frozenset[str]]:
    """Limits that nothing ends but a decision, or a step after which none can come."""
    found = {}
    for name, rule in procedure.deadlines.items():
        steps = {*rule.stops, rule.on_expiry.action if rule.on_expiry else ""} & set(procedure.actions)
        others = steps - set(decided)
        if steps & set(decided) and all(procedure.actions[one].to not in ("", *undecided) for one in others):
            found[name] = frozenset(steps & set(decided))
    return found


def _reasons(procedure: Procedure) -> dict[str, str]:
    """Action -> path of the answer that gives the codes of its decision's reasons, where its form asks for them."""
    found = {}
    for action in procedure.actions.values():
        decision = procedure.decisions.get(action.decision)
        asks = procedure.forms.get(action.form, {}).get("properties", {})
        for name, part in asks.items() if decision else ():
            words = set(part.get("items", part).get("enum", ())) if isinstance(part, Mapping) else set()
            if words and decision and words <= set(decision.reasons):
                found[action.name] = f"{action.form}.{name}"
    return found


def judge_counting(reader: Reader, procedure: Procedure) -> None:
    """Faults of `stats:`."""
    stats = procedure.stats
    reader.only(stats, KEYS, "stats")
    for number, path in enumerate(reader.words(stats.get("by"), "stats", "by")):
        said = property_at(procedure, path)
        if said is None:
            reader.fault("unknown-path", f"no form asks “{path}”", "Name form.question.part.", "stats", "by", number)
        elif not _may_be_counted(said):
            what = f"“{path}” is no choice among few words"
            remedy = "Count answers with an enum, yes or no, states, a nationality, a sex or a birth date only."
            reader.fault("stats-open", what, remedy, "stats", "by", number)
    known = procedure.actions
    named = [*reader.words(stats.get("lodged"), "stats", "lodged")]
    named += [str(one) for one in reader.table(stats.get("decided"), "stats", "decided")]
    for name in named:
        if name not in known:
            place = "lodged" if name in stats.get("lodged", ()) else "decided"
            remedy = f"Known are: {', '.join(known)}."
            reader.fault("unknown-action", f"there is no action “{name}”", remedy, "stats", place)


def _may_be_counted(said: Mapping[str, Any]) -> bool:
    named = said.get("x-name")
    if named is not None:
        return named in PERSONAL
    one = said.get("items", said) if said.get("type") == "array" else said
    return bool(one.get("enum")) or one.get("type") == "boolean" or one.get("x-widget") == "state"
