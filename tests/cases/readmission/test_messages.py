"""What may leave: the closed list of the agreements' data articles, and nothing of asylum.

Source: EU-AZ Art. 17 and CH-AZ Art. 14; docs/how-to/readmission.md says the same in words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import xenia.cases
from xenia.cases.bodies import body
from xenia.cases.definition import load

PROCEDURES = Path(xenia.cases.__file__).parent / "procedures"
NAMES = sorted(folder.name for folder in PROCEDURES.glob("readmission*"))
KINDS = {f"{name}/{message}": kind for name in NAMES for message, kind in load(PROCEDURES / name).messages.items()}
SCHEMAS = {name: kind.schema for name, kind in KINDS.items()} | {
    f"{name} ({older.version})": older.schema for name, kind in KINDS.items() for older in kind.older
}
TELLING = re.compile(
    r"asyl|refug|protect|persecut|dublin|eurodac|relig|politic|ethnic|orient|crim|convict|alert|union|opinion|reason_not"
)
# Texts in an officer's own words: only what identification and the conditions of readmission need (item 4 of the list).
FREE = {
    "readmission/answer: answer.answer", "readmission/error_claim: error_claim.explanation",
    "readmission/taken_back: error_answer.explanation", "readmission/claim_contested: error_answer.explanation",
    "readmission/hand_over: hand_over.remarks", "readmission/question: question.question",
    "readmission/reply_negative: refusal.explanation", "readmission/revocation: revocation.explanation",
}  # fmt: skip
STAYS = {  # answers for the own file
    "application": ["authority_file", "late_because"], "withdrawal": ["reason"], "failure": ["reason"],
    "obstacle": ["kind"], "interview_record": ["own_record"], "reply": ["evidence_used"],
}  # fmt: skip
WORDS = (
    "applied for asylum", "ASYLUM", "refugee centre", "Asylzentrum", "demandeur d’asile", "réfugié", "Flüchtling",
    "Eurodac hit", "Dublin transfer", "Dublin-Regulation", "sığınacaq istəyir", "qaçqın", "просит убежища", "беженец", "تقدم بطلب لجوء",
    "თავშესაფრის მაძიებელი", "fear of persecution",
)  # fmt: skip


def leaves(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        at = f"{path}.{name}".lstrip(".")
        yield at, part
        yield from leaves(part, at)
        if isinstance(part.get("items"), Mapping):
            yield f"{at}[]", part["items"]
            yield from leaves(part["items"], at)


def objects(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Every schema of an object, conditions apart."""
    if isinstance(schema, Mapping):
        if schema.get("type") == "object":
            yield schema
        for key, value in schema.items():
            if key not in ("if", "then"):
                yield from objects(value)


def test_every_object_of_every_message_is_closed() -> None:
    for name, schema in SCHEMAS.items():
        assert schema.get("type") == "object", name
        assert all(one.get("additionalProperties") is False for one in objects(schema)), name


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_unknown_property_is_refused_at_every_depth(name: str) -> None:
    validator = Draft202012Validator(SCHEMAS[name])
    for secret in ("asylum", "note", "protection_status", "alert"):
        errors = [error.validator for error in validator.iter_errors({secret: "x"})]
        assert "additionalProperties" in errors
        for part in (one for one in objects(SCHEMAS[name]) if one is not SCHEMAS[name]):
            found = [error.validator for error in Draft202012Validator(part).iter_errors({secret: "x"})]
            assert "additionalProperties" in found


def test_no_property_could_carry_anything_of_asylum() -> None:
    for name, schema in SCHEMAS.items():
        for path, part in leaves(schema):
            assert not TELLING.search(path.lower()), f"{name}: {path}"
            assert not any(TELLING.search(str(value).lower()) for value in part.get("enum", ())), f"{name}: {path}"


def test_own_words_are_sent_only_where_identification_needs_them() -> None:
    """Longer than a name or an address (200 letters) is own words."""
    found = {
        f"{name}: {path}"
        for name, schema in SCHEMAS.items()
        for path, part in leaves(schema)
        if part.get("type") == "string" and not {"enum", "format", "pattern", "const"} & set(part)
        and part.get("maxLength", 10**6) > 200
    }  # fmt: skip
    assert found == FREE


