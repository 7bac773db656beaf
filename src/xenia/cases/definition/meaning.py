"""What a folder means as a whole: whether its parts fit each other."""

from __future__ import annotations

from xenia.cases.definition.model import Procedure
from xenia.cases.definition.reader import Reader


def judge(reader: Reader, procedure: Procedure) -> None:
    """Writes a fault for everything that does not fit."""
