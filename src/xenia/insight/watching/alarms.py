"""Is this day's number more than usual: five rules over many series at once, and which of their findings stand. Pure.

What is usual comes from the same weekdays of the eight weeks before the last one, so that a rise of the last days cannot hide
itself. Everything is reckoned on released numbers: the noise and rounding that they carry is part of every spread.

    ewma        smoothed distance from the usual on the scale of logarithms: the rule by default
    farrington  a negative binomial with the spread of the base (after Farrington and others, J. R. Stat. Soc. A 159 (1996) 547)
    seasonal    distance from the mean of the same weekday in spreads
    cusum       small distances added up over the last week
    poisson     for what is rare: could this many come by chance
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xenia.insight.watching import chances
from xenia.insight.watching.series import (
    WEEK,
    YEAR,
    Mask,
    Numbers,
    Segment,
    Table,
    by_weekday,
    outlying,
    quiet_mean,
    quiet_median,
    significant,
    spread,
)
from xenia.insight.watching.terms import term, whole

RULES = ("ewma", "farrington", "seasonal", "cusum", "poisson")
MAIN = ("ewma", "farrington")
STATES = ("usual", "watch", "warn", "alarm", "too-little", "not-reported", "incomplete", "so-far")
HALF_A_STEP = 2.5  # added before the logarithm: half of what counts are rounded to
SEASON_DOUBT = 1.57 / 21 + 1.57 / 56  # variance of the two medians that the season is made of, in variances of a day
MOST_SEASON = 0.5  # on the scale of logarithms: the year before moves the usual by no more than two thirds


@dataclass(frozen=True)
class Rules:
    """What can be set. `main`: the rule that rings, unless the series is rare. See `terms.json` for where they come from."""

    main: str = "ewma"
    smoothing: float = 0.3
    limit: float = 3.0
    alpha: float = 0.005
    share: float = 0.05


def defaults() -> Rules:
    """The rules as `terms.json` has them."""
    return Rules("ewma", term("ewma-lambda"), term("ewma-limit"), term("farrington-alpha"), term("false-discovery"))


@dataclass(frozen=True)
class Judged:
    """One series on one day. `threshold`: the number from which the rule rings; `agreed`: rules that find it too much.

    `expected`, `threshold`, `score` and `chance` are NaN in the states that say nothing. `base`: days the usual rests on.
    """

    segment: Segment
    observed: float
    expected: float
    threshold: float
    score: float
    chance: float
    rule: str
    crossed: bool
    agreed: tuple[str, ...]
    base: int
    state: str


@dataclass(frozen=True)
class _Usual:
    """For each line: log mean of each weekday (the judged day's is the last), days behind it, spread, counts likewise."""

    log: Numbers
    count: Numbers
    days: Numbers
    log_spread: Numbers
    dispersion: Numbers
    base: Numbers
    season: Numbers


def judge(
    table: Table, rules: Rules, *, incomplete: Mask | None = None, so_far: bool = False, controlled: bool = True
) -> list[Judged]:
    """Every series of the table on its last day.

    `incomplete`: where a number lacks posts that have not reported. Such days are no base; on the last day a single post then
    says nothing, and of a sum only that it is too much, never that it is usual. `so_far`: the last day is not over, likewise.
    `controlled`: findings that so many series would bring by chance are only watched.
    """
    values = table.values
    lacking = np.zeros(values.shape, dtype=bool) if incomplete is None else incomplete
    end = values.shape[1] - 1  # the judged day's column
    known = np.where(lacking, np.nan, values)
    usual = _usual(known, end)
    latest = np.where(lacking[:, end] & _single(table.segments), np.nan, values[:, end])
    rests = _distances(np.column_stack([known[:, max(0, end - WEEK) : end], latest]), usual)
    smooth, wide = _smoothed(rests, usual, rules.smoothing)
    cumulated = _cumulated(rests, usual)
    seasonal = _seasonal(known, end, latest)
    found = [
        _one(
            table.segments[line], float(latest[line]), usual, line, rules, smooth[line], float(wide[line]),
            float(cumulated[line]), float(seasonal[line]),
        )
        for line in range(values.shape[0])
    ]  # fmt: skip
    stand = significant([one.chance for one in found], rules.share) if controlled else [True] * len(found)
    return [
        _state(one, stands, bool(lacking[line, end]), so_far)
        for line, (one, stands) in enumerate(zip(found, stand, strict=True))
    ]


def _single(segments: Sequence[Segment]) -> Mask:
    return np.array([bool(one.post) for one in segments], dtype=bool)


def _usual(values: Numbers, end: int) -> _Usual:
    """The base: eight weeks before the last one, and how the year before went on from there."""
    # Folding up to and with the judged day puts its weekday last; the last week is cut off.
    weeks = by_weekday(values, end + 1)[:, :-1][:, -whole("base-weeks") :]
    if weeks.shape[1] == 0:
        weeks = np.full((values.shape[0], 1, WEEK), np.nan)
    logs = np.log(weeks + HALF_A_STEP)
    rough = logs - np.expand_dims(quiet_median(logs, 1), 1)
    odd = outlying(rough.reshape(len(rough), -1)).reshape(rough.shape)
    logs, kept = np.where(odd, np.nan, logs), np.where(odd, np.nan, weeks)
    mean, count = quiet_mean(logs, 1), quiet_mean(kept, 1)
    days = np.sum(~np.isnan(logs), axis=1)
    base = days.sum(axis=1)
    base = np.where(np.sum(~np.isnan(values[:, :end]), axis=1) < whole("least-days"), 0, base)
    freedom = np.maximum(base - (days > 0).sum(axis=1), 1)
    rest = (logs - np.expand_dims(mean, 1)).reshape(len(logs), -1)
    wide = spread(rest) * np.sqrt(base / freedom)
    with np.errstate(invalid="ignore", divide="ignore"):
        pearson = (kept - np.expand_dims(count, 1)) ** 2 / np.expand_dims(np.maximum(count, 1.0), 1)
        dispersion = np.maximum(np.nansum(pearson.reshape(len(pearson), -1), axis=1) / freedom, 1.0)
    return _Usual(mean, count, days.astype(float), wide, dispersion, base.astype(float), _season(values, end))


def _season(values: Numbers, end: int) -> Numbers:
    """How much higher (on logs) the three weeks around this day stood than the base of that time, a year ago; 0: not known."""
    middle, length = end - YEAR, WEEK * whole("base-weeks")
    if middle - WEEK - length < 0:
        return np.zeros(values.shape[0])
    then = np.log(values[:, middle - 10 : middle + 11] + HALF_A_STEP)
    before = np.log(values[:, middle - WEEK - length : middle - WEEK] + HALF_A_STEP)
    enough = (np.sum(~np.isnan(then), axis=1) >= 14) & (np.sum(~np.isnan(before), axis=1) >= whole("least-days"))
    moved = np.clip(quiet_median(then) - quiet_median(before), -MOST_SEASON, MOST_SEASON)
    return np.where(enough, moved, 0.0)


def _distances(week: Numbers, usual: _Usual) -> Numbers:
    """The last days' distance from the usual on logs. The last column's weekday is the last one of the base."""
    at = [(WEEK - 1 - back) % WEEK for back in range(week.shape[1] - 1, -1, -1)]
    return np.log(week + HALF_A_STEP) - usual.log[:, at] - np.expand_dims(usual.season, 1)


def _deviation(usual: _Usual) -> Numbers:
    """Spread of one day around its expectation on logs; never less than chance, noise and rounding alone make it."""
    mean = np.maximum(usual.count[:, -1], 0.0)
    chance = np.sqrt(mean + term("release-variance")) / (mean + HALF_A_STEP)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.fmax(usual.log_spread, chance) * np.sqrt(1 + 1 / usual.days[:, -1]))


