"""Attackers who have nothing but exports: each builds what it knows from the JSON that left, never from the facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from xenia.insight import out
from xenia.insight.release import Released
from xenia.insight.release.solver import NoAnswer, Programme

Told = Mapping[str, Any]
Cell = tuple[tuple[str, str | None], ...]


def export(made: Released) -> Told:
    told: Told = json.loads(out.as_json(made))
    return told


class Linear:
    """Knows several tables of the same facts (same filters and period): unknown are all combinations of their breakdowns.

    Whole numbers; a hidden cell holds at least 1, since cells of 0 are shown.
    """

    def __init__(self, tables: Sequence[Told]) -> None:
        names = list(dict.fromkeys(name for one in tables for name in one["question"]["by"]))
        members: dict[str, list[str]] = {name: [] for name in names}
        for one in tables:
            for cell in one["cells"]:
                for name, member in zip(one["question"]["by"], cell["members"], strict=True):
                    if member is not None and member not in members[name]:
                        members[name].append(member)
        self.parts = list(product(*(members[name] for name in names)))
        self.names = names
        number = len(self.parts)
        self.hidden: list[tuple[Cell, int]] = []
        rows, low, high, lower = [], [], [], [0.0] * number
        for one in tables:
            for cell in one["cells"]:
                wanted = dict(zip(one["question"]["by"], cell["members"], strict=True))
                index = self.which(wanted)
                hidden = cell["flag"] == "c"
                if hidden:  # a column of its own, so that it can be asked for
                    self.hidden.append((tuple(sorted(wanted.items())), len(lower)))
                    lower.append(1.0)
                rows.append(
                    (
                        [*index, *([len(lower) - 1] if hidden else [])],
                        [*[1.0] * len(index), *([-1.0] if hidden else [])],
                    )
                )
                low.append(0.0 if hidden else float(cell["value"]))
                high.append(low[-1])
        bounds = np.array(lower), np.full(len(lower), np.inf)
        self.knows = Programme(*bounds, rows, low, high)
        self.whole = Programme(*bounds, rows, low, high, whole=True)

    def which(self, wanted: Mapping[str, str | None]) -> list[int]:
        places = [(self.names.index(name), member) for name, member in wanted.items() if member is not None]
        return [n for n, part in enumerate(self.parts) if all(part[place] == member for place, member in places)]

    def end(self, column: int, *, up: bool) -> float:
        """The most, or the least, that a hidden cell can hold."""
        try:
            found, _worth = self.knows.furthest(column, up=up)
        except NoAnswer:
            assert up, "what was published contradicts itself"
            return float("inf")
        return found if self.knows.is_whole() else self.whole.furthest(column, up=up)[0]

    def recovered(self) -> list[Cell]:
        """The hidden cells that this attacker knows for certain."""
        return [name for name, at in self.hidden if self.end(at, up=True) - self.end(at, up=False) < 0.5]

    def surely_small(self, threshold: int = 5) -> list[Cell]:
        """The hidden cells that this attacker knows to lie under the threshold."""
        return [name for name, at in self.hidden if self.end(at, up=True) < threshold - 0.5]


def value(tables: Iterable[Told], **members: str) -> float | None:
    """What a cell with these members shows in any of the tables; None: nowhere."""
    for one in tables:
        for cell in one["cells"]:
            named = {n: m for n, m in zip(one["question"]["by"], cell["members"], strict=True) if m is not None}
            if named == members and cell["value"] is not None:
                return float(cell["value"])
    return None
