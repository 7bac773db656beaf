"""A question as the address of a page, and back: what is asked can be passed on as a link.

    ?measure=crossings&by=month&by=nationality&only-post=UTO-AP1&period=year&grade=interactive&chart=lines

`only-D=A` may come again: one of these; with `not=D`: all but these. An address never gives more than `release()` does, and never
exact counts: their reason is posted, so that nobody answers for a link that somebody else wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from xenia.errors import BadInput
from xenia.insight import declarations, periods
from xenia.insight.charts import parts
from xenia.insight.declarations import Fact
from xenia.insight.question import MOST_DIMENSIONS, Filter, Question, asked
from xenia.insight.release import GRADES

FIRST_MEASURE = "crossings"
ONLY = "only-"
MOST_VALUES, LONGEST_VALUE, LONGEST_REASON = 300, 60, 500
CHARTS = ("auto", "lines", "bars", "small-multiples", "heat", "flows", "symbols", "areas", "none")
SORTS = ("", "most", "least")
NOT_THERE = {
    "grade": gettext_noop("There is no grade “%(name)s”."),
    "chart": gettext_noop("There is no chart “%(name)s”."),
    "sort": gettext_noop("There is no order “%(name)s”."),
    "part": gettext_noop("There is no part of the world “%(name)s”."),
}


@dataclass(frozen=True)
class Address:
    """A question as it stands in an address: the period may be one that moves with the day."""

    measure: str = FIRST_MEASURE
    by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    period: str = "all"
    since: date | None = None
    until: date | None = None  # the last day, which counts
    grade: str = "interactive"
    chart: str = "auto"
    sort: str = ""
    part: str = parts.FIT  # of the world, on a map
    reason: str = ""

    def question(self, today: date) -> Question:
        """What is asked of the facts on that day. Raises `BadInput` as `question.asked` does."""
        since, until = periods.days(self.period, today)
        if self.period == periods.OWN:
            # The last day that there is has no day after it: until then is until ever.
            last = self.until if self.until != date.max else None
            since, until = self.since, last and date.fromordinal(last.toordinal() + 1)
        made = asked(self.measure, self.by, (), since, until)
        for one in self.where:
            if made.dimension(one.dimension).grain:
                raise BadInput(
                    _("%(name)s is chosen by the period.") % {"name": one.dimension},
                    _("Give a period instead."),
                    code="bad-condition",
                )
        return replace(made, where=self.where)

    def told(self) -> dict[str, Any]:
        """As it is kept; `from_told` reads it."""
        return {
            "measure": self.measure,
            "by": list(self.by),
            "where": [
                {"dimension": one.dimension, "values": list(one.values), "without": one.without} for one in self.where
            ],
            "period": self.period,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "grade": self.grade,
            "chart": self.chart,
            "sort": self.sort,
            "part": self.part,
        }

    def query(self, **other: str) -> str:
        """The address without its `?`; the reason for exact counts is never part of it. `other`: instead of what is said."""
        said = {
            "period": self.period,
            "grade": self.grade,
            "chart": self.chart,
            "sort": self.sort,
            "part": self.part,
            **other,
        }
        pairs = [("measure", self.measure), *(("by", name) for name in self.by)]
        for one in self.where:
            pairs += [(ONLY + one.dimension, value) for value in one.values]
            pairs += [("not", one.dimension)] if one.without else []
        if self.period == periods.OWN:
            pairs += [(name, day.isoformat()) for name, day in (("since", self.since), ("until", self.until)) if day]
        first = {"period": "all", "grade": "interactive", "chart": "auto", "sort": "", "part": parts.FIT}
        return urlencode([*pairs, *((name, value) for name, value in said.items() if value != first.get(name))])


def from_told(told: dict[str, Any]) -> Address:
    """The address that `told` kept."""
    where = tuple(Filter(one["dimension"], tuple(one["values"]), one["without"]) for one in told["where"])
    since, until = (date.fromisoformat(told[name]) if told[name] else None for name in ("since", "until"))
    rest = {name: told[name] for name in ("grade", "chart", "sort")} | {"part": told.get("part", parts.FIT)}
    return Address(told["measure"], tuple(told["by"]), where, told["period"], since, until, **rest)


def read(given: QueryDict) -> Address:
    """The question that an address holds. Raises `BadInput` naming what is wrong, never more than the address said."""
    measure = given.get("measure", FIRST_MEASURE)
    by = tuple(name for name in given.getlist("by") if name)
    without = set(given.getlist("not"))
    where = []
    for key in sorted(given.keys()):
        if not key.startswith(ONLY):
            continue
        values = tuple(sorted({value.strip() for value in given.getlist(key)}))
        if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in values):
            raise BadInput(
                _("“%(name)s” holds too much.") % {"name": key[:40]}, _("Choose fewer."), code="bad-condition"
            )
        where.append(Filter(key.removeprefix(ONLY), values, key.removeprefix(ONLY) in without))
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    period = given.get("period", "") or (periods.OWN if since or until else "all")
    return Address(
        measure, by, tuple(where), period, since, until,
        _one_of("grade", given.get("grade", "") or "interactive", GRADES), _one_of("chart", given.get("chart", "") or "auto", CHARTS),
        _one_of("sort", given.get("sort", ""), SORTS), _one_of("part", given.get("part", "") or parts.FIT, parts.PARTS),
    )  # fmt: skip


def fitting(given: Address) -> Address:
    """What of an address holds for its measure: after another measure was chosen. Raises `BadInput` (`unknown-measure`)."""
    fact: Fact = Question(given.measure).fact
    by = tuple(dict.fromkeys(name for name in given.by if name in fact.dimensions))[:MOST_DIMENSIONS]
    where = tuple(one for one in given.where if one.dimension in fact.dimensions)
    return replace(given, by=by, where=where)


def known_measures() -> dict[str, Fact]:
    """The fact of each measure that can be asked for."""
    return {name: fact for fact in declarations.facts().values() for name in fact.measures}


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        wanted = ", ".join(one for one in known if one)
        code = {"grade": "unknown-grade"}.get(name, "unknown-choice")
        words = gettext(NOT_THERE[name]) % {"name": value[:40]}
        raise BadInput(words, _("Known are %(known)s.") % {"known": wanted}, code=code)
    return value


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        words = _("“%(text)s” is no day.") % {"text": text[:20]}
        raise BadInput(words, _("Write it as 2026-03-02."), code="bad-day") from None
