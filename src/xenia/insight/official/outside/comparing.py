"""Others' figures beside our own: year by year, for one place or one group of those that the file knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from xenia.errors import BadInput
from xenia.insight.official.outside.keeping import SMALL_AS_FIVE, Kept
from xenia.insight.official.outside.reading import Table
from xenia.insight.release import Released


@dataclass(frozen=True)
class Beside:
    """One year. `theirs` None: not available; `parts`: of how many figures it is the sum; `ours` None: hidden or not counted."""

    time: str
    theirs: float | None
    flag: str
    parts: int
    ours: int | float | None
    ours_flag: str = ""


def chosen(table: Table, wanted: Mapping[str, str], measure: str = "") -> dict[str, tuple[float | None, str, int]]:
    """The file's figures by time, of those rows that `wanted` names: figure, flags, of how many it is the sum.

    Where several rows fit they are added, which is right only where they do not overlap: a file with rows of totals wants the
    total named. What is not available makes no sum. Raises `BadInput` (`outside-choice`).
    """
    name = measure or table.measures[0]
    unknown = [one for one in wanted if one not in table.breakdowns]
    if unknown or name not in table.measures:
        raise BadInput(
            _("The file has no %(name)s.") % {"name": ", ".join(unknown) or name},
            _("It has %(known)s.") % {"known": ", ".join((*table.breakdowns, *table.measures))},
            code="outside-choice",
        )
    at = {one: place for place, one in enumerate(table.breakdowns)}
    found: dict[str, tuple[float | None, str, int]] = {}
    for one in table.figures:
        if one.measure != name or any(one.members[at[key]] != value for key, value in wanted.items()):
            continue
        time = one.members[at[table.time]] if table.time else ""
        value, flag, parts = found.get(time, (0.0, "", 0))
        whole = None if value is None or one.value is None else value + one.value
        found[time] = (whole, " ".join(sorted({*flag.split(), *one.flag.split()})), parts + 1)
    return found


def beside(theirs: Mapping[str, tuple[float | None, str, int]], ours: Released | None) -> list[Beside]:
    """Both by year, the latest first. `ours`: a released table by year, so that nothing else is shown than what was released."""
    own = {cell.members[0]: cell for cell in ours.cells if cell.members[0] is not None} if ours else {}
    rows = []
    for time in sorted({*theirs, *(str(one) for one in own)}, reverse=True):
        value, flag, parts = theirs.get(time, (None, "", 0))
        cell = own.get(time)
        rows.append(Beside(time, value, flag, parts, cell.shown if cell else None, cell.flag if cell else ""))
    return rows


def members(table: Table, breakdown: str, most: int = 400) -> Sequence[str]:
    """The members of a breakdown as the file names them, in its order."""
    place = table.breakdowns.index(breakdown)
    return list(dict.fromkeys(one.members[place] for one in table.figures))[:most]


def cautions(kept: Kept, theirs: Mapping[str, tuple[float | None, str, int]]) -> list[str]:
    """What has to be known of the figures, as keys of `pages.CAUTIONS`."""
    found = ["rounded"] if kept.rounded else []
    if kept.convention == SMALL_AS_FIVE:
        found.append("small")
    if any(parts > 1 for _value, _flag, parts in theirs.values()):
        found.append("summed")
    return [*found, "differ"]


def gaps(table: Table, total: Mapping[str, str], parts: Mapping[str, Sequence[str]]) -> list[tuple[str, float, float]]:
    """Years in which the parts do not add up to the total: year, total, sum of the parts. Rounding on their own explains a few units.

    `total`: the row of the total; `parts`: breakdown -> members that make it up. Years with anything missing are left out.
    """
    ((breakdown, names),) = parts.items()
    whole, found = chosen(table, total), []
    each = [chosen(table, {**total, breakdown: name}) for name in names]
    for time, (value, _flag, _parts) in whole.items():
        values = [one.get(time, (None, "", 0))[0] for one in each]
        known = [one for one in values if one is not None]
        if value is not None and len(known) == len(values) and sum(known) != value:
            found.append((time, value, sum(known)))
    return found
