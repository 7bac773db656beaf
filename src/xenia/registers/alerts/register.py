"""The alerts register, as the one search asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from xenia.registers import bodies
from xenia.registers.alerts.categories import Category, categories
from xenia.registers.listed import ListedRegister, Shown

UNKNOWN = Category(
    "", "", "", "stop", True, "open", 12, "Refer to second line.", "Ask the issuing authority.", "design"
)


def _present(body: Mapping[str, Any]) -> Shown:
    code = str(body.get("category") or "")
    known = categories().get(code, UNKNOWN)
    return Shown(
        category=code,
        handling=str(body.get("handling") or known.handling),
        severity=known.severity,
        second_line=known.second_line,
        fields={
            "flag": {"register": "alerts"},
            "identity": person_fields(body),
            "instruction": {
                "first": body.get("instruction_first") or known.first,
                "second": body.get("instruction_second") or known.second,
                "category": known.label,
            },
            "reason": {
                name: body.get(name) or ""
                for name in ("reason", "issuing_authority", "legal_basis", "decision", "source_id")
            },
            "document": {"documents": list(body.get("documents") or ())},
            "handling": {"handling": body.get("handling") or known.handling, "review_on": body.get("review_on") or ""},
        },
    )


def person_fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """The identity group of a person's record."""
    return {
        "name": bodies.main_name(body),
        "names": list(bodies.whole_names(body)),
        "birth_dates": list(body.get("birth_dates") or ()),
        "sex": body.get("sex") or "",
        "nationalities": list(body.get("nationalities") or ()),
    }


ALERTS = ListedRegister(
    name="alerts",
    title=_("Alerts"),
    groups=frozenset({"flag", "identity", "instruction", "reason", "document", "handling"}),
    present=_present,
    entered_live=True,
)