NAME_FIELDS = ("surname", "given_names", "birth_name", "other_names[]")


def test_words_of_asylum_are_refused_in_every_text_that_is_not_a_name() -> None:
    for name, schema in SCHEMAS.items():
        for path, part in leaves(schema):
            if part.get("type") != "string" or {"enum", "format", "pattern"} & set(part):
                continue
            if path.rsplit(".", 1)[-1] in NAME_FIELDS or path in ("profile", "previous"):
                continue
            for words in WORDS:
                assert not Draft202012Validator(part).is_valid(words), f"{name}: {path} takes “{words}”"
            assert all(
                Draft202012Validator(part).is_valid(word) for word in ("Gəncə, Nizami 14", "Dublin", "Basileia")
            ), path


def test_what_is_for_the_own_file_stays_and_whatever_else_a_case_knows() -> None:
    rules = load(PROCEDURES / "readmission")
    for form, kept in STAYS.items():
        properties = rules.forms[form]["properties"]
        assert all(properties[one].get("x-stays") is True for one in kept), form
        assert all(part.get("x-stays") is None for one, part in properties.items() if one not in kept), form
    case = {"profile": "EU-AZ", "urgent": False, "state": "draft", "side": "requesting", "asylum": "pending"}
    person = {"surname": "Sample", "given_names": "Ana", "nationality": "AZE", "asylum": "pending", "alert": "yes"}
    known = {
        "application": {"category": "own_national", "person": person, "authority_file": "ASYL-1", "note": "secret"},
        "withdrawal": {"reason": "residence_granted"},
        "failure": {"failed_on": "2026-09-01", "told": "other", "reason": "legal_stay"},
        "obstacle": {"began_on": "2026-09-01", "kind": "legal"},
        "interview_record": {"held_on": "2026-09-01", "outcome": "confirmed", "own_record": "fears to go back"},
        "asylum": {"claim": "lodged"},
        "case": case,
        "profile": {},
    }
    sent = json.dumps([body(schema, known) for schema in SCHEMAS.values()])
    for secret in ("asylum", "pending", "ASYL", "secret", "residence_granted", "legal", "fears", "lodged", "alert"):
        assert secret not in sent


@pytest.mark.parametrize("name", ["readmission/application", "readmission/application (1)"])
def test_special_circumstances_leave_only_with_explicit_consent(name: str) -> None:
    validator = Draft202012Validator(SCHEMAS[name])
    documents = [{"kind": "photograph", "sha256": "0" * 64}]
    person = {"surname": "Sample", "given_names": "Ana", "nationality": "AZE"}

    def valid(circumstances: dict[str, Any]) -> bool:
        application = {"category": "own_national", "person": person, "circumstances": circumstances}
        return validator.is_valid({"profile": "EU-AZ", "application": application, "documents": documents})

    assert valid({"consent_given": True, "needs": ["wheelchair"]}) and valid({"consent_given": False}) and valid({})
    assert not valid({"needs": ["wheelchair"]}) and not valid({"consent_given": False, "needs": ["wheelchair"]})
    assert not valid({"consent_given": False, "safety_measures": ["escort"]})
    notice = Draft202012Validator(SCHEMAS["readmission/transfer_notice"])
    transfer = {"date": "2026-09-24", "border_point": "UTO", "mode": "air"}
    assert notice.is_valid({"transfer": {**transfer, "assistance": {"consent_given": True, "needs": ["stretcher"]}}})
    assert not notice.is_valid({"transfer": {**transfer, "assistance": {"needs": ["stretcher"]}}})


def test_only_documents_meant_for_the_other_state_may_leave() -> None:
    for schema in SCHEMAS.values():
        documents = schema["properties"].get("documents")
        if documents:
            kinds = documents["items"]["properties"]["kind"]["enum"]
            assert not {"own_file", "interview_report", "other"} & set(kinds)
