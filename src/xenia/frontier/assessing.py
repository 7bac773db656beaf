"""From a check and its answer to the conditions of entry or exit: gathers what `conditions` works with. No database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings

from xenia.formats.dates import PartialDate
from xenia.frontier import territory as land
from xenia.frontier.conditions import Conditions, conditions
from xenia.frontier.facts import Case, Numbers, Traveller, VisaKnown, day_of, stays_from, visa_from
from xenia.frontier.models import Check
from xenia.frontier.reading import ReadDocument, again
from xenia.frontier.record import Kept
from xenia.frontier.terms import term
from xenia.frontier.trip import Trip
from xenia.frontier.visa_conditions import needs_visa, with_document
from xenia.identity.claim import Claimed, Document
from xenia.registers.search import Answer, Question

ANSWERED = ("fresh", "ageing", "live")
VIN_LENGTH = 17


@dataclass(frozen=True)
class Weighed:
    """The conditions of one check, and what they were worked out from. `beside`: registers that do not matter here."""

    document: ReadDocument
    answer: Answer
    kept: Kept
    case: Case
    found: Conditions
    trip: Trip
    beside: frozenset[str]

    def entitled(self) -> dict[str, Any]:
        """What a decision keeps of it, in a plain form."""
        found, visa = self.found, self.found.visa
        return {
            "category": found.category,
            "basis": found.basis,
            "until": found.until.isoformat() if found.until else "",
            "visa": visa.sticker if visa else "",
            "visa_until": visa.valid_until.isoformat() if visa and visa.valid_until else "",
            "visa_days": visa.days if visa else None,
        }


def question(check: Check, document: ReadDocument, kept: Kept) -> Question:
    """What the registers are asked: the document, the visa read with it, the vehicle."""
    extra = (*_of_visa(kept, check.local_date), *vehicle_documents(kept.vehicle))
    claimed = document.claimed
    asked = replace(claimed, documents=(*claimed.documents, *extra)) if extra else claimed
    return Question(str(check.id), asked, check.local_date)


def _of_visa(kept: Kept, on: date) -> tuple[Document, ...]:
    return again(kept.visa, on).claimed.documents if kept.visa else ()


def vehicle_documents(text: str) -> tuple[Document, ...]:
    """A plate (`UTO AB123`, the state's code first, or without one for the own state) or a VIN, as a register is asked."""
    words = text.upper().split()
    bare = "".join("".join(words).split("-"))
    if not bare:
        return ()
    if len(bare) == VIN_LENGTH and len(words) == 1:
        return (Document("VIN", "", bare),)
    state = words[0] if len(words) > 1 and len(words[0]) <= 3 and words[0].isalpha() else ""
    plate = "".join(words[1:] if state else words).replace("-", "")
    return (Document("PLATE", state or settings.XENIA_STATE, plate),)


def weigh(check: Check, document: ReadDocument, answer: Answer, kept: Kept, *, accompanied: bool = False) -> Weighed:
    """The conditions of this check, by what the registers know now. `accompanied`: somebody of age travels along."""
    own = land.territory_of(settings.XENIA_STATE)
    trip = Trip.from_json(kept.trip)
    asked = {one.register: one.state for one in answer.asked}
    case = Case(
        who=_traveller(document),
        direction=check.direction,
        on=check.local_date,
        territory=own,
        visas=with_document(
            [visa_from(hit.fields) for hit in answer.known("visas")], _visa_read(kept, check.local_date)
        ),
        stays=stays_from([hit.fields for hit in answer.known("stays")]),
        visas_asked=asked.get("visas") in ANSWERED,
        visa_warned=any(hit.register == "visas" for hit in answer.warnings),
        days=trip.days,
        transit=trip.purpose == "transit",
        crew=kept.crew,
        accompanied=accompanied,
    )
    found = conditions(case, numbers(check.local_date))
    return Weighed(document, answer, kept, case, found, trip, _beside(case, found, kept))


def numbers(on: date) -> Numbers:
    """The numbers in force on a day."""
    return Numbers(
        validity_left=term("document-validity-left-days", on),
        issued_within_years=term("document-issued-within-years", on),
        recent_refusal=term("recent-refusal-days", on),
        minor=term("minor-age-years", on),
    )


def _beside(case: Case, found: Conditions, kept: Kept) -> frozenset[str]:
    """Visas matter where one is needed or was read, vehicles where there is one, stays where days are counted."""
    beside = set() if kept.vehicle else {"vehicles"}
    if not kept.visa and not (needs_visa(case, found.category) and case.direction == "entry"):
        beside.add("visas")
    if not found.basis:
        beside.add("stays")
    return frozenset(beside)


def _traveller(document: ReadDocument) -> Traveller:
    view = document.view
    return Traveller(
        nationality=view.nationality,
        document_code=view.document_code,
        issuing_state=view.issuing_state,
        document_number=view.document_number,
        birth=latest_birth(document.claimed),
        expiry=view.expiry,
        issued_on=day_of(view.issued_on) if view.issued_on else None,
    )


def latest_birth(claimed: Claimed) -> date | None:
    """The latest day that a birth date may mean; None where it is not known."""
    birth = claimed.birth_date
    return birth.latest() if isinstance(birth, PartialDate) else None


def _visa_read(kept: Kept, on: date) -> VisaKnown | None:
    """The second document as its own lines describe it."""
    if not kept.visa:
        return None
    view = again(kept.visa, on).view
    card = not land.is_visa(view.document_code)
    return VisaKnown(
        sticker=view.document_number,
        issuing_state=view.issuing_state,
        type="P" if card else {"D": "D", "A": "A"}.get(view.document_code[1:2], "C"),
        valid_until=view.expiry,
        read=True,
        registered=False,
    )
