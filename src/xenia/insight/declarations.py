"""What can be counted, and by what: read from the text files in `declared/`.

A file declares one fact: its columns, the dimensions it can be broken down by, the measures that are counted on it. Each
measure has labels, a definition, its unit, its source and its legal basis, which go out with every table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "declared"
GRAINS = ("hour", "day", "week", "month", "quarter", "year")
COLUMNS = ("timestamp", "date", "text", "whole", "key")
KINDS = ("count", "distinct", "percentile", "stock", "ratio")
SAID = ("unit", "definition", "source", "legal_basis")  # of every measure
CODE = re.compile(r"[A-Za-z0-9_-]*")
"""A member that may stand in the text of a query."""
LANGUAGES = ("en", "fr", "ar", "az", "ru", "ka")


class Fault(ValueError):
    """A declaration that says something impossible; the text names file and place."""


@dataclass(frozen=True)
class Dimension:
    """A way to break down: a column, or a grain of the fact's hour.

    `as_one`: members that count as another one, as offices want them; the engine puts them together, so that the two are one before
    anything is hidden or rounded. `offered`: whether pages offer it.
    """

    name: str
    column: str
    grain: str
    labels: Mapping[str, str]
    as_one: Mapping[str, str] = field(default_factory=dict)
    offered: bool = True

    def __post_init__(self) -> None:
        for code in (*self.as_one, *self.as_one.values()):
            if not CODE.fullmatch(code) or self.grain:
                raise Fault(f"dimension {self.name}: {code[:20]} cannot count as another member")


@dataclass(frozen=True)
class Measure:
    """What is counted. `kind`: count, distinct, percentile, stock or ratio; `share`: 50 for a median.

    `of`: the column of distinct and percentile, and of a stock the one that says with `plus` that something begins and with
    `minus` that it is over. A ratio has the table of another measure (`of`) by one breakdown more (`by`): the members `plus` of
    it against the members `minus`, or against all. Conditions: `where` column is the value, `where_not` is not, `above` is more than.
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
    by: str = ""
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()


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
    _ratios(where, dimensions, measures)
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
    kinds = [kind for kind in KINDS if kind in raw]
    if len(kinds) != 1:
        raise Fault(f"{where}: measure {name} is one of {', '.join(KINDS)}")
    (kind,) = kinds
    of = {"distinct": str(raw.get("distinct")), "percentile": str(raw.get("of")), "stock": str(raw.get("stock")),
          "ratio": str(raw.get("ratio"))}.get(kind, "n")  # fmt: skip
    where_is, where_not, above = (dict(raw.get(key, {})) for key in ("where", "where_not", "above"))
    for column in (*((of,) if kind != "ratio" else ()), *where_is, *where_not, *above):
        if column not in columns:
            raise Fault(f"{where}: measure {name}: there is no column {column}")
    plus, minus = (tuple(str(one) for one in raw.get(key, ())) for key in ("plus", "minus"))
    if (kind in ("stock", "ratio")) != bool(plus) or (kind == "stock") > bool(minus):
        raise Fault(f"{where}: measure {name}: a stock says what is plus and minus, a ratio at least what is plus")
    unit, definition, source, basis = said = [str(raw.get(key, "")) for key in SAID]
    if empty := [key for key, text in zip(SAID, said, strict=True) if not text]:
        raise Fault(f"{where}: measure {name} does not say its {', '.join(empty)}")
    labels, share = _labels(where, f"measure {name}", raw["labels"]), int(raw.get("percentile", 0))
    return Measure(
        name, kind, of, share, where_is, where_not, above, unit, labels, definition, source, basis, str(raw.get("by", "")),
        plus, minus,
    )  # fmt: skip


def _ratios(where: str, dimensions: Mapping[str, Dimension], measures: Mapping[str, Measure]) -> None:
    """That every ratio has a table: of a measure that is counted, by a breakdown that there is. Raises `Fault`."""
    for one in measures.values():
        if one.kind == "ratio" and (
            one.of not in measures or measures[one.of].kind != "count" or one.by not in dimensions
        ):
            raise Fault(f"{where}: measure {one.name} is no ratio of a measure that is counted, by a breakdown")


_additions: list[Callable[[Fact], Fact]] = []


def add(addition: Callable[[Fact], Fact]) -> None:
    """Let something that is installed add columns and breakdowns to facts; called when Django starts."""
    _additions.append(addition)
    facts.cache_clear()


@lru_cache(maxsize=1)
def facts() -> Mapping[str, Fact]:
    """All facts that are declared, by name. `facts.cache_clear()` where what is installed has changed."""
    found = [read(file) for file in sorted(FOLDER.glob("*.yaml"))]
    for addition in _additions:
        found = [addition(fact) for fact in found]
    return {fact.name: fact for fact in found}


def fact_of(measure: str) -> Fact | None:
    """The fact that a measure is counted on; None where nothing of that name is declared."""
    return next((fact for fact in facts().values() if measure in fact.measures), None)
