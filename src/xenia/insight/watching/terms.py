"""Numbers that the rules of watching use, as data with source and confidence (`terms.json`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """One number with where it comes from and how sure it is."""

    code: str
    value: float
    unit: str
    source: str
    confidence: str


@lru_cache(maxsize=1)
def terms() -> dict[str, Term]:
    """All terms by code, in the order of the file."""
    data = json.loads((Path(__file__).parent / "terms.json").read_text(encoding="utf-8"))
    return {row["code"]: Term(**row) for row in data["terms"]}


def term(code: str) -> float:
    """The value of a term. Raises `KeyError` for a code that is not there: a fault of ours."""
    return terms()[code].value


def whole(code: str) -> int:
    """The value of a term that is a whole number."""
    return int(term(code))
