"""A question to the facts: which measure, broken down by what, of which of them. Pure; it knows no engine.

crossings by month, nationality, where post is UTO-AP1 or UTO-BG, from 2026-01-01 until before 2026-07-01
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xenia.errors import BadInput
from xenia.insight import declarations
from xenia.insight.declarations import Dimension, Fact, Measure

MOST_DIMENSIONS = 4
CONDITION = re.compile(r"([a-z_]+)\s*(!=|=)\s*(.*)")


@dataclass(frozen=True)
class Filter:
    """A dimension is one of the values; with `without`: none of them."""

    dimension: str
    values: tuple[str, ...]
    without: bool = False


@dataclass(frozen=True)
class Question:
    """`since` counts, `until` does not. Totals over every dimension always come with the answer: the engine counts them."""

    measure: str
    by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def fact(self) -> Fact:
        """What the measure is counted on. Raises `BadInput` (`unknown-measure`)."""
        found = declarations.fact_of(self.measure)
        if found is None:
            known = ", ".join(sorted(name for one in declarations.facts().values() for name in one.measures))
            raise BadInput(
                _("Nothing is counted as “%(name)s”.") % {"name": self.measure[:40]},
                _("Known are %(known)s.") % {"known": known},
                code="unknown-measure",
            )
        return found

    @property
    def counted(self) -> Measure:
        """The measure as declared."""
        return self.fact.measures[self.measure]

    def dimension(self, name: str) -> Dimension:
        """A dimension of the question's fact. Raises `BadInput` (`unknown-dimension`)."""
        found = self.fact.dimensions.get(name)
        if found is None:
            known = ", ".join(self.fact.dimensions)
            raise BadInput(
                _("%(measure)s cannot be broken down by “%(name)s”.") % {"measure": self.measure, "name": name[:40]},
                _("Known are %(known)s.") % {"known": known},
                code="unknown-dimension",
            )
        return found

    def told(self) -> dict[str, Any]:
        """The question as it is kept with what was released."""
        where = [{"dimension": one.dimension, "values": list(one.values), "without": one.without} for one in self.where]
        return {
            "measure": self.measure,
            "by": list(self.by),
            "where": where,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


def asked(
    measure: str,
    by: Iterable[str] = (),
    where: Iterable[str] = (),
    since: date | None = None,
    until: date | None = None,
) -> Question:
    """A question from words, each of `where` as `post=A,B` or `sex!=X`. Raises `BadInput`."""
    made = Question(measure, tuple(by), tuple(_condition(one) for one in where), since, until)
    for name in (*made.by, *(one.dimension for one in made.where)):
        made.dimension(name)
    if len(set(made.by)) != len(made.by) or len(made.by) > MOST_DIMENSIONS:
        raise BadInput(
            "A table has at most 4 breakdowns, each once.",
            "Leave some out.",
            code="too-many-breakdowns",
        )
    if since and until and since >= until:
        raise BadInput("The period is empty.", "Put the earlier day first.", code="empty-period")
    if made.counted.kind == "distinct":
        _within_a_year(made)
    _fitting(made)
    return made


def from_told(told: Mapping[str, Any]) -> Question:
    """The question that `told` kept."""
    where = tuple(Filter(one["dimension"], tuple(one["values"]), one["without"]) for one in told["where"])
    days = [date.fromisoformat(told[name]) if told[name] else None for name in ("since", "until")]
    return Question(told["measure"], tuple(told["by"]), where, *days)


def _condition(text: str) -> Filter:
    found = CONDITION.fullmatch(text.strip())
    if found is None:
        raise BadInput(
            _("“%(text)s” is no condition.") % {"text": text[:60]},
            _("Write it as post=A,B or sex!=X."),
            code="bad-condition",
        )
    values = tuple(sorted({one.strip() for one in found[3].split(",")}))
    return Filter(found[1], values, found[2] == "!=")


def _fitting(made: Question) -> None:
    """That a stock is asked for one day, and a ratio not by what it is a ratio of."""
    kind = made.counted.kind
    if kind == "stock" and any(made.dimension(name).grain for name in made.by):
        raise BadInput(
            "A stock is that of one day: it cannot be broken down by time.",
            "Ask for each day, with --until the day after it.",
            code="stock-by-time",
        )
    if kind == "ratio" and (made.counted.by in made.by or len(made.by) >= MOST_DIMENSIONS):
        raise BadInput(
            _("%(measure)s cannot be broken down by %(by)s, and by %(most)d others at most.")
            % {"measure": made.measure, "by": made.counted.by, "most": MOST_DIMENSIONS - 1},
            "Leave a breakdown out.",
            code="ratio-by",
        )


def _within_a_year(asked: Question) -> None:
    """Distinct persons hold within one year only: the pseudonym is another one in the next."""
    if not asked.since or not asked.until or asked.since.year != _last(asked.until).year:
        raise BadInput(
            "Different persons can be counted within one calendar year only: the pseudonym changes with it.",
            "Give a period within one year.",
            code="period-over-years",
        )


def _last(until: date) -> date:
    return date.fromordinal(until.toordinal() - 1)
