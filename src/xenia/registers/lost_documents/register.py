"""The register of lost documents, as the one search asks it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from xenia.registers.listed import ListedRegister, Shown
from xenia.registers.meanings import Meaning, load


@lru_cache(maxsize=1)
def meanings() -> dict[str, Meaning]:
    """What became of a document, by the status words of the list."""
    return load(Path(__file__).parent / "categories.json")


def code_of(body: Mapping[str, Any]) -> str:
    """The status word of the report; a report without one is of a lost document."""
    return str(body.get("status") or "lost")


def _present(body: Mapping[str, Any]) -> Shown:
    status = code_of(body)
    meaning = meanings().get(status) or meanings()["lost"]
    return Shown(
        category=status,
        handling="open",
        severity=meaning.severity,
        second_line=meaning.second_line,
        fields={
            "flag": {"register": "lost_documents"},
            "identity": {},
            "instruction": {"first": meaning.first, "second": meaning.second, "category": meaning.label},
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
