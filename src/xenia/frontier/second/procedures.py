"""Procedures for hits, as data: states, tasks, and what each state permits. Checked when Django starts.

`procedures/<name>.json`, as they are in force (`frontier/inforce.py`); `docs/how-to/second-line.md` shows how to change one. Texts stand under `label` and `detail`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2s
from typing import Any, Final

from django.utils.translation import gettext as _

from xenia.frontier import inforce, taking

FOLDER: Final = "second/procedures"
INPUTS: Final = frozenset({"none", "note", "choice", "message", "reply"})
OUTCOMES: Final = frozenset({"admit", "refuse"})
LETTERS: Final = frozenset("ABCDEFGHIJ")
EFFECTS: Final = frozenset({"", "seize", "return", "release", "refuse", "arrest", "report", "settle"})
CONFIDENCES: Final = frozenset({"read", "2nd", "memory", "design"})
ANY: Final = "*"
FIRST_STATES: Final = ("HIT", "CANDIDATE")


class BadProcedure(ValueError):
    """A procedure file that cannot work; the message names file, state and fault."""


@dataclass(frozen=True)
class Choice:
    """One answer of a task. `after`: "" at any time, `waiting`: only once the time for a reply is over."""

    code: str
    label: str
    to: str
    after: str = ""

    def label_here(self) -> str:
        """The words in the reader's language."""
        return _(self.label)


@dataclass(frozen=True)
class Task:
    """One thing to do. `input`: what is asked; `to`: the state that follows, "" to stay. `effect`: what it does outside.

    `waits_h`: hours within which a message is to be answered.
    """

    code: str
    label: str
    detail: str = ""
    input: str = "none"
    to: str = ""
    effect: str = ""
    waits_h: int = 0
    choices: tuple[Choice, ...] = ()

    def label_here(self) -> str:
        """The words in the reader's language."""
        return _(self.label)

    def detail_here(self) -> str:
        """How to do it, in the reader's language."""
        return _(self.detail) if self.detail else ""


@dataclass(frozen=True)
class State:
    """Where a hit stands. `forbids`: outcomes and letters of refusal that are not open, with the reason in words."""

    code: str
    label: str
    tasks: tuple[Task, ...] = ()
    forbids: tuple[str, ...] = ()
    detail: str = ""
    final: bool = False
    reported: bool = False

    def label_here(self) -> str:
        """The words in the reader's language."""
        return _(self.label)

    def why(self) -> str:
        """Why something is not open, in the reader's language."""
        return _(self.detail) if self.detail else ""

    def task(self, code: str) -> Task | None:
        """The task of this code."""
        return next((one for one in self.tasks if one.code == code), None)


@dataclass(frozen=True)
class Procedure:
    """One procedure file. `edition`: hash of the file, kept with each hit that began under it."""

    name: str
    label: str
    registers: frozenset[str]
    categories: frozenset[str]
    start: str
    first: str
    report_h: int
    edition: str
    states: Mapping[str, State] = field(default_factory=dict)

    def fits(self, register: str, category: str) -> int:
        """How well: 2 by category, 1 by register, 0 not at all."""
        if register not in self.registers:
            return 0
        return 2 if category.upper() in self.categories else 1 if ANY in self.categories else 0

    def label_here(self) -> str:
        """The words in the reader's language."""
        return _(self.label)


@inforce.cached
def load() -> Mapping[str, Procedure]:
    """Every procedure in force by name. Raises `BadProcedure`."""
    return {name: read(name, text) for name, text in inforce.under(FOLDER).items()}


def check() -> None:
    """Read those that this installation says by itself; called when Django starts, so that a fault stops it there. Raises `BadProcedure`."""
    for path, text in inforce.own().items():
        if path.startswith(f"{FOLDER}/"):
            read(name_of(path), text)


def name_of(path: str) -> str:
    """The name of the procedure at a path."""
    return path.rpartition("/")[2].removesuffix(".json")


def begun_with(name: str, edition: str) -> Procedure | None:
    """The procedure as it was when something began under it; the one in force where that text was not kept; None where there is neither."""
    current = load().get(name)
    return current if current is not None and current.edition == edition else _kept(name, edition) or current


@inforce.cached
def _kept(name: str, edition: str) -> Procedure | None:
    return next((read(name, text) for text in taking.kept(FOLDER, name) if edition_of(text) == edition), None)


def keep(one: Procedure) -> None:
    """Keep the text of a procedure that something begins under now. Inside `writing()`."""
    path = f"{FOLDER}/{one.name}.json"
    taking.keep({path: inforce.text(path)})


