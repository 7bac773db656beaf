"""What is asked and what comes back. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from xenia.errors import BadInput
from xenia.formats.dates import PartialDate
from xenia.identity.claim import Claimed, Document, Name
from xenia.matching import Feature

LONGEST = 300
INFO = "info"


@dataclass(frozen=True)
class Question:
    """One person or document to be asked about, on one day. `id` is the asker's own and comes back unchanged."""

    id: str
    claimed: Claimed
    on: date

    @classmethod
    def from_json(cls, data: Any, on: date) -> Question:
        """The question as the command line and the API take it.

        `{"id", "name" | "surname", "given_names", "birth_date", "sex", "nationality",
        "document": {"type", "issuing_state", "number"}}`. Raises `BadInput` that names the field.
        """
        if not isinstance(data, Mapping):
            raise BadInput("A question is a JSON object.", 'Such as {"id": "1", "name": "..."}.', code="bad-question")
        known = {"id", "name", "surname", "given_names", "birth_date", "sex", "nationality", "document", "schema"}
        odd = sorted(set(data) - known)
        if odd:
            raise BadInput(
                f"A question has no field {odd[0][:40]!r}.", f"Fields: {', '.join(sorted(known))}.", code="bad-question"
            )
        document = data.get("document")
        documents = (_document(document),) if document is not None else ()
        name = Name(_text(data, "surname"), _text(data, "given_names"), _text(data, "name"))
        if not name.whole and not any(d.number for d in documents):
            raise BadInput(
                "A question needs a name or a document number.",
                "Give name, surname or document.number.",
                code="bad-question",
            )
        names = (name,) if name.whole else ()
        sex = _text(data, "sex").upper()
        if sex not in ("", "M", "F", "X"):
            raise BadInput(
                "Field 'sex' is none of M, F, X.", "Leave it out where it is not known.", code="bad-question"
            )
        birth = _text(data, "birth_date")
        claimed = Claimed(
            names, PartialDate.parse(birth) if birth else None, sex, _text(data, "nationality").upper(), documents
        )
        return cls(str(data.get("id", ""))[:LONGEST], claimed, on)


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST or "\x00" in value:
        raise BadInput(f"Field {name!r} is not a text of at most {LONGEST} characters.", code="bad-question")
    return value.strip()


def _document(data: Any) -> Document:
    if not isinstance(data, Mapping):
        raise BadInput(
            "Field 'document' is not an object.", "Give type, issuing_state and number.", code="bad-question"
        )
    number = _text(data, "number")
    if not number:
        raise BadInput("Field 'document.number' is missing.", code="bad-question")
    return Document(_text(data, "type"), _text(data, "issuing_state").upper(), number)


@dataclass(frozen=True)
class Hit:
    """One record that may be meant, cut to what the asker may see.

    `severity`: stop, look, or info (known, no warning: never to be settled). `groups`: the field groups that were shown; with the flag only, `name`, `features`, `instruction` and `fields` are empty.
    `withheld`: found by keys at a unit that holds no name; the instruction says to ask the centre.
    """

    register: str
    source: str
    record: str
    subject: UUID
    band: str
    score: float
    name: str
    features: tuple[Feature, ...]
    instruction: str
    category: str
    handling: str
    severity: str
    second_line: bool
    groups: frozenset[str]
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    withheld: bool = False

    def to_json(self) -> dict[str, Any]:
        """The hit as the command line and the API give it."""
        return {
            "register": self.register,
            "record": self.record,
            "band": self.band,
            "score": round(self.score, 3),
            "name": self.name,
            "reasons": [
                {"feature": f.name, "verdict": f.verdict, "asked": f.asked, "found": f.found, "detail": f.detail}
                for f in self.features
            ],
            "instruction": self.instruction,
            "category": self.category,
            "fields": {group: dict(values) for group, values in self.fields.items()},
            **({"ask_the_centre": True} if self.withheld else {}),
        }


@dataclass(frozen=True)
class Asked:
    """One register that was asked, and how old what it knows is. `state`: live, fresh, ageing, old, never."""

    register: str
    label: str
    hits: int
    as_of: datetime | None
    age_s: int
    limit_s: int
    state: str


@dataclass(frozen=True)
class Answer:
    """All hits for one question, best first, and the registers asked.

    `silent`: hits of handling codes that the asker may not notice; they go to the roles named for them and are never
    shown, counted or serialised with the answer.
    """

    id: str
    hits: tuple[Hit, ...]
    asked: tuple[Asked, ...]
    silent: tuple[Hit, ...] = ()

    @property
    def warnings(self) -> tuple[Hit, ...]:
        """The hits that warn: everything but what a register merely knows."""
        return tuple(hit for hit in self.hits if hit.severity != INFO)

    def known(self, register: str) -> tuple[Hit, ...]:
        """What this register knows of the traveller without warning: visas, stays."""
        return tuple(hit for hit in self.hits if hit.severity == INFO and hit.register == register)

    def to_json(self) -> dict[str, Any]:
        """The answer as the command line and the API give it; silent hits leave no trace."""
        return {"id": self.id, "hits": [hit.to_json() for hit in self.hits]}
