"""Each kind of fault, made in a small good folder: named with its file, its line and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cases.definition import small
from xenia.cases.definition import Faulty, check, load

P, Q, A, EN, ONE = (
    "procedure.yaml",
    "forms/question.json",
    "messages/question.json",
    "locale/en.yaml",
    "profiles/one.yaml",
)
CASE = "cases/silence.yaml"
KIN = """"quick": {"type": "boolean"},
    "kin": {"type": "array", "items": {"type": "object", "properties": {"called": {"type": "string"}}},
      "x-member": {"%s": "%s"}}"""

# code, file changed, old text, new text, file of the fault ("" = the one changed), text on the line of the fault
FAULTS = [
    # reading
    ("yaml", P, "version: 1\n", "version: [1\n", "", "purpose:"),
    ("yaml-tag", P, "version: 1\n", "version: !!python/object:os.system 1\n", "", "!!python"),
    ("yaml-alias", P, "languages: [en]", "languages: &one [en]", "", "&one"),
    ("yaml-alias", P, "languages: [en]", "languages: *one", "", "*one"),
    ("yaml-documents", EN, "role.officer", "---\nrole.officer", "", "---"),
    ("yaml-key", P, "version: 1\n", "[version]: 1\n", "", "[version]"),
    ("doubled-key", P, "  sent: {}\n", "  sent: {}\n  sent: {final: true}\n", "", "sent: {final: true}"),
    ("doubled-key", Q, '"quick": {"type": "boolean"},', '"quick": {},\n"quick": {},', "", '"quick": {},#2'),
    ("json", Q, '"type": "object",', '"type": "object"', "", '"properties"'),
    ("too-deep", EN, "procedure: Visit", "procedure: " + "[" * 40 + "]" * 40, "", "procedure:"),
    ("file-too-large", EN, "procedure: Visit", "procedure: " + "x" * 600_000, "", ""),
    ("file-missing", P, "forms/answer.json", "forms/other.json", "", "forms/other.json"),
    ("file-outside", P, "forms/answer.json", "../answer.json", "", "../answer.json"),
    ("file-missing", P, "languages: [en]", "languages: [en, fr]", "", "languages:"),
    # shape
    ("unknown-key", P, "purpose: residence", "purpose: residence\npurposes: []", "", "purposes:"),
    ("unknown-key", P, "role: lead, side: asking,", "rolle: lead, side: asking,", "", "rolle:"),
    ("section-missing", P, "purpose: residence\n", "", "", "id: visit"),
    ("id", P, "id: visit", "id: visits", "", "id:"),
    ("version", P, "version: 1\n", "", "", "id: visit"),
    ("shape", P, "version: 1\n", "version: one\n", "", "version:"),
    ("shape", P, "four_eyes: true", "four_eyes: yes", "", "four_eyes:"),
    ("name", P, "  sent: {}", "  Sent!: {}", "", "Sent!"),
    ("confidentiality", P, "internal", "cosy", "", "cosy"),
    ("doubled-word", P, "owner_kinds: [migration, state]", "owner_kinds: [state, state]", "", "owner_kinds"),
    # states
    ("no-opening", P, "create: {to: draft", "create: {from: [draft], to: sent", "", "actions:"),
    ("no-final", P, "closed: {final: true}", "closed: {}", "", "states:"),
    ("unreachable", P, "  closed: {final: true}", "  lost: {}\n  closed: {final: true}", "", "lost: {}"),
    ("dead-end", P, "close: {from: [agreed]", "close: {from: [sent]", "", "agreed: {}"),
    ("final-left", P, "supply: {from: [asking]", "supply: {from: [asking, closed]", "", "closed: {final"),
    (
        "clock-only-exit",
        P,
        "close: {from: [agreed], to: closed, role: officer,",
        "close: {from: [agreed], to: closed, by: clock,",
        "",
        "agreed: {}",
    ),
    (
        "clock-unused",
        P,
        "on_expiry: {action: deem, if: {equal: [profile.silence, consent]}}",
        "on_expiry: {}",
        "",
        "deem: {from",
    ),
    ("clock-cycle", P, "starts: receive", "starts: [receive, deem]", "", "deem: {from"),
    ("result-missing", P, ", result: done", "", "", "close: {from"),
    # who
    (
        "no-actor",
        P,
        "ask: {from: [received], to: asking, role: officer,",
        "ask: {from: [received], to: asking,",
        "",
        "ask: {from",
    ),
    ("unknown-actor", P, "by: receipt, of: question", "by: ghost", "", "by: ghost"),
    ("unknown-role", P, "role: lead, side: asking,", "role: boss, side: asking,", "", "boss"),
    ("role-empty", P, "lead: [case-lead]", "lead: []", "", "lead: []"),
    (
        "four-eyes",
        P,
        "to: received, by: receipt",
        "to: received, four_eyes: true, by: receipt",
        "",
        "four_eyes: true, by",
    ),
    ("receipt-of", P, "by: receipt, of: question", "by: receipt", "", "by: receipt"),
    (
        "no-person",
        P,
        "deem: {from: [received, asking], to: agreed,",
        "deem: {from: [received, asking], to: agreed, form: answer,",
        "",
        "deem: {",
    ),
    ("unknown-side", P, "role: lead, side: asking,", "role: lead, side: asker,", "", "asker"),
    ("sides", P, "sides: [asking, asked]", "sides: [asking, asked, other]", "", "messages:#1"),
    ("unknown-authority-kind", P, "owner_kinds: [migration, state]", "owner_kinds: [migrant]", "", "migrant"),
    # names
    ("unknown-state", P, "from: [sent], to: received", "from: [sent], to: arrived", "", "arrived"),
    ("unknown-late-state", P, "late: [closed]", "late: [gone]", "", "late: [gone]"),
    ("unknown-late-state", P, "late: [closed]", "late: [received]", "", "late: [received]"),
    ("unknown-action", P, "stops: [agree, withdraw, deem]", "stops: [argue]", "", "argue"),
    ("unknown-form", P, "form: question}", "form: quest}", "", "form: quest}"),
    (
        "unknown-message",
        P,
        "four_eyes: true, message: question",
        "four_eyes: true, message: quest",
        "",
        "message: quest}",
    ),
    ("unknown-letter", P, "letter: answer}", "letter: hello}", "", "letter: hello}"),
    ("unknown-decision", P, "decision: answer,", "decision: guess,", "", "guess"),
    ("unknown-result", P, "result: done", "result: won", "", "result: won"),
    ("unknown-register", P, "checks: [visas, stays]", "checks: [visas, gossip]", "", "gossip"),
    (
        "unused",
        P,
        "  answer: forms/answer.json",
        "  answer: forms/answer.json\n  spare: forms/answer.json",
        "",
        "spare:",
    ),
    (
        "message-twice",
        P,
        "to: asking, role: officer, side: asked}",
        "to: asking, role: officer, side: asked, message: question}",
        "",
        "side: asked, message",
    ),
    ("message-opens", P, ", opens: true", "", "", "messages:#1"),
    ("decision-values", P, "values: [agreed]", "values: [yes, no]", "", "agree: {from"),
    ("reasons", P, "reasons: [none_known], ", "", "", "reason_required_for"),
    ("letter-template", P, "letters/answer.typ", "letters/other.typ", "", "other.typ"),
    ("schema-missing", P, "answer: {schema: messages/answer.json}", "answer: {version: 1}", "", "answer: {version"),
    ("retention", P, "done: {retain: 5 years, then: anonymise}", "done: {then: delete}", "", "done: {then"),
    ("retention", P, "then: anonymise", "then: burn", "", "burn"),
    ("dedup", P, "fuzzy: question.surname", "like: question.surname", "", "like:"),
    ("unknown-path", P, "{equal: question.kind}", "{equal: question.sort}", "", "question.sort"),
    # conditions
    ("unknown-operator", P, "when: {equal:", "when: {equals:", "", "equals"),
    ("condition-shape", P, "when: {equal: [question.quick, false]}", "when: {equal: [question.quick]}", "", "when:"),
    ("condition-path", P, "question.quick, false", "quick, false", "", "when:"),
    ("unknown-path", P, "question.quick, false", "question.slow, false", "", "question.slow"),
    ("unknown-path", P, "question.quick, false", "case.mood, false", "", "case.mood"),
    ("unknown-path", P, "question.quick, false", "case.passed.nothing, false", "", "case.passed.nothing"),
    # members of a family
    ("unknown-state", P, "asking, form: question}", "asking, form: question, under: [nowhere]}", "", "nowhere"),
    ("no-opening", P, "ask: {from: [received],", "ask: {under: [sent], from: [received],", "", "under:"),
    ("schema", Q, '"quick": {"type": "boolean"}', '"quick": {"type": "boolean", "x-shared": "yes"}', "", "x-shared"),
    ("schema", Q, '"quick": {"type": "boolean"}', '"quick": {"type": "boolean", "x-member": true}', "", "x-member"),
    ("unknown-path", Q, '"quick": {"type": "boolean"}', KIN % ("name", "surname"), "", '"name"'),
    ("unknown-path", Q, '"quick": {"type": "boolean"}', KIN % ("called", "nobody"), "", "nobody"),
    # deadlines
    ("length", P, "length: 3 working days", "length: 3 days", "", "3 days"),
    ("length", P, "    length: 3 working days\n", "", "", "notice:"),
    ("length", P, "length: 3 working days", "length: 3 hours", "", "backwards_from"),
    ("deadline-start", P, "    starts: agree\n", "", "", "notice:"),
    ("deadline-outcome", P, "    stops: [close]\n", "", "", "notice:"),
    ("deadline-acts", P, "    acts: asking\n", "", "", "notice:"),
    ("deadline-source", P, "    rule: Act 1\n", "", "", "notice:"),
    ("expiry-actor", P, "action: deem", "action: agree", "", "on_expiry"),
    ("suspend", P, ", resume: [supply]", "", "", "suspend"),
    ("not-a-date", P, "backwards_from: question.on", "backwards_from: question.kind", "", "backwards_from"),
    # profiles
    (
        "profile-value",
        ONE,
        "  reply_normal: {value: 15 calendar days, source: Article 2, confidence: read}\n",
        "",
        "",
        "values:",
    ),
    ("profile-value", ONE, "  stops: {value: null}\n", "", "", "values:"),
    ("length", ONE, "15 calendar days", "a fortnight", "", "fortnight"),
    ("profile-source", ONE, ", source: Article 2", "", "", "reply_normal"),
    ("profile-source", ONE, "confidence: read", "confidence: sure", "", "sure"),
    ("profile-id", ONE, "id: one", "id: two", "", "id: two"),
    ("profile-state", ONE, "[UTO, AZE]", "[UTO, Azerbaijan]", "", "Azerbaijan"),
    ("profile-missing", ONE, "legal_basis: Agreement 1 of 2020\n", "", P, "legal_basis"),
    ("convention", ONE, "  stops:", "  convention: {value: guess, source: x, confidence: read}\n  stops:", "", "guess"),
    # forms and messages
    ("schema", Q, '"type": "boolean"', '"type": "truth"', "", "truth"),
    ("schema", Q, '"type": "boolean"', '"typ": "boolean"', "", '"typ"'),
    ("schema", Q, '"x-name": "surname"', '"x-name": "nickname"', "", "nickname"),
    ("schema", Q, '"required": ["surname"]', '"required": ["surname", "shoes"]', "", "shoes"),
    ("shape", Q, "", "[]", "", "[]"),
    ("schema-ref", Q, '{"type": "boolean"}', '{"$ref": "https://example.org/x"}', "", "example.org"),
    ("schema-pattern", Q, "^[A-Z]+$", "^(A+)+$", "", "(A+)+"),
    ("schema-pattern", Q, "^[A-Z]+$", "^[A-Z+$", "", "pattern"),
    ("form-float", Q, '"type": "boolean"', '"type": "number"', "", "number"),
    ("message-open", A, '      },\n      "additionalProperties": false\n', "      }\n", "", '"question": {'),
    ("message-open", A, '"surname": {"type": "string"}', '"surname": {}', "", '"surname"'),
    ("message-source", A, '"surname": {"type"', '"nickname": {"type"', "", "nickname"),
    ("message-secret", A, '"on": {"type": "string"}', '"secret": {"type": "string"}', "", "secret"),
    # counting
    ("unknown-path", P, "checks: [visas, stays]\n", "checks: [visas]\nstats: {by: [question.nothing]}\n", "", "stats:"),
    ("stats-open", P, "checks: [visas, stays]\n", "checks: [visas]\nstats: {by: [question.surname]}\n", "", "stats:"),
    ("unknown-action", P, "checks: [visas, stays]\n", "checks: [visas]\nstats: {lodged: [post]}\n", "", "stats:"),
    ("unknown-key", P, "checks: [visas, stays]\n", "checks: [visas]\nstats: {with: [question.kind]}\n", "", "stats:"),
    # texts
    ("text-missing", EN, "action.agree: Agree\n", "", "", "procedure:"),
    ("text-missing", EN, "value.kind.long: Long\n", "", "", "procedure:"),
    ("text", EN, "action.agree: Agree", "action.agree:", "", "action.agree"),
    ("text-unknown", EN, "action.agree: Agree", "action.agree: Agree\nactoin.agree: Agree", "", "actoin"),
    # worked cases
    ("case-step", CASE, "do: send, by: lead", "do: send, by: officer", "", "do: send"),
    ("case-step", CASE, "do: receive,", "do: supply, by: officer,", "", "do: supply"),
    ("case-step", CASE, "surname: SPECIMEN", "name: SPECIMEN", "", "do: create"),
    ("case-step", CASE, "do: close, by: officer,", "do: close, by: officer, refused: true,", "", "do: close"),
    ("case-expect", CASE, "2026-03-21}}}", "2026-03-22}}}", "", "2026-03-22}}}"),
    ("case-expect", CASE, "result: done", "result: withdrawn", "", "result: withdrawn"),
    ("case-shape", CASE, "2026-03-21 19:59 Z", "2026-03-01 19:59 Z", "", "2026-03-01"),
    ("case-shape", CASE, "2026-03-21 19:59 Z", "2026-03-21 19:59", "", "19:59,"),
    ("case-shape", CASE, "profile: one", "profile: none", "", "profile: none"),
]


@pytest.mark.parametrize(("code", "file", "old", "new", "at", "marker"), FAULTS)
def test_a_fault_names_file_line_and_remedy(
    tmp_path: Path, code: str, file: str, old: str, new: str, at: str, marker: str
) -> None:
    folder = small.write(tmp_path, (file, old, new))
    found = [one for one in check(folder) if one.code == code]
    assert found, [str(one) for one in check(folder)]
    where = at or file
    assert where in {one.file for one in found}
    assert all(one.remedy.strip() and one.what.strip() for one in found)
    if marker:
        text, _, nth = marker.partition("#")
        lines = (folder / where).read_text(encoding="utf-8").splitlines()
        wanted = [number for number, line in enumerate(lines, 1) if text in line]
        assert wanted[int(nth or 1) - 1] in {one.line for one in found}, (wanted, [str(one) for one in found])


def test_there_are_many_kinds_of_fault() -> None:
    assert len({row[0] for row in FAULTS}) >= 60


def test_the_small_folder_has_no_fault(tmp_path: Path) -> None:
    assert check(small.write(tmp_path)) == ()


def test_states_from_which_no_case_comes_to_an_end(tmp_path: Path) -> None:
    one = ("procedure.yaml", "from: [draft, sent, received, asking], to: closed", "from: [draft, sent], to: closed")
    two = ("procedure.yaml", "close: {from: [agreed]", "close: {from: [sent]")
    found = {(one.code, one.line) for one in check(small.write(tmp_path, one, two))}
    assert {("no-way-out", 15), ("no-way-out", 16), ("dead-end", 17)} <= found


def test_loading_a_faulty_folder_raises_all_faults(tmp_path: Path) -> None:
    folder = small.write(
        tmp_path, ("procedure.yaml", "role: lead", "role: boss"), ("profiles/one.yaml", "15 ", "many ")
    )
    with pytest.raises(Faulty) as caught:
        load(folder)
    assert {fault.code for fault in caught.value.faults} == {"unknown-role", "length"}
    assert "xenia procedures check" in str(caught.value)


def test_a_folder_without_procedure_or_not_there(tmp_path: Path) -> None:
    assert [one.code for one in check(tmp_path)] == ["file-missing"]
    assert [one.code for one in check(tmp_path / "nowhere")] == ["file-missing"]


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    (tmp_path / "secret.json").write_text("{}")
    (folder / "forms" / "answer.json").unlink()
    os.symlink(tmp_path / "secret.json", folder / "forms" / "answer.json")
    assert [one.code for one in check(folder)] == ["link"]


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    for number in range(401):
        (folder / "letters" / f"{number}.typ").write_text("x")
    assert [one.code for one in check(folder)] == ["folder-too-large"]


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    (folder / "locale" / "en.yaml").write_bytes(b"procedure: Visit\nrole.officer: \xff\n")
    assert [(one.code, one.line) for one in check(folder) if one.file == "locale/en.yaml"] == [("not-utf8", 2)]


def test_yes_no_and_dates_are_text(tmp_path: Path) -> None:
    folder = small.write(tmp_path, ("locale/en.yaml", "state.sent: Sent", "state.sent: no"))
    assert load(folder).text("state.sent") == "no"


def test_a_folder_without_worked_case(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    (folder / "cases" / "silence.yaml").unlink()
    assert [one.code for one in check(folder)] == ["case-none"]


def test_a_change_of_any_file_changes_the_hash_but_a_worked_case_does_not(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    before = load(folder).hash
    (folder / "cases" / "silence.yaml").write_text("steps: []\n")
    assert load(folder).hash == before
    (folder / "letters" / "answer.typ").write_text("Dear colleagues\n")
    assert load(folder).hash != before
