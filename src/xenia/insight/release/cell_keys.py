"""Small noise that is the same for the same persons, whoever asks and however often. Pure.

Each fact has a key of 16 bits; a cell's key is the sum of those of its facts. Count and key together choose the noise from a
fixed table: the same cell has the same noise in every table, so that asking again averages nothing out. Method of the
Australian Bureau of Statistics (Fraser and Wooton, 2005); distribution of greatest entropy (Marley and Leaver, 2011).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

KEYS = 1 << 16
MOST = 4  # no count moves by more
VARIANCE = 4.6
STEP = 5  # to which counts are rounded afterwards


def _spread(count: int) -> NDArray[np.float64]:
    """Chances of the noise -MOST..MOST for a count: 0 on average, never below nothing, as even as the variance allows."""
    values = np.arange(-MOST, MOST + 1, dtype=float)
    allowed = values >= -count
    # The widest that a mean of 0 lets be on [-count, MOST] is count * MOST.
    wanted = min(VARIANCE, 0.6 * min(count, MOST) * MOST)
    tilt, width = 0.0, -0.1
    for _ in range(200):  # Newton's method on the two conditions
        chance = np.where(allowed, np.exp(tilt * values + width * values**2), 0.0)
        chance /= chance.sum()
        m1, m2, m3, m4 = (float((chance * values**power).sum()) for power in (1, 2, 3, 4))
        gap = np.array([m1, m2 - wanted])
        if float(np.abs(gap).max()) < 1e-12:
            break
        slope = np.array([[m2 - m1 * m1, m3 - m1 * m2], [m3 - m1 * m2, m4 - m2 * m2]])
        move = np.linalg.solve(slope, gap)
        tilt, width = tilt - move[0], width - move[1]
    return np.asarray(chance)


@lru_cache(maxsize=1)
def table() -> NDArray[np.int8]:
    """Noise by min(count, MOST) and key: the shape is (MOST + 1, KEYS). The row of 0 is 0: what is empty stays empty."""
    rows = [np.zeros(KEYS, dtype=np.int8)]
    places = (np.arange(KEYS) + 0.5) / KEYS
    for count in range(1, MOST + 1):
        steps = np.cumsum(_spread(count))
        rows.append((np.searchsorted(steps, places * steps[-1]) - MOST).astype(np.int8))
    return np.stack(rows)


def noisy(counts: NDArray[np.int64], keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts with the noise of their keys (any whole numbers; taken modulo 65,536). Empty cells stay empty, none is negative."""
    noise = table()[np.minimum(counts, MOST), np.mod(keys, KEYS)].astype(np.int64)
    return np.asarray(np.maximum(counts + noise, 0), dtype=np.int64)


def rounded(counts: NDArray[np.int64], step: int = STEP) -> NDArray[np.int64]:
    """Each count to the nearest multiple of the step; halves up."""
    return (np.asarray(counts, dtype=np.int64) + step // 2) // step * step
