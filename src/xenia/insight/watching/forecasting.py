"""What may come next, shown only where it was right before: three models tried on the past from many starting points. Pure.

    naive      the last value goes on
    seasonal   the value of one season ago comes again
    ets        level and damped trend on logarithms, with the season taken out first (Holt; Gardner and McKenzie 1985)

A model is shown only where its errors on the past are clearly smaller than those of the last value. Its interval is made of those
errors, step by step: as wide as it was wrong (split conformal: Vovk and others; the order statistic for so many errors).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from xenia.insight.watching.series import Numbers, quiet_mean
from xenia.insight.watching.terms import term, whole

OFFSET = 2.5  # as in `alarms`
SMOOTHING = np.array(
    [(a, b * a, d) for a in (0.1, 0.2, 0.35, 0.5, 0.7, 0.9) for b in (0.0, 0.1, 0.3) for d in (0.8, 0.9, 0.98)]
)

Model = Callable[[Numbers, int, int], Numbers]


@dataclass(frozen=True)
class Forecast:
    """The next values with an interval that holds `share` of them. `model`: `naive` where nothing is better than the last value:
    then there are no points. `errors`: mean absolute error over the mean of what came, by model, on `origins` starting points.

    `why`: "" or `too-little` where the past is too short to try anything.
    """

    model: str
    points: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    errors: Mapping[str, float]
    origins: int
    share: float
    why: str = ""


def naive(past: Numbers, steps: int, season: int) -> Numbers:
    """The last value goes on."""
    return np.full(steps, past[-1])


def seasonal(past: Numbers, steps: int, season: int) -> Numbers:
    """The value of one season ago comes again."""
    return np.asarray([past[len(past) - season + one % season] for one in range(steps)])


def ets(past: Numbers, steps: int, season: int) -> Numbers:
    """Level and damped trend of logarithms, the season taken out first. The best of a grid on the past's own next steps."""
    logs = np.log(past + OFFSET)
    factors = _season(logs, season)
    flat = logs - factors[np.arange(len(logs)) % season]
    a, b, damped = SMOOTHING.T
    level, trend, wrong = np.full(len(a), flat[: min(len(flat), 4)].mean()), np.zeros(len(a)), np.zeros(len(a))
    for number, value in enumerate(flat):
        ahead = level + damped * trend
        rest = value - ahead
        if number >= min(season, len(flat) // 3):
            wrong += rest**2
        level, trend = ahead + a * rest, damped * trend + b * rest
    best = int(np.argmin(wrong))
    sums = np.cumsum(damped[best] ** np.arange(1, steps + 1))
    places = (len(logs) + np.arange(steps)) % season
    return np.asarray(np.maximum(0.0, np.exp(level[best] + trend[best] * sums + factors[places]) - OFFSET))


def _season(logs: Numbers, season: int) -> Numbers:
    """How far each place of the season stands from the running mean; 0 where there are not two whole seasons."""
    if season < 2 or len(logs) < 2 * season + 1:
        return np.zeros(max(season, 1))
    weights = np.ones(season) / season if season % 2 else np.concatenate([[0.5], np.ones(season - 1), [0.5]]) / season
    running = np.convolve(logs, weights, mode="valid")
    edge = (len(logs) - len(running)) // 2
    rest = np.full(-(-len(logs) // season) * season, np.nan)
    rest[edge : edge + len(running)] = logs[edge : edge + len(running)] - running
    found = np.nan_to_num(quiet_mean(rest.reshape(-1, season), 0))
    return np.asarray(found - found.mean())


MODELS: Mapping[str, Model] = {"naive": naive, "seasonal": seasonal, "ets": ets}


def forecast(past: Numbers, steps: int, season: int, least: int = 0) -> Forecast:
    """The next `steps` values of a series without gaps. `season`: values in a week or a year; `least`: values a model needs
    before its first trial, two seasons if not said."""
    share, least = term("forecast-interval"), least or 2 * season + 1
    origins = range(max(least, len(past) - steps - whole("forecast-origins") + 1), len(past) - steps + 1)
    if len(origins) < whole("forecast-least-origins"):
        return Forecast("naive", (), (), (), {}, max(len(origins), 0), share, "too-little")
    came = np.array([past[at : at + steps] for at in origins])
    said = {name: np.array([model(past[:at], steps, season) for at in origins]) for name, model in MODELS.items()}
    whole_sum = max(float(came.sum()), 1.0)
    errors = {name: float(np.abs(one - came).sum()) / whole_sum for name, one in said.items()}
    best = min(MODELS, key=lambda name: errors[name])
    each = np.abs(said["naive"] - came).sum(axis=1) - np.abs(said[best] - came).sum(axis=1)
    if errors[best] > (1 - term("forecast-margin")) * errors["naive"] or (each > 0).mean() <= 0.5:
        return Forecast("naive", (), (), (), errors, len(origins), share)
    points = MODELS[best](past, steps, season)
    wide = _widths(np.abs(np.log(came + OFFSET) - np.log(said[best] + OFFSET)), share)
    low = np.maximum(0.0, (points + OFFSET) * np.exp(-wide) - OFFSET)
    high = (points + OFFSET) * np.exp(wide) - OFFSET
    return Forecast(
        best, tuple(points.tolist()), tuple(low.tolist()), tuple(high.tolist()), errors, len(origins), share
    )


def _widths(errors: Numbers, share: float) -> Numbers:
    """For each step the error that so large a share of past ones stayed within; never smaller further ahead."""
    number = len(errors)
    place = min(number, math.ceil((number + 1) * share)) - 1
    return np.asarray(np.maximum.accumulate(np.sort(errors, axis=0)[place]))
