"""The visas register, as the one search asks it: what a traveller may do, and stickers that are not good any more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from xenia.registers.alerts.register import person_fields
from xenia.registers.listed import ListedRegister, Shown
from xenia.registers.meanings import Meaning, load

PERMIT = "P"


@lru_cache(maxsize=1)
def meanings() -> dict[str, Meaning]:
    """What the categories of visas mean, by code."""
    return load(Path(__file__).parent / "categories.json")


def code_of(body: Mapping[str, Any]) -> str:
    """`visa-revoked` and the like for a sticker that is not good any more, else `visa` or `permit`."""
    bad = f"visa-{body.get('status') or ''}"
    return bad if bad in meanings() else "permit" if body.get("type") == PERMIT else "visa"


def _present(body: Mapping[str, Any]) -> Shown:
    meaning = meanings()[code_of(body)]
    passport: Mapping[str, Any] = next(iter(body.get("documents") or ()), {})
    return Shown(
        category=meaning.code,
        handling="open",
        severity=meaning.severity,
        second_line=meaning.second_line,
        fields={
            "flag": {"register": "visas"},
            "identity": _identity(body),
            "instruction": {"first": meaning.first, "second": meaning.second, "category": meaning.label},
            "reason": {name: body.get(name) or "" for name in ("issued_on", "issuing_authority", "remarks")},
            "document": {
                "sticker_number": body.get("sticker_number") or "",
                "issuing_state": body.get("issuing_state") or "",
                "passport_number": passport.get("number") or "",
                "passport_state": passport.get("issuing_state") or "",
                "documents": list(body.get("documents") or ()),
            },
            "status": _status(body),
        },
    )


def _identity(body: Mapping[str, Any]) -> dict[str, Any]:
    births, nationalities = body.get("birth_dates") or (), body.get("nationalities") or ()
    return person_fields(body) | {
        "birth_date": births[0] if births else "",
        "nationality": nationalities[0] if nationalities else "",
    }


def _status(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": str(body.get("type") or ""),
        "valid_from": str(body.get("valid_from") or ""),
        "valid_until": str(body.get("valid_until") or ""),
        "entries": str(body.get("entries") or ""),
        "days": int(body.get("days") or 0),
        "territory": list(body.get("territory") or ()),
        "status": str(body.get("status") or "issued"),
        "ltv": bool(body.get("ltv")),
    }


VISAS = ListedRegister(
    name="visas",
    title=_("Visas"),
    groups=frozenset({"flag", "identity", "instruction", "reason", "document", "status"}),
    present=_present,
    entered_live=True,
    searches_names=False,
    knows_past=True,
)