def edition_of(text: str) -> str:
    """The hash of a procedure's file, as it is kept with each hit."""
    return blake2s(text.encode(), digest_size=6).hexdigest()


def of(register: str, category: str) -> Procedure:
    """The procedure for a hit: by category, else by register, else the general one."""
    every = load()
    best = max(every.values(), key=lambda one: one.fits(register, category))
    return best if best.fits(register, category) else every["general"]


def read(name: str, text: str) -> Procedure:
    """A procedure out of its file's text. Raises `BadProcedure` that names the fault."""
    try:
        data = json.loads(text)
        return _checked(_procedure(name, data, edition_of(text)), data)
    except BadProcedure:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise BadProcedure(f"procedures/{name}.json: {type(problem).__name__}: {problem}") from problem


def _procedure(name: str, data: Mapping[str, Any], edition: str) -> Procedure:
    states = {row["code"]: _state(row) for row in data["states"]}
    if len(states) != len(data["states"]):
        raise BadProcedure(f"procedures/{name}.json: two states have one code.")
    return Procedure(
        name,
        data["label"],
        frozenset(data["registers"]),
        frozenset(data["categories"]),
        data["start"],
        data["first"],
        int(data["report_h"]),
        edition,
        states,
    )


def _state(row: Mapping[str, Any]) -> State:
    tasks = tuple(
        Task(**{**one, "choices": tuple(Choice(**choice) for choice in one.get("choices", ()))})
        for one in row.get("tasks", ())
    )
    known = {key: value for key, value in row.items() if key not in ("tasks", "forbids")}
    return State(tasks=tasks, forbids=tuple(row.get("forbids", ())), **known)


def _checked(one: Procedure, data: Mapping[str, Any]) -> Procedure:
    for fault in _faults(one, data):
        raise BadProcedure(f"procedures/{one.name}.json: {fault}")
    return one


def _faults(one: Procedure, data: Mapping[str, Any]) -> Iterator[str]:
    if data.get("confidence") not in CONFIDENCES or not data.get("source"):
        yield "it names no source, or its confidence is none of read, 2nd, memory, design"
    if one.start not in one.states or one.first not in one.states:
        yield f"start {one.start} or first {one.first} is no state"
    if one.start not in FIRST_STATES:
        yield f"it starts in {one.start}, not in HIT or CANDIDATE"
    for state in one.states.values():
        yield from _state_faults(one, state)
    lost = set(one.states) - _reached(one, one.start)
    if lost:
        yield f"no way leads to {', '.join(sorted(lost))}"
    for code, state in one.states.items():
        if not any(one.states[other].final for other in _reached(one, code)):
            yield f"state {state.code} never comes to an end"


def _state_faults(one: Procedure, state: State) -> Iterator[str]:
    if state.final == bool(state.tasks) and state.code != one.start:
        yield f"state {state.code} is final and has tasks, or has none and is not final"
    for word in state.forbids:
        if word not in OUTCOMES and word not in LETTERS:
            yield f"state {state.code} forbids {word}, which is no outcome and no letter of the form"
    if state.forbids and not state.detail:
        yield f"state {state.code} forbids something and says no reason"
    codes = [task.code for task in state.tasks]
    if len(set(codes)) != len(codes):
        yield f"state {state.code} has two tasks of one code"
    for task in state.tasks:
        yield from _task_faults(one, state, task)
    if not state.final and state.tasks and not any(_leads(task) for task in state.tasks):
        yield f"state {state.code} is a dead end"


def _task_faults(one: Procedure, state: State, task: Task) -> Iterator[str]:
    where = f"task {task.code} of state {state.code}"
    if task.input not in INPUTS:
        yield f"{where} asks for {task.input}"
    if task.effect not in EFFECTS:
        yield f"{where} has the unknown effect {task.effect}"
    if (task.input in ("choice", "reply")) != bool(task.choices):
        yield f"{where} needs choices for choice and reply, and for nothing else"
    if task.input == "message" and task.waits_h <= 0 and task.effect != "report":
        yield f"{where} sends a message and says no time for the reply"
    if task.waits_h and task.input != "message":
        yield f"{where} waits for a reply and sends no message"
    for to in [task.to, *(choice.to for choice in task.choices)]:
        if to and to not in one.states:
            yield f"{where} leads to {to}, which is no state"


def _leads(task: Task) -> bool:
    return bool(task.to) or any(choice.to for choice in task.choices)


def _reached(one: Procedure, start: str) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        state = one.states[here]
        following = {task.to for task in state.tasks} | {c.to for task in state.tasks for c in task.choices}
        if here == one.start:
            following.add(one.first)
        for code in following - found - {""}:
            if code in one.states:
                found.add(code)
                waiting.append(code)
    return found
