"""Which language a nationality likely speaks (`languages.json`). Pure; for the booth's sentence and the papers alike."""

from __future__ import annotations

import json
from typing import Final

from xenia.frontier import inforce

ENGLISH: Final = "en"


@inforce.cached
def _read() -> tuple[dict[str, str], dict[str, str]]:
    return read(inforce.text("second/languages.json"))


def read(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Code of the likely language by state, and names by code. Raises `ValueError` and its like where it is none."""
    data = json.loads(text)
    by_state = {state: code for code, states in data["nationalities"].items() for state in states.split()}
    return by_state, {row["code"]: row["label"] for row in data["names"]}


def likely(nationality: str) -> str:
    """The code of the likely language; English where none is known."""
    return _read()[0].get(nationality, ENGLISH)


def name(code: str) -> str:
    """The English name of a language in which Xenia has no words. Raises `KeyError` for another."""
    return _read()[1][code]
