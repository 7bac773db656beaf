"""Reports of a post: a day, week or month of its own local days. Counts inside the post's authority, never lists of persons.

These figures are operational and exact: they do not pass statistical release and are not for publication.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.standing import Place, Standing
from xenia.frontier.shift import board, counting, kinds, periods
from xenia.frontier.shift.charts import columns, share
from xenia.frontier.shift.counts import Counts, added
from xenia.frontier.shift.periods import Period
from xenia.frontier.shift.tables import KINDS, TableRow, TableView, table
from xenia.journal import actions as journal

PERMISSION: Final = "reports.read"
PURPOSE: Final = "supervision"


@dataclass(frozen=True)
class Report:
    """The tables of a period. `unfinished`: it is not over yet. `known`: days of it that have happened."""

    place: Place
    period: Period
    tables: tuple[TableView, ...]
    admitted: int
    refused: int
    taken_back: int
    checks: int
    at: datetime
    unfinished: bool
    known: int

    @property
    def whole(self) -> int:
        """All decisions that stand."""
        return self.admitted + self.refused


def report(standing: Standing, period: Period, *, top: int | None = None) -> Report:
    """The report of this standing's post. Raises `NotAllowed`, and `NotFound` for a post of another authority."""
    policy.require(standing, PERMISSION)
    place, now = board.here(standing), datetime.now(UTC)
    today = periods.local(now, place.zone).date()
    by_day = counting.by_day(place.code, place.zone, period.days, today)
    counts = added(by_day.values())
    shown = [table(counts, key, top=top) for key in KINDS]
    if period.kind != periods.DAY:
        shown.insert(1, _days(by_day))
    return Report(
        place=place,
        period=period,
        tables=tuple(shown),
        admitted=counts.total("direction", "entry.admitted", "exit.admitted"),
        refused=counts.total("direction", "entry.refused", "exit.refused"),
        taken_back=counts.total("direction", "taken-back"),
        checks=counts.total("check"),
        at=now,
        unfinished=today <= period.last,
        known=len(by_day),
    )


def _days(by_day: dict[date, Counts]) -> TableView:
    """One row for each day of the period, in order, with its chart."""
    parts = (("entry.admitted",), ("exit.admitted",), ("entry.refused", "exit.refused"))
    rows = []
    for day, counts in by_day.items():
        numbers = tuple(counts.total("direction", *part) for part in parts)
        rows.append(TableRow(day.isoformat(), date_format(day, "D j M Y"), numbers, sum(numbers), 0.0))
    most = max((row.all for row in rows), default=0)
    rows = [TableRow(row.code, row.label, row.numbers, row.all, share(row.all, most)) for row in rows]
    every = 1 if len(rows) <= 7 else 5
    chart = columns(
        [str(int(row.code[-2:])) for row in rows], [row.all for row in rows], rtl=get_language_bidi(), every=every
    )
    sums = tuple(sum(row.numbers[at] for row in rows) for at in range(len(parts)))
    headings = (_("Arrivals"), _("Departures"), _("Refused"), _("All"))
    return TableView(
        "day", _("Day"), _("Local days of the post."), _("Day"), headings, tuple(rows), sums, sum(sums), chart
    )


def note_taken(standing: Standing, made: Report, form: str) -> None:
    """Write down that the report was taken as a file: which one and in which form."""
    body = {"post": made.place.code, "period": made.period.name, "form": form}
    act = standing.act(PURPOSE, f"post:{made.place.code}", owner=made.place.authority)
    with journal.writing():
        journal.append(kinds.REPORT_TAKEN, body, act)
