"""Which cells of a publication are hidden, beside everything that was published of the same facts before.

A publication is for ever: whoever reads the new one has the old ones. So the choice is made, and proved, for all that hang together.
The same question to the same facts gives the same table again. To facts that have changed it gives another only where no cell
changed by fewer than the threshold: the difference of two publications is a table too. What the engine is asked comes first, then
its place is given to somebody else while the proof is sought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from xenia.errors import NotAllowed
from xenia.insight import dialects
from xenia.insight.question import Question
from xenia.insight.release import auditing, counting, keeping, linked, suppressing, systems
from xenia.insight.release.keeping import Earlier
from xenia.insight.release.solver import NoAnswer
from xenia.insight.release.systems import System
from xenia.insight.release.tables import Counts, Cube, Mask
from xenia.insight.warehouse import Warehouse


@dataclass(frozen=True)
class Safe:
    """What may leave: which cells are hidden, how many of them on their own account, and whether fewer would not do."""

    hidden: Mask
    primary: int
    fewest: bool
    beside: int  # how many publications it was proved beside
    kept: str = ""  # the name under which the same table lies already


@dataclass(frozen=True)
class Plan:
    """A publication beside all others that it shares facts with: all that the engine says of it is in here."""

    system: System
    shape: tuple[int, ...]
    beside: int
    changed: str = ""  # the day on which the same facts were published with other counts

    def proved(self) -> Safe:
        """The cells to hide. Raises `NotAllowed` (`not-safe`, `too-close-to-released`)."""
        try:
            system = suppressing.reachable(self.system)
            choice = suppressing.choose_in(system, self.shape)
            prove(system, choice)
        except NoAnswer:
            raise _not_safe() from None
        if self.changed and choice.hidden.any():
            raise _added_to(self.changed)
        return Safe(choice.hidden, int(choice.primary.sum()), choice.best, self.beside)


def again(
    warehouse: Warehouse, published: Sequence[Mapping[str, Any]], given: Question, asked: Question, cube: Cube
) -> Safe | None:
    """What was hidden when the same question to the same facts was published last; None where it was not, or of other facts.

    The table is then the one that everybody has: nothing else needs to be asked. `given`: the question as it was put, `asked`: up to
    the day until which it counts. Raises `Unavailable` (`release-log`).
    """
    for line in reversed(published):
        is_same = keeping.counts_the_same(line, asked)
        if not is_same and not keeping.is_to(line, given):
            continue
        before = keeping.as_it_left(warehouse, line)
        if _same(before, cube):
            return Safe(
                before.hidden,
                int(line.get("primary", 0)),
                bool(line.get("fewest", True)),
                int(line.get("beside", 0)),
                str(line["kept"]) if is_same else "",  # to another day it is written down as such
            )
    return None


def plan(
    warehouse: Warehouse,
    connection: Any,
    dialect: dialects.Dialect,
    published: Sequence[Mapping[str, Any]],
    given: Question,
    asked: Question,
    cube: Cube,
    threshold: int,
    seed: int = 0,
) -> Plan:
    """What has to be proved; `given`, `asked` as in `again`; `seed` decides between equals. Raises `NotAllowed` (`too-close-to-released`, `too-much-released`) and `Unavailable`."""
    earlier = [keeping.as_it_left(warehouse, one) for one in linked.connected(asked, published)]
    if len(earlier) >= linked.MOST_TABLES:
        raise linked.too_much()
    for one in earlier:
        if keeping.is_to(one.line, given):  # what came in the days between is a difference of the two
            _not_few(one, cube, threshold)
    now = [_as_now(warehouse, connection, dialect, one, threshold) for one in earlier]
    changed = _changed(earlier, now, given, asked)
    persons = counting.behind(warehouse, connection, dialect, asked, cube)
    system = (
        _linked(
            warehouse, connection, dialect, asked, cube, persons, list(zip(earlier, now, strict=True)), threshold, seed
        )
        if earlier
        else systems.of_table(cube.counts, threshold, persons, seed)
    )
    return Plan(system, cube.counts.shape, len(earlier), changed)


def _changed(earlier: Sequence[Earlier], now: Sequence[Cube], given: Question, asked: Question) -> str:
    """The day on which this question was published of days whose counts are others now; "" where there is none.

    What the two say together cannot be proved: which facts came late stands in no breakdown. So neither may hide a cell.
    Raises `NotAllowed` (`too-close-to-released`) where the earlier one did.
    """
    day = ""
    for one, cube in zip(earlier, now, strict=True):
        mine = keeping.is_to(one.line, given) or keeping.counts_the_same(one.line, asked)
        if mine and not _same(one, cube):
            day = one.at[:10]
            if one.hidden.any():
                raise _added_to(day)
    return day


def _added_to(day: str) -> NotAllowed:
    return NotAllowed(
        _(
            "Facts came late to days that were published on %(day)s, and cells are hidden: together the two might show them."
        )
        % {"day": day},
        "Use the table as it was published, or ask for a period that was not published yet.",
        code="too-close-to-released",
    )


def prove(system: System, choice: suppressing.Choice) -> None:
    """That what is published does not say too much about any cell under the threshold. Raises `NotAllowed` (`not-safe`)."""
    hidden = system.hidden(choice.hidden)
    if (system.primary & ~hidden).any():
        raise _not_safe()
    published = np.where(hidden, np.nan, system.counts)
    for one in auditing.bounds_in(published, hidden, system.rows, system.least, system.primary):
        count = system.counts[one.place]
        if one.least > count - system.down[one.place] + 1e-6 or one.most < count + system.up[one.place] - 1e-6:
            raise _not_safe()
        if one.exact:
            raise _not_safe()


def _not_safe() -> NotAllowed:
    return NotAllowed(
        "The table could not be made safe beside what was published before.", "Leave out a breakdown.", code="not-safe"
    )


def _same(before: Earlier, cube: Cube) -> bool:
    return before.members == cube.members and bool((before.counts == cube.counts).all())


def _as_now(warehouse: Warehouse, connection: Any, dialect: dialects.Dialect, before: Earlier, threshold: int) -> Cube:
    """An earlier publication as it would be counted now. Raises `NotAllowed` where a cell changed by few."""
    cube = counting.answered(warehouse, connection, dialect, before.question).cube
    _not_few(before, cube, threshold)
    return cube


def _not_few(before: Earlier, cube: Cube, threshold: int) -> None:
    """Raises `NotAllowed` (`too-close-to-released`) where few came to a cell, or went, since it was published."""
    if _same(before, cube):
        return
    then, today = _by_name(before.members, before.counts), _by_name(cube.members, cube.counts)
    if any(0 < abs(then.get(name, 0) - today.get(name, 0)) < threshold for name in then.keys() | today.keys()):
        raise NotAllowed(
            _(
                "Since a table was published on %(day)s, fewer than %(least)d facts came to one of its cells: "
                "together the two would show them."
            )
            % {"day": before.at[:10], "least": threshold},
            "Use the table as it was published, or ask again when more have come.",
            code="too-close-to-released",
        )


def _by_name(members: Sequence[Sequence[str]], counts: Counts) -> dict[tuple[str | None, ...], int]:
    names = [(*one, None) for one in members]
    return {
        tuple(names[axis][place] for axis, place in enumerate(at)): int(count)
        for at, count in np.ndenumerate(counts)
        if count
    }


def _linked(
    warehouse: Warehouse,
    connection: Any,
    dialect: dialects.Dialect,
    asked: Question,
    cube: Cube,
    persons: Counts,
    earlier: list[tuple[Earlier, Cube]],
    threshold: int,
    seed: int,
) -> System:
    questions = [asked, *(one.question for one, _now in earlier)]
    parts = _parts(connection, dialect, questions)
    apart = _apart(connection, dialect, questions)
    tables = [linked.Table(asked, cube, persons, apart[0])]
    for (before, now), small in zip(earlier, apart[1:], strict=True):
        behind = counting.behind(warehouse, connection, dialect, before.question, now)
        tables.append(linked.Table(before.question, now, behind, small, _still_hidden(before, now)))
    return linked.system(tables, parts, threshold, seed)


def _still_hidden(before: Earlier, now: Cube) -> Mask:
    """The cells that an earlier publication hid, among the members there are now."""
    names = [(*one, None) for one in before.members]
    away = {tuple(names[axis][int(place)] for axis, place in enumerate(at)) for at in np.argwhere(before.hidden)}
    here = [(*one, None) for one in now.members]
    hidden = np.zeros(now.counts.shape, dtype=bool)
    for at in np.ndindex(hidden.shape):
        hidden[at] = tuple(here[axis][place] for axis, place in enumerate(at)) in away
    return hidden


def _parts(connection: Any, dialect: dialects.Dialect, questions: Sequence[Question]) -> Mapping[linked.Part, int]:
    by = linked.breakdowns(questions)
    statement = dialects.parts(questions, by, dialect, questions[0].fact.name)
    rows = connection.execute(statement.sql, statement.parameters).fetchmany(linked.MOST_PARTS + 1)
    if len(rows) > linked.MOST_PARTS:
        raise linked.too_much()
    found: dict[linked.Part, int] = defaultdict(int)
    for row in rows:
        found[_part(row, len(questions), len(by))] += int(row[len(questions) + len(by)] or 0)
    return found


def _apart(
    connection: Any, dialect: dialects.Dialect, questions: Sequence[Question]
) -> list[Mapping[linked.Part, tuple[int, int]]]:
    """For each of the tables by signature and its breakdowns: how many facts, and persons at least. One question to the engine."""
    by = linked.breakdowns(questions)
    statement = dialects.parts(questions, by, dialect, questions[0].fact.name, [one.by for one in questions])
    sides = len(questions)
    facts: dict[tuple[int, linked.Part], int] = defaultdict(int)
    persons: dict[tuple[int, linked.Part], int] = defaultdict(int)
    for row in connection.execute(statement.sql, statement.parameters).fetchall():
        number, left_out, _year, behind = row[sides + len(by) :]
        part = _part(row, sides, len(by))
        facts[left_out, part] += int(number or 0)
        persons[left_out, part] = max(persons[left_out, part], int(behind or 0))
    known = questions[0].fact.columns.get("person") == "key" and questions[0].counted.kind != "stock"
    found: list[Mapping[linked.Part, tuple[int, int]]] = []
    for one in questions:
        places = [by.index(name) for name in one.by]
        bits = sum(1 << (len(by) - 1 - place) for place in range(len(by)) if place not in places)
        found.append(
            {
                (signature, tuple(members[place] for place in places)): (
                    number,
                    persons[left_out, (signature, members)] if known else number,
                )
                for (left_out, (signature, members)), number in facts.items()
                if left_out == bits
            }
        )
    return found


def _part(row: tuple[Any, ...], sides: int, width: int) -> linked.Part:
    return tuple(bool(one) for one in row[:sides]), tuple(counting.word(one) for one in row[sides : sides + width])
