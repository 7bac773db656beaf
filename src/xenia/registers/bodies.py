"""The shape of a record's body in list files and live records, read with care. Pure.

Person: {"category", "names": [{"surname", "given_names", "full", "script", "kind", "quality"}], "birth_dates": [iso],
"sex", "nationalities": [code], "documents": [{"type", "issuing_state", "number"}], "reason", "instruction_first",
"instruction_second", "handling", "valid_from", "valid_until", "review_on", "issuing_authority", "legal_basis",
"decision", "source_id", "confidence"}.
Document: {"type", "issuing_state", "number", "status", "event_on", "event_place", "owner", "reference"}.
Visa and vehicle: `VISA_FIELDS` and `VEHICLE_FIELDS` of `formats.lists.records`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xenia.formats.dates import PartialDate
from xenia.formats.lists.records import DOCUMENT, PERSON, VEHICLE, VISA, papers
from xenia.identity.claim import Document
from xenia.matching import Claim


def whole_names(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Every name in one line each, main name first."""
    return tuple(text for text in (_whole(name) for name in body.get("names", ())) if text)


def _whole(name: Mapping[str, Any]) -> str:
    parts = f"{name.get('surname') or ''} {name.get('given_names') or ''}".strip()
    return parts or str(name.get("full") or "")


def main_name(body: Mapping[str, Any]) -> str:
    """The name to show: surname, then given names after a comma."""
    for name in body.get("names", ()):
        if name.get("surname"):
            return ", ".join(part for part in (name["surname"], name.get("given_names") or "") if part)
        if name.get("full"):
            return str(name["full"])
    return ""


def births(body: Mapping[str, Any]) -> tuple[PartialDate, ...]:
    """Birth dates as given by the source, which may give several."""
    return tuple(PartialDate.parse(text) for text in body.get("birth_dates", ()) if text)


def first_birth(body: Mapping[str, Any]) -> PartialDate | None:
    """The first birth date, or None."""
    return next(iter(births(body)), None)


def kind(body: Mapping[str, Any]) -> str:
    """Which kind of record it is, by what it holds: person, document, visa or vehicle."""
    if "sticker_number" in body:
        return VISA
    if "plate" in body or "vin" in body:
        return VEHICLE
    return DOCUMENT if body.get("number") else PERSON


def documents(body: Mapping[str, Any]) -> tuple[Document, ...]:
    """What a record is found by: a person's documents, the document that it is about, passport and sticker, plate and VIN."""
    return tuple(
        Document(str(d.get("type") or ""), str(d.get("issuing_state") or ""), str(d["number"]))
        for d in papers(kind(body), body)
        if d.get("number")
    )


def claim(body: Mapping[str, Any]) -> Claim:
    """The record as a claim to compare with."""
    names = body.get("names") or ()
    main = names[0] if names else {}
    others = tuple(_whole(name) for name in names[1:] if _whole(name))
    full = () if main.get("surname") else tuple(filter(None, (str(main.get("full") or ""),)))
    dates = births(body)
    return Claim(
        surname=str(main.get("surname") or ""),
        given_names=str(main.get("given_names") or "") if main.get("surname") else "",
        names=full + others,
        birth=dates[0] if dates else None,
        sex=body.get("sex") or None,
        nationalities=frozenset(body.get("nationalities") or ()),
        births=dates[1:],
    )
