"""A table beside all publications that it shares facts with: what they say together, as one system. Pure.

Two tables of the same facts share totals; two periods that overlap, filters of which one holds the other, or two measures of which
one is part of the other, leave small differences between them. The facts are cut into parts: those that lie in exactly the same of
the tables (their signature), by every breakdown that any of them has. A part is a column that nobody sees; a cell of any table is
the sum of its parts; a cell that stands in two tables is one column. What lies in exactly the same tables, by the breakdowns of one of
them, must be as unknown as a small cell: else it could be had by taking one table from another.

Taken as known to everybody: which members a breakdown has among the facts of a signature, and which members go with each other,
such as a month with its quarter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise, permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenia.errors import NotAllowed
from xenia.insight.question import Question, from_told
from xenia.insight.release.systems import Line, System, Vector, prices, rooms, table_rows, under
from xenia.insight.release.tables import Counts, Cube, Mask

MOST_PARTS = 20_000
MOST_TABLES = 40

Signature = tuple[bool, ...]
Part = tuple[Signature, tuple[str, ...]]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """A publication among others, as it would be counted now. `hidden`: what it hid when it left; None of the one in question.

    `apart`: how many facts and persons lie in exactly the tables of a signature, by the table's own breakdowns.
    """

    asked: Question
    cube: Cube
    persons: Counts
    apart: Mapping[Part, tuple[int, int]]
    hidden: Mask | None = None


def connected(asked: Question, earlier: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lines of publications that may share facts with a question, or with one that does. Only those that cannot are left out."""
    found: list[Mapping[str, Any]] = []
    waiting, rest = [asked], [(from_told(one["question"]), one) for one in earlier]
    while waiting:
        here = waiting.pop()
        near = [one for one in rest if may_share(here, one[0])]
        rest = [one for one in rest if not any(one is other for other in near)]
        found += [line for _question, line in near]
        waiting += [question for question, _line in near]
    return found


def may_share(one: Question, other: Question) -> bool:
    """Whether two questions may count the same facts; where not, that follows from their words."""
    if one.fact.name != other.fact.name or (one.counted.kind == "stock") != (other.counted.kind == "stock"):
        return False
    if one.counted.kind == "stock":
        return (one.measure, one.until) == (other.measure, other.until)
    for first, second in ((one, other), (other, one)):
        if first.until and second.since and first.until <= second.since:
            return False
    if any(other.counted.where.get(column, value) != value for column, value in one.counted.where.items()):
        return False
    return not any(
        a.dimension == b.dimension and not a.without and not b.without and not set(a.values) & set(b.values)
        for a in one.where
        for b in other.where
    )


def breakdowns(asked: Sequence[Question]) -> tuple[str, ...]:
    """Every breakdown that any of the questions has."""
    return tuple(dict.fromkeys(name for one in asked for name in one.by))


def system(tables: Sequence[Table], parts: Mapping[Part, int], threshold: int, seed: int = 0) -> System:
    """The first table beside the others. `parts`: how many facts by signature and all breakdowns.

    Raises `NotAllowed` (`too-much-released`) where the parts are too many, (`not-safe`) where some are fewer than none.
    """
    if len(tables) > MOST_TABLES:
        raise too_much()
    if any(number < 0 for number in parts.values()):
        raise NotAllowed("Facts are taken back that are not in the table.", "Ask for a longer period.", code="not-safe")
    cut = _cut(tables, {part: number for part, number in parts.items() if number})
    made = _Columns()
    places = [_cells(made, cut, number, one, threshold) for number, one in enumerate(tables)]
    rows: list[Line] = []
    beside = 0
    for number, one in enumerate(tables):
        rows += table_rows(one.cube.counts, places[number])
        beside = beside or len(rows)
    first_part = made.parts(cut.counts)
    rows += _sums(cut, places, first_part)
    rows += _apart(made, cut, tables, first_part, threshold)
    return made.system(rows, places[0], beside, threshold, prices(tables[0].cube.counts.shape, seed))


@dataclass(frozen=True)
class _Cut:
    """The parts that may hold something. `inside`: by table and part the cell, -1 outside; `marks`: of a set of parts the sum tells
    it from every other set."""

    inside: Whole
    signature: Whole
    signatures: list[Signature]
    counts: Whole
    marks: NDArray[np.uint64]


