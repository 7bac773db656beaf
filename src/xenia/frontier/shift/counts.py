"""Counts of one post: how many, by what, with which outcome. Pure; no person is in them.

A table counts one thing (`nationality`, `hour`, ...). Its rows are values (codes), its columns are words such as
`entry.admitted`. Tables of two periods add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

Row = dict[str, int]
Table = dict[str, Row]

CROSSINGS: Final = ("entry.admitted", "exit.admitted", "entry.refused", "exit.refused", "taken-back")
STATES: Final = ("admitted", "refused", "handed-over", "put-aside", "open")
WAITS: Final = (5, 10, 20, 30, 60)
"""Minutes that end a step of the waits at second line; longer ones are in the last step."""


@dataclass
class Counts:
    """Tables by name. Adding never takes anything away."""

    tables: dict[str, Table] = field(default_factory=dict)

    def add(self, table: str, value: str, column: str, number: int = 1) -> None:
        """Count `number` more."""
        row = self.tables.setdefault(table, {}).setdefault(value, {})
        row[column] = row.get(column, 0) + number

    def merge(self, other: Counts) -> None:
        """Add all counts of another period."""
        for table, rows in other.tables.items():
            for value, row in rows.items():
                for column, number in row.items():
                    self.add(table, value, column, number)

    def rows(self, table: str) -> Table:
        """The rows of a table; none where nothing was counted."""
        return self.tables.get(table, {})

    def total(self, table: str, *columns: str) -> int:
        """The sum of these columns, or of all but what was taken back, over a table."""
        return sum(
            number
            for row in self.rows(table).values()
            for column, number in row.items()
            if (column in columns if columns else column != "taken-back")
        )

    def to_json(self) -> dict[str, Table]:
        """Plain data, rows and columns in order."""
        return {
            table: {value: dict(sorted(rows[value].items())) for value in sorted(rows)}
            for table, rows in sorted(self.tables.items())
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Counts:
        """What `to_json` gave."""
        return cls({table: {value: dict(row) for value, row in rows.items()} for table, rows in data.items()})


def added(parts: Iterable[Counts]) -> Counts:
    """All of them together."""
    whole = Counts()
    for part in parts:
        whole.merge(part)
    return whole


def wait_step(minutes: float) -> str:
    """The step of a wait: `0-5`, ..., `30-60`, `60-`."""
    start = 0
    for end in WAITS:
        if minutes < end:
            return f"{start}-{end}"
        start = end
    return f"{start}-"


def wait_steps() -> tuple[str, ...]:
    """All steps, shortest first."""
    return tuple(wait_step(start) for start in (0, *WAITS))


def median(values: Iterable[float]) -> float | None:
    """The middle value, or the mean of the two middle ones; None of nothing."""
    found = sorted(values)
    if not found:
        return None
    half = len(found) // 2
    return found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2
