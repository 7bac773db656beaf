"""The alert categories, as data with their sources."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from xenia.errors import BadInput


@dataclass(frozen=True)
class Category:
    """One category. `second_line`: only a second person may dismiss even a POSSIBLE. `handling`: open or discreet."""

    code: str
    label: str
    article: str
    severity: str
    second_line: bool
    handling: str
    review_months: int
    first: str
    second: str
    confidence: str

    def label_here(self) -> str:
        """The label in the reader's language."""
        return _(self.label)


@lru_cache(maxsize=1)
def categories() -> dict[str, Category]:
    """All categories by code."""
    data = json.loads((Path(__file__).parent / "categories.json").read_text(encoding="utf-8"))
    return {row["code"]: Category(**row) for row in data["categories"]}


def category(code: str) -> Category:
    """The category of this code. Raises `BadInput` for one that is not known."""
    found = categories().get(code)
    if found is None:
        raise BadInput(
            f"There is no alert category {code!r}.", f"Use one of {', '.join(categories())}.", code="unknown-category"
        )
    return found