def _cut(tables: Sequence[Table], parts: Mapping[Part, int]) -> _Cut:
    names = breakdowns([one.asked for one in tables])
    groups = _together(names, tables[0].asked, [members for _signature, members in parts])
    by_signature: dict[Signature, dict[tuple[str, ...], int]] = defaultdict(dict)
    for (signature, members), number in parts.items():
        by_signature[signature][members] = number
    signatures = sorted(by_signature)
    inside, which, counts, many = [], [], [], 0
    for number, signature in enumerate(signatures):
        held = by_signature[signature]
        axes = [sorted({tuple(one[place] for place in group) for one in held}) for group in groups]
        many += int(np.prod([len(axis) for axis in axes]))
        if many > MOST_PARTS:
            raise too_much()
        inside.append(np.stack([_inside(one, signature[n], names, groups, axes) for n, one in enumerate(tables)]))
        counts.append(_counts(held, groups, axes))
        which.append(np.full(inside[-1].shape[1], number))
    if not inside:  # none of the tables counts anything
        none = np.zeros(0, dtype=np.int64)
        return _Cut(np.zeros((len(tables), 0), dtype=np.int64), none, [], none, np.zeros(0, dtype=np.uint64))
    every, signature_of, counted = np.concatenate(inside, axis=1), np.concatenate(which), np.concatenate(counts)
    empty = np.zeros(every.shape[1], dtype=bool)
    for one, cells in zip(tables, every, strict=True):
        empty |= (cells >= 0) & (one.cube.counts.ravel()[cells] == 0)
    kept = ~empty  # a cell of 0 is shown: none of its parts holds anything
    marks = np.random.default_rng(7).integers(1, 1 << 63, int(kept.sum()), dtype=np.uint64)
    return _Cut(every[:, kept], signature_of[kept], signatures, counted[kept], marks)


def _together(names: Sequence[str], asked: Question, held: Sequence[tuple[str, ...]]) -> list[list[int]]:
    """Breakdowns whose members go with each other: all of time, and those of which one says the other."""
    group = list(range(len(names)))
    times = [place for place, name in enumerate(names) if asked.dimension(name).grain]
    bound = list(pairwise(times))
    for a, b in permutations(range(len(names)), 2):
        pairs = {(one[a], one[b]) for one in held}
        if len(pairs) == len({first for first, _second in pairs}):
            bound.append((a, b))
    for a, b in bound:
        group = [group[a] if one == group[b] else one for one in group]
    return [[place for place, one in enumerate(group) if one == number] for number in sorted(set(group))]


def _inside(
    table: Table, holds: bool, names: Sequence[str], groups: list[list[int]], axes: list[list[tuple[str, ...]]]
) -> Whole:
    """The cell of the table in which each part of a signature lies, as a flat index."""
    shape = table.cube.counts.shape
    if not holds:
        return np.full(int(np.prod([len(axis) for axis in axes])), -1)
    step = {name: int(np.prod(shape[axis + 1 :])) for axis, name in enumerate(table.asked.by)}
    place = {
        name: {member: number for number, member in enumerate(table.cube.members[axis])}
        for axis, name in enumerate(table.asked.by)
    }
    along = []
    for group, axis in zip(groups, axes, strict=True):
        mine = [(at, names[one]) for at, one in enumerate(group) if names[one] in step]
        along.append(
            np.array(
                [sum(place[name][member[at]] * step[name] for at, name in mine) for member in axis], dtype=np.int64
            )
        )
    return np.asarray(reduce(np.add.outer, along, np.zeros((), dtype=np.int64))).ravel()


def _counts(held: Mapping[tuple[str, ...], int], groups: list[list[int]], axes: list[list[tuple[str, ...]]]) -> Whole:
    places = [{member: number for number, member in enumerate(axis)} for axis in axes]
    found = np.zeros([len(axis) for axis in axes], dtype=np.int64)
    for members, number in held.items():
        at = tuple(place[tuple(members[one] for one in group)] for place, group in zip(places, groups, strict=True))
        found[at] = number
    return found.ravel()


