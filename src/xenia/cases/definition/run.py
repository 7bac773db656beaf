"""Folds actions into where a case stands: state, data, running deadlines. No database, no clock of the machine.

The engine keeps cases; this says what the folder alone means, for worked cases, drafts of procedures and properties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from xenia.cases.definition.calendars import calendar_of
from xenia.cases.definition.conditions import Path, holds
from xenia.cases.definition.model import Action, DeadlineRule, Procedure, Profile
from xenia.cases.definition.terms import (
    Calendar,
    Due,
    Length,
    due,
    due_from_day,
    extended,
    latest_before,
    suspended,
)


class Refused(Exception):
    """An action that cannot be done now. The text says why."""


@dataclass(frozen=True)
class Running:
    """One deadline that runs. `stopped_at`: since when its clock stands; `extensions`: how often it was extended."""

    rule: str
    starts_at: datetime
    length: Length
    due: Due
    stopped_at: datetime | None = None
    extensions: int = 0


@dataclass(frozen=True)
class World:
    """What surrounds a case. `states`: side (`""`: the one authority) -> ICAO code of the state whose calendar counts."""

    procedure: Procedure
    profile: Profile | None = None
    states: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = False

    def calendar(self, side: str) -> Calendar:
        """The calendar of a side, counted as the profile says."""
        state = self.states.get(side) or self.states.get("") or ""
        convention = self.profile.value("convention") if self.profile else None
        return calendar_of(state, convention or "plain")


@dataclass(frozen=True)
class Standing:
    """Where a case stands. `state` empty: not yet opened. `done`: names of actions in order, the clock's among them.

    `passed`: deadlines that passed, and nothing has ended or begun them since; `missed`: those of them that passed in a
    state that did not allow what the clock does then.
    """

    state: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    running: Mapping[str, Running] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    result: str = ""
    opened_at: datetime | None = None
    passed: frozenset[str] = frozenset()
    missed: frozenset[str] = frozenset()


def facts(world: World, here: Standing, at: datetime, side: str = "") -> dict[str, Any]:
    """What conditions are asked of."""
    case = {
        "state": here.state,
        "side": side,
        "urgent": world.urgent,
        "today": at.date().isoformat(),
        "opened_on": here.opened_at.date().isoformat() if here.opened_at else None,
        "result": here.result,
        "passed": dict.fromkeys(here.passed, True),
    }
    return {**here.data, "profile": world.profile.facts() if world.profile else {}, "case": case}


def passed(world: World, here: Standing, now: datetime) -> Standing:
    """`here` after every deadline that was over by `now`, in the order in which they ended."""
    for _ in range(100):
        over = [one for one in here.running.values() if one.stopped_at is None and one.due.at <= now]
        if not over:
            return here
        first = min(over, key=lambda one: (one.due.at, one.rule))
        here = _expire(world, here, first)
    raise Refused("the clock goes round in a circle")


def _expire(world: World, here: Standing, running: Running) -> Standing:
    still = {name: one for name, one in here.running.items() if name != running.rule}
    here = replace(here, running=still, passed=here.passed | {running.rule})
    expiry = world.procedure.deadlines[running.rule].on_expiry
    if expiry is None or not expiry.action:
        return here
    action = world.procedure.actions[expiry.action]
    if here.state not in action.from_:
        return replace(here, missed=here.missed | {running.rule})
    if not holds(expiry.if_, facts(world, here, running.due.at)):
        return here
    return _moved(world, here, action, running.due.at)


def _made_up(world: World, here: Standing, at: datetime) -> Standing:
    """`here` after what the clock could not do when a deadline passed, and can do now."""
    for name in sorted(here.missed):
        expiry = world.procedure.deadlines[name].on_expiry
        if expiry is None or expiry.later is None:
            continue
        action, known = world.procedure.actions[expiry.action], facts(world, here, at)
        if here.state in action.from_ and holds(expiry.if_, known) and holds(expiry.later, known):
            return _moved(world, replace(here, missed=here.missed - {name}), action, at)
    return here


def act(
    world: World, here: Standing, name: str, at: datetime, *, side: str = "", form: Mapping[str, Any] | None = None
) -> Standing:
    """`here` after deadlines over by `at` and then the action. Raises `Refused`. Roles and eyes are not asked here.

    An action that comes late (its `late` states) keeps its form and moves nothing.
    """
    action = world.procedure.actions.get(name)
    if action is None:
        raise Refused(f"there is no action {name}")
    here = passed(world, here, at)
    if side and action.side and side != action.side:
        raise Refused(f"{name} is for the side {action.side}")
    if form is not None and not action.form:
        raise Refused(f"{name} has no form")
    data = {**here.data, action.form: form} if form is not None else here.data
    if here.state and here.state in action.late:
        return replace(here, data=data, done=(*here.done, name))
    if here.state not in (action.from_ or ("",)):
        raise Refused(f"{name} is not possible in the state {here.state or 'before the first'}")
    after = replace(here, data=data)
    if not holds(action.when, facts(world, after, at, side)):
        raise Refused(f"the condition of {name} does not hold")
    return _moved(world, after, action, at)


def possible(world: World, here: Standing, at: datetime) -> tuple[str, ...]:
    """The actions of people, messages and receipts that lead on from here; conditions that need a form are not asked."""
    return tuple(a.name for a in world.procedure.from_state(here.state) if a.by != "clock")


def _moved(world: World, here: Standing, action: Action, at: datetime) -> Standing:
    before, state = here.state, action.to or here.state
    here = replace(
        here,
        state=state,
        done=(*here.done, action.name),
        result=action.result_in(before) or here.result,
        opened_at=here.opened_at or at,
    )
    if world.procedure.states[state].final:
        return replace(here, running={})
    running = dict(here.running)
    known = facts(world, here, at, action.side)
    for rule in world.procedure.deadlines.values():
        changed = _changed(world, rule, running.get(rule.name), action.name, at, known)
        if changed is None:
            running.pop(rule.name, None)
        else:
            running[rule.name] = changed
    ended = {rule.name for rule in world.procedure.deadlines.values() if action.name in rule.stops}
    over = here.passed - running.keys() - ended
    return _made_up(world, replace(here, running=running, passed=over, missed=here.missed & over), at)


def _changed(
    world: World, rule: DeadlineRule, one: Running | None, action: str, at: datetime, known: Mapping[str, Any]
) -> Running | None:
    """The deadline of `rule` after `action`: stopped, started, extended, standing, running again, or as it was."""
    calendar = world.calendar(rule.acts)
    if one is not None and action in rule.stops:
        one = None
    if action in rule.starts:
        return started(world, rule, at, known)
    if one is None:
        return None
    if rule.extend and action == rule.extend.by and one.extensions < rule.extend.times:
        more = world.procedure.length(rule.extend.length, world.profile)
        if more is not None:
            one = replace(one, due=extended(one.due, more, calendar), extensions=one.extensions + 1)
    if rule.suspend and action in rule.suspend.by and one.stopped_at is None and holds(rule.suspend.if_, known):
        return replace(one, stopped_at=at)
    if rule.suspend and action in rule.suspend.resume and one.stopped_at is not None:
        return replace(one, due=suspended(one.due, one.stopped_at, at, one.length, calendar), stopped_at=None)
    return one


def started(world: World, rule: DeadlineRule, at: datetime, known: Mapping[str, Any]) -> Running | None:
    """The deadline that begins at `at`; None where its rule does not apply or the date it needs is not there."""
    length = world.procedure.length(rule.length, world.profile)
    if length is None:
        return None
    end = ends(rule, length, at, known, world.calendar(rule.acts))
    return None if end is None else Running(rule.name, at, length, end)


def ends(rule: DeadlineRule, length: Length, at: datetime, known: Mapping[str, Any], calendar: Calendar) -> Due | None:
    """The end of the deadline that an event at `at` begins; None where its rule does not apply or a date it needs is missing."""
    if not holds(rule.when, known):
        return None
    if not rule.backwards_from and not rule.counted_from:
        return due(at, length, calendar)
    day = _day(Path(rule.backwards_from or rule.counted_from).of(known), calendar)
    if day is None:
        return None
    if rule.counted_from:
        return due_from_day(day, length, calendar)
    last = latest_before(day, length, calendar)
    return Due(last, calendar.end_of(last))


def _day(value: Any, calendar: Calendar) -> date | None:
    try:
        if isinstance(value, str) and "T" in value:
            return calendar.local_day(datetime.fromisoformat(value))
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
