"""Deadlines: whether each has a beginning, an end, a length in every profile, an outcome and a source."""

from __future__ import annotations

from collections.abc import Iterator

from xenia.cases.definition.conditions import CASE_FACTS, PASSED, Condition, paths
from xenia.cases.definition.model import DeadlineRule, LengthSource, Procedure
from xenia.cases.definition.reader import LENGTH_REMEDY, Reader
from xenia.cases.definition.schemas import property_at
from xenia.cases.definition.terms import CONVENTIONS, BadLength, Length


def judge_limits(reader: Reader, procedure: Procedure) -> None:
    """Faults of deadlines, of the conditions and of the profiles that they need."""
    for rule in procedure.deadlines.values():
        _rule(reader, procedure, rule)
    _profiles(reader, procedure)
    for condition, place in _conditions(procedure):
        for path in paths(condition):
            _path(reader, procedure, path.text, *place)


def _rule(reader: Reader, procedure: Procedure, rule: DeadlineRule) -> None:
    place = ("deadlines", rule.name)
    named: list[tuple[str, tuple[str, ...]]] = [("starts", rule.starts), ("stops", rule.stops)]
    if rule.extend:
        named.append(("extend", (rule.extend.by,)))
    if rule.suspend:
        named += [("suspend", rule.suspend.by), ("suspend", rule.suspend.resume)]
    expires = rule.on_expiry.action if rule.on_expiry else ""
    if expires:
        named.append(("on_expiry", (expires,)))
    for key, actions in named:
        for action in actions:
            if action not in procedure.actions:
                remedy = f"Known are: {', '.join(procedure.actions)}."
                reader.fault("unknown-action", f"there is no action “{action}”", remedy, *place, key)
    if not rule.starts:
        reader.fault("deadline-start", f"nothing starts the deadline {rule.name}", "Write: starts: an action.", *place)
    if not rule.stops and not expires:
        remedy = "Write: stops: [actions], or on_expiry: {action: …}."
        reader.fault("deadline-outcome", f"nothing ends the deadline {rule.name}", remedy, *place)
    if expires in procedure.actions and procedure.actions[expires].by != "clock":
        remedy = f"Write by: clock for {expires}, or name another action."
        reader.fault("expiry-actor", f"the clock cannot do {expires}: it is a person's", remedy, *place, "on_expiry")
    if rule.suspend and not rule.suspend.resume:
        remedy = "Write: resume: [actions]."
        reader.fault("suspend", f"nothing lets {rule.name} run again", remedy, *place, "suspend")
    if rule.acts and rule.acts not in procedure.sides:
        remedy = f"Write one of: {', '.join(procedure.sides) or 'nothing, since there are no sides'}."
        reader.fault("unknown-side", f"there is no side “{rule.acts}”", remedy, *place, "acts")
    if procedure.sides and not rule.acts:
        remedy = f"Write: acts: {procedure.sides[-1]}."
        reader.fault("deadline-acts", f"{rule.name} says not whose calendar counts", remedy, *place)
    if not rule.rule and not rule.rule_profile and not rule.length.profile:
        remedy = "Write: rule: the law and article."
        reader.fault("deadline-source", f"{rule.name} says not where it is written", remedy, *place)
    _dates(reader, procedure, rule)


def _dates(reader: Reader, procedure: Procedure, rule: DeadlineRule) -> None:
    for key, path in (("backwards_from", rule.backwards_from), ("counted_from", rule.counted_from)):
        if not path:
            continue
        place = ("deadlines", rule.name, key)
        asked = property_at(procedure, path)
        if asked is None:
            reader.fault("unknown-path", f"no form asks “{path}”", "Name form.question.part.", *place)
        elif asked.get("format") not in ("date", "date-time"):
            reader.fault("not-a-date", f"“{path}” is no date", "Add format: date to the form.", *place)
        if rule.length.length and rule.length.length.unit == "hour":
            reader.fault("length", "a limit counted from a day is not in hours", "Count in days.", *place)


