"""What the steps of a case count for, whatever its procedure: that says which actions lodge and decide, and what may be counted.

What a case is counted by comes from the answers that were given until then; of all that they say, only what the procedure's
`stats:` names is taken, and a birth date as an age class. What happened to a case that had moved on meanwhile counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from xenia.cases import bodies, kinds
from xenia.cases.definition import Procedure
from xenia.cases.definition.counting import Counted
from xenia.insight import procedures
from xenia.insight.making import persons
from xenia.insight.making.port import Maker, Reverser, Row, Told, record
from xenia.insight.procedures import FACT
from xenia.journal import entries

CODE: Final = re.compile(r"[A-Za-z0-9_.+-]{1,80}")
NO_NUMBER: Final = 0  # a case has one number of its own, the same in all its facts: what is over cancels what began


@dataclass(frozen=True)
class _History:
    """What is known of the case so far: its moves and what became of its limits in order, the answers given with its moves."""

    moves: Sequence[tuple[datetime, Mapping[str, Any]]]
    limits: dict[str, str]
    answers: Mapping[str, Any]


def moved(told: Told) -> Iterator[tuple[str, Row]]:
    """The facts of one move."""
    body = told.body
    found = procedures.known(body["procedure"], int(body["version"]))
    if not body["moved"] or found is None:
        return
    procedure, counted = found
    history = _history(told, body["case"])
    if _is_erased(told, history):
        return
    action, at = str(body["action"]), told.entry.occurred_at
    before, after = str(body["before"]), str(body["after"])
    unlodged = _unlodged(procedure, counted)
    began = next((at for at, one in history.moves if _lodges(procedure, counted, one)), None)
    begins = began is None and _lodges(procedure, counted, body)
    base = _base(told, body, counted, history) | {"days": _days(at if begins else began, at)}
    if begins:
        yield FACT, {**base, "step": "lodged"}
    if action in counted.decided:
        outcome = counted.decided[action]
        yield FACT, {**base, "step": "decided", "outcome": outcome, "timely": _timely(counted, history, action)}
        for code in _codes(bodies.look_up(history.answers, counted.reasons.get(action, ""))):
            yield FACT, {**base, "step": "reason", "outcome": outcome, "reason": code}
    known_open = began is not None or not history.moves  # of a case whose entries were erased the state must say it
    if after not in counted.undecided and (begins or (known_open and before in counted.undecided - unlodged)):
        outcome = counted.decided.get(action, after)
        yield FACT, {**base, "step": "settled", "outcome": outcome}
    if after != before:
        yield FACT, {**base, "step": "reached", "stage": after}
    if procedure.states[after].final and after != before:
        yield FACT, {**base, "step": "closed", "outcome": str(body["result"])}


def limited(told: Told) -> Iterator[tuple[str, Row]]:
    """Time limits that were kept or passed. One that ends because its case does counts for nothing."""
    history = _history(told, told.body["case"])
    if not history.moves:
        return
    last = history.moves[-1][1]
    found = procedures.known(last["procedure"], int(last["version"]))
    if found is None:
        return
    procedure, counted = found
    ending = next((one for _at, one in history.moves if one["event"] == told.body["event"]), None)
    base = _base(told, {**last, "by": ending["by"] if ending else "clock"}, counted, history)
    began = next((at for at, one in history.moves if _lodges(procedure, counted, one)), None)
    base["days"] = _days(began, told.entry.occurred_at)
    for limit in told.body["limits"]:
        rule = procedure.deadlines.get(limit["rule"])
        kept = (
            limit["state"] == "stopped" and ending is not None and rule is not None and ending["action"] in rule.stops
        )
        if kept or limit["state"] == "expired":
            yield FACT, {**base, "step": "limit", "limit_name": limit["rule"], "timely": "in_time" if kept else "late"}


def _is_erased(told: Told, history: _History) -> bool:
    """Whether the person was erased. The move itself stays in the journal, but nothing leads from it to what was said before it; its
    facts were kept as they were when that went, and would count twice. Moves of schema 1 may come before their first answers."""
    return told.entry.schema > 1 and bool(entries.subjects(told.entry)) and not history.moves and not history.answers


def _history(told: Told, case: str) -> _History:
    mine = [(one.entry, one.body) for one in told.earlier if one.body is not None and one.body.get("case") == case]
    moves = [(entry.occurred_at, body) for entry, body in mine if entry.kind == kinds.MOVED and body["moved"]]
    late = {body["event"] for entry, body in mine if entry.kind == kinds.MOVED and not body["moved"]}
    answers: dict[str, Any] = {}
    limits: dict[str, str] = {}
    for entry, body in mine:
        if entry.kind == kinds.TOLD and body["event"] not in late:
            answers |= body["said"]
        elif entry.kind == kinds.LIMITED:
            limits |= {one["rule"]: one["state"] for one in body["limits"]}
    return _History(moves, limits, answers)


def _base(told: Told, body: Mapping[str, Any], counted: Counted, history: _History) -> Row:
    on = told.entry.occurred_at.astimezone(UTC).date()
    said = {name: _said(name, bodies.look_up(history.answers, path), on) for name, path in counted.paths.items()}
    return said | {
        "procedure": body["procedure"],
        "version": str(body["version"]),
        "agreement": body["profile"],
        "partner": body["counterpart"],
        "side": body["side"],
        "done_by": body["by"],
        "record": record(UUID(str(body["case"])), NO_NUMBER),
    }


def _said(column: str, answer: Any, on: date) -> str:
    """An answer as it is counted: a birth date as an age class, several choices joined, nothing that is no code."""
    if column == "age_group":
        return persons.age_group(str(answer), on) if answer else ""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    text = "+".join(_codes(answer))
    return text if CODE.fullmatch(text) else ""


def _codes(answer: Any) -> list[str]:
    given = answer if isinstance(answer, list) else [answer]
    return sorted({str(one) for one in given if one not in (None, "") and CODE.fullmatch(str(one))})


def _unlodged(procedure: Procedure, counted: Counted) -> frozenset[str]:
    """States in which a case has not been lodged yet."""
    return frozenset(state for name in counted.lodged for state in procedure.actions[name].from_)


def _lodges(procedure: Procedure, counted: Counted, body: Mapping[str, Any]) -> bool:
    """Whether a case is lodged by this move: by its action, or because it was brought in from elsewhere in a later state."""
    if body["action"] in counted.lodged:
        return True
    brought = body["before"] == "" and body["action"] not in procedure.actions
    return brought and body["after"] not in _unlodged(procedure, counted)


def _days(began: datetime | None, at: datetime) -> int | None:
    return max(0, (at - began).days) if began else None


def _timely(counted: Counted, history: _History, action: str) -> str:
    """Whether the limits of the decision had passed; "" where none was set."""
    states = {history.limits.get(rule) for rule, actions in counted.limits.items() if action in actions}
    if "expired" in states:
        return "late"
    return "in_time" if states & {"running", "suspended"} else ""


MAKERS: Final[Mapping[str, Maker]] = {kinds.MOVED: moved, kinds.LIMITED: limited}
EARLIER: Final = (kinds.MOVED, kinds.TOLD, kinds.LIMITED)
TAKING_BACK: Final[Mapping[str, Reverser]] = {}
