"""Numbers that the shift uses, as data with source and confidence (`terms.json`)."""

from __future__ import annotations

import json

from xenia.frontier import inforce


@inforce.cached
def _values() -> dict[str, int]:
    return _of(inforce.text("shift/terms.json"))


def _of(text: str) -> dict[str, int]:
    return {row["code"]: int(row["value"]) for row in json.loads(text)["terms"]}


def read(text: str) -> dict[str, int]:
    """The values of a text, no code fewer than this version brings. Raises `ValueError` and its like."""
    found = _of(text)
    if not found.keys() >= _of(inforce.program()["shift/terms.json"]).keys():
        raise ValueError("a term is missing")
    return found


def term(code: str) -> int:
    """The value of a term. Raises `KeyError` for a code that is not there: a fault of ours."""
    return _values()[code]