def _lengths(procedure: Procedure) -> Iterator[tuple[LengthSource, tuple[str, ...]]]:
    for rule in procedure.deadlines.values():
        yield rule.length, ("deadlines", rule.name, "length")
        if rule.extend:
            yield rule.extend.length, ("deadlines", rule.name, "extend", "length")
        if rule.warn:
            yield rule.warn, ("deadlines", rule.name, "warn")
    for decision in procedure.decisions.values():
        if decision.appeal:
            yield decision.appeal, ("decisions", decision.name, "appeal")


def _profiles(reader: Reader, procedure: Procedure) -> None:
    for source, place in _lengths(procedure):
        key = source.profile
        if not key:
            continue
        if not procedure.profiles:
            remedy = "Add profiles/NAME.yaml, or write the length here."
            reader.fault("profile-missing", f"“{key}” comes from a profile, but there is none", remedy, *place)
        for profile in procedure.profiles.values():
            file = reader.folder.read(f"profiles/{profile.id}.yaml")
            if key not in profile.values:
                what = f"{'.'.join(place)} needs “{key}”, which this profile does not have"
                remedy = f"Add “{key}”, with value: null where the agreement has no such rule."
                reader.faults.append(file.fault("profile-value", what, remedy, "values"))
                continue
            value = profile.value(key)
            try:
                if value is not None:
                    Length.parse(value)
            except BadLength as bad:
                reader.faults.append(file.fault("length", str(bad), LENGTH_REMEDY, "values", key))
    for profile in procedure.profiles.values():
        file = reader.folder.read(f"profiles/{profile.id}.yaml")
        convention = profile.value("convention")
        if convention is not None and convention not in CONVENTIONS:
            remedy = f"Write one of {', '.join(CONVENTIONS)}."
            fault = file.fault("convention", f"nobody counts by “{convention}”", remedy, "values", "convention")
            reader.faults.append(fault)
        for state in profile.states:
            if not (state.isascii() and state.isupper() and len(state) in (1, 3)):
                remedy = "Write ICAO codes of three letters."
                reader.faults.append(file.fault("profile-state", f"“{state}” is no code of a state", remedy, "states"))


def _conditions(procedure: Procedure) -> Iterator[tuple[Condition | None, tuple[str, ...]]]:
    for action in procedure.actions.values():
        yield action.when, ("actions", action.name, "when")
    for rule in procedure.deadlines.values():
        yield rule.when, ("deadlines", rule.name, "when")
        if rule.suspend:
            yield rule.suspend.if_, ("deadlines", rule.name, "suspend", "if")
        if rule.on_expiry:
            yield rule.on_expiry.if_, ("deadlines", rule.name, "on_expiry", "if")
            yield rule.on_expiry.later, ("deadlines", rule.name, "on_expiry", "later")


def _path(reader: Reader, procedure: Procedure, path: str, *place: str) -> None:
    head, _, rest = path.partition(".")
    if head == "case" and rest.startswith(PASSED):
        rule = rest.removeprefix(PASSED)
        if rule not in procedure.deadlines:
            remedy = f"Known are {', '.join(procedure.deadlines)}."
            reader.fault("unknown-path", f"no deadline is called “{rule}”", remedy, *place)
    elif head == "case":
        if rest not in CASE_FACTS:
            reader.fault("unknown-path", f"a case has no “{rest}”", f"Known are {', '.join(CASE_FACTS)}.", *place)
    elif head == "profile":
        for profile in procedure.profiles.values():
            if rest not in profile.values:
                file = reader.folder.read(f"profiles/{profile.id}.yaml")
                what = f"{'.'.join(place)} asks “{rest}”, which this profile does not have"
                remedy = f"Add “{rest}”, with value: null where the agreement says nothing."
                reader.faults.append(file.fault("profile-value", what, remedy, "values"))
        if not procedure.profiles:
            reader.fault("profile-missing", f"“{path}” asks a profile, but there is none", "Add one.", *place)
    elif property_at(procedure, path) is None:
        reader.fault("unknown-path", f"no form asks “{path}”", "Name form.question.part.", *place)
