"""What a term is, what makes one sound, and what comes with Xenia. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from xenia.errors import BadInput, NotFound

FIRST: Final = Path(__file__).with_name("first.json")
LANGUAGES: Final = ("en", "fr", "ar", "az", "ru", "ka")
CONFIDENCES: Final = ("read", "2nd", "memory", "design", "decided")
CODE: Final = re.compile(r"[A-Za-z0-9*][A-Za-z0-9._-]{0,47}")
LABEL_LIMIT: Final = 500
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Attribute:
    """Something that terms of a list carry beside their words, such as an address."""

    name: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Listing:
    """A list of terms: which there are is decided by the program, what is in them by the installation.

    `page`: the name of the address where it is changed, for a list that has rules of its own; empty for the others.
    """

    name: str
    labels: Mapping[str, str]
    what: Mapping[str, str]
    attributes: tuple[Attribute, ...]
    source: str
    confidence: str
    page: str = ""


@dataclass(frozen=True)
class Term:
    """One entry of a list, as it stands. `valid_from`, `valid_to`: first and last day; None without limit."""

    list: str
    code: str
    labels: Mapping[str, str]
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: str
    order: int
    attributes: Mapping[str, str] = field(default_factory=dict)

    def label(self, language: str | None = None) -> str:
        """The words in `language`, or in the reader's; English where there are none, the code as the last resort."""
        return words(self.labels, language) or self.code

    def valid(self, on: date) -> bool:
        """Whether it may be chosen on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def content(self) -> dict[str, Any]:
        """Everything it says, as JSON."""
        return {
            "list": self.list,
            "code": self.code,
            "labels": dict(self.labels),
            "attributes": dict(self.attributes),
            "order": self.order,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "source": self.source,
            "confidence": self.confidence,
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the content, hexadecimal."""
        raw = json.dumps(self.content(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(raw.encode()).hexdigest()


def words(labels: Mapping[str, str], language: str | None = None) -> str:
    """The words in that language or the reader's, else in English, else "". `pt-br` finds `pt`."""
    from django.utils.translation import get_language

    asked = (language or get_language() or "en").lower()
    return labels.get(asked) or labels.get(asked.split("-")[0]) or labels.get("en", "")


def from_content(content: Mapping[str, Any]) -> Term:
    """The term that says this. Raises `BadInput` (code `bad-term`) naming what is wrong."""
    known = listing(str(content.get("list", "")))
    made = Term(
        list=known.name,
        code=str(content.get("code", "")),
        labels=_texts(content.get("labels"), "labels"),
        valid_from=_day(content.get("valid_from"), "valid_from"),
        valid_to=_day(content.get("valid_to"), "valid_to"),
        source=str(content.get("source", "")).strip(),
        confidence=str(content.get("confidence", "")),
        order=_order(content.get("order", 0)),
        attributes=_texts(content.get("attributes") or {}, "attributes"),
    )
    _check(made, known)
    return made


def _bad(text: str, what_to_do: str) -> BadInput:
    return BadInput(text, what_to_do, code="bad-term")


def _texts(value: Any, what: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise _bad(f"The {what} are not words by name.", "Give text for each name.")
    texts = {str(name): str(text).strip() for name, text in value.items() if str(text).strip()}
    for text in texts.values():
        if len(text) > LABEL_LIMIT or CONTROL.search(text):
            raise _bad(
                f"One of the {what} is longer than {LABEL_LIMIT} characters or holds control characters.",
                "Shorten it and keep it on one line.",
            )
    return texts


def _day(value: Any, what: str) -> date | None:
    if not value:
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise _bad(f"{what} is no day.", "Write it as 2027-03-31.") from None


def _order(value: Any) -> int:
    text = str(value if value is not None else 0).strip() or "0"
    if not text.isdigit() or len(text) > 6:
        raise _bad("The order is no whole number.", "Give a number from 0 to 999999.")
    return int(text)


def _check(term: Term, known: Listing) -> None:
    if not CODE.fullmatch(term.code):
        raise _bad("The code is missing or has other signs.", "Use 1 to 48 letters, digits, dots and hyphens.")
    if not term.labels.get("en"):
        raise _bad(f"{term.code} has no English label.", "Give one: other languages fall back to it.")
    if set(term.labels) - set(LANGUAGES):
        raise _bad(f"{term.code} has labels in a language that Xenia does not speak.", f"Use {', '.join(LANGUAGES)}.")
    if set(term.attributes) - {one.name for one in known.attributes}:
        raise _bad(f"{term.code} has an attribute that {known.name} does not know.", "Take it away.")
    if not term.source or len(term.source) > 300 or CONTROL.search(term.source):
        raise _bad(f"{term.code} has no source.", "Say where the term comes from, in at most 300 characters.")
    if term.confidence not in CONFIDENCES:
        raise _bad(f"{term.code}: that is no confidence.", f"Use one of {', '.join(CONFIDENCES)}.")
    if term.valid_from and term.valid_to and term.valid_to < term.valid_from:
        raise _bad(f"{term.code} would end before it begins.", "Give a later last day.")


@lru_cache(maxsize=1)
def _shipped() -> tuple[dict[str, Listing], tuple[Term, ...]]:
    listings, terms = {}, []
    for one in json.loads(FIRST.read_text(encoding="utf-8"))["lists"]:
        attributes = tuple(Attribute(each["name"], each["labels"]) for each in one["attributes"])
        listings[one["name"]] = Listing(
            one["name"], one["labels"], one["what"], attributes, one["source"], one["confidence"], one.get("page", "")
        )
        for at, row in enumerate(one["terms"], start=1):
            terms.append(_shipped_term(one, row, at * 10))
    return listings, tuple(terms)


def _shipped_term(listed: Mapping[str, Any], row: Mapping[str, Any], order: int) -> Term:
    return Term(
        listed["name"],
        row["code"],
        row["labels"],
        _day(row.get("valid_from"), "valid_from"),
        _day(row.get("valid_to"), "valid_to"),
        row.get("source", listed["source"]),
        row.get("confidence", listed["confidence"]),
        row.get("order", order),
        row.get("attributes", {}),
    )


def listings() -> dict[str, Listing]:
    """All lists by name, in the order of the shipped file."""
    return _shipped()[0]


def listing(name: str) -> Listing:
    """The list of that name. Raises `NotFound` (code `no-list`)."""
    found = listings().get(name)
    if found is None:
        raise NotFound(f"There is no list of reference data called {name[:48]}.", "Look at the lists.", code="no-list")
    return found


def shipped() -> tuple[Term, ...]:
    """The terms that come with Xenia."""
    return _shipped()[1]