def _smoothed(rests: Numbers, usual: _Usual, smoothing: float) -> tuple[Numbers, Numbers]:
    """(smoothed until the day before, smoothed with the last day) for each line, and the spread of the latter."""
    one = _deviation(usual)
    state, share = np.zeros(len(rests)), np.zeros(len(rests))
    before = state
    for column in range(rests.shape[1]):
        there = ~np.isnan(rests[:, column])
        before = state
        state = np.where(there, smoothing * np.nan_to_num(rests[:, column]) + (1 - smoothing) * state, state)
        share = np.where(there, smoothing**2 + (1 - smoothing) ** 2 * share, share)
    shared = np.where(usual.season != 0, SEASON_DOUBT, 0.0)  # the same for every day: smoothing does not lessen it
    return np.column_stack([before, state]), one * np.sqrt(share + shared)


def _cumulated(rests: Numbers, usual: _Usual) -> Numbers:
    one, state = _deviation(usual), np.zeros(len(rests))
    for column in range(rests.shape[1]):
        with np.errstate(invalid="ignore", divide="ignore"):
            step = np.nan_to_num(rests[:, column] / one - term("cusum-slack"))
        state = np.maximum(0.0, state + step)
    return state


def _seasonal(values: Numbers, end: int, latest: Numbers) -> Numbers:
    """Distance from the same weekday of the last eight weeks, the last one with them, in spreads of at least chance."""
    past = by_weekday(values, end + 1)[:, :-1, -1] if end < WEEK else by_weekday(values, end + 1)[:, :, -1][:, :-1]
    past = past[:, -whole("base-weeks") :]
    if past.shape[1] == 0:
        return np.full(len(values), np.nan)
    mean = quiet_mean(past)
    there = np.maximum(np.sum(~np.isnan(past), axis=1) - 1, 1)
    wide = np.sqrt(np.nansum((past - np.expand_dims(mean, 1)) ** 2, axis=1) / there)
    return np.asarray((latest - mean) / np.maximum(wide, np.sqrt(mean + term("release-variance"))))


