"""Which language a nationality likely speaks (`languages.json`). Pure; for the booth's sentence and the papers alike."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Final

ENGLISH: Final = "en"


@lru_cache(maxsize=1)
def _read() -> tuple[dict[str, str], dict[str, str]]:
    data = json.loads((Path(__file__).parent / "languages.json").read_text(encoding="utf-8"))
    by_state = {state: code for code, states in data["nationalities"].items() for state in states.split()}
    return by_state, {row["code"]: row["label"] for row in data["names"]}


def likely(nationality: str) -> str:
    """The code of the likely language; English where none is known."""
    return _read()[0].get(nationality, ENGLISH)


def name(code: str) -> str:
    """The English name of a language in which Xenia has no words. Raises `KeyError` for another."""
    return _read()[1][code]
