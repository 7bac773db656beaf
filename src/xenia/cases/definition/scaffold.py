"""The first shape of a new procedure: small, complete, and without fault, so that writing begins from something that runs."""

from __future__ import annotations

from pathlib import Path

from xenia.cases.definition.reader import NAME
from xenia.errors import BadInput, Conflict

_FILES: dict[str, str] = {
    "procedure.yaml": """\
id: @NAME@
version: 1
purpose: residence              # a purpose of the policy
legal_basis: Name the law and article here
confidentiality: internal       # open, internal, restricted or secret
languages: [en]
owner_kinds: [migration]

roles:
  officer: [case-officer, case-lead]
  lead: [case-lead]

states:
  open: {}
  granted: {final: true}
  refused: {final: true}

actions:
  receive: {to: open, role: officer, form: application}
  grant: {from: [open], to: granted, role: lead, four_eyes: true, decision: outcome, result: granted}
  refuse: {from: [open], to: refused, role: lead, four_eyes: true, form: refusal, decision: outcome, result: refused}

forms:
  application: forms/application.json
  refusal: forms/refusal.json

deadlines:
  decide:
    starts: receive
    stops: [grant, refuse]
    length: 30 calendar days
    warn: 5 working days
    rule: Name the law and article here

decisions:
  outcome:
    values: [granted, refused]
    reasons: [conditions_not_met]
    reason_required_for: [refused]

results:
  granted: {retain: 5 years, then: anonymise}
  refused: {retain: 2 years, then: delete}
""",
    "forms/application.json": """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "person": {
      "type": "object",
      "x-group": "person",
      "properties": {
        "surname": {"type": "string", "minLength": 1, "maxLength": 100, "x-name": "surname", "x-sensitive": true},
        "given_names": {"type": "string", "maxLength": 100, "x-name": "given_names", "x-sensitive": true}
      },
      "required": ["surname"],
      "additionalProperties": false
    },
    "request": {"type": "string", "maxLength": 2000, "x-group": "request", "x-widget": "textarea"}
  },
  "required": ["person", "request"],
  "additionalProperties": false
}
""",
    "forms/refusal.json": """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "reason": {"type": "string", "enum": ["conditions_not_met"], "x-group": "refusal"},
    "explanation": {"type": "string", "maxLength": 2000, "x-group": "refusal", "x-widget": "textarea"}
  },
  "required": ["reason"],
  "additionalProperties": false
}
""",
    "locale/en.yaml": """\
procedure: "@TITLE@"
role.officer: Officer
role.lead: Head of unit
state.open: Open
state.granted: Granted
state.refused: Refused
action.receive: Enter an application
action.grant: Grant
action.refuse: Refuse
form.application: Application
form.refusal: Refusal
group.person: The person
group.request: The request
group.refusal: Why it is refused
field.application.person.surname: Surname
field.application.person.given_names: Given names
field.application.request: What is asked for
field.refusal.reason: Reason
field.refusal.explanation: Explanation
value.conditions_not_met: The conditions are not met
deadline.decide: Decide
decision.outcome: Decision
value.outcome.granted: Granted
value.outcome.refused: Refused
reason.conditions_not_met: The conditions are not met
result.granted: Granted
result.refused: Refused
""",
    "cases/granted.yaml": """\
title: An application is granted in time
state: UTO
steps:
  - at: 2026-03-02 10:00 Z
    do: receive
    by: officer
    form: {person: {surname: Specimen}, request: A permit}
    expect: {state: open, deadlines: {decide: 2026-04-01}}
  - {at: 2026-03-20 10:00 Z, do: grant, by: lead, expect: {deadlines: {decide: null}}}
expect: {state: granted, result: granted}
""",
}


def scaffold(name: str, into: Path) -> Path:
    """Writes the folder `into/name` and gives it back.

    Raises `BadInput` (`procedure-name`) where `name` is no name, `Conflict` (`procedure-exists`) where it is taken.
    """
    if not NAME.fullmatch(name):
        remedy = "Use small letters, digits and hyphens, beginning with a letter."
        raise BadInput(f"“{name}” is no name for a procedure.", remedy, code="procedure-name")
    folder = into / name
    if folder.exists():
        raise Conflict(f"{name} is already there.", "Choose another name.", code="procedure-exists")
    title = name.replace("-", " ").replace("_", " ").capitalize()
    for file, text in _FILES.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("@NAME@", name).replace("@TITLE@", title), encoding="utf-8")
    return folder
