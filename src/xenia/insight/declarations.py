"""What can be counted, and by what: read from the text files in `declared/`.

A file declares one fact: its columns, the dimensions it can be broken down by, the measures that are counted on it. Each
measure has labels, a definition, its unit, its source and its legal basis, which go out with every table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "declared"
GRAINS = ("hour", "day", "week", "month", "quarter", "year")
COLUMNS = ("timestamp", "date", "text", "whole", "key")
SAID = ("unit", "definition", "source", "legal_basis")  # of every measure
LANGUAGES = ("en", "fr", "ar", "az", "ru", "ka")


class Fault(ValueError):
    """A declaration that says something impossible; the text names file and place."""


@dataclass(frozen=True)
class Dimension:
    """A way to break down: a column, or a grain of the fact's hour."""

    name: str
    column: str
    grain: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Measure:
    """What is counted. `kind`: count, distinct or percentile; `of`: the column of the last two; `share`: 50 for a median.

    Conditions: `where` column is the value, `where_not` is not, `above` is more than.
    """

    name: str
    kind: str
    of: str
    share: int
    where: Mapping[str, str]
    where_not: Mapping[str, str]
    above: Mapping[str, int]
    unit: str
    labels: Mapping[str, str]
    definition: str
    source: str
    legal_basis: str


@dataclass(frozen=True)
class Fact:
    """One table of facts without persons."""

    name: str
    labels: Mapping[str, str]
    columns: Mapping[str, str]
    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]


def read(file: Path) -> Fact:
    """The fact that a file declares. Raises `Fault`."""
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    where = file.name
    columns = {name: str(kind) for name, kind in raw["columns"].items()}
    for name, kind in columns.items():
        if kind not in COLUMNS:
            raise Fault(f"{where}: column {name}: {kind} is none of {', '.join(COLUMNS)}")
    dimensions = {name: _dimension(where, name, said, columns) for name, said in raw["dimensions"].items()}
    measures = {name: _measure(where, name, said, columns) for name, said in raw["measures"].items()}
    return Fact(str(raw["fact"]), _labels(where, "title", raw["title"]), columns, dimensions, measures)


def _labels(where: str, place: str, raw: Mapping[str, Any]) -> dict[str, str]:
    missing = [language for language in LANGUAGES if not raw.get(language)]
    if missing:
        raise Fault(f"{where}: {place} has no label in {', '.join(missing)}")
    return {language: str(text) for language, text in raw.items()}


def _dimension(where: str, name: str, raw: Mapping[str, Any], columns: Mapping[str, str]) -> Dimension:
    column, grain = str(raw.get("column", "hour")), str(raw.get("time", ""))
    if column not in columns or (grain and grain not in GRAINS) or bool(grain) == ("column" in raw):
        raise Fault(f"{where}: dimension {name} needs either a column or one of the times {', '.join(GRAINS)}")
    return Dimension(name, column, grain, _labels(where, f"dimension {name}", raw["labels"]))


def _measure(where: str, name: str, raw: Mapping[str, Any], columns: Mapping[str, str]) -> Measure:
    kinds = [kind for kind in ("count", "distinct", "percentile") if kind in raw]
    if len(kinds) != 1:
        raise Fault(f"{where}: measure {name} is one of count, distinct, percentile")
    (kind,) = kinds
    of = {"count": "n", "distinct": str(raw.get("distinct")), "percentile": str(raw.get("of"))}[kind]
    where_is, where_not, above = (dict(raw.get(key, {})) for key in ("where", "where_not", "above"))
    for column in (of, *where_is, *where_not, *above):
        if column not in columns:
            raise Fault(f"{where}: measure {name}: there is no column {column}")
    unit, definition, source, basis = said = [str(raw.get(key, "")) for key in SAID]
    if empty := [key for key, text in zip(SAID, said, strict=True) if not text]:
        raise Fault(f"{where}: measure {name} does not say its {', '.join(empty)}")
    labels, share = _labels(where, f"measure {name}", raw["labels"]), int(raw.get("percentile", 0))
    return Measure(name, kind, of, share, where_is, where_not, above, unit, labels, definition, source, basis)


@lru_cache(maxsize=1)
def facts() -> Mapping[str, Fact]:
    """All facts that are declared, by name."""
    found = [read(file) for file in sorted(FOLDER.glob("*.yaml"))]
    return {fact.name: fact for fact in found}


def fact_of(measure: str) -> Fact | None:
    """The fact that a measure is counted on; None where nothing of that name is declared."""
    return next((fact for fact in facts().values() if measure in fact.measures), None)
