"""Where the bands begin: numbers with their source, kept as data."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from xenia.matching.features import Band


@dataclass(frozen=True)
class Boundary:
    """A band begins where score and likeness of the name both reach these. `source` says where the numbers are from."""

    band: Band
    least_score: float
    least_likeness: float
    source: str


_SOURCE = "own measurement, `xenia bench search`; docs/why/matching.md"

# EXACT needs no score: an equal name and an equal full birth date (compare.py); it scores EXACT_SCORE at least.
BOUNDARIES = (
    Boundary(Band.LIKELY, 0.69, 0.85, _SOURCE),
    Boundary(Band.POSSIBLE, 0.50, 0.75, _SOURCE),
)
# A question without a birth date is a search by name: it may bring more, and an officer looks at it at leisure.
NAME_ONLY = Boundary(Band.POSSIBLE, 0.32, 0.80, _SOURCE)
EXACT_SCORE = 0.95

# The score: bits of evidence bent into 0..1. In a register of a million, MIDDLE_BITS score one half and SCALE_BITS
# more score two thirds. Twice the persons need one bit more: chance finds twice as many that look the same.
MIDDLE_BITS = 15.7
MIDDLE_PERSONS = 1_000_000
LEAST_PERSONS, MOST_PERSONS = 50_000, 100_000_000
SCALE_BITS = 4.0


def score_of(bits: float, persons: int) -> float:
    """0..1, rising with the evidence; `persons`: how many the register holds."""
    middle = MIDDLE_BITS + log2(min(MOST_PERSONS, max(LEAST_PERSONS, persons)) / MIDDLE_PERSONS)
    bent = max(-60.0, min(60.0, (bits - middle) / SCALE_BITS))
    return float(1 / (1 + 2.0**-bent))


def band_of(score: float, likeness: float, name_only: bool = False) -> Band | None:
    """The surest band that score and likeness reach, EXACT aside; None: no hit. `name_only`: no birth date asked."""
    for boundary in (*BOUNDARIES, NAME_ONLY) if name_only else BOUNDARIES:
        if score >= boundary.least_score and likeness >= boundary.least_likeness:
            return boundary.band
    return None
