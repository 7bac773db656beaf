"""Invented series in which nothing happens, as they look once released, and ways to plant something."""

from __future__ import annotations

from datetime import date

import numpy as np

from xenia.insight.watching.series import Numbers, Segment, Table

FIRST = date(2025, 1, 6)  # a Monday


def released(counts: Numbers, chance: np.random.Generator) -> Numbers:
    """Counts with noise of at most 4, rounded to 5, as `release()` shows them."""
    noisy = counts + np.where(counts > 0, chance.integers(-3, 4, counts.shape), 0)
    return (np.maximum(noisy, 0) + 2) // 5 * 5.0


def table(lines: int, days: int, mean: float, seed: int = 3, *, times: float = 1.0, since: int = 0) -> Table:
    """Posts with weekdays, more spread than chance alone; from day `since` on `times` as many come."""
    chance = np.random.default_rng(seed)
    weekday = np.exp(chance.normal(0, 0.2, (lines, 7)))[:, np.arange(days) % 7]
    level = mean * weekday * chance.gamma(44, 1 / 44, (lines, days))
    level[:, since:] *= times if since else 1.0
    counts = chance.poisson(level).astype(float)
    return Table(FIRST, tuple(Segment(f"UTO-{one:02}") for one in range(lines)), released(counts, chance))