def _one(
    segment: Segment, observed: float, usual: _Usual, line: int, rules: Rules, smooth: Numbers, wide: float,
    cumulated: float, seasonal: float,
) -> Judged:  # fmt: skip
    nan, base = float("nan"), int(usual.base[line])
    nothing = Judged(segment, observed, nan, nan, nan, nan, "", False, (), base, "")
    if np.isnan(observed):
        return replace(nothing, state="not-reported")
    if base == 0 or usual.days[line, -1] < whole("least-per-weekday"):
        return replace(nothing, state="too-little")
    middle = float(usual.log[line, -1] + usual.season[line])
    expected = max(0.0, float(np.exp(middle)) - HALF_A_STEP)
    freedom = max(base - WEEK, 4)
    score = _for_few(float(smooth[1]) / wide, freedom)
    needed = (_with_few(rules.limit, freedom) * wide - (1 - rules.smoothing) * float(smooth[0])) / rules.smoothing
    ring = max(expected, float(np.exp(min(middle + needed, 30.0))) - HALF_A_STEP)
    mean = max(0.1, float(usual.count[line, -1] * np.exp(usual.season[line])))
    variance = mean * float(usual.dispersion[line]) * (1 + 1 / float(usual.days[line, -1]))
    variance = max(variance, mean + term("release-variance"))
    unlikely = chances.negative_binomial_at_least(int(observed), mean, variance)
    rare = max(1.0, mean)  # below 1 a day the released numbers cannot tell it from 0
    by_chance = chances.poisson_at_least(int(observed - term("release-most")), rare)
    found = {
        "ewma": score > rules.limit,
        "farrington": unlikely < rules.alpha,
        "seasonal": seasonal >= term("seasonal-alarm"),
        "cusum": cumulated > term("cusum-limit"),
        "poisson": mean < term("rare-mean") and by_chance < term("rare-chance"),
    }
    agreed = tuple(name for name in RULES if found[name] and observed > expected)
    said = replace(nothing, expected=expected, agreed=agreed)
    if mean < term("rare-mean"):
        least = int(chances.negative_binomial_limit(term("rare-chance"), rare, rare) + term("release-most"))
        return replace(
            said, threshold=float(least), score=chances.score_of(by_chance), chance=by_chance, rule="poisson",
            crossed="poisson" in agreed,
        )  # fmt: skip
    if rules.main == "farrington":
        least = chances.negative_binomial_limit(rules.alpha, mean, variance)
        return replace(
            said, threshold=float(least), score=chances.score_of(unlikely), chance=unlikely, rule="farrington",
            crossed="farrington" in agreed,
        )  # fmt: skip
    return replace(
        said, threshold=ring, score=score, chance=chances.normal_above(score), rule="ewma", crossed="ewma" in agreed
    )


def _for_few(score: float, freedom: int) -> float:
    """A score whose spread was itself estimated, as a normal one (Wallace, Ann. Math. Stat. 30 (1959) 1124)."""
    sign = 1.0 if score >= 0 else -1.0
    few = (8 * freedom + 1) / (8 * freedom + 3)
    return sign * few * float(np.sqrt(freedom * np.log1p(score * score / freedom)))


def _with_few(score: float, freedom: int) -> float:
    """The other way round."""
    few = (8 * freedom + 1) / (8 * freedom + 3)
    return float(np.sqrt(freedom * np.expm1((score / few) ** 2 / freedom)))


def _state(one: Judged, stands: bool, incomplete: bool, so_far: bool) -> Judged:
    if one.state:
        return one
    if not one.crossed:
        return replace(one, state="so-far" if so_far else "incomplete" if incomplete else "usual")
    if not stands:
        return replace(one, state="watch")
    return replace(one, state="alarm" if len(one.agreed) >= whole("corridor-rules") else "warn")
