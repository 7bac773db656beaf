"""Is this month's number more than in the same months of the two years before, growth taken into account. Pure.

On logarithms. Growth is the median of how the twelve months before stood above those a year earlier. Expected is the mean of last
year's same month with that growth once and the year's before with it twice. How far the twelve were from their median tells
how wide a month may miss, never less than chance, noise and rounding make it. Without 24 whole months before it nothing is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xenia.insight.watching import chances
from xenia.insight.watching.series import Numbers, spread
from xenia.insight.watching.terms import term, whole
from xenia.insight.watching.usual import HALF_A_STEP

YEAR = 12
# In variances of one month: its own, that of a mean of two, and growth (a median of twelve differences) one and a half times.
VARIANCE = 1 + 1 / 2 + 1.5**2 * 1.57 * 2 / YEAR
STATES = ("usual", "perhaps-more", "more", "perhaps-less", "less", "too-little", "incomplete")


@dataclass(frozen=True)
class JudgedMonth:
    """One month. `low`, `high`: from where to where is as expected; `growth`: of a year, as a factor; `known`: months before it
    without a gap. NaN where nothing can be said."""

    observed: float
    year_ago: float
    two_years_ago: float
    growth: float
    expected: float
    low: float
    high: float
    score: float
    known: int
    state: str


def judge(values: Numbers, *, lacking: bool = False) -> JudgedMonth:
    """The last month of a series. `lacking`: a post is missing in it; then it may be more, but is never as expected or less."""
    nan, base = float("nan"), values[:-1]
    observed = float(values[-1])
    gaps = np.flatnonzero(np.isnan(base))
    known = len(base) - (int(gaps[-1]) + 1 if len(gaps) else 0)
    ago, twice = (float(values[-1 - back]) if len(values) > back else nan for back in (YEAR, 2 * YEAR))
    nothing = JudgedMonth(observed, ago, twice, nan, nan, nan, nan, nan, known, "too-little")
    if known < whole("month-base") or math.isnan(observed):
        return nothing
    logs = np.log(values[-1 - 2 * YEAR :] + HALF_A_STEP)
    steps = logs[YEAR:-1] - logs[:YEAR]
    growth = float(np.median(steps))
    middle = (float(logs[YEAR]) + growth + float(logs[0]) + 2 * growth) / 2
    expected = max(0.0, math.exp(middle) - HALF_A_STEP)
    chance = math.sqrt(expected + term("release-variance")) / (expected + HALF_A_STEP)
    one = max(float(spread(steps - growth)) * math.sqrt(YEAR / (YEAR - 1) / 2), chance)
    wide = one * math.sqrt(VARIANCE)
    score = chances.for_few((math.log(observed + HALF_A_STEP) - middle) / wide, YEAR - 1)
    reach = chances.with_few(term("month-limit"), YEAR - 1) * wide
    low, high = (max(0.0, math.exp(middle + side * reach) - HALF_A_STEP) for side in (-1, 1))
    return JudgedMonth(
        observed, ago, twice, math.exp(growth), expected, low, high, score, known, _state(score, lacking)
    )


def _state(score: float, lacking: bool) -> str:
    way = "more" if score > 0 else "less"
    if lacking and (way == "less" or score < term("month-perhaps")):
        return "incomplete"
    if abs(score) >= term("month-limit"):
        return way
    return f"perhaps-{way}" if abs(score) >= term("month-perhaps") else "usual"
