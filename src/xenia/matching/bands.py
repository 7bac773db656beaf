"""Where the bands begin: numbers with their source, kept as data."""

from __future__ import annotations

from dataclasses import dataclass

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
    Boundary(Band.LIKELY, 0.80, 0.85, _SOURCE),
    Boundary(Band.POSSIBLE, 0.50, 0.75, _SOURCE),
)
EXACT_SCORE = 0.95

# The score: bits of evidence bent into 0..1. MIDDLE_BITS score one half; SCALE_BITS more, two thirds.
MIDDLE_BITS = 22.0
SCALE_BITS = 4.0


def score_of(bits: float) -> float:
    """0..1, rising with the evidence."""
    bent = max(-60.0, min(60.0, (bits - MIDDLE_BITS) / SCALE_BITS))
    return float(1 / (1 + 2.0**-bent))


def band_of(score: float, likeness: float) -> Band | None:
    """The surest band that score and likeness reach, EXACT aside; None: no hit."""
    for boundary in BOUNDARIES:
        if score >= boundary.least_score and likeness >= boundary.least_likeness:
            return boundary.band
    return None