@dataclass
class _Columns:
    """Columns as they come together; a cell that stands in two tables comes once."""

    at: dict[int, int] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)
    primary: list[bool] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)  # cells of the table in question
    shown: set[int] = field(default_factory=set)  # by an earlier one
    hidden: set[int] = field(default_factory=set)
    unseen: set[int] = field(default_factory=set)  # in no table

    def add(self, count: int, primary: bool) -> int:
        self.counts.append(count)
        self.primary.append(primary)
        return len(self.counts) - 1

    def cell(self, mark: int, count: int, primary: bool) -> int:
        if mark not in self.at:
            self.at[mark] = self.add(count, primary)
        self.primary[self.at[mark]] |= primary
        return self.at[mark]

    def parts(self, counts: Whole) -> int:
        """A column for each part; gives the first."""
        first = len(self.counts)
        for one in counts.tolist():
            self.unseen.add(self.add(one, False))
        return first

    def system(self, rows: list[Line], places: Whole, beside: int, threshold: int, costs: Vector) -> System:
        number = len(self.counts)
        counts = np.array(self.counts, dtype=float)
        shown, hidden, unseen, asked = (
            np.isin(np.arange(number), list(one)) for one in (self.shown, self.hidden, self.unseen, self.asked)
        )
        always = (hidden & ~shown) | unseen
        down, up = rooms(counts, threshold)
        paid = np.zeros(number)
        paid[places[places >= 0]] = costs[places >= 0]
        return System(
            counts, rows, np.array(self.primary, dtype=bool), asked & ~shown & ~always, always, (~unseen).astype(float), down, up, paid,
            places, beside,
        )  # fmt: skip


def _cells(made: _Columns, cut: _Cut, number: int, table: Table, threshold: int) -> Whole:
    """A column for each cell of a table that holds something; gives the column of each cell."""
    shape = table.cube.counts.shape
    inner_marks = np.zeros(int(np.prod(shape)), dtype=np.uint64)
    mine = cut.inside[number] >= 0
    np.add.at(inner_marks, cut.inside[number][mine], cut.marks[mine])
    marks: NDArray[np.uint64] = inner_marks.reshape(shape)
    for axis in range(marks.ndim):
        inner = np.take(marks, range(shape[axis] - 1), axis=axis)
        marks = np.concatenate([inner, inner.sum(axis=axis, keepdims=True, dtype=np.uint64)], axis=axis)
    small = under(table.cube.counts, threshold, table.persons).ravel()
    counts, flat = table.cube.counts.ravel(), marks.ravel()
    columns = np.full(counts.size, -1)
    for cell in np.flatnonzero(counts).tolist():
        columns[cell] = made.cell(int(flat[cell]), int(counts[cell]), bool(small[cell]))
    used = columns >= 0
    if table.hidden is None:
        made.asked.update(columns[used].tolist())
    else:
        away = table.hidden.ravel()
        made.hidden.update(columns[used & away].tolist())
        made.shown.update(columns[used & ~away].tolist())
    return columns


def _sums(cut: _Cut, places: list[Whole], first_part: int) -> list[Line]:
    """A cell is the sum of its parts."""
    rows: list[Line] = []
    done: set[int] = set()
    for inside, columns in zip(cut.inside, places, strict=True):
        for cell, parts in _grouped(inside).items():
            if (column := int(columns[cell])) not in done:
                done.add(column)
                rows.append([(column, 1.0), *((first_part + one, -1.0) for one in parts)])
    return rows


def _grouped(inside: Whole) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for part, cell in enumerate(inside.tolist()):
        if cell >= 0:
            found[cell].append(part)
    return found


def _apart(made: _Columns, cut: _Cut, tables: Sequence[Table], first_part: int, threshold: int) -> list[Line]:
    """What lies in exactly the same tables and is small: a column that no table shows, and that nobody may work out."""
    rows: list[Line] = []
    for number, table in enumerate(tables):
        by_cell: dict[tuple[int, int], list[int]] = defaultdict(list)
        for cell, parts in _grouped(cut.inside[number]).items():
            for part in parts:
                by_cell[int(cut.signature[part]), cell].append(part)
        for (signature, cell), parts in by_cell.items():
            mark = int(cut.marks[parts].sum(dtype=np.uint64))
            count, persons = table.apart.get((cut.signatures[signature], _members(table, cell)), (0, 0))
            if 0 < min(count, persons) < threshold and mark not in made.at:
                column = made.cell(mark, count, True)
                made.unseen.add(column)
                rows.append([(column, 1.0), *((first_part + one, -1.0) for one in parts)])
    return rows


def _members(table: Table, cell: int) -> tuple[str, ...]:
    at = np.unravel_index(cell, table.cube.counts.shape) if table.asked.by else ()
    return tuple(table.cube.members[axis][int(place)] for axis, place in enumerate(at))


def too_much() -> NotAllowed:
    """More hangs together than can be proved."""
    return NotAllowed(
        "It hangs together with too many publications to be proved safe beside them.",
        "Ask with the period, filters and breakdowns of one that left before.",
        code="too-much-released",
    )
