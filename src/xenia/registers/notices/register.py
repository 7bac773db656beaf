"""The notices register, as the one search asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from xenia.registers.alerts.register import person_fields
from xenia.registers.listed import ListedRegister, Shown

FIRST = _("Refer to second line. Do not say why.")
SECOND = _("Compare with the listing. Contact the national bureau before any measure.")


def _present(body: Mapping[str, Any]) -> Shown:
    return Shown(
        category=str(body.get("category") or "notice"),
        handling=str(body.get("handling") or "open"),
        severity="stop",
        second_line=True,
        fields={
            "flag": {"register": "notices"},
            "identity": person_fields(body),
            "instruction": {
                "first": body.get("instruction_first") or str(FIRST),
                "second": body.get("instruction_second") or str(SECOND),
                "category": body.get("category") or "",
            },
            "reason": {
                name: body.get(name) or ""
                for name in ("reason", "issuing_authority", "legal_basis", "decision", "source_id")
            },
            "document": {"documents": list(body.get("documents") or ())},
            "handling": {"handling": body.get("handling") or "open"},
        },
    )


NOTICES = ListedRegister(
    name="notices",
    title=_("Notices"),
    groups=frozenset({"flag", "identity", "instruction", "reason", "document", "handling"}),
    present=_present,
)
