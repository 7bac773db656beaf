"""How many left their homes because of an event: those away after it, less those who are away on any day. Pure.

    share = (away after - usually away) / (1 - usually away)

Who would be away in any case would be so whether displaced or not: the naive share counts them as displaced. The interval holds
what counting leaves open and how much the usual moving differs between quiet periods; with one such period only the first.
Exact only if those displaced would have moved as usually as all others; who has a telephone is not in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from xenia.insight.calls.withholding import Flows

CONFIDENCE = 0.95
STUDENT = (
    12.706,
    4.303,
    3.182,
    2.776,
    2.571,
)  # quantiles 0.975 of 1 to 5 degrees of freedom: one for each quiet period but one


@dataclass(frozen=True)
class Homes:
    """Of each home region: subscribers with a home and a place, and those of them who are away."""

    all: Mapping[str, int]
    away: Mapping[str, int]


@dataclass(frozen=True)
class Estimate:
    """Shares 0-1. `low` and `high`: interval of 95 %; `quiet`: periods that the usual share is the mean of."""

    naive: float
    usual: float
    share: float
    low: float
    high: float
    quiet: int


def homes(flows: Flows) -> Homes:
    """The margins of a matrix."""
    everybody: dict[str, int] = {}
    away: dict[str, int] = {}
    for (home, place), number in flows.items():
        everybody[home] = everybody.get(home, 0) + number
        away[home] = away.get(home, 0) + (number if home != place else 0)
    return Homes(everybody, away)


def estimate(after: Homes, quiet: Sequence[Homes]) -> Estimate | None:
    """The share of people displaced; None where a matrix is empty or everybody is usually away."""
    everybody, away = sum(after.all.values()), sum(after.away.values())
    known = [(sum(one.all.values()), sum(one.away.values())) for one in quiet]
    if not everybody or not known or not all(number for number, _away in known):
        return None
    shares = [gone / number for number, gone in known]
    naive, usual = away / everybody, sum(shares) / len(shares)
    if usual >= 1:
        return None
    share = (naive - usual) / (1 - usual)
    of_after = naive * (1 - naive) / everybody / (1 - usual) ** 2
    to_usual = ((1 - naive) / (1 - usual) ** 2) ** 2
    counted = usual * (1 - usual) / min(number for number, _away in known)
    spread, width = counted, NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    if len(shares) > 1:
        between = sum((one - usual) ** 2 for one in shares) / (len(shares) - 1) * (1 + 1 / len(shares))
        if between > counted:  # the quiet days differ by more than counting explains: so may those of the event
            spread, width = between, STUDENT[len(shares) - 2]
    reach = width * math.sqrt(of_after + spread * to_usual)
    return Estimate(naive, usual, share, max(0.0, share - reach), min(1.0, share + reach), len(shares))
