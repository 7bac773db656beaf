"""The retention rules in force: what comes with Xenia, what the home's file says, and what two persons decided on the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings

from xenia.access.standing import Standing
from xenia.errors import BadInput, NotFound
from xenia.journal import forgetting
from xenia.oversight import retention
from xenia.oversight.retention import Period, Rule
from xenia.registers.reference import actions as reference
from xenia.registers.reference import read
from xenia.work.models import Proposal

LIST: Final = "retention-period"
PAGE: Final = "retention"


def in_force(day: date) -> dict[str, Rule]:
    """The rule of each class on that day. What was decided here stands in place of file and shipped rule."""
    found = retention.on_day(retention.installed(Path(settings.XENIA_HOME)), day)
    for term in read.terms(LIST, day):
        known = found.get(term.code)
        if known is not None:
            found[term.code] = decided(known, term)
    return found


def decided(rule: Rule, term: read.Term) -> Rule:
    """The rule with the period, warning time and source that were decided."""
    return replace(
        rule,
        period=Period.parse(term.attributes.get("period", "")),
        warn=Period.parse(term.attributes.get("warn", "")),
        source=term.source,
        confidence=term.confidence,
        valid_from=term.valid_from or rule.valid_from,
    )


def written(period: Period) -> str:
    """`P3Y1D`."""
    parts = ((period.years, "Y"), (period.months, "M"), (period.days, "D"))
    return "P" + ("".join(f"{number}{letter}" for number, letter in parts if number) or "0D")


def can_change(rule: Rule) -> bool:
    """Whether a run takes the period from the rule; records carry the day that their room gave them."""
    return rule.counts_from != "record"


def rule_of(name: str) -> Rule:
    """The rule in force for a class today. Raises `NotFound` (`no-class`)."""
    found = in_force(datetime.now(UTC).date()).get(name)
    if found is None:
        raise NotFound("There is no such class of data.", "Look at the list of periods.", code="no-class")
    return found


def propose(
    standing: Standing, name: str, period: str, warn: str, source: str, valid_from: date | None, reason: str
) -> Proposal:
    """Propose another period for a class. Raises `BadInput` (`retention-rules`, `bad-term`, `nothing-changed`), `NotFound`."""
    rule = rule_of(name)
    if not can_change(rule):
        raise BadInput(
            "The records of this class carry their own day.", "Their room decides it, by its terms.", code="own-day"
        )
    wanted = Period.parse(period.strip().upper())
    if wanted == Period():
        raise BadInput("A period of nothing would delete everything.", "Give at least P1D.", code="retention-rules")
    content = {
        "list": LIST,
        "code": name,
        "labels": {"en": rule.what},
        "attributes": {"period": written(wanted), "warn": written(Period.parse(warn.strip().upper()))},
        "valid_from": valid_from,
        "source": source,
        "confidence": "decided",
    }
    return reference.propose(standing, [content], reason, page=PAGE)


def overdue(most: int = 1000) -> int:
    """How many subjects are past their day now; counted no further than `most` in each room."""
    today = datetime.now(UTC).date()
    return sum(1 for room in forgetting.retained() for _ in islice(room.due(today), most))
