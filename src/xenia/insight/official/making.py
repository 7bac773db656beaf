"""A report made: every part released or refused in its own place, and the periods that reports are made for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed, XeniaError
from xenia.insight import actions
from xenia.insight.official import Part, Report, Scope
from xenia.insight.periods import months_later
from xenia.insight.release import GRADES, Released
from xenia.insight.warehouse import Warehouse

PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")
WITHHELD = frozenset(
    "too-close-to-released too-much-released not-safe not-publishable table-too-big stock-broken".split()
)
"""Why a table may not leave; what is wrong with a request is something else."""
MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class Shown:
    """A part as it came out: the table, or why there is none."""

    part: Part
    table: Released | None
    problem: XeniaError | None = None


@dataclass(frozen=True)
class Made:
    """A report for a scope in a grade."""

    report: Report
    scope: Scope
    grade: str
    parts: tuple[Shown, ...]


def period(text: str) -> tuple[date, date]:
    """First day, and the day after the last, of `2026`, `2026-H1`, `2026-Q1` or `2026-03`. Raises `BadInput` (`report-period`)."""
    found = PERIOD.fullmatch(text.strip())
    if found is None or not 1900 <= int(found[1]) <= 9998:
        raise BadInput(
            _("“%(text)s” is no period.") % {"text": text[:20]},
            _("Write 2026, 2026-H1, 2026-Q1 or 2026-03."),
            code="report-period",
        )
    year, quarter, half, month = (int(one) if one else 0 for one in found.groups())
    kind = "month" if month else "quarter" if quarter else "half" if half else "year"
    number = (month or quarter or half or 1) - 1
    first = date(year, 1 + number * MONTHS[kind] % 12, 1)
    return first, months_later(first, MONTHS[kind])


def last_quarter(today: date) -> str:
    """The quarter that ended before a day, as `period` reads it."""
    first = months_later(today.replace(day=1), -3)
    return f"{first.year}-Q{(first.month - 1) // 3 + 1}"


def make(here: Standing, where: Warehouse, report: Report, scope: Scope, grade: str = "", reason: str = "") -> Made:
    """Every part of the report, each released and written into the journal as a question of its own.

    A part that may not be shown says why; what is wrong with the request itself is raised as `actions.ask` raises it.
    """
    chosen = grade or report.grade
    if chosen not in GRADES:
        raise BadInput(
            _("There is no grade “%(name)s”.") % {"name": chosen[:20]},
            _("Known are %(known)s.") % {"known": ", ".join(GRADES)},
            code="unknown-grade",
        )
    where.files()
    parts = []
    for part in report.parts(scope):
        try:
            parts.append(
                Shown(part, rounded(part, actions.ask(here, where, part.question, chosen, reason, or_last=True)))
            )
        except (NotAllowed, BadInput) as problem:
            if problem.code not in WITHHELD:
                raise
            parts.append(Shown(part, None, problem))
    return Made(report, scope, chosen, tuple(parts))


def rounded(part: Part, made: Released) -> Released:
    """The table in multiples of the part's step, as offices write them; totals on their own. Says nothing that it did not say."""
    step = part.rounded
    if not step or made.grade == "interactive":  # that is rounded already
        return made
    cells = [
        one if one.shown is None else replace(one, shown=step * int((one.shown + step / 2) // step), flag="r")
        for one in made.cells
    ]
    note = f"Rounded to {step}; totals are rounded on their own: parts need not add up to them."
    return replace(made, cells=cells, notes=(*made.notes, note))
