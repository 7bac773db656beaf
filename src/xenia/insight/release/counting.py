"""What the engine answers, as a cube: counts, what the noise is chosen by, values that are no counts, and how many persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xenia.errors import BadInput
from xenia.insight import dialects, prepared
from xenia.insight.question import Question
from xenia.insight.release.tables import Counts, Cube
from xenia.insight.warehouse import Warehouse

MOST_CELLS = 200_000


@dataclass
class Counted:
    """Counts with their keys; `values` of a percentile by the place of the cell, where there are any."""

    cube: Cube
    keys: Counts
    values: dict[tuple[int, ...], float] = field(default_factory=dict)


def counted(connection: Any, dialect: dialects.Dialect, asked: Question) -> Counted:
    """The answer as the engine counts it. Raises `BadInput` (`table-too-big`)."""
    statement = dialects.render(asked, dialect, asked.fact.name)
    return cube_of(asked, connection.execute(statement.sql, statement.parameters).fetchall())


def answered(warehouse: Warehouse, connection: Any, dialect: dialects.Dialect, asked: Question) -> Counted:
    """As `counted`; where the files were asked the same before, from what was kept of it, with what waits beside them added."""
    fact = asked.fact.name
    waiting = connection.execute(f"SELECT count(*) FROM fresh_{fact}").fetchone()[0]
    if waiting and asked.counted.kind != "count":
        return counted(connection, dialect, asked)
    name = prepared.name_of(warehouse, asked)
    rows = prepared.find(warehouse, name)
    if rows is None:
        statement = dialects.render(asked, dialect, prepared.source(warehouse, asked.fact) if waiting else fact)
        rows = connection.execute(statement.sql, statement.parameters).fetchall()
        prepared.keep(warehouse, name, rows)
    if waiting:
        statement = dialects.render(asked, dialect, f"fresh_{fact}")
        more = connection.execute(statement.sql, statement.parameters).fetchall()
        rows = prepared.together(len(asked.by), rows, more)
    return cube_of(asked, rows)


def cube_of(asked: Question, rows: Sequence[tuple[Any, ...]]) -> Counted:
    """Rows of any engine as a cube. Raises `BadInput` (`table-too-big`)."""
    width = len(asked.by)
    members = tuple(
        tuple(sorted({word(row[axis]) for row in rows if not _is_total(row, axis, width)})) for axis in range(width)
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
    made = Counted(Cube(asked.by, members, counts), keys)
    for row in rows:
        at = _at(row, places, width)
        counts[at], keys[at] = int(row[width + 2] or 0), int(row[width + 3] or 0)
        if asked.counted.kind == "percentile" and row[width + 1] is not None:
            made.values[at] = float(row[width + 1])
    return made


def persons(connection: Any, dialect: dialects.Dialect, asked: Question, cube: Cube, *, about: bool = False) -> Counts:
    """How many persons stand behind each cell at least: of the years that it spans the one with the most.

    The pseudonym changes with the year, so that two years' persons may be the same. A fact without persons: the counts.
    """
    if asked.fact.columns.get("person") != "key" or asked.counted.kind == "stock":
        return cube.counts
    statement = dialects.contributors(asked, dialect, asked.fact.name, about=about)
    width = len(asked.by)
    places = [{name: number for number, name in enumerate(one)} for one in cube.members]
    found = np.zeros_like(cube.counts)
    for row in connection.execute(statement.sql, statement.parameters).fetchall():
        at = _at(row, places, width)
        found[at] = max(found[at], int(row[width + 2]))
    return found


def _at(row: tuple[Any, ...], places: list[dict[str, int]], width: int) -> tuple[int, ...]:
    return tuple(
        len(places[axis]) if _is_total(row, axis, width) else places[axis][word(row[axis])] for axis in range(width)
    )


def _is_total(row: tuple[Any, ...], axis: int, width: int) -> bool:
    """GROUPING gives the first column the highest bit."""
    return bool(row[width] >> (width - 1 - axis) & 1)


def word(value: Any) -> str:
    """A member's name; what is not known is empty, in whichever way an engine says so."""
    return "" if value is None else str(value)
