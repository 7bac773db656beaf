"""What is usual on a weekday: the eight weeks before the last one, and how the year before went on from there. Pure.

On any scale on which differences add: `alarms` takes logarithms of counts, `shares` logarithms of a part over the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenia.insight.watching.series import (
    WEEK,
    YEAR,
    Numbers,
    by_weekday,
    outlying,
    quiet_mean,
    quiet_median,
    spread,
)
from xenia.insight.watching.terms import whole

HALF_A_STEP = 2.5  # added before the logarithm: half of what counts are rounded to
SEASON_DOUBT = 1.57 / 21 + 1.57 / 56  # variance of the two medians that the season is made of, in variances of a day
MOST_SEASON = 0.5  # on the scale of logarithms: the year before moves the usual by no more than two thirds


@dataclass(frozen=True)
class Usual:
    """For each line: log mean of each weekday (the judged day's is the last), days behind it, spread, counts likewise."""

    log: Numbers
    count: Numbers
    days: Numbers
    log_spread: Numbers
    dispersion: Numbers
    base: Numbers
    season: Numbers


def of(values: Numbers, logs: Numbers, end: int) -> Usual:
    """The base of the day in column `end`. `logs`: the same days on the scale on which they are compared."""
    # Folding up to and with the judged day puts its weekday last; the last week is cut off.
    weeks, folded = _weeks(values, end), _weeks(logs, end)
    rough = folded - np.expand_dims(quiet_median(folded, 1), 1)
    odd = outlying(rough.reshape(len(rough), -1)).reshape(rough.shape)
    folded, kept = np.where(odd, np.nan, folded), np.where(odd, np.nan, weeks)
    mean, count = quiet_mean(folded, 1), quiet_mean(kept, 1)
    days = np.sum(~np.isnan(folded), axis=1)
    base = days.sum(axis=1)
    base = np.where(np.sum(~np.isnan(logs[:, :end]), axis=1) < whole("least-days"), 0, base)
    freedom = np.maximum(base - (days > 0).sum(axis=1), 1)
    rest = (folded - np.expand_dims(mean, 1)).reshape(len(folded), -1)
    wide = spread(rest) * np.sqrt(base / freedom)
    with np.errstate(invalid="ignore", divide="ignore"):
        pearson = (kept - np.expand_dims(count, 1)) ** 2 / np.expand_dims(np.maximum(count, 1.0), 1)
        dispersion = np.maximum(np.nansum(pearson.reshape(len(pearson), -1), axis=1) / freedom, 1.0)
    return Usual(mean, count, days.astype(float), wide, dispersion, base.astype(float), _season(logs, end))


def _weeks(numbers: Numbers, end: int) -> Numbers:
    weeks = by_weekday(numbers, end + 1)[:, :-1][:, -whole("base-weeks") :]
    return weeks if weeks.shape[1] else np.full((numbers.shape[0], 1, WEEK), np.nan)


def _season(logs: Numbers, end: int) -> Numbers:
    """How much higher the three weeks around this day stood than the base of that time, a year ago; 0: not known."""
    middle, length = end - YEAR, WEEK * whole("base-weeks")
    if middle - WEEK - length < 0:
        return np.zeros(logs.shape[0])
    then = logs[:, middle - 10 : middle + 11]
    before = logs[:, middle - WEEK - length : middle - WEEK]
    enough = (np.sum(~np.isnan(then), axis=1) >= 14) & (np.sum(~np.isnan(before), axis=1) >= whole("least-days"))
    moved = np.clip(quiet_median(then) - quiet_median(before), -MOST_SEASON, MOST_SEASON)
    return np.where(enough, moved, 0.0)


def distances(week: Numbers, base: Usual) -> Numbers:
    """The last days' distance from the usual, on the scale of the base. The last column's weekday is the last one of the base."""
    at = [(WEEK - 1 - back) % WEEK for back in range(week.shape[1] - 1, -1, -1)]
    return week - base.log[:, at] - np.expand_dims(base.season, 1)


def smoothed(rests: Numbers, base: Usual, one: Numbers, smoothing: float) -> tuple[Numbers, Numbers]:
    """(smoothed until the day before, smoothed with the last day) for each line, and the spread of the latter.

    `one`: the spread of a single day around its expectation.
    """
    state, share = np.zeros(len(rests)), np.zeros(len(rests))
    before = state
    for column in range(rests.shape[1]):
        there = ~np.isnan(rests[:, column])
        before = state
        state = np.where(there, smoothing * np.nan_to_num(rests[:, column]) + (1 - smoothing) * state, state)
        share = np.where(there, smoothing**2 + (1 - smoothing) ** 2 * share, share)
    shared = np.where(base.season != 0, SEASON_DOUBT, 0.0)  # the same for every day: smoothing does not lessen it
    return np.column_stack([before, state]), one * np.sqrt(share + shared)
