"""Numbers that rules use, as data with source and confidence: one reader for every `terms.json` of statistics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """One number with where it comes from and how sure it is."""

    code: str
    value: float
    unit: str
    source: str
    confidence: str


class Terms:
    """The terms of one file, read when first asked for."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def all(self) -> Mapping[str, Term]:
        """All terms by code, in the order of the file."""
        data = json.loads(self._file.read_text(encoding="utf-8"))
        return {row["code"]: Term(**row) for row in data["terms"]}

    def term(self, code: str) -> float:
        """The value of a term. Raises `KeyError` for a code that is not there: a fault of ours."""
        return self.all[code].value

    def whole(self, code: str) -> int:
        """The value of a term that is a whole number."""
        return int(self.term(code))
