"""A forecast is shown where it was right before, and its interval holds what it says."""

from __future__ import annotations

import numpy as np
import pytest

from xenia.insight.watching.forecasting import MODELS, forecast

STEPS, WEEK = 14, 7


def _weekly(chance: np.random.Generator, walk: float) -> np.ndarray:
    days = np.arange(128)
    moved = np.cumsum(chance.normal(0, walk, 128)) if walk else 0
    return (
        chance.poisson(200 * np.exp(0.4 * np.sin(2 * np.pi * days / 7) + moved) * chance.gamma(60, 1 / 60, 128)) * 1.0
    )


@pytest.mark.parametrize("walk", [0.0, 0.04])
def test_the_interval_holds_four_of_five(walk: float) -> None:
    chance, held, shown = np.random.default_rng(5), [], 0
    for _ in range(60):
        whole = _weekly(chance, walk)
        made = forecast(whole[:-STEPS], STEPS, WEEK)
        assert made.share == 0.8
        if made.points:
            shown += 1
            held += list((whole[-STEPS:] >= np.array(made.low)) & (whole[-STEPS:] <= np.array(made.high)))
    assert shown >= 55
    assert 0.72 <= sum(held) / len(held) <= 0.97


def test_where_nothing_can_be_known_the_last_value_is_the_best_guess() -> None:
    chance = np.random.default_rng(7)
    made = [
        forecast(chance.poisson(500 * np.exp(np.cumsum(chance.normal(0, 0.1, 114)))) * 1.0, STEPS, WEEK)
        for _ in range(40)
    ]
    naive = [one for one in made if one.model == "naive"]
    assert len(naive) >= 30 and not any(one.points or one.low or one.high for one in naive)
    assert all(one.errors["naive"] > 0 and one.origins == 12 for one in made)


def test_what_is_shown_was_better_than_the_last_value_on_the_past() -> None:
    made = forecast(_weekly(np.random.default_rng(1), 0.0), STEPS, WEEK)
    assert made.model in ("ets", "seasonal") and made.errors[made.model] <= 0.95 * made.errors["naive"]
    assert list(made.low) < list(made.points) < list(made.high)
    wide = np.log(np.array(made.high) + 2.5) - np.log(np.array(made.low) + 2.5)
    assert wide[-1] >= wide[0] > 0


def test_a_short_past_is_not_tried() -> None:
    made = forecast(_weekly(np.random.default_rng(1), 0.0)[:30], STEPS, WEEK)
    assert (made.model, made.why, made.points) == ("naive", "too-little", ())


def test_a_planted_growth_is_followed_and_damped() -> None:
    growing = 100 * np.exp(0.02 * np.arange(90))
    ahead = MODELS["ets"](growing, STEPS, WEEK)
    assert growing[-1] < ahead[0] < ahead[-1] < growing[-1] * np.exp(0.02 * STEPS) * 1.01
    assert (MODELS["seasonal"](np.arange(14.0), 9, 7) == [7, 8, 9, 10, 11, 12, 13, 7, 8]).all()
