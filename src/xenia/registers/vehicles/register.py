"""The vehicles register, as the one search asks it: by number plate (`PLATE`) or chassis number (`VIN`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from xenia.registers.listed import THINGS, ListedRegister, Shown
from xenia.registers.meanings import Meaning, load

OF_STATUS = {"stolen": "stolen", "embezzled": "misappropriated", "plate-stolen": "plate-stolen", "sought": "evidence"}


@lru_cache(maxsize=1)
def meanings() -> dict[str, Meaning]:
    """What the categories of vehicles mean, by code."""
    return load(Path(__file__).parent / "categories.json")


def code_of(body: Mapping[str, Any]) -> str:
    """The category; where none of ours is said, the one that the status stands for."""
    told = str(body.get("category") or "")
    return told if told in meanings() else OF_STATUS.get(str(body.get("status") or ""), "stolen")


def _present(body: Mapping[str, Any]) -> Shown:
    meaning = meanings()[code_of(body)]
    handling = str(body.get("handling") or meaning.handling)
    return Shown(
        category=meaning.code,
        handling=handling,
        severity=meaning.severity,
        second_line=meaning.second_line,
        fields={
            "flag": {"register": "vehicles"},
            "identity": {
                name: body.get(name) or "" for name in ("plate", "plate_state", "vin", "make", "model", "colour")
            },
            "instruction": {
                "first": body.get("instruction_first") or meaning.first,
                "second": body.get("instruction_second") or meaning.second,
                "category": meaning.label,
            },
            "reason": {
                name: body.get(name) or ""
                for name in ("status", "reason", "event_on", "event_place", "owner", "reference", "legal_basis")
            },
            "document": {"plate": body.get("plate") or "", "vin": body.get("vin") or ""},
            "handling": {"handling": handling},
        },
    )


VEHICLES = ListedRegister(
    name="vehicles",
    title=_("Vehicles"),
    groups=frozenset({"flag", "identity", "instruction", "reason", "document", "handling"}),
    present=_present,
    entered_live=True,
    searches_names=False,
    document_types=THINGS,
)
