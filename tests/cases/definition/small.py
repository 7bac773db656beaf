"""A small procedure without fault, between two sides; tests break one thing of it at a time."""

from __future__ import annotations

from pathlib import Path

PROCEDURE = """\
id: visit
version: 1
purpose: residence
legal_basis: profile
confidentiality: internal
languages: [en]
sides: [asking, asked]
owner_kinds: [migration, state]
roles:
  officer: [case-officer]
  lead: [case-lead]
states:
  draft: {}
  sent: {}
  received: {}
  asking: {}
  agreed: {}
  closed: {final: true}
actions:
  create: {to: draft, role: officer, side: asking, form: question}
  send: {from: [draft], to: sent, role: lead, side: asking, four_eyes: true, message: question}
  receive: {from: [sent], to: received, by: receipt, of: question}
  ask: {from: [received], to: asking, role: officer, side: asked}
  supply: {from: [asking], to: received, role: officer, side: asking}
  extend: {from: [received], role: lead, side: asked}
  agree: {from: [received], to: agreed, role: lead, side: asked, form: answer, decision: answer, message: answer, late: [closed], letter: answer}
  deem: {from: [received, asking], to: agreed, by: clock}
  close: {from: [agreed], to: closed, role: officer, result: done}
  withdraw: {from: [draft, sent, received, asking], to: closed, role: officer, side: asking, result: {draft: withdrawn, sent: withdrawn, received: withdrawn, asking: withdrawn}}
messages:
  question: {schema: messages/question.json, version: 1, opens: true}
  answer: {schema: messages/answer.json}
forms:
  question: forms/question.json
  answer: forms/answer.json
deadlines:
  reply:
    starts: receive
    stops: [agree, withdraw, deem]
    acts: asked
    length: {profile: reply_normal}
    when: {equal: [question.quick, false]}
    extend: {by: extend, length: 5 calendar days, times: 1}
    suspend: {by: [ask], resume: [supply], if: {equal: [profile.stops, true]}}
    on_expiry: {action: deem, if: {equal: [profile.silence, consent]}}
    warn: 1 working day
  notice:
    starts: agree
    stops: [close]
    acts: asking
    length: 3 working days
    backwards_from: question.on
    rule: Act 1
decisions:
  answer: {values: [agreed], reasons: [none_known], reason_required_for: [agreed], appeal: 30 calendar days}
results:
  done: {retain: 5 years, then: anonymise}
  withdrawn: {retain: 1 year, then: delete}
dedup: {any: [{all: [{fuzzy: question.surname}, {within: [question.on, 2]}]}, {equal: question.kind}]}
letters:
  answer: {template: letters/answer.typ, languages: [en]}
documents:
  picture: {required_at: [sent], evidence: proof}
checks: [visas, stays]
"""

FILES = {
    "procedure.yaml": PROCEDURE,
    "forms/question.json": """\
{
  "type": "object",
  "properties": {
    "surname": {"type": "string", "x-name": "surname", "pattern": "^[A-Z]+$"},
    "on": {"type": "string", "format": "date"},
    "quick": {"type": "boolean"},
    "kind": {"type": "string", "enum": ["short", "long"], "x-group": "details"},
    "secret": {"type": "string", "x-stays": true}
  },
  "required": ["surname"],
  "additionalProperties": false
}
""",
    "forms/answer.json": """\
{
  "type": "object",
  "properties": {
    "text": {"type": "string"}
  },
  "required": ["text"],
  "additionalProperties": false
}
""",
    "messages/question.json": """\
{
  "type": "object",
  "properties": {
    "question": {
      "type": "object",
      "properties": {
        "surname": {"type": "string"},
        "on": {"type": "string"}
      },
      "additionalProperties": false
    }
  },
  "additionalProperties": false
}
""",
    "messages/answer.json": """\
{
  "type": "object",
  "properties": {
    "text": {"type": "string", "x-from": "answer.text"}
  },
  "additionalProperties": false
}
""",
    "letters/answer.typ": "Dear colleague\n",
    "profiles/one.yaml": """\
id: one
title: Agreement one
legal_basis: Agreement 1 of 2020
states: [UTO, AZE]
values:
  reply_normal: {value: 15 calendar days, source: Article 2, confidence: read}
  silence: {value: consent, source: Article 3, confidence: memory}
  stops: {value: null}
""",
    "locale/en.yaml": """\
procedure: Visit
role.officer: Officer
role.lead: Lead
side.asking: Asking
side.asked: Asked
state.draft: Draft
state.sent: Sent
state.received: Received
state.asking: Waiting for an answer
state.agreed: Agreed
state.closed: Closed
action.create: Begin
action.send: Send
action.receive: Arrives
action.ask: Ask back
action.supply: Answer the question
action.extend: Extend
action.agree: Agree
action.deem: Counts as agreed
action.close: Close
action.withdraw: Withdraw
message.question: Question
message.answer: Answer
form.question: Question
form.answer: Answer
field.question.surname: Surname
field.question.on: Date
field.question.quick: Quick
field.question.kind: Kind
field.question.secret: Never told
field.answer.text: Text
value.kind.short: Short
value.kind.long: Long
group.details: Details
deadline.reply: Reply
deadline.notice: Notice
decision.answer: Answer
value.answer.agreed: Agreed
reason.none_known: None known
result.done: Done
result.withdrawn: Withdrawn
letter.answer: Answer
document.picture: Picture
""",
    "cases/silence.yaml": """\
title: Silence is consent
profile: one
states: {asking: UTO, asked: AZE}
steps:
  - {at: 2026-03-06 08:00 Z, do: create, by: officer, side: asking, form: {surname: SPECIMEN, on: 2026-06-05}}
  - {at: 2026-03-06 08:30 Z, do: send, by: lead, side: asking}
  - {at: 2026-03-06 09:00 Z, do: receive, expect: {state: received, deadlines: {reply: 2026-03-21}}}
  - {at: 2026-03-21 19:59 Z, expect: {state: received}}
  - {at: 2026-03-21 20:00 Z, expect: {state: agreed, deadlines: {reply: null}}}
  - {at: 2026-03-22 08:00 Z, do: agree, by: lead, side: asked, form: {text: Yes}, refused: true}
  - {at: 2026-03-22 09:00 Z, do: close, by: officer, expect: {state: closed, result: done}}
""",
}


def write(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """The folder with each change (file, old, new) made; old must be there; old empty: the whole file (new) instead."""
    files = dict(FILES)
    for file, old, new in changes:
        if not old:
            files[file] = new
            continue
        assert files[file].count(old) >= 1, (file, old)
        files[file] = files[file].replace(old, new, 1)
    home = folder / "visit"
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return home
