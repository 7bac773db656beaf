"""What a list is made of, whatever file it came in: records, and rows that were refused with their reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xenia.errors import BadInput

PERSON = "person"
DOCUMENT = "document"
VISA = "visa"
VEHICLE = "vehicle"

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
    "colour",
    "offences",
    "description",
    "warrant",
    "contact",
)
DOCUMENT_FIELDS = ("status", "event_on", "event_place", "owner", "reference", "type", "issuing_state", "number")
VISA_FIELDS = (
    "names",
    "birth_dates",
    "sex",
    "nationalities",
    "documents",
    "sticker_number",
    "issuing_state",
    "type",
    "valid_from",
    "valid_until",
    "entries",
    "days",
    "territory",
    "status",
    "ltv",
    "issued_on",
    "issuing_authority",
    "remarks",
)
VEHICLE_FIELDS = (
    "category",
    "status",
    "plate",
    "plate_state",
    "vin",
    "make",
    "model",
    "colour",
    "event_on",
    "event_place",
    "owner",
    "reference",
    "reason",
    "instruction_first",
    "instruction_second",
    "handling",
    "valid_from",
    "valid_until",
)
# Fields of any kind that hold several values, a number, or yes and no; every other field is text.
LIST_FIELDS = frozenset({"names", "birth_dates", "nationalities", "documents", "territory"})
NUMBER_FIELDS = frozenset({"days"})
YES_NO_FIELDS = frozenset({"ltv"})
NAME_FIELDS = ("surname", "given_names", "full", "script", "kind", "quality")
PAPER_FIELDS = ("type", "issuing_state", "number")

# What became of a document (INTERPOL's words for stolen and lost travel documents).
STATUSES = ("stolen", "lost", "stolen-blank", "revoked", "invalid")
# What became of a visa or permit. Source: VIS Regulation 767/2008 articles 10 to 14; lost, stolen and falsified
# stickers as in the lists of stolen and lost documents.
VISA_STATUSES = ("issued", "extended", "used", "expired", "revoked", "annulled", "lost", "stolen", "falsified")
# A airport transit, C short stay, D long stay (Visa Code 810/2009); P is a residence permit.
VISA_TYPES = ("A", "C", "D", "P")
VISA_ENTRIES = ("1", "2", "MULT")
VISA_MOST_DAYS = 3_660
VEHICLE_STATUSES = ("stolen", "embezzled", "plate-stolen", "sought")
NAME_KINDS = ("main", "alias", "birth", "native")


@dataclass(frozen=True)
class Record:
    """One listed person, document, visa or vehicle. `record_id` is the source's own, the same in every version.

    `body` of a person: category, names, birth_dates, sex, nationalities, documents, reason, instruction_first,
    instruction_second, handling, valid_from, valid_until, review_on, issuing_authority, legal_basis, decision,
    source_id, confidence, and of notices colour, offences, description, warrant, contact. Of a document: status,
    event_on, event_place, owner, reference, type, issuing_state, number. Of a visa and of a vehicle: `VISA_FIELDS`,
    `VEHICLE_FIELDS`; `days` is a number (0: not told), `ltv` True or False, `territory` a list of codes.
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
    the list holds things (ships, companies) that this register has no place for. `noted`: the record was taken, only
    this value of it was not, or not whole.
    """

    line: int
    reason: str
    record_id: str = ""
    column: str = ""
    value: str = ""
    passed_over: bool = False
    noted: bool = False

    @property
    def state(self) -> str:
        """`refused`, `passed_over` or `noted`: under which of them it is counted."""
        return "passed_over" if self.passed_over else "noted" if self.noted else "refused"


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


def papers(kind: str, body: Mapping[str, Any]) -> list[Body]:
    """Under which documents a record is found: of a person, of a listed document, of a visa (its passports and the
    sticker as type `V`), of a vehicle (number plate as type `PLATE`, chassis number as `VIN`)."""
    if kind == DOCUMENT:
        return [{name: body[name] for name in PAPER_FIELDS}]
    if kind == VEHICLE:
        plate = {"type": "PLATE", "issuing_state": body.get("plate_state") or "", "number": body.get("plate") or ""}
        vin = {"type": "VIN", "issuing_state": "", "number": body.get("vin") or ""}
        return [paper for paper in (plate, vin) if paper["number"]]
    found = list(body.get("documents") or ())
    if kind == VISA and body.get("sticker_number"):
        sticker = {"type": "V", "issuing_state": body.get("issuing_state") or "", "number": body["sticker_number"]}
        found.append(sticker)
    return found
