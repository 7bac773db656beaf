"""A ratio is read off a table that has left: it shows nothing that the table does not show.

Of `replies` by agreement and outcome, the share accepted is the column of what was accepted against the total column, which the
engine counted. Both counts and what lies between them are cells of one table, protected together: were the refused few, the
accepted would be hidden too, and no ratio is given where either side is hidden.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from xenia.insight.question import Filter, Question
from xenia.insight.release import TOTAL, Cell, Released

FEWEST = 20
"""Below so many no ratio is given: with noise it would say nothing, without it too much."""


def table(asked: Question) -> Question:
    """The table that the ratio is read off: one breakdown more, and only the members that are held against each other."""
    measure = asked.counted
    only = (Filter(measure.by, tuple(sorted({*measure.plus, *measure.minus}))),) if measure.minus else ()
    return Question(measure.of, (*asked.by, measure.by), (*asked.where, *only), asked.since, asked.until)


def of(made: Released, asked: Question) -> Released:
    """The ratio, in per cent with one digit, for every cell whose two sides are shown."""
    measure, cells = asked.counted, []
    found = {one.members: one for one in made.cells}
    for members in dict.fromkeys(one.members[:-1] for one in made.cells):
        above = _sum([found.get((*members, name)) for name in measure.plus])
        below = _sum([found.get((*members, name)) for name in (measure.minus or (TOTAL,))])
        cells.append(_cell(members, above, below, rounded=made.grade == "interactive", capped=not measure.minus))
    notes = [
        f"In per cent, where both counts are shown and the lower one is at least {FEWEST}.",
        *(one for one in made.notes if not one.startswith("Totals are rounded")),
    ]
    if made.grade == "interactive":
        notes.append("Both counts carry noise: on 100 cases the ratio may be wrong by up to 7.")
    hidden = sum(one.shown is None for one in cells)
    marked = [[list(one.members), one.shown, one.flag] for one in cells]
    digest = hashlib.sha256(json.dumps([asked.told(), made.digest, marked]).encode()).hexdigest()
    said = {**made.parameters, "table": made.digest}
    return replace(made, question=asked, cells=cells, hidden=hidden, notes=tuple(notes), parameters=said, digest=digest)


def _sum(cells: list[Cell | None]) -> int | float | None:
    """What the cells show together; None where one is hidden. What has no cell was never counted: none."""
    shown = [0 if one is None else one.shown for one in cells]
    return None if None in shown else sum(one for one in shown if one is not None)


def _cell(
    members: tuple[str | None, ...],
    above: int | float | None,
    below: int | float | None,
    *,
    rounded: bool,
    capped: bool,
) -> Cell:
    if above is None or below is None or below < FEWEST:
        return Cell(members, None, "c")
    share = round(100 * above / below, 1)
    return Cell(members, min(share, 100.0) if capped else share, "r" if rounded else "")
