"""A released table as a page shows it: lines and columns, totals last, in the order that the reader asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from xenia.insight import labels
from xenia.insight.release import Cell, Released

MOST_ACROSS = 16  # members of the last breakdown that stand beside each other
MOST_LINES = 400
HIDDEN = "c"


@dataclass(frozen=True)
class Value:
    """One figure. `text` is what stands there, `heard` what it means where the text alone does not say it."""

    text: str
    heard: str = ""
    total: bool = False


@dataclass
class Line:
    """One line: its heads from left to right, its figures, whether it is a total."""

    heads: list[str]
    values: list[Value]
    total: bool = False
    weight: float = 0.0


@dataclass
class Table:
    """What is shown. `heads`: of the columns with names; `across`: those with figures. `left_out`: lines that are not shown."""

    heads: list[str]
    across: list[tuple[str, bool]]
    over: str = ""
    lines: list[Line] = field(default_factory=list)
    totals: list[Line] = field(default_factory=list)
    empty: int = 0
    left_out: int = 0


def table(made: Released, sort: str = "") -> Table:
    """The table of a release. `sort`: "" by name or time, `most` or `least` by the last column."""
    fact, by = made.question.fact, made.question.by
    whole = list(made.cells)
    last = list(dict.fromkeys(cell.members[-1] for cell in whole)) if len(by) > 1 else []
    crossed = len(by) > 1 and 0 < len(last) - 1 <= MOST_ACROSS
    down = by[:-1] if crossed else by
    heads = [labels.dimension(fact, name) for name in down] or [""]
    across = [(labels.member(fact.dimensions[by[-1]], one), one is None) for one in last] if crossed else []
    shown = Table(
        heads,
        across or [(labels.measure(fact, made.question.measure), False)],
        labels.dimension(fact, by[-1]) if crossed else "",
    )
    cells = {cell.members: cell for cell in whole}
    lines: list[_Draft] = []
    totals: list[_Draft] = []
    for members in dict.fromkeys(cell.members[: len(down)] for cell in whole):
        found = [cells[(*members, one)] for one in last] if crossed else [cells[members]]
        if members and any(members) and not any(cell.shown or cell.flag == HIDDEN for cell in found):
            shown.empty += 1
            continue
        total = bool(members) and None in members
        draft = _Draft(members, found, total, float(found[-1].shown or 0))
        (totals if total and all(one is None for one in members) else lines).append(draft)
    _order(lines, sort, bool(by) and not fact.dimensions[by[0]].grain)
    shown.left_out = max(0, len(lines) - MOST_LINES)
    shown.lines = [_line(made, one) for one in lines[:MOST_LINES]]
    shown.totals = [_line(made, one) for one in totals]
    return shown


@dataclass(frozen=True)
class _Draft:
    """A line that is not written out yet: of tens of thousands a page shows a few hundred."""

    members: tuple[str | None, ...]
    found: Sequence[Cell]
    total: bool
    weight: float


def _line(made: Released, draft: _Draft) -> Line:
    fact, by = made.question.fact, made.question.by
    heads = [labels.member(fact.dimensions[name], one) for name, one in zip(by, draft.members, strict=False)]
    values = [value(cell, draft.total or (bool(cell.members) and cell.members[-1] is None)) for cell in draft.found]
    return Line(heads or [_("All")], values, draft.total, draft.weight)


def _order(lines: list[_Draft], sort: str, by_size: bool) -> None:
    """Biggest first where the first breakdown is no time; a total below a part stays with its part otherwise."""
    plain = not any(line.total for line in lines)
    if sort == "least" or (sort == "most" or (by_size and plain)):
        lines.sort(key=lambda line: line.weight, reverse=sort != "least")


def value(cell: Cell, total: bool = False) -> Value:
    """One figure as it is written."""
    if cell.flag == HIDDEN:
        return Value("c", _("hidden"), total)
    if cell.shown is None:
        return Value("–", _("none"), total)
    return Value(number(cell.shown), "", total)


def number(figure: float) -> str:
    """A figure with the reader's separators; whole where it is whole."""
    whole = float(figure).is_integer()
    return number_format(figure, decimal_pos=0 if whole else 1, use_l10n=True, force_grouping=True)
