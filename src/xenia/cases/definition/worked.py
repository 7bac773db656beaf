"""Worked cases: `cases/*.yaml` say step by step what a case does and where it must stand. They are a procedure's tests.

title: Silence is consent
profile: EU-AZ
states: {requesting: DEU, requested: AZE}     # or state: UTO where one authority decides alone
steps:
  - {at: 2026-03-06 10:00 +01:00, do: create, by: officer, side: requesting, form: {…}}
  - {at: 2026-03-06 11:00 +01:00, do: receive, expect: {state: received, deadlines: {reply: 2026-03-21}}}
  - {at: 2026-03-22 09:00 +04:00, expect: {state: deemed_accepted, deadlines: {reply: null}}}
  - {at: 2026-03-22 10:00 +04:00, do: refuse, by: lead, side: requested, form: {…}, refused: true}
expect: {state: closed, result: transferred, done: [create, submit, …]}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jsonschema import Draft202012Validator

from xenia.cases.definition.model import Fault, Procedure
from xenia.cases.definition.reader import Reader
from xenia.cases.definition.run import Refused, Standing, World, act, passed
from xenia.cases.definition.source import Folder, Place, Source, Unreadable

STEP_KEYS = ("at", "do", "by", "side", "form", "refused", "expect", "why")
CASE_KEYS = ("title", "profile", "state", "states", "urgent", "steps", "expect", "source")
EXPECT_KEYS = ("state", "result", "deadlines", "done")
DATES = "Write for example: 2026-03-06 10:00 +04:00."


@dataclass
class _Case:
    source: Source
    procedure: Procedure
    faults: list[Fault]

    def fault(self, code: str, what: str, remedy: str, *place: str | int) -> None:
        self.faults.append(self.source.fault(code, what, remedy, *place))


def judge_worked(reader: Reader, procedure: Procedure) -> int:
    """Runs every worked case of the folder; faults go to the reader. Returns how many cases there were."""
    names = [name for name in reader.folder.names() if name.startswith("cases/") and name.endswith(".yaml")]
    if not names:
        reader.fault("case-none", "there is no worked case", "Add cases/NAME.yaml: it is the procedure's test.")
    for name in names:
        reader.faults.extend(run_worked(reader.folder, procedure, name))
    return len(names)


def run_worked(folder: Folder, procedure: Procedure, name: str) -> list[Fault]:
    """The faults of one worked case."""
    try:
        source = folder.read(name)
    except Unreadable as bad:
        return [bad.fault]
    raw = source.value
    if isinstance(raw, list):
        raw = {"steps": raw}
    one = _Case(source, procedure, [])
    if not isinstance(raw, dict) or not isinstance(raw.get("steps"), list):
        one.fault("case-shape", "a worked case has steps", "Write: steps: and a list.")
        return one.faults
    for key in raw:
        if key not in CASE_KEYS:
            one.fault("case-shape", f"“{key}” means nothing here", f"Known are {', '.join(CASE_KEYS)}.", key)
    profile = procedure.profiles.get(str(raw.get("profile", "")))
    if raw.get("profile") and profile is None:
        known = ", ".join(procedure.profiles) or "none"
        one.fault("case-shape", f"there is no profile “{raw['profile']}”", f"Known are: {known}.", "profile")
        return one.faults
    states = raw.get("states") if isinstance(raw.get("states"), dict) else {}
    world = World(procedure, profile, {"": str(raw.get("state", "")), **(states or {})}, raw.get("urgent") is True)
    nested = isinstance(source.value, dict)
    here = Standing()
    last = datetime.min.replace(tzinfo=UTC)
    for number, step in enumerate(raw["steps"]):
        place: Place = ("steps", number) if nested else (number,)
        here, last = _step(one, world, here, last, step, place)
        if one.faults:
            return one.faults
    _expected(one, here, raw.get("expect"), ("expect",))
    return one.faults


def _step(
    one: _Case, world: World, here: Standing, last: datetime, step: Any, place: Place
) -> tuple[Standing, datetime]:
    if not isinstance(step, dict) or not set(step) <= set(STEP_KEYS):
        one.fault("case-shape", "this is no step", f"Known are {', '.join(STEP_KEYS)}.", *place)
        return here, last
    at = moment(step.get("at")) if "at" in step or last.year == 1 else last
    if at is None or at < last:
        what = "this step is before the one above" if at else f"“{step.get('at')}” is no moment with its zone"
        one.fault("case-shape", what, DATES, *place, "at")
        return here, last
    name = step.get("do")
    here = passed(world, here, at) if name is None else _do(one, world, here, at, step, place)
    _expected(one, here, step.get("expect"), (*place, "expect"))
    return here, at


def _do(one: _Case, world: World, here: Standing, at: datetime, step: dict[str, Any], place: Place) -> Standing:
    wrong = _wrong(one.procedure, step)
    side = step.get("side") or ""
    try:
        if wrong:
            raise Refused(wrong)
        after = act(world, here, step["do"], at, side=side, form=step.get("form"))
    except Refused as refused:
        if step.get("refused") is True:
            return passed(world, here, at)
        remedy = "Correct the step or the procedure, or write refused: true if this must not be possible."
        one.fault("case-step", f"{step['do']} is refused: {refused}", remedy, *place)
        return here
    if step.get("refused") is True:
        remedy = "Correct the procedure, or take refused: true away."
        one.fault("case-step", f"{step['do']} should be refused, but is possible", remedy, *place)
    return after


def _wrong(procedure: Procedure, step: dict[str, Any]) -> str:
    """Why this role may not, or this form cannot; `""` if nothing is wrong."""
    action = procedure.actions.get(step["do"])
    if action is None:
        return "there is no such action"
    if action.role and step.get("by") != action.role:
        return f"it is for the role {action.role}, not for {step.get('by') or 'nobody'}"
    if action.by == "clock":
        return "it is the clock's; let time pass instead"
    if not action.form:
        return ""
    if not isinstance(step.get("form"), dict):
        return f"it needs the form {action.form}"
    checker = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(procedure.forms[action.form], format_checker=checker)
    errors = sorted(validator.iter_errors(step["form"]), key=lambda one: list(map(str, one.path)))
    if not errors:
        return ""
    return f"the form is not right at {'.'.join(map(str, errors[0].path)) or 'its top'}: {errors[0].message[:120]}"


def moment(text: Any) -> datetime | None:
    """`2026-03-06 10:00 +04:00` and other ISO 8601 with a zone; None for anything else."""
    try:
        found = datetime.fromisoformat(str(text).replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _expected(one: _Case, here: Standing, expect: Any, place: Place) -> None:
    if expect is None:
        return
    if not isinstance(expect, dict) or not set(expect) <= set(EXPECT_KEYS):
        one.fault("case-shape", "this cannot be expected", f"Known are {', '.join(EXPECT_KEYS)}.", *place)
        return
    found: dict[str, Any] = {"state": here.state, "result": here.result or None, "done": list(here.done)}
    for key in ("state", "result", "done"):
        if key in expect and expect[key] != found[key]:
            what = f"{key} is {found[key]}, not {expect[key]}"
            one.fault("case-expect", what, "Correct the case or the procedure.", *place, key)
    for rule, wanted in (expect.get("deadlines") or {}).items():
        if rule not in one.procedure.deadlines:
            one.fault("case-shape", f"there is no deadline {rule}", "Correct its name.", *place, "deadlines", rule)
            continue
        running = here.running.get(rule)
        if not _is_due(running.due.on.isoformat() if running else None, running.due.at if running else None, wanted):
            is_now = f"ends on {running.due.on} ({running.due.at.isoformat()})" if running else "does not run"
            what = f"the deadline {rule} {is_now}, expected was {wanted}"
            one.fault("case-expect", what, "Correct the case or the procedure.", *place, "deadlines", rule)


def _is_due(on: str | None, at: datetime | None, wanted: Any) -> bool:
    if wanted is None or on is None:
        return wanted is None and on is None
    return str(wanted) == on or (at is not None and moment(wanted) == at)
