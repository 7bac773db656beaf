"""The register of lost documents, as the one search asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from xenia.registers.listed import ListedRegister, Shown

FIRST = _("Keep the document. Refer to second line. The hit concerns the document, not the person.")
SECOND = _("Ask the owner of the report to confirm before the document is seized or anybody is refused.")


def _present(body: Mapping[str, Any]) -> Shown:
    status = str(body.get("status") or "lost")
    return Shown(
        category=status,
        handling="open",
        severity="stop",
        second_line=True,
        fields={
            "flag": {"register": "lost_documents"},
            "identity": {},
            "instruction": {"first": str(FIRST), "second": str(SECOND), "category": _now(status)},
            "reason": {name: body.get(name) or "" for name in ("event_on", "event_place", "owner", "reference")},
            "document": {name: body.get(name) or "" for name in ("type", "issuing_state", "number", "status")},
        },
    )


LOST_DOCUMENTS = ListedRegister(
    name="lost_documents",
    title=_("Lost documents"),
    groups=frozenset({"flag", "instruction", "reason", "document"}),
    present=_present,
    searches_names=False,
)
