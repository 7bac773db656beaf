"""Which flows leave: cells of 15 and fewer are dropped, and with them what would give them back. Pure.

Each row is one home. What is dropped of it goes into one sum, "not told", that leaves only if it is itself large and made of
two cells or more; where it is not, the next smallest cell joins it. No sum over homes leaves, so no column can be solved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xenia.insight.calls.terms import term

NOT_TOLD = "*"
Flows = Mapping[tuple[str, str], int]  # (home, place) -> subscribers


@dataclass(frozen=True)
class Shown:
    """What may leave: `cells` as (home, place, subscribers rounded); counts of cells and subscribers that are not in it."""

    cells: Sequence[tuple[str, str, int]]
    dropped_cells: int
    dropped_subscribers: int
    subscribers: int


def withhold(flows: Flows) -> Shown:
    """The cells of a matrix that may leave."""
    rows: dict[str, dict[str, int]] = {}
    for (home, place), number in flows.items():
        if number:
            rows.setdefault(home, {})[place] = number
    cells: list[tuple[str, str, int]] = []
    dropped = lost = 0
    for home in sorted(rows):
        kept, pooled = _row(home, rows[home])
        cells += [(home, place, rounded(kept[place])) for place in sorted(kept)]
        together = sum(pooled)
        if enough(pooled):
            cells.append((home, NOT_TOLD, rounded(together)))
        else:
            lost += together
        dropped += len(pooled)
    return Shown(cells, dropped, lost, sum(flows.values()) - lost)


def _row(home: str, row: Mapping[str, int]) -> tuple[dict[str, int], list[int]]:
    """The cells of a home that are shown, and those that go into the sum."""
    kept = {place: number for place, number in row.items() if number > term("most-dropped")}
    pooled = [number for number in row.values() if number <= term("most-dropped")]
    if not pooled:
        return kept, []
    order = sorted(kept, key=lambda place: (place == home, kept[place], place))  # those who stayed come last
    while order and not enough(pooled):
        pooled.append(kept.pop(order.pop(0)))
    return kept, pooled


def enough(pooled: Sequence[int]) -> bool:
    """Whether a sum of these cells may leave."""
    return len(pooled) > 1 and sum(pooled) > term("most-dropped")


def rounded(number: int) -> int:
    """To the nearest step, but never under the smallest number that may leave."""
    step = term("rounded-to")
    return max((number + step // 2) // step * step, (term("most-dropped") // step + 1) * step)
