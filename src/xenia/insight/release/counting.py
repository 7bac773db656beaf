"""What the engine answers, as a cube: counts, what the noise is chosen by, values that are no counts, and how many persons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenia.insight import dialects, prepared
from xenia.insight.dialects import Statement
from xenia.insight.question import Question
from xenia.insight.release.cell_keys import KEYS
from xenia.insight.release.tables import Counted, Counts, Cube, shape_of, together
from xenia.insight.warehouse import Warehouse

Column = Sequence[Any]


def counted(connection: Any, dialect: dialects.Dialect, asked: Question) -> Counted:
    """The answer as the engine counts it. Raises `BadInput` (`table-too-big`)."""
    return _told(connection, asked, dialects.render(asked, dialect, asked.fact.name))


def answered(warehouse: Warehouse, connection: Any, dialect: dialects.Dialect, asked: Question) -> Counted:
    """As `counted`; where the files were asked the same before, from what was kept of it, with what waits beside them added."""
    beside = _beside(connection, dialect, asked)
    if beside is not None and asked.counted.kind != "count":
        return counted(connection, dialect, asked)
    name = prepared.name_of(warehouse, asked)
    found = _kept(prepared.find(warehouse, name), asked)
    if found is None:
        found = _told(connection, asked, dialects.render(asked, dialect, prepared.source(warehouse, asked.fact)))
        value = {} if found.value is None else {"value": found.value}
        numbers = {"counts": found.cube.counts, "keys": found.keys, **value}
        prepared.keep(warehouse, name, found.cube.members, numbers)
    return found if beside is None else together(found, beside)


def _beside(connection: Any, dialect: dialects.Dialect, asked: Question) -> Counted | None:
    """What the facts that wait beside the files say to the question; None where it says nothing of any of them."""
    table = f"fresh_{asked.fact.name}"
    if not connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:
        return None
    found = _told(connection, asked, dialects.render(asked, dialect, table))
    # Without members, facts, keys and values it takes nothing away either: a stock of which as many went as came has another key.
    return found if found.cube.counts.size > 1 or found.cube.counts.any() or found.keys.any() or found.values else None


def _kept(answer: prepared.Answer | None, asked: Question) -> Counted | None:
    """A kept answer as a cube; None where it is none, or not whole."""
    if answer is None:
        return None
    try:
        cube = Cube(asked.by, answer.members, answer.numbers["counts"].astype(np.int64))
        keys, value = answer.numbers["keys"].astype(np.int64), answer.numbers.get("value")
    except (KeyError, ValueError):
        return None
    if keys.shape != cube.counts.shape or (value is None) is (asked.counted.kind == "percentile"):
        return None
    return Counted(cube, keys, value)


def _told(connection: Any, asked: Question, statement: Statement) -> Counted:
    """What DuckDB answers, column by column."""
    columns = connection.execute(statement.sql, statement.parameters).fetchnumpy()
    return _cube(asked, [one.tolist() for one in columns.values()])


def cube_of(asked: Question, rows: Sequence[tuple[Any, ...]]) -> Counted:
    """Rows of any engine as a cube. Raises `BadInput` (`table-too-big`)."""
    return _cube(asked, list(zip(*rows, strict=True)) or [()] * (len(asked.by) + 4))


def _cube(asked: Question, columns: Sequence[Column]) -> Counted:
    """Columns as `dialects.render` names them, as a cube. Raises `BadInput` (`table-too-big`)."""
    width = len(asked.by)
    totals = np.array(columns[width], dtype=np.int64)
    axes = [_axis(columns[axis], _in_total(totals, axis, width)) for axis in range(width)]
    members = tuple(names for names, _places in axes)
    shape, at = shape_of(members), np.zeros(totals.shape, dtype=np.intp)
    for length, (_names, places) in zip(shape, axes, strict=True):
        at = at * length + places
    counts, keys = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    counts.put(at, _whole(columns[width + 2]))
    keys.put(at, np.mod(_whole(columns[width + 3]), KEYS))
    if asked.counted.kind != "percentile":
        return Counted(Cube(asked.by, members, counts), keys)
    value = np.full(shape, np.nan)
    value.put(at, [np.nan if one is None else float(one) for one in columns[width + 1]])
    return Counted(Cube(asked.by, members, counts), keys, value)


def _whole(column: Column) -> Counts:
    return np.array([int(one or 0) for one in column], dtype=np.int64)


def _axis(column: Column, in_total: NDArray[np.bool_]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """The members of a breakdown in order, and the place of each row on it; that of a total comes last."""
    numbers: dict[Any, int] = {}
    codes = np.array([numbers.setdefault(one, len(numbers)) for one in column], dtype=np.intp)
    words = [word(one) for one in numbers]
    names = sorted({words[code] for code in np.unique(codes[~in_total]).tolist()})
    place = {name: number for number, name in enumerate(names)}
    of_code = np.array([place.get(one, len(names)) for one in words], dtype=np.intp)
    return tuple(names), np.where(in_total, len(names), of_code[codes])


def behind(
    warehouse: Warehouse,
    connection: Any,
    dialect: dialects.Dialect,
    asked: Question,
    cube: Cube,
    *,
    about: bool = False,
) -> Counts:
    """As `persons`, of a cube that `answered` gave; kept beside it, and asked anew where facts wait that the question is about."""
    if not _has_persons(asked) or _beside(connection, dialect, asked) is not None:
        return persons(connection, dialect, asked, cube, about=about)
    name = prepared.name_of(warehouse, asked, f"persons, about: {about}")
    kept = prepared.find(warehouse, name)
    if kept is not None and kept.members == cube.members and "persons" in kept.numbers:
        found = kept.numbers["persons"].astype(np.int64)
        if found.shape == cube.counts.shape:
            return found
    found = persons(connection, dialect, asked, cube, about=about)
    prepared.keep(warehouse, name, cube.members, {"persons": found})
    return found


def persons(connection: Any, dialect: dialects.Dialect, asked: Question, cube: Cube, *, about: bool = False) -> Counts:
    """How many persons stand behind each cell at least: of the years that it spans the one with the most.

    The pseudonym changes with the year, so that two years' persons may be the same. A fact without persons: the counts.
    """
    if not _has_persons(asked):
        return cube.counts
    statement = dialects.contributors(asked, dialect, asked.fact.name, about=about)
    width = len(asked.by)
    places = [{name: number for number, name in enumerate(one)} for one in cube.members]
    found = np.zeros_like(cube.counts)
    for row in connection.execute(statement.sql, statement.parameters).fetchall():
        at = _at(row, places, width)
        found[at] = max(found[at], int(row[width + 2]))
    return found


def _has_persons(asked: Question) -> bool:
    return asked.fact.columns.get("person") == "key" and asked.counted.kind != "stock"


def _at(row: tuple[Any, ...], places: list[dict[str, int]], width: int) -> tuple[int, ...]:
    return tuple(
        len(places[axis]) if _in_total(row[width], axis, width) else places[axis][word(row[axis])]
        for axis in range(width)
    )


def _in_total(totals: Any, axis: int, width: int) -> Any:
    """Whether an axis is added up, of a number or an array. GROUPING gives the first column the highest bit."""
    return (totals >> (width - 1 - axis) & 1) != 0


def word(value: Any) -> str:
    """A member's name; what is not known is empty, in whichever way an engine says so."""
    return "" if value is None else str(value)
