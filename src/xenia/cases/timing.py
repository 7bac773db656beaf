"""Time limits of a case: set, stopped, extended, suspended by its events. Rows are never recomputed: a change makes a new one.

Only `applying` and `clock` call this, inside `writing()`; what changed is told to the journal by one entry per event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from xenia.cases import kinds
from xenia.cases.definition import (
    Calendar,
    DeadlineRule,
    Due,
    Length,
    Procedure,
    Profile,
    calendar_of,
    ends,
    extended,
    holds,
    latest_before,
    suspended,
)  # fmt: skip
from xenia.cases.models import Case, CaseDeadline, CaseEvent
from xenia.journal.act import Act
from xenia.journal.actions import append


@dataclass
class Step:
    """What has just happened to a case, and what it now knows. `changes` collects what became of its time limits."""

    case: Case
    procedure: Procedure
    profile: Profile | None
    event: CaseEvent
    facts: Mapping[str, Any]
    changes: list[dict[str, Any]] = field(default_factory=list)


def follow(step: Step, act: Act) -> None:
    """Let every rule see the event; then note what changed. Inside `writing()`."""
    held = {row.rule: row for row in CaseDeadline.objects.filter(case=step.case, state__in=("running", "suspended"))}
    final = step.procedure.states[step.case.state].final
    for rule in step.procedure.deadlines.values():
        row = held.pop(rule.name, None)
        row = _changed(step, rule, row) if row else None
        if final and row is not None:
            _end(step, row, "stopped", step.event.at)
        elif not final and step.event.action in rule.starts:
            _start(step, rule, row)
    for orphan in held.values():
        _end(step, orphan, "stopped", step.event.at)  # a rule that the case's version no longer has
    settle(step.case)
    if step.changes:
        body = {"case": str(step.case.pk), "event": str(step.event.pk), "limits": step.changes}
        append(kinds.LIMITED, body, act, subjects=_subjects(step.case), occurred_at=step.event.at)


def _subjects(case: Case) -> list[Any]:
    return [case.identity] if case.identity else []


def _changed(step: Step, rule: DeadlineRule, row: CaseDeadline) -> CaseDeadline | None:
    """The row after stopping, extending, suspending or resuming; None where it ended."""
    action = step.event.action
    if action in rule.stops:
        _end(step, row, "stopped", step.event.at)
        return None
    if rule.extend and action == rule.extend.by and row.extensions < rule.extend.times:
        length = step.procedure.length(rule.extend.length, step.profile)
        if length is not None:
            stood = row.ended_at if row.state == "suspended" else None
            row = _replaced(step, rule, row, extended(_due(row), length, _calendar(step, rule)), 1)
            if stood is not None:
                _end(step, row, "suspended", stood)  # its clock stands as before
            return row
    if rule.suspend and row.state == "running" and action in rule.suspend.by and holds(rule.suspend.if_, step.facts):
        row.state, row.ended_at = "suspended", step.event.at
        row.save(update_fields=["state", "ended_at"])
        _tell(step, row)
    elif rule.suspend and row.state == "suspended" and action in rule.suspend.resume and row.ended_at:
        length = Length.parse(row.length)
        later = suspended(_due(row), row.ended_at, step.event.at, length, _calendar(step, rule))
        return _replaced(step, rule, row, later, 0)
    return row


def _due(row: CaseDeadline) -> Due:
    return Due(row.due_on, row.due_at)


def _end(step: Step, row: CaseDeadline, state: str, at: datetime) -> None:
    row.state, row.ended_at = state, at
    row.save(update_fields=["state", "ended_at"])
    _tell(step, row)


def _replaced(step: Step, rule: DeadlineRule, row: CaseDeadline, later: Due, more: int) -> CaseDeadline:
    _end(step, row, "replaced", step.event.at)
    return _made(step, rule, row.starts_at, later, Length.parse(row.length), row.extensions + more)


def _start(step: Step, rule: DeadlineRule, row: CaseDeadline | None) -> None:
    """The limit begins; one that ran is replaced, or stops where the rule does not apply to the answers any more."""
    length = step.procedure.length(rule.length, step.profile)
    until = ends(rule, length, step.event.at, step.facts, _calendar(step, rule)) if length else None
    if length is None or until is None:
        if row is not None:
            _end(step, row, "stopped", step.event.at)
        return
    if rule.counted_from and rule.on_expiry is None and _is_as_before(step, rule, until):
        return
    if row is not None:
        _end(step, row, "replaced", step.event.at)
    _made(step, rule, step.event.at, until, length, 0)


def _is_as_before(step: Step, rule: DeadlineRule, until: Due) -> bool:
    """Whether the day that the answers name has not changed: the limit runs, or has passed, as it was."""
    rows = CaseDeadline.objects.filter(case=step.case, rule=rule.name, due_at=until.at)
    return rows.filter(state__in=("running", "expired")).exists()


def _made(
    step: Step, rule: DeadlineRule, starts: datetime, until: Due, length: Length, extensions: int
) -> CaseDeadline:
    row = CaseDeadline.objects.create(
        case=step.case,
        rule=rule.name,
        starts_at=starts,
        due_on=until.on,
        due_at=until.at,
        warn_at=_warning(step, rule, until),
        acts=rule.acts,
        calendar=state_of(step.case, rule.acts),
        length=str(length),
        basis=step.procedure.source(rule, step.profile)[:300],
        extensions=extensions,
        computed_from=step.event,
    )
    _tell(step, row)
    return row


def _warning(step: Step, rule: DeadlineRule, until: Due) -> datetime | None:
    """The moment from which the limit is near: hours before it, or the beginning of the day that lies so far before."""
    length = step.procedure.length(rule.warn, step.profile)
    if length is None:
        return None
    if length.unit == "hour":
        return until.at - timedelta(hours=length.amount)
    calendar = _calendar(step, rule)
    return calendar.end_of(latest_before(until.on, length, calendar) - timedelta(days=1))


def _tell(step: Step, row: CaseDeadline) -> None:
    step.changes.append(limit(row))


def limit(row: CaseDeadline) -> dict[str, Any]:
    """A time limit as the journal tells it."""
    return {
        "limit": str(row.pk),
        "rule": row.rule,
        "state": row.state,
        "due_on": row.due_on.isoformat(),
        "due_at": row.due_at.isoformat(),
        "calendar": row.calendar,
        "length": row.length,
        "basis": row.basis,
    }


def state_of(case: Case, side: str) -> str:
    """ICAO code of the state whose days count for a side of the case."""
    own = str(settings.XENIA_STATE)
    return own if side in ("", case.side) else case.counterpart_state or own


def _calendar(step: Step, rule: DeadlineRule) -> Calendar:
    convention = step.profile.value("convention") if step.profile else None
    return calendar_of(state_of(step.case, rule.acts)).with_convention(convention)


def settle(case: Case) -> None:
    """Write the earliest running limit on the case's row, for lists."""
    first = (
        CaseDeadline.objects.filter(case=case, state="running")
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    case.next_due_at = first
    Case.objects.filter(pk=case.pk).update(next_due_at=first)


def expire(row: CaseDeadline, act: Act, at: datetime) -> None:
    """The limit is over: `expired`, told to the journal. Inside `writing()`."""
    row.state, row.ended_at = "expired", at
    row.save(update_fields=["state", "ended_at"])
    settle(row.case)
    body = {"case": str(row.case_id), "event": None, "limits": [limit(row)]}
    append(kinds.LIMITED, body, act, subjects=_subjects(row.case), occurred_at=at)
