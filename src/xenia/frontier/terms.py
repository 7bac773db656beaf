"""Numbers and codes of law that the crossing uses, as data with source and confidence (`terms.json`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xenia.errors import BadInput
from xenia.frontier import inforce


@dataclass(frozen=True)
class RefusalReason:
    """One letter of the standard form. `detail`: the sub-field that belongs to it, or empty."""

    code: str
    label: str
    source: str
    confidence: str
    detail: str = ""

    def label_here(self) -> str:
        """The label in the reader's language."""
        return _(self.label)


@inforce.cached
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(inforce.text("terms.json"))
    return data


def check(text: str) -> None:
    """That the text is terms and reasons as this version reads them, no code fewer than it brings. Raises `ValueError` and its like."""
    said = json.loads(text)
    codes = {row["code"] for row in said["terms"] if int(row["value"]) >= 0 and row["valid_from"] and "valid_to" in row}
    letters = {RefusalReason(**row).code for row in said["refusal_reasons"]}
    own = json.loads(inforce.program()["terms.json"])
    if not codes >= {row["code"] for row in own["terms"]} or not letters:
        raise ValueError("a term is missing")


def term(code: str, on: date) -> int:
    """The value in force on a day. Raises `KeyError` for a code that is not there: a fault of ours."""
    for row in _data()["terms"]:
        if row["code"] == code and row["valid_from"] <= on.isoformat() <= (row["valid_to"] or "9999"):
            return int(row["value"])
    raise KeyError(code)


@inforce.cached
def refusal_reasons() -> dict[str, RefusalReason]:
    """The letters of the refusal form, in order."""
    return {row["code"]: RefusalReason(**row) for row in _data()["refusal_reasons"]}


def known_reasons(codes: list[str]) -> list[str]:
    """The codes, in the form's order. Raises `BadInput` for none or an unknown one."""
    odd = [code for code in codes if code not in refusal_reasons()]
    if odd or not codes:
        raise BadInput("Choose at least one reason of the form, A to J.", code="refusal-reason")
    return [code for code in refusal_reasons() if code in codes]
