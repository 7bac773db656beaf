"""Whether every name that is used is there, is used in the right place, and who does what is said."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from xenia.cases.definition.model import ACTORS, Action, Procedure
from xenia.cases.definition.reader import Reader
from xenia.cases.definition.schemas import property_at

REGISTERS = ("alerts", "lost_documents", "notices", "visas", "stays", "vehicles", "expected", "identity")
"""Registers that a procedure may ask; a test compares them with the catalogue."""
OWNER_KINDS = ("state", "border", "consular", "migration", "asylum", "police")


def judge_references(reader: Reader, procedure: Procedure) -> None:
    """Faults of names."""
    for action in procedure.actions.values():
        _action(reader, procedure, action)
        _actor(reader, procedure, action)
    _messages(reader, procedure)
    _decisions(reader, procedure)
    _unused(reader, procedure)
    _others(reader, procedure)
    dedup = procedure.dedup
    if dedup:
        _dedup(reader, procedure, dedup, ("dedup",))


def _known(reader: Reader, kind: str, name: str, known: Collection[str], *place: str | int) -> None:
    if name and name not in known:
        there = ", ".join(known) if known else "none"
        remedy = f"Known are: {there}. Correct the name or add it under its section."
        reader.fault(f"unknown-{kind}", f"there is no {kind} “{name}”", remedy, *place)


def _action(reader: Reader, procedure: Procedure, action: Action) -> None:
    place = ("actions", action.name)
    for key, states in (("from", action.from_), ("late", action.late), ("under", action.under)):
        for state in states:
            code = "late-state" if key == "late" else "state"
            _known(reader, code, state, procedure.states, *place, key)
    _known(reader, "state", action.to, procedure.states, *place, "to")
    _known(reader, "side", action.side, procedure.sides, *place, "side")
    _known(reader, "form", action.form, procedure.forms, *place, "form")
    _known(reader, "decision", action.decision, procedure.decisions, *place, "decision")
    _known(reader, "message", action.message, procedure.messages, *place, "message")
    _known(reader, "message", action.of, procedure.messages, *place, "of")
    _known(reader, "letter", action.letter, procedure.letters, *place, "letter")
    for state, result in action.results.items():
        _known(reader, "result", result, procedure.results, *place, "result", state)
        if state != "*" and state not in action.from_:
            what = f"the result for {state} is never reached: {action.name} does not start there"
            reader.fault("unknown-state", what, "Name a state of “from”.", *place, "result", state)
    both = set(action.late) & set(action.from_)
    if both:
        remedy = "Late states are those where it no longer moves the case."
        reader.fault("unknown-late-state", f"{min(both)} is both in from and in late", remedy, *place, "late")


def _actor(reader: Reader, procedure: Procedure, action: Action) -> None:
    place = ("actions", action.name)
    if action.by not in ACTORS:
        remedy = f"Write by: one of {', '.join(ACTORS)}."
        reader.fault("unknown-actor", f"nobody is called “{action.by}”", remedy, *place, "by")
        return
    if action.by in ("person", "border") and not action.role:
        remedy = "Write: role: one of the roles, or by: clock or by: receipt."
        reader.fault("no-actor", f"nobody may do {action.name}", remedy, *place)
    _known(reader, "role", action.role, procedure.roles, *place, "role")
    if action.four_eyes and (action.by != "person" or not action.role):
        remedy = "Take four_eyes away, or let a person do it."
        reader.fault("four-eyes", f"{action.name} has four eyes but no person", remedy, *place, "four_eyes")
    if action.by == "receipt" and not action.of:
        remedy = "Write: of: the message that is received."
        reader.fault("receipt-of", f"{action.name} says not which receipt it means", remedy, *place)
    if action.of and action.by != "receipt":
        remedy = "Write by: receipt, or take “of” away."
        reader.fault("receipt-of", f"“of” stands with {action.name}, which is no receipt", remedy, *place, "of")
    if action.by in ("clock", "receipt") and (action.form or action.message):
        remedy = "Only people fill in forms and send messages."
        reader.fault("no-person", f"{action.name} is done by nobody, yet has a form or message", remedy, *place)
    if action.under and not (action.opens and action.by == "person"):
        remedy = "Take “under” away: only an action by which a person opens a case has it."
        reader.fault("no-opening", f"{action.name} opens no case under another", remedy, *place, "under")
    if action.opens and action.by not in ("person", "message"):
        remedy = "Add “from”, or let a person do it."
        reader.fault("no-opening", f"{action.name} opens a case but is done by the {action.by}", remedy, *place)


def _messages(reader: Reader, procedure: Procedure) -> None:
    taken: dict[str, str] = {}
    for action in procedure.actions.values():
        if not action.message:
            continue
        if action.message in taken:
            what = f"{action.name} sends the message {action.message}, as {taken[action.message]} does"
            remedy = "Give each action its own message: the other side knows the action by it."
            reader.fault("message-twice", what, remedy, "actions", action.name, "message")
        taken.setdefault(action.message, action.name)
    if procedure.messages and len(procedure.sides) != 2:
        reader.fault(
            "sides", "messages need two sides", "Write for example: sides: [requesting, requested].", "messages"
        )
    if len(procedure.sides) not in (0, 2):
        reader.fault("sides", "a procedure has two sides or none", "Name two sides, or leave “sides” out.", "sides")
    if procedure.messages and not any(message.opens for message in procedure.messages.values()):
        remedy = "Write opens: true for the message that begins a case over there."
        reader.fault("message-opens", "no message opens a case at the other side", remedy, "messages")


def _decisions(reader: Reader, procedure: Procedure) -> None:
    for name, decision in procedure.decisions.items():
        place = ("decisions", name)
        if not decision.values:
            reader.fault("decision-values", f"the decision {name} has no values", "Add values: [yes, no].", *place)
        for value in decision.reason_required_for:
            if value not in decision.values:
                remedy = f"Name one of {', '.join(decision.values)}."
                reader.fault(
                    "decision-values", f"“{value}” is no value of {name}", remedy, *place, "reason_required_for"
                )
        if decision.reason_required_for and not decision.reasons:
            remedy = "Add reasons: [..] or a file reasons/….yaml."
            reader.fault("reasons", f"{name} asks for a reason but knows none", remedy, *place, "reason_required_for")
    for action in procedure.actions.values():
        known = procedure.decisions.get(action.decision)
        if known and action.value not in known.values:
            remedy = f"Write value: one of {', '.join(known.values)}."
            what = f"{action.name} decides {action.decision} but says not what"
            reader.fault("decision-values", what, remedy, "actions", action.name, "decision")


def _unused(reader: Reader, procedure: Procedure) -> None:
    actions = procedure.actions.values()
    used = {
        "forms": {action.form for action in actions},
        "messages": {action.message for action in actions},
        "decisions": {action.decision for action in actions},
        "results": {result for action in actions for result in action.results.values()},
    }
    for section, names in used.items():
        for name in getattr(procedure, section):
            if name not in names:
                remedy = "Name it in an action, or take it away."
                reader.fault("unused", f"no action uses {name} of {section}", remedy, section, name)


def _others(reader: Reader, procedure: Procedure) -> None:
    for role, words in procedure.roles.items():
        if not words:
            remedy = "Name roles of the policy, for example [case-officer]."
            reader.fault("role-empty", f"nobody has the role {role}", remedy, "roles", role)
    for kind in procedure.owner_kinds:
        _known(reader, "authority-kind", kind, OWNER_KINDS, "owner_kinds")
    for register in procedure.checks:
        _known(reader, "register", register, REGISTERS, "checks")
    for name, document in procedure.documents.items():
        for state in document.required_at:
            _known(reader, "state", state, procedure.states, "documents", name, "required_at")
    if procedure.legal_basis == "profile":
        if not procedure.profiles:
            remedy = "Add profiles/NAME.yaml, or write the law itself."
            reader.fault(
                "profile-missing", "the legal basis comes from a profile, but there is none", remedy, "legal_basis"
            )
        for profile in procedure.profiles.values():
            if not profile.legal_basis:
                reader.fault(
                    "profile-missing", f"the profile {profile.id} has no legal_basis", "Add it.", "legal_basis"
                )


def _dedup(reader: Reader, procedure: Procedure, rule: Any, place: tuple[str | int, ...]) -> None:
    remedy = "Write any, all, fuzzy: path, equal: path or within: [path, days]."
    if not isinstance(rule, dict) or len(rule) != 1:
        reader.fault("dedup", "a rule for doubles is one word with its operands", remedy, *place)
        return
    word, said = next(iter(rule.items()))
    if word in ("any", "all") and isinstance(said, list) and said:
        for number, one in enumerate(said):
            _dedup(reader, procedure, one, (*place, word, number))
        return
    path = said[0] if word == "within" and isinstance(said, list) and len(said) == 2 else said
    if word not in ("fuzzy", "equal", "within") or not isinstance(path, str):
        reader.fault("dedup", f"“{word}” is no rule for doubles", remedy, *place)
    elif property_at(procedure, path) is None:
        reader.fault("unknown-path", f"no form asks “{path}”", "Name form.question.part.", *place, word)
