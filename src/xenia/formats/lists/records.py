"""What a list is made of, whatever file it came in: records, and rows that were refused with their reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xenia.errors import BadInput

PERSON = "person"
DOCUMENT = "document"

Body = dict[str, Any]

# Every field of a body, in the order in which a list file keeps them. Add new ones at the end only.
PERSON_FIELDS = (
    "category",
    "names",
    "birth_dates",
    "sex",
    "nationalities",
    "documents",
    "reason",
    "instruction_first",
    "instruction_second",
    "handling",
    "valid_from",
    "valid_until",
    "review_on",
    "issuing_authority",
    "legal_basis",
    "decision",
    "source_id",
    "confidence",
)
DOCUMENT_FIELDS = ("status", "event_on", "event_place", "owner", "reference", "type", "issuing_state", "number")
NAME_FIELDS = ("surname", "given_names", "full", "script", "kind", "quality")
PAPER_FIELDS = ("type", "issuing_state", "number")

# What became of a document (INTERPOL's words for stolen and lost travel documents).
STATUSES = ("stolen", "lost", "stolen-blank", "revoked", "invalid")
NAME_KINDS = ("main", "alias", "birth", "native")


@dataclass(frozen=True)
class Record:
    """One listed person or document. `record_id` is the source's own and stays the same from version to version.

    `body` of a person: category, names, birth_dates, sex, nationalities, documents, reason, instruction_first,
    instruction_second, handling, valid_from, valid_until, review_on, issuing_authority, legal_basis, decision,
    source_id, confidence. Of a document: status, event_on, event_place, owner, reference, type, issuing_state, number.
    Unknown is `""`, `[]` or left out. Dates are written as `PartialDate.iso()` writes them.
    """

    record_id: str
    kind: str
    body: Body
    line: int = 0


@dataclass(frozen=True)
class Refused:
    """A row or entry that was not taken: where it stands, why, and the value that was at fault.

    `line` counts from 1 in the file. `record_id` is `""` where the row does not say it. `passed_over`: not an error,
    the list holds things (ships, companies) that this register has no place for.
    """

    line: int
    reason: str
    record_id: str = ""
    column: str = ""
    value: str = ""
    passed_over: bool = False


@dataclass(frozen=True)
class Limits:
    """What a file may be at most. Beyond `line_bytes` or `value_chars` a row is refused; beyond the rest, the file."""

    file_bytes: int = 6_000_000_000
    rows: int = 30_000_000
    line_bytes: int = 64_000
    value_chars: int = 4_000
    values: int = 100


@dataclass
class Told:
    """What the file said about itself, filled while it is read. `as_of`: ISO time, `""` where it does not say."""

    as_of: str = ""
    rows: int = 0
    bytes: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)


class BadList(BadInput):
    """The whole file is refused; nothing of it is taken and the version in use stays."""

    code = "bad-list"


def document_record_id(kind: str, issuing_state: str, number: str) -> str:
    """The identity of a listed document where its source gives none: `P:UTO:X1234567`."""
    return f"{kind}:{issuing_state}:{number}"
