"""What the categories of a register mean: severity, who may settle a hit, what to do. Data with its source. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Meaning:
    """One category. `severity`: stop, look or info. `second_line`: only a second person may dismiss even a POSSIBLE.

    `first`, `second`: instruction of the first and the second line, in plain English; pages translate them.
    `handling`: who may notice it at all, where the record itself does not say. A record entered by hand is deleted
    `kept_years` after its entry, or after its `expiry`.
    """

    code: str
    label: str
    severity: str
    second_line: bool
    first: str
    second: str
    source: str
    confidence: str
    handling: str = "open"
    kept_years: int = 5
    kept_from: str = "entry"

    def label_here(self) -> str:
        """The label in the reader's language."""
        return _(self.label)


def load(path: Path) -> dict[str, Meaning]:
    """The meanings of one register's `categories.json`, by code, in the file's order."""
    data: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    kept = data["kept"]
    shared = {"source": data["source"], "kept_years": kept["years"], "kept_from": kept["from"]}
    return {row["code"]: Meaning(**(shared | row)) for row in data["categories"]}
