"""The only way out: `release()` answers a question so that nobody can be found in the answer.

    interactive   noise by cell key, then rounded to 5: instant, the same for everybody, for looking around
    publication   exact, with cells hidden that would betray somebody, and proof that they cannot be worked out
    exact         as counted, for named roles with a purpose, inside the house

Tables, charts, exports, maps and the API all show a `Released`; what isn't one does not leave.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from xenia.errors import BadInput, NotAllowed
from xenia.insight import dialects
from xenia.insight.question import Question, from_told
from xenia.insight.release import auditing, cell_keys, suppressing
from xenia.insight.release.tables import Counts, Cube, Mask
from xenia.insight.warehouse import Warehouse, lines_of

GRADES = ("interactive", "publication", "exact")
THRESHOLD = 5
MOST_CELLS = 200_000
MOST_TO_PROTECT = 4_000
FEWEST_FOR_A_PERCENTILE = 10
TOTAL = None


@dataclass(frozen=True)
class Cell:
    """One cell: its members (None: total), what is shown (None: hidden), and why not as counted: "", "r" or "c"."""

    members: tuple[str | None, ...]
    shown: int | float | None
    flag: str = ""


@dataclass(frozen=True)
class Released:
    """A table that may leave, with all that is said below it."""

    question: Question
    grade: str
    cells: list[Cell]
    hidden: int
    parameters: Mapping[str, Any]
    notes: tuple[str, ...]
    at: datetime
    digest: str = ""


@dataclass
class _Counted:
    """What the engine answered: the cube of counts, what the noise is chosen by, and values that are no counts."""

    cube: Cube
    keys: Counts
    values: dict[tuple[int, ...], float] = field(default_factory=dict)


def release(warehouse: Warehouse, asked: Question, grade: str, who: str, now: datetime | None = None) -> Released:
    """The answer in a grade, written down before it is given. `who`: the account's id.

    Raises `BadInput` (`unknown-grade`, `table-too-big`, `not-publishable`) and `NotAllowed` (`too-close-to-released`).
    """
    if grade not in GRADES:
        raise BadInput(f"There is no grade “{grade}”.", f"Known are {', '.join(GRADES)}.", code="unknown-grade")
    if grade == "publication" and asked.counted.kind == "distinct":
        raise BadInput(
            "Different persons do not add up: hidden cells cannot be proved safe.",
            "Ask for them in the interactive grade.",
            code="not-publishable",
        )
    warehouse.files()
    if asked.counted.kind == "ratio":
        from xenia.insight.release import ratios

        return ratios.of(release(warehouse, ratios.table(asked), grade, who, now), asked)
    with warehouse.alone():  # of two that ask at once, one is held against the other
        with warehouse.open() as connection:
            dialect = dialects.DuckDB()
            if grade != "exact":
                _not_too_close(warehouse, connection, dialect, asked, grade, who)
            statement = dialects.render(asked, dialect, asked.fact.name)
            rows = connection.execute(statement.sql, statement.parameters).fetchall()
        counted = _cube(asked, rows)
        made = {"interactive": _interactive, "publication": _publication, "exact": _exact}[grade](asked, counted)
        made = replace(made, at=now or datetime.now(UTC), digest=_digest(made))
        _note(warehouse, made, who)
    return made


def _cube(asked: Question, rows: Sequence[tuple[Any, ...]]) -> _Counted:
    width = len(asked.by)
    members = tuple(
        tuple(sorted({str(row[axis]) for row in rows if not _is_total(row, axis, width)})) for axis in range(width)
    )
    shape = tuple(len(one) + 1 for one in members)
    if int(np.prod(shape)) > MOST_CELLS:
        raise BadInput(
            f"The table would have {int(np.prod(shape)):,} cells.",
            "Leave out a breakdown or filter.",
            code="table-too-big",
        )
    places = [{name: number for number, name in enumerate(one)} for one in members]
    counts, keys = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    made = _Counted(Cube(asked.by, members, counts), keys)
    for row in rows:
        at = tuple(
            len(members[axis]) if _is_total(row, axis, width) else places[axis][str(row[axis])] for axis in range(width)
        )
        counts[at], keys[at] = int(row[width + 2] or 0), int(row[width + 3] or 0)
        if asked.counted.kind == "percentile" and row[width + 1] is not None:
            made.values[at] = float(row[width + 1])
    return made


def _is_total(row: tuple[Any, ...], axis: int, width: int) -> bool:
    """GROUPING gives the first column the highest bit."""
    return bool(row[width] >> (width - 1 - axis) & 1)


def _table(
    asked: Question, counted: _Counted, grade: str, shown: Any, flags: Any, hidden: Mask, said: Mapping[str, Any],
    notes: Sequence[str],
) -> Released:  # fmt: skip
    cells = []
    for at in np.ndindex(counted.cube.counts.shape):
        names = tuple(
            counted.cube.members[axis][place] if place < len(counted.cube.members[axis]) else TOTAL
            for axis, place in enumerate(at)
        )
        cells.append(Cell(names, None if hidden[at] else shown(at), flags(at)))
    return Released(asked, grade, cells, int(hidden.sum()), said, tuple(notes), datetime.now(UTC))


def _interactive(asked: Question, counted: _Counted) -> Released:
    counts = np.maximum(counted.cube.counts, 0)
    noisy = cell_keys.noisy(counts, counted.keys)
    said = {"noise": cell_keys.MOST, "variance": str(cell_keys.VARIANCE), "rounded_to": cell_keys.STEP}
    if asked.counted.kind == "percentile":
        few = (noisy < FEWEST_FOR_A_PERCENTILE) & (counts > 0)
        notes = [f"Cells that rest on fewer than {FEWEST_FOR_A_PERCENTILE} facts are hidden."]
        return _table(
            asked, counted, "interactive", _whole(counted), lambda at: "c" if few[at] else "", few, said, notes
        )
    shown = cell_keys.rounded(noisy)
    notes = [
        f"Counts carry noise of at most {cell_keys.MOST} and are rounded to {cell_keys.STEP}.",
        "Totals are rounded on their own: they need not be the sum of what is shown.",
    ]
    nothing = np.zeros(counts.shape, dtype=bool)
    return _table(asked, counted, "interactive", lambda at: int(shown[at]), lambda at: "r", nothing, said, notes)


def _whole(counted: _Counted) -> Any:
    return lambda at: round(counted.values[at]) if at in counted.values else None


def _publication(asked: Question, counted: _Counted) -> Released:
    counts = counted.cube.counts
    if (counts < 0).any():
        raise BadInput(
            "More is over than ever began: facts of beginnings are missing.",
            "Ask for the stock in the exact grade and look for them.",
            code="stock-broken",
        )
    said: dict[str, Any] = {"threshold": THRESHOLD}
    if asked.counted.kind == "percentile":
        few = (counts < FEWEST_FOR_A_PERCENTILE) & (counts > 0)
        notes = [f"Cells that rest on fewer than {FEWEST_FOR_A_PERCENTILE} facts are hidden."]
        return _table(
            asked, counted, "publication", _whole(counted), lambda at: "c" if few[at] else "", few, said, notes
        )
    if counts.size > MOST_TO_PROTECT:
        raise BadInput(
            f"A table of {counts.size:,} cells is too big to be proved safe.",
            f"At most {MOST_TO_PROTECT:,}: leave out a breakdown or filter.",
            code="table-too-big",
        )
    choice = suppressing.choose(counts, THRESHOLD)
    said |= {"primary": int(choice.primary.sum()), "fewest": choice.best}
    prove(counts, choice)
    notes = [
        f"Cells of 1 to {THRESHOLD - 1} are hidden (c), and others so that they cannot be worked out from what is shown.",
    ]
    return _table(
        asked, counted, "publication", lambda at: int(counts[at]), lambda at: "c" if choice.hidden[at] else "",
        choice.hidden, said, notes,
    )  # fmt: skip


def prove(counts: Counts, choice: suppressing.Choice) -> None:
    """That what is published does not say too much about any cell under the threshold. Raises `NotAllowed` (`not-safe`)."""
    flat = counts.ravel()
    for one in auditing.bounds(counts, choice.hidden, choice.primary):
        below, above = suppressing.room(int(flat[one.place]), THRESHOLD)
        if one.least > flat[one.place] - below + 1e-6 or one.most < flat[one.place] + above - 1e-6:
            raise NotAllowed("The table could not be made safe.", "Leave out a breakdown.", code="not-safe")


def _exact(asked: Question, counted: _Counted) -> Released:
    counts = counted.cube.counts
    nothing = np.zeros(counts.shape, dtype=bool)
    shown = _whole(counted) if asked.counted.kind == "percentile" else (lambda at: int(counts[at]))
    notes = ["Exact counts: for use inside the house. Do not publish."]
    return _table(asked, counted, "exact", shown, lambda at: "", nothing, {}, notes)


def _not_too_close(
    warehouse: Warehouse, connection: Any, dialect: dialects.Dialect, asked: Question, grade: str, who: str
) -> None:
    """Refuse what, taken away from a table that left before, would leave fewer persons than the threshold.

    A publication is held against all publications, cell by cell of the breakdowns they share. An interactive table, whose cells
    carry noise, is held against the same person's by its grand total.
    """
    seen: set[str] = set()
    for line in lines_of(warehouse.log):
        if line["grade"] != grade or line["question"]["measure"] != asked.measure:
            continue
        if grade == "interactive" and line["who"] != who:
            continue
        told = {
            **line["question"],
            "by": sorted(set(line["question"]["by"]) & set(asked.by)) if grade == "publication" else [],
        }
        if (mark := json.dumps(told, sort_keys=True)) in seen:
            continue
        seen.add(mark)
        earlier = from_told(told)
        if (earlier.where, earlier.since, earlier.until) == (asked.where, asked.since, asked.until):
            continue
        if asked.counted.kind == "stock" and earlier.until != asked.until:
            continue  # of two days: what came and what went are not told apart
        statement = dialects.apart(asked, earlier, dialect, asked.fact.name, told["by"])
        for here, there, both in connection.execute(statement.sql, statement.parameters).fetchall():
            if both and ((not here and 0 < there < THRESHOLD) or (not there and 0 < here < THRESHOLD)):
                raise NotAllowed(
                    f"Together with a table released on {line['at'][:10]} this one would show fewer than {THRESHOLD} persons.",
                    "Ask with the same filters and period as then, or with quite different ones.",
                    code="too-close-to-released",
                )


def _digest(made: Released) -> str:
    cells = [[list(one.members), one.shown, one.flag] for one in made.cells]
    return hashlib.sha256(json.dumps([made.question.told(), made.grade, cells]).encode()).hexdigest()


def _note(warehouse: Warehouse, made: Released, who: str) -> None:
    line = {
        "at": made.at.isoformat(timespec="seconds"),
        "who": who,
        "question": made.question.told(),
        "grade": made.grade,
        "parameters": dict(made.parameters),
        "cells": len(made.cells),
        "hidden": made.hidden,
        "digest": made.digest,
    }
    with warehouse.log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
