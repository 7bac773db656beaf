"""How long each class of data is kept: rules as data, the day that follows from them, and the guard of the clock. Pure."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import re2

from xenia.errors import BadInput, Conflict

RULES_FILE = Path(__file__).with_name("retention_rules.json")
CONFIDENCES = ("read", "2nd", "memory", "design")
BACKWARDS = timedelta(minutes=5)  # own choice: more than a time service corrects in one step
FORWARDS = timedelta(days=366)  # own choice: an installation asleep for longer is looked at by a person first
_PERIOD = re2.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?")


@dataclass(frozen=True)
class Period:
    """Calendar years, months and days, in this order; ISO 8601 `P3Y`, `P3Y1D`, `P4M`."""

    years: int = 0
    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period written as ISO 8601 without times. Raises `BadInput`."""
        found = _PERIOD.fullmatch(text)
        if found is None or text == "P":
            raise BadInput(f"{text!r} is no period.", "Write it as P3Y, P4M, P1D or P3Y1D.", code="retention-rules")
        return cls(*(int(part or 0) for part in found.groups()))

    def after(self, day: date) -> date:
        """The day this period after `day`; where the month is too short, its last day (29 February + 1 year = 28 February)."""
        return self._moved(day, 1)

    def before(self, day: date) -> date:
        """The last day whose data are over on `day`: `after(before(day)) <= day`, and no later day has that."""
        guess = self._moved(day, -1)
        while self.after(guess + timedelta(days=1)) <= day:
            guess += timedelta(days=1)
        while self.after(guess) > day:
            guess -= timedelta(days=1)
        return guess

    def _moved(self, day: date, sign: int) -> date:
        count = day.year * 12 + day.month - 1 + sign * (self.years * 12 + self.months)
        year, month = divmod(count, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=sign * self.days)


@dataclass(frozen=True)
class Rule:
    """How long data of a class are kept. `warn`: how long before its end it is on the warning list.

    `counts_from`: `entry`, the period runs from the journal entry itself and a run erases its body; `record`, it runs
    from an event later than most entries, each record carries its own deletion day, and entries go with their subject;
    `closing`, from the entry (of a kind in `closed_by`) that ended the record, whose subject then goes with its history.
    `confidence`: read (in the source), 2nd (second hand), memory (to be verified), design (a parameter of ours).
    """

    retention_class: str
    what: str
    start: str
    period: Period
    warn: Period
    counts_from: str
    source: str
    confidence: str
    valid_from: date
    valid_to: date | None = None
    closed_by: tuple[str, ...] = ()

    def over(self, on: date) -> date:
        """Data whose period began on this day or earlier have to go on day `on`."""
        return self.period.before(on)

    def warned(self, on: date) -> date:
        """Data whose period began on this day or earlier are on the warning list on day `on`."""
        ahead = self.warn.after(on)
        return self.period.before(ahead)


def parsed(data: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules in a document such as `retention_rules.json`. Raises `BadInput` naming the rule that is wrong."""
    rules = []
    for row in data.get("rules", ()):
        try:
            rules.append(_rule(row))
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"The retention rule {row.get('class', '?')!r} is not complete.",
                f"Look at {error}.",
                code="retention-rules",
            ) from error
    return tuple(rules)


def _rule(row: Mapping[str, Any]) -> Rule:
    if row["confidence"] not in CONFIDENCES:
        raise ValueError("confidence")
    if not row["source"] or not row["start"]:
        raise ValueError("source and start")
    if row["counts_from"] not in ("entry", "record", "closing") or (row["counts_from"] == "closing") != bool(
        row.get("closed_by")
    ):
        raise ValueError("counts_from and closed_by")
    return Rule(
        retention_class=row["class"],
        what=row["what"],
        start=row["start"],
        period=Period.parse(row["period"]),
        warn=Period.parse(row.get("warn", "P1M")),
        counts_from=row["counts_from"],
        source=row["source"],
        confidence=row["confidence"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
        closed_by=tuple(row.get("closed_by", ())),
    )


def shipped() -> tuple[Rule, ...]:
    """The rules that come with Xenia."""
    return parsed(json.loads(RULES_FILE.read_text(encoding="utf-8")))


def installed(home: Path) -> tuple[Rule, ...]:
    """The shipped rules, those of classes named in `HOME/retention_rules.json` replaced by what stands there."""
    own_file = home / "retention_rules.json"
    if not own_file.exists():
        return shipped()
    try:
        own = parsed(json.loads(own_file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise BadInput(
            "retention_rules.json is not readable JSON.", "Correct the file or take it away.", code="retention-rules"
        ) from error
    replaced = {rule.retention_class for rule in own}
    return (*(rule for rule in shipped() if rule.retention_class not in replaced), *own)


def on_day(rules: Iterable[Rule], day: date) -> dict[str, Rule]:
    """The rule in force for each class; the latest `valid_from` wins."""
    force: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda one: one.valid_from):
        if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to):
            force[rule.retention_class] = rule
    return force


def guard_clock(now: datetime, newest: Sequence[datetime], *, checked: bool = False) -> None:
    """Refuse to delete by a clock that cannot be right. `newest`: times of the newest entry and the newest signed head.

    Raises `Conflict` `clock-behind` (never overridden) or `clock-jumped` (a person may say that the clock was `checked`).
    """
    if not newest:
        return
    last = max(newest)
    if now < last - BACKWARDS:
        raise Conflict(
            f"The clock shows {now:%Y-%m-%d %H:%M} UTC, but the journal holds an entry of {last:%Y-%m-%d %H:%M} UTC.",
            "Set the clock of this machine (timedatectl), then run it again. Nothing was deleted.",
            code="clock-behind",
        )
    if now > last + FORWARDS and not checked:
        raise Conflict(
            f"The clock shows {now:%Y-%m-%d}, {(now - last).days} days after the newest entry.",
            "If the clock is right and the installation was asleep, run it again with --clock-checked. Nothing was deleted.",
            code="clock-jumped",
        )
