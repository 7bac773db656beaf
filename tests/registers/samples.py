"""Bodies of invented records, one of each register that officers enter by hand."""

from __future__ import annotations

from typing import Any

PERSON: dict[str, Any] = {
    "names": [{"surname": "Oxenholm", "given_names": "Ebba", "kind": "main"}],
    "birth_dates": ["1984-05-06"],
    "sex": "F",
    "nationalities": ["UTO"],
}
BODIES: dict[str, dict[str, Any]] = {
    "visas": PERSON
    | {
        "documents": [{"type": "P", "issuing_state": "UTO", "number": "UX5550001"}],
        "sticker_number": "V5550001",
        "issuing_state": "UTO",
        "type": "C",
        "valid_from": "2026-01-01",
        "valid_until": "2027-12-31",
        "entries": "MULT",
        "days": 90,
        "territory": ["UTO"],
        "ltv": False,
        "issuing_authority": "Consulate at Testing",
        "issued_on": "2025-12-20",
        "remarks": "",
    },
    "vehicles": {
        "category": "stolen",
        "plate": "UX 555",
        "plate_state": "UTO",
        "vin": "UXZZZ000000000001",
        "make": "Invented",
        "model": "Roadster",
        "reason": "Taken from a car park",
        "legal_basis": "Invented Act, section 2",
        "proportionality": "Worth the search",
        "event_on": "2026-10-01",
    },
    "notices": PERSON
    | {
        "colour": "red",
        "documents": [],
        "reason": "Invented prosecution",
        "offences": "Invented fraud",
        "issuing_authority": "Bureau of Utopia",
        "source_id": "A-555/1-2026",
        "legal_basis": "Invented Act, section 3",
        "proportionality": "A serious case",
    },
    "lost_documents": {
        "type": "P",
        "issuing_state": "UTO",
        "number": "UX5550002",
        "status": "stolen",
        "owner": "Bureau of Utopia",
        "reference": "L-555",
        "event_on": "2026-10-02",
        "event_place": "Testing",
    },
}
