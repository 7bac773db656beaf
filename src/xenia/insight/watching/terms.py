"""Numbers that the rules of watching use (`terms.json`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xenia.insight.terms import Term, Terms

_TERMS = Terms(Path(__file__).with_name("terms.json"))
term, whole = _TERMS.term, _TERMS.whole


def terms() -> Mapping[str, Term]:
    """All of them by code."""
    return _TERMS.all
