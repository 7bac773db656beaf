"""What a comparison hands back: a score with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Verdict = Literal["same", "alike", "different", "unknown"]


class Band(StrEnum):
    """How sure a hit is. What each allows is decided by policy, where it begins by `bands.BOUNDARIES`."""

    EXACT = "EXACT"
    LIKELY = "LIKELY"
    POSSIBLE = "POSSIBLE"


@dataclass(frozen=True)
class Feature:
    """One reason: the two values compared, the verdict and its weight in bits (minus speaks against).

    `name`: surname, given_names, name (where a side is not parted), birth_date, sex, nationality, rarity; the
    registers add `document`. `asked` and `found`: as compared, folded; "" where unknown. `detail`: a code such as
    `birth.one-digit-off`, described in docs/reference/matching.md.
    """

    name: str
    verdict: Verdict
    asked: str
    found: str
    weight: float
    detail: str


@dataclass(frozen=True)
class Match:
    """`score` 0..1 for ordering within a band; `band` None: no hit. `features`: the reasons, heaviest part first."""

    score: float
    band: Band | None
    features: tuple[Feature, ...]
