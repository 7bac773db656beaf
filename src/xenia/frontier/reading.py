"""A document, read or typed, as the rest of this room needs it. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from xenia.errors import BadInput
from xenia.formats import mrz, states
from xenia.formats.dates import PartialDate
from xenia.frontier.check import CheckDigitView, DocumentView, Typed
from xenia.frontier.rules import DocumentFacts
from xenia.identity.claim import Claimed, Document, Name
from xenia.registers.reference import read as reference

CHILD = "CHILD"


@dataclass(frozen=True)
class ReadDocument:
    """One document: `source` is what it can be read from again (`{"lines": [...]}` or `{"typed": {...}}`)."""

    source: dict[str, Any]
    view: DocumentView
    facts: DocumentFacts
    claimed: Claimed


def from_text(text: str, on: date) -> ReadDocument:
    """The document in a reader's text. Raises `BadInput` (code `unreadable-document`) where no layout fits."""
    reading = mrz.read(text, today=on)
    if reading.layout is None:
        raise BadInput(
            "These are not the lines of a travel document.",
            "Read it again, or type it by hand (F3).",
            code="unreadable-document",
        )
    found = reading.fields
    checks = tuple(
        CheckDigitView(c.field, c.digit.line, c.digit.start, c.expected or "", c.found, c.ok) for c in reading.checks
    )
    view = _view(reading.layout, tuple(reading.lines), checks, asdict_fields(found), reading.warning_codes)
    facts = DocumentFacts(
        valid_checks=reading.valid,
        bad_fields=tuple(c.field for c in reading.checks if not c.ok),
        expiry=view.expiry,
        expiry_known=found.expiry_date is not None,
        issuing_state_known=states.find(found.issuing_state) is not None,
        typed=False,
        warnings=view.warnings,
    )
    return ReadDocument({"lines": list(reading.lines_found)}, view, facts, _claimed(view, found.birth_date))


def asdict_fields(found: mrz.Fields) -> dict[str, Any]:
    """The fields as plain texts; dates ISO."""
    return {
        "document_code": found.document_code,
        "issuing_state": found.issuing_state,
        "document_number": found.document_number,
        "surname": found.surname,
        "given_names": found.given_names,
        "nationality": found.nationality,
        "sex": found.sex or "",
        "birth_date": found.birth_date.iso() if found.birth_date else "",
        "expiry_date": found.expiry_date.iso() if found.expiry_date else "",
    }


def from_typed(typed: Typed, on: date) -> ReadDocument:
    """The document as an officer typed it. Raises `BadInput` that names the field."""
    if not (typed.surname.strip() or typed.given_names.strip()):
        raise BadInput("The name is missing.", "Type at least the surname.", code="typed-name")
    birth = PartialDate.parse(typed.birth_date) if typed.birth_date else None
    if birth and birth.iso() > on.isoformat()[: len(birth.iso())]:
        raise BadInput("The birth date lies in the future.", "Correct the birth date.", code="typed-birth")
    expiry = PartialDate.parse(typed.expiry_date) if typed.expiry_date else None
    fields = {
        "document_code": typed.document_code.strip().upper()[:2],
        "issuing_state": typed.issuing_state.strip().upper(),
        "document_number": typed.document_number.strip().upper(),
        "surname": typed.surname.strip(),
        "given_names": typed.given_names.strip(),
        "nationality": typed.nationality.strip().upper(),
        "sex": typed.sex.strip().upper(),
        "birth_date": birth.iso() if birth else "",
        "expiry_date": expiry.iso() if expiry else "",
    }
    view = _view("typed", (), (), fields, ())
    facts = DocumentFacts(
        True, (), view.expiry, expiry is not None, states.find(fields["issuing_state"]) is not None, typed=True
    )
    view = replace(view, issued_on=typed.issued_on)
    claimed = _claimed(view, birth)
    others = tuple(Name(full=name, kind="alias") for name in typed.other_names if name.strip())
    claimed = Claimed(claimed.names + others, claimed.birth_date, claimed.sex, claimed.nationality, claimed.documents)
    return ReadDocument({"typed": asdict(typed) | {"other_names": list(typed.other_names)}}, view, facts, claimed)


def child_on(parent: ReadDocument, of: str, child: Typed, on: date) -> ReadDocument:
    """A child that stands in a parent's document (`of`: the parent's check): asked by name and birth date.

    The document itself is asked with the parent. Raises `BadInput` as `from_typed` does.
    """
    if not child.birth_date:
        raise BadInput("The birth date is missing.", "Type the child's birth date.", code="typed-birth")
    seen = parent.view
    typed = replace(
        child,
        nationality=seen.nationality,
        document_code=seen.document_code,
        issuing_state=seen.issuing_state,
        document_number=seen.document_number,
        expiry_date=seen.expiry_date,
    )
    made = from_typed(typed, on)
    view = replace(made.view, layout="child", on_document_of=of)
    facts = replace(made.facts, typed=False)
    source = {**made.source, "child_of": of}
    return ReadDocument(source, view, facts, _as_child(made.claimed, view))


def _as_child(claimed: Claimed, view: DocumentView) -> Claimed:
    """The child's claim: not the parent's document, but a key of its own made of that number and the birth date.

    So that its stays are found again when the same two leave together.
    """
    if not view.document_number:
        return replace(claimed, documents=())
    own = "".join(letter for letter in f"{view.document_number}{view.birth_date}" if letter.isalnum())
    return replace(claimed, documents=(Document(CHILD, view.issuing_state, own),))


def again(source: dict[str, Any], on: date) -> ReadDocument:
    """The same document from what was kept of it, as it was read on that day."""
    if "lines" in source:
        return from_text("\n".join(source["lines"]), on)
    if "child_of" in source:
        made = from_typed(Typed(**{**source["typed"], "other_names": tuple(source["typed"]["other_names"])}), on)
        view = replace(made.view, layout="child", on_document_of=source["child_of"])
        return ReadDocument(source, view, replace(made.facts, typed=False), _as_child(made.claimed, view))
    return from_typed(Typed(**{**source["typed"], "other_names": tuple(source["typed"]["other_names"])}), on)


def _view(
    layout: str,
    lines: tuple[str, ...],
    checks: tuple[CheckDigitView, ...],
    fields: dict[str, Any],
    warnings: tuple[str, ...],
) -> DocumentView:
    return DocumentView(
        layout=layout,
        lines=lines,
        checks=checks,
        warnings=warnings,
        issuing_state_name=_state_name(fields["issuing_state"]),
        nationality_name=_state_name(fields["nationality"]),
        expiry=_day(fields["expiry_date"]),
        **fields,
    )


def _state_name(code: str) -> str:
    return reference.state_name(code)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if len(text) == 10 and text[4] == "-" else None


def _claimed(view: DocumentView, birth: PartialDate | None) -> Claimed:
    number = Document(view.document_code, view.issuing_state, view.document_number, view.expiry_date, view.lines)
    return Claimed(
        names=(Name(view.surname, view.given_names),),
        birth_date=birth,
        sex=view.sex if view.sex in ("M", "F", "X") else "",
        nationality=view.nationality,
        documents=(number,) if view.document_number else (),
    )
