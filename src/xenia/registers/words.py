"""What fields of records are called and how their values are written, for pages, proposals and exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from xenia.registers import bodies

Words = str | Promise

# In the order in which a page shows them.
LABELS: Mapping[str, Words] = {
    "category": _("Category"),
    "colour": _("Colour"),
    "names": _("Names"),
    "birth_dates": _("Born"),
    "sex": _("Sex"),
    "nationalities": _("Nationality"),
    "description": _("Description"),
    "type": _("Type"),
    "issuing_state": _("Issued by"),
    "number": _("Document number"),
    "sticker_number": _("Sticker number"),
    "documents": _("Documents"),
    "plate": _("Number plate"),
    "plate_state": _("State of the plate"),
    "vin": _("Chassis number (VIN)"),
    "make": _("Make"),
    "model": _("Model"),
    "status": _("Status"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "entries": _("Number of entries"),
    "days": _("Days of stay"),
    "territory": _("Territory"),
    "ltv": _("Limited territorial validity"),
    "issued_on": _("Issued on"),
    "event_on": _("Date of the event"),
    "event_place": _("Place of the event"),
    "owner": _("Owner of the report"),
    "reference": _("Reference"),
    "reason": _("Reason"),
    "offences": _("Offences"),
    "warrant": _("Warrant"),
    "contact": _("Contact"),
    "issuing_authority": _("Issuing authority"),
    "legal_basis": _("Legal basis"),
    "decision": _("Decision"),
    "source_id": _("Number at the source"),
    "instruction_first": _("First line"),
    "instruction_second": _("Second line"),
    "first": _("First line"),
    "second": _("Second line"),
    "proportionality": _("Why it is adequate, relevant and important enough"),
    "remarks": _("Remarks"),
    "handling": _("Handling"),
    "review_on": _("Review on"),
    "confidence": _("Quality of the data"),
    "passport_number": _("Passport"),
    "passport_state": _("Passport issued by"),
}
OF_VEHICLE: Mapping[str, Words] = {"colour": _("Colour of the vehicle")}
VISA_TYPES: Mapping[str, Words] = {
    "A": _("A, airport transit"),
    "C": _("C, short stay"),
    "D": _("D, long stay"),
    "P": _("Residence permit"),
}
VISA_STATUSES: Mapping[str, Words] = {
    "issued": _("issued"),
    "extended": _("extended"),
    "used": _("used"),
    "expired": _("expired"),
    "revoked": _("revoked"),
    "annulled": _("annulled"),
    "lost": _("lost"),
    "stolen": _("stolen"),
    "falsified": _("falsified"),
}
VEHICLE_STATUSES: Mapping[str, Words] = {
    "stolen": _("stolen"),
    "embezzled": _("misappropriated"),
    "plate-stolen": _("plate stolen"),
    "sought": _("sought"),
}
DOCUMENT_STATUSES: Mapping[str, Words] = {
    "stolen": _("stolen"),
    "lost": _("lost"),
    "stolen-blank": _("stolen blank"),
    "revoked": _("revoked"),
    "invalid": _("invalid"),
}
ENTRIES: Mapping[str, Words] = {"1": _("one"), "2": _("two"), "MULT": _("several")}
HANDLING: Mapping[str, Words] = {"open": _("open"), "discreet": _("discreet"), "specific": _("specific")}
CODES: Mapping[str, Mapping[str, Words]] = {"entries": ENTRIES, "handling": HANDLING}
OF_KIND: Mapping[str, Mapping[str, Mapping[str, Words]]] = {
    "visa": {"type": VISA_TYPES, "status": VISA_STATUSES},
    "vehicle": {"status": VEHICLE_STATUSES},
    "document": {"status": DOCUMENT_STATUSES},
}


def label(name: str, kind: str = "") -> str:
    """What a field is called, in the reader's language; the field's own word where it has no name."""
    return str((OF_VEHICLE.get(name) if kind == "vehicle" else None) or LABELS.get(name, name))


def text(name: str, value: Any, kind: str = "") -> str:
    """A value as a person reads it; empty where nothing is known."""
    if value in (None, "", [], (), 0, False):
        return ""
    if value is True:
        return _now("yes")
    if name == "names":
        return "; ".join(_name(one) for one in value)
    if name == "documents":
        return "; ".join(_paper(one) for one in value)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    known = OF_KIND.get(kind, {}).get(name) or CODES.get(name, {})
    return str(known.get(str(value), value))


def _name(one: Any) -> str:
    return one if isinstance(one, str) else bodies.main_name({"names": [one]})


def _paper(one: Mapping[str, Any]) -> str:
    return " ".join(str(one.get(part) or "") for part in ("type", "issuing_state", "number")).strip()


def lines(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and value of every field of a body that holds something, in the order of pages."""
    kind = bodies.kind(body)
    for name in [*LABELS, *(one for one in body if one not in LABELS)]:
        shown = text(name, body.get(name), kind)
        if shown:
            yield label(name, kind), shown


def title(body: Mapping[str, Any]) -> str:
    """What a record is called in one line: a name, a plate, the number of a document or sticker."""
    state = body.get("plate_state") or body.get("issuing_state") or ""
    number = body.get("plate") or body.get("vin") or body.get("sticker_number") or body.get("number") or ""
    return bodies.main_name(body) or f"{state} {number}".strip()
