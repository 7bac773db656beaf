"""Numbers that the estimate uses, as data with source and confidence (`terms.json`)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _values() -> dict[str, int]:
    data = json.loads((Path(__file__).parent / "terms.json").read_text(encoding="utf-8"))
    return {row["code"]: int(row["value"]) for row in data["terms"]}


def term(code: str) -> int:
    """The value of a term. Raises `KeyError` for a code that is not there: a fault of ours."""
    return _values()[code]
