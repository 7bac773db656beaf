"""What is usual: the same weekday and hour of past weeks, as a plain band. Pure.

The band is the mean and twice its spread on either side; the spread is never taken for less than chance alone makes it,
the root of the mean. Source: mobility-analysis.md section 4 (seasonal z with s >= root of the mean).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WITHIN, ABOVE, BELOW = "within", "above", "below"


@dataclass(frozen=True)
class Band:
    """The usual number, and from where to where is nothing unusual. `days`: how many past days it rests on."""

    mean: float
    low: int
    high: int
    days: int

    def reading(self, number: int) -> str:
        """`within`, `above` or `below`."""
        return ABOVE if number > self.high else BELOW if number < self.low else WITHIN


def band(numbers: Sequence[int], least: int) -> Band | None:
    """The band of past numbers; None where there are fewer than `least`."""
    if len(numbers) < least:
        return None
    mean = sum(numbers) / len(numbers)
    spread = math.sqrt(sum((one - mean) ** 2 for one in numbers) / max(len(numbers) - 1, 1))
    spread = max(spread, math.sqrt(mean))
    return Band(mean, max(0, math.floor(mean - 2 * spread)), math.ceil(mean + 2 * spread), len(numbers))
