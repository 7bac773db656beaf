"""The notices register, as the one search asks it: colours and diffusions of INTERPOL, sanctions lists."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from xenia.registers.alerts.register import person_fields
from xenia.registers.listed import ListedRegister, Shown
from xenia.registers.meanings import Meaning, load
from xenia.registers.reference import read as reference

ARREST_LIST = "arrest-on-notice"
WORDS = {"un": "un-special"}
OTHER = Meaning(
    "",
    "Notice",
    "stop",
    True,
    "Refer to second line. Do not say why.",
    "Compare with the listing. Contact the national bureau before any measure.",
    "own rule",
    "design",
)
NO_ARREST = "Verify identity. National law allows no arrest on the notice alone: contact the national bureau and wait."
ARREST = "Verify identity. National law allows a provisional arrest: call the police. Contact the national bureau."


@lru_cache(maxsize=1)
def meanings() -> dict[str, Meaning]:
    """What each colour asks for, by code."""
    return load(Path(__file__).parent / "categories.json")


def code_of(body: Mapping[str, Any]) -> str:
    """The colour of a notice; where none is said, the source's own category, or `notice`."""
    for told in (str(body.get("colour") or "").lower(), str(body.get("category") or "").lower()):
        if WORDS.get(told, told) in meanings():
            return WORDS.get(told, told)
    return str(body.get("category") or "notice")


def arrest_allowed(state: str) -> bool | None:
    """Whether this state's law lets a red notice or diffusion carry a provisional arrest; None where nobody has said so.

    From the reference list `arrest-on-notice`, which an installation keeps by proposals.
    """
    known = reference.term(ARREST_LIST, state)
    return None if known is None else str(known.attributes.get("allowed", "")).lower() == "yes"


def _second(code: str, meaning: Meaning) -> str:
    allowed = arrest_allowed(settings.XENIA_STATE) if code == "red" else None
    return meaning.second if allowed is None else ARREST if allowed else NO_ARREST


def _present(body: Mapping[str, Any]) -> Shown:
    code = code_of(body)
    meaning = meanings().get(code, OTHER)
    handling = str(body.get("handling") or meaning.handling)
    return Shown(
        category=code,
        handling=handling,
        severity=meaning.severity,
        second_line=meaning.second_line,
        fields={
            "flag": {"register": "notices"},
            "identity": person_fields(body) | {"description": body.get("description") or ""},
            "instruction": {
                "first": body.get("instruction_first") or meaning.first,
                "second": body.get("instruction_second") or _second(code, meaning),
                "category": meaning.label if code in meanings() else body.get("category") or "",
            },
            "reason": {
                name: body.get(name) or ""
                for name in (
                    "reason", "offences", "warrant", "contact", "issuing_authority", "legal_basis", "decision", "source_id"
                )
            },
            "document": {"documents": list(body.get("documents") or ())},
            "handling": {"handling": handling, "review_on": body.get("review_on") or ""},
        },
    )  # fmt: skip


NOTICES = ListedRegister(
    name="notices",
    title=_("Notices"),
    groups=frozenset({"flag", "identity", "instruction", "reason", "document", "handling"}),
    present=_present,
)
