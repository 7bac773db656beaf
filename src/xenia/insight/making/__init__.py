"""Entries of the journal become facts without persons: one function for each kind that counts for something.

A module of this folder declares `MAKERS` (kind -> function of a `Told` -> pairs of fact and row), `EARLIER` (kinds of which its
makers want to see what was said before about the same subjects) and `TAKING_BACK` (kind -> function of a `Told` -> ids of entries
whose facts hold no longer). It is named in `MODULES`; nothing else is needed for what it makes to be counted.

A row holds columns that `declared/` names; those that are left out are empty. `hour`, `received`, `record` and `n` are filled in.
The same entries must always give the same rows: nothing but what is told may be asked, no clock, no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Final

from xenia.insight.making import cases, crossings, stays
from xenia.insight.making.port import Maker, Reverser, Row, Told, made

__all__ = ["EARLIER", "MAKERS", "TAKING_BACK", "Row", "Told", "made"]

MODULES: Final[tuple[ModuleType, ...]] = (crossings, cases, stays)
MAKERS: Final[Mapping[str, Maker]] = {kind: maker for one in MODULES for kind, maker in one.MAKERS.items()}
EARLIER: Final[frozenset[str]] = frozenset(kind for one in MODULES for kind in one.EARLIER)
TAKING_BACK: Final[Mapping[str, Reverser]] = {kind: said for one in MODULES for kind, said in one.TAKING_BACK.items()}
