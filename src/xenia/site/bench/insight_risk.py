"""How often somebody guesses a small true count right from tables of the interactive grade, against guessing blindly.

He wants to know how many (1 to 4) of a kind there are, and subtracts: everybody less everybody without that kind. He may know the rules, the
noise and how often each number occurs. Then he splits both tables in two, in many ways, and adds the halves up again: each
split carries other noise, so that the average of many is near the truth. Counts are made up; the noise is the product's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenia.insight.release import cell_keys

SHARES = (0.4, 0.3, 0.2, 0.1)  # how often the true number is 1, 2, 3, 4
SPLITS = (1, 5, 20, 100, 400)
TARGETS = 4_000

Whole = NDArray[np.int64]


def measure(seed: int = 1, targets: int = TARGETS) -> dict[str, Any]:
    """Shares of right guesses: blindly, by one subtraction, and by the average of many splits."""
    chance = np.random.default_rng(seed)
    true = chance.choice([1, 2, 3, 4], targets, p=SHARES)
    others = chance.integers(20, 400, targets)
    found: dict[str, Any] = {"targets": targets, "blind": round(float(max(np.bincount(true)) / targets), 3)}
    found["one subtraction"] = _right(true, _shown(others + true, chance) - _shown(others, chance))
    for many in SPLITS:
        seen = np.zeros(targets)
        for _ in range(many):
            with_them, without = chance.binomial(others, 0.5), chance.binomial(true, 0.5)
            halves = (with_them + without, others - with_them + true - without, with_them, others - with_them)
            a, b, c, d = (_shown(one, chance) for one in halves)
            seen += a + b - c - d
        found[f"{many} splits, {4 * many} questions"] = _right(true, seen / many)
    return found


def _shown(counts: Whole, chance: np.random.Generator) -> Whole:
    keys = chance.integers(0, cell_keys.KEYS, len(counts))
    return cell_keys.rounded(cell_keys.noisy(np.asarray(counts, dtype=np.int64), keys))


def _right(true: Whole, seen: NDArray[Any]) -> float:
    """The best guess for what was seen, learned from one half of the targets and tried on the other."""
    half = len(true) // 2
    edges = np.unique(np.quantile(seen[:half], np.linspace(0, 1, 41)))
    bins = np.searchsorted(edges, seen)
    usual = int(np.bincount(true[:half]).argmax())
    best = {one: int(np.bincount(true[:half][bins[:half] == one]).argmax()) for one in np.unique(bins[:half])}
    guesses = np.array([best.get(one, usual) for one in bins[half:]])
    return round(float((guesses == true[half:]).mean()), 3)
