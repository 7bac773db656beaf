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

from xenia.insight.watching import chances, usual
from xenia.insight.watching.series import WEEK, Mask, Numbers, Segment, Table, by_weekday, quiet_mean, significant
from xenia.insight.watching.terms import term, whole
from xenia.insight.watching.usual import HALF_A_STEP, Usual

RULES = ("ewma", "farrington", "seasonal", "cusum", "poisson")
MAIN = ("ewma", "farrington")
STATES = ("usual", "watch", "warn", "alarm", "too-little", "not-reported", "incomplete", "so-far")


@dataclass(frozen=True)
class Rules:
    """What can be set. `main`: the rule that rings, unless the series is rare; `shares`: whether shares are watched too.

    See `terms.json` for where the numbers come from.
    """

    main: str = "ewma"
    smoothing: float = 0.3
    limit: float = 3.0
    alpha: float = 0.005
    share: float = 0.05
    shares: bool = True


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
    base = usual.of(known, np.log(known + HALF_A_STEP), end)
    latest = np.where(lacking[:, end] & _single(table.segments), np.nan, values[:, end])
    week = np.column_stack([known[:, max(0, end - WEEK) : end], latest])
    rests = usual.distances(np.log(week + HALF_A_STEP), base)
    smooth, wide = usual.smoothed(rests, base, deviation(base), rules.smoothing)
    cumulated = _cumulated(rests, base)
    seasonal = _seasonal(known, end, latest)
    found = [
        _one(
            table.segments[line], float(latest[line]), base, line, rules, smooth[line], float(wide[line]),
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


def deviation(normal: Usual) -> Numbers:
    """Spread of one day around its expectation on logs; never less than chance, noise and rounding alone make it."""
    mean = np.maximum(normal.count[:, -1], 0.0)
    chance = np.sqrt(mean + term("release-variance")) / (mean + HALF_A_STEP)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.fmax(normal.log_spread, chance) * np.sqrt(1 + 1 / normal.days[:, -1]))


def _cumulated(rests: Numbers, normal: Usual) -> Numbers:
    one, state = deviation(normal), np.zeros(len(rests))
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
    segment: Segment, observed: float, normal: Usual, line: int, rules: Rules, smooth: Numbers, wide: float,
    cumulated: float, seasonal: float,
) -> Judged:  # fmt: skip
    nan, base = float("nan"), int(normal.base[line])
    nothing = Judged(segment, observed, nan, nan, nan, nan, "", False, (), base, "")
    if np.isnan(observed):
        return replace(nothing, state="not-reported")
    if base == 0 or normal.days[line, -1] < whole("least-per-weekday"):
        return replace(nothing, state="too-little")
    middle = float(normal.log[line, -1] + normal.season[line])
    expected = max(0.0, float(np.exp(middle)) - HALF_A_STEP)
    freedom = max(base - WEEK, 4)
    score = chances.for_few(float(smooth[1]) / wide, freedom)
    needed = (
        chances.with_few(rules.limit, freedom) * wide - (1 - rules.smoothing) * float(smooth[0])
    ) / rules.smoothing
    ring = max(expected, float(np.exp(min(middle + needed, 30.0))) - HALF_A_STEP)
    mean = max(0.1, float(normal.count[line, -1] * np.exp(normal.season[line])))
    variance = mean * float(normal.dispersion[line]) * (1 + 1 / float(normal.days[line, -1]))
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


def _state(one: Judged, stands: bool, incomplete: bool, so_far: bool) -> Judged:
    if one.state:
        return one
    if not one.crossed:
        return replace(one, state="so-far" if so_far else "incomplete" if incomplete else "usual")
    if not stands:
        return replace(one, state="watch")
    return replace(one, state="alarm" if len(one.agreed) >= whole("corridor-rules") else "warn")
