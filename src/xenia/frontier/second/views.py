"""What a page of the second line shows beside the check: hits with their next step, interview, what is open. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xenia.frontier.second.procedures import State, Task


@dataclass(frozen=True)
class StepView:
    """One step done: words for the task and the answer, who, when, what was written."""

    label: str
    choice: str
    by: str
    at: datetime
    text: str
    to: str


@dataclass(frozen=True)
class ChoiceView:
    """One answer. `open`: false while the time for a reply still runs."""

    code: str
    label: str
    open: bool


@dataclass(frozen=True)
class TaskView:
    """The next step as a form. `suggested`: text that a message begins with. `address`: to whom it goes."""

    code: str
    label: str
    detail: str
    input: str
    choices: tuple[ChoiceView, ...]
    suggested: str = ""
    address: str = ""


@dataclass(frozen=True)
class CaseView:
    """One hit on its way. `late`: the report is due. `next`: None where nothing is left to do."""

    id: UUID
    subject: UUID
    item: UUID
    category: str
    procedure: str
    state: str
    settled: bool
    steps: tuple[StepView, ...]
    next: TaskView | None
    later: tuple[str, ...]
    due_at: datetime
    late: bool
    reported_at: datetime | None
    waits_until: datetime | None
    why: str = ""


@dataclass(frozen=True)
class NoteView:
    """One interview note with the question it answers."""

    at: datetime
    by: str
    question: str
    text: str


@dataclass(frozen=True)
class PhotographView:
    """One photograph by its page. `awaited`: why it cannot be seen yet, in words; `large_awaited`: the whole one cannot."""

    id: UUID
    page: str
    at: datetime
    width: int
    height: int
    awaited: str = ""
    large_awaited: str = ""


def later(state: State, task: Task | None) -> tuple[str, ...]:
    """Tasks of the state that come after the next one."""
    codes = [one.code for one in state.tasks]
    at = codes.index(task.code) + 1 if task and task.code in codes else len(codes)
    return tuple(one.label_here() for one in state.tasks[at:])
