"""What of a released table a chart shows: labels and figures, gaps in time filled, totals as they were released. Pure but for labels.

Nothing is added up here: where a chart has fewer breakdowns than the table, it shows the totals that came with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xenia.insight import labels
from xenia.insight.declarations import Dimension
from xenia.insight.release import Released

MOST_TIMES = 1500


@dataclass(frozen=True)
class Point:
    """One figure of a chart: where it stands (codes by breakdown, in the order asked for), and what is shown there."""

    at: tuple[str, ...]
    value: float | None
    hidden: bool = False


def dimensions(made: Released) -> list[Dimension]:
    """The breakdowns of the table."""
    return [made.question.fact.dimensions[name] for name in made.question.by]


def points(made: Released, axes: Sequence[int]) -> list[Point]:
    """The figures by these breakdowns; of the others, the totals."""
    found = []
    for cell in made.cells:
        if all((cell.members[axis] is not None) == (axis in axes) for axis in range(len(cell.members))):
            at = tuple(str(cell.members[axis]) for axis in axes)
            found.append(Point(at, None if cell.shown is None else float(cell.shown), cell.flag == "c"))
    return found


def times(one: Dimension, codes: Sequence[str]) -> list[str]:
    """The codes in order with those that are missing between them: a gap in time is nothing counted, not nothing there."""
    ordered = sorted(set(codes))
    if len(ordered) < 2:
        return ordered
    made = [ordered[0]]
    while made[-1] < ordered[-1] and len(made) < MOST_TIMES:
        following = after(one.grain, made[-1])
        if following is None or following <= made[-1]:
            return ordered
        made.append(following)
    return made if set(ordered) <= set(made) else ordered


def after(grain: str, code: str) -> str | None:
    """The hour, day, week, month, quarter or year after one; None for what is none."""
    try:
        if grain == "hour":
            hour = int(code[11:13]) + 1
            day = date.fromisoformat(code[:10]) + timedelta(days=hour // 24)
            return f"{day.isoformat()}T{hour % 24:02}"
        if grain == "day":
            return (date.fromisoformat(code) + timedelta(days=1)).isoformat()
        if grain == "week":
            year, week, _day = (date.fromisocalendar(int(code[:4]), int(code[6:]), 1) + timedelta(days=7)).isocalendar()
            return f"{year}-W{week:02}"
        if grain == "month":
            number = int(code[:4]) * 12 + int(code[5:])
            return f"{number // 12}-{number % 12 + 1:02}"
        if grain == "quarter":
            number = int(code[:4]) * 4 + int(code[6:])
            return f"{number // 4}-Q{number % 4 + 1}"
        return f"{int(code) + 1:04}"
    except ValueError:
        return None


def largest(made: Released, axis: int, most: int) -> tuple[list[str], int]:
    """The members of a breakdown with the largest totals, and how many there are."""
    found = sorted(points(made, [axis]), key=lambda one: (-(one.value or 0), one.at))
    return [one.at[0] for one in found[:most]], len(found)


def label(one: Dimension, code: str) -> str:
    """A member in the reader's language."""
    return labels.member(one, code)
