"""Quiet series stay quiet, a planted influx is noticed, and nothing is said where nothing is known."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest

from tests.insight.watching import quiet
from xenia.insight.watching import chances
from xenia.insight.watching.alarms import Rules, defaults, judge
from xenia.insight.watching.series import Segment, Table, significant
from xenia.insight.watching.terms import terms

NONE_TO_SPARE = 0.02  # of days of quiet series that may ring; by theory 0.00135 (EWMA) and 0.005 (Farrington)


def test_the_rules_that_hold_come_from_terms_with_their_source() -> None:
    assert defaults() == Rules("ewma", 0.3, 3.0, 0.005, 0.05)
    assert all(one.source and one.confidence for one in terms().values())


@pytest.mark.parametrize("main", ["ewma", "farrington"])
@pytest.mark.parametrize("mean", [2, 20, 300])
def test_quiet_series_seldom_ring(main: str, mean: float) -> None:
    whole = quiet.table(30, 130, mean)
    rang = [one.crossed for day in range(80, 130, 2) for one in judge(_upto(whole, day), Rules(main))]
    assert len(rang) == 750
    assert sum(rang) <= NONE_TO_SPARE * len(rang)


@pytest.mark.parametrize("main", ["ewma", "farrington"])
@pytest.mark.parametrize(("mean", "times", "days"), [(20, 3, 2), (100, 2, 2), (300, 2, 2)])
def test_an_influx_is_noticed_within_days(main: str, mean: float, times: float, days: int) -> None:
    whole = quiet.table(20, 100, mean, times=times, since=90)
    noticed = [
        any(judge(_upto(whole, 90 + after), Rules(main))[line].crossed for after in range(days)) for line in range(20)
    ]
    assert sum(noticed) >= 18


def test_a_rare_nationality_rings_by_chance_alone_and_noise_does_not() -> None:
    values = np.zeros((2, 80))
    values[0, -1], values[1, -1] = 15, 5
    rings, noise = judge(Table(quiet.FIRST, (Segment("", "ZEM"), Segment("", "PAN")), values), defaults())
    assert (rings.rule, rings.crossed, rings.state) == ("poisson", True, "alarm")
    assert (noise.crossed, noise.state) == (False, "usual")


def test_with_many_series_a_finding_must_be_clearer() -> None:
    whole = quiet.table(400, 100, 50, seed=8)
    rules = Rules(limit=2.0)
    alone = [one for one in judge(whole, rules, controlled=False) if one.state in ("warn", "alarm")]
    together = judge(whole, rules)
    assert alone and not [one for one in together if one.state in ("warn", "alarm")]
    assert sum(one.state == "watch" for one in together) == len(alone)


def test_findings_that_stand_are_those_of_benjamini_and_hochberg() -> None:
    # Worked by hand: with a share of 0.05 and five chances the limits are 0.01, 0.02, 0.03, 0.04, 0.05.
    assert significant([0.011, 0.9, 0.019, 0.001, math.nan, 0.2], 0.05) == [True, False, True, True, False, False]
    assert significant([0.012, 0.9, 0.03, 0.04, 0.2], 0.05) == [False] * 5
    assert significant([], 0.05) == []


def test_a_short_series_says_that_it_is_too_short() -> None:
    whole = quiet.table(3, 100, 50, times=5, since=27)
    assert {one.state for one in judge(_upto(whole, 27), defaults())} == {"too-little"}
    assert {one.state for one in judge(_upto(quiet.table(3, 100, 50, times=5, since=28), 28), defaults())} == {"alarm"}


def test_a_post_that_has_not_reported_neither_rings_nor_is_well() -> None:
    values = np.vstack([quiet.table(2, 90, 60, times=4, since=89).values, quiet.table(1, 90, 60).values])
    segments = (Segment("UTO-00"), Segment("", "ZEM"), Segment("", "PAN"))
    lacking = np.zeros(values.shape, dtype=bool)
    lacking[:, -1] = True
    post, more, calm = judge(Table(quiet.FIRST, segments, values), defaults(), incomplete=lacking)
    assert (post.state, post.crossed) == ("not-reported", False) and math.isnan(post.expected)
    assert more.state in ("warn", "alarm")  # what is missing could only add
    assert calm.state == "incomplete"


def test_days_that_lacked_posts_are_no_base() -> None:
    values = quiet.table(1, 90, 100).values
    low, lacking = values.copy(), np.zeros(values.shape, dtype=bool)
    low[:, 40:80] *= 0.3
    lacking[:, 40:80] = True
    one = (Segment("", "ZEM"),)
    assert judge(Table(quiet.FIRST, one, low), defaults())[0].crossed
    assert not judge(Table(quiet.FIRST, one, low), defaults(), incomplete=lacking)[0].crossed


def test_a_known_event_is_no_base_either() -> None:
    whole = quiet.table(1, 90, 100)
    fair = [quiet.FIRST + timedelta(days=one) for one in range(60, 75)]
    busy = whole.values.copy()
    busy[:, 60:75] *= 4
    told = Table(whole.first, whole.segments, busy).without(fair)
    assert judge(told, defaults())[0].expected == pytest.approx(judge(whole, defaults())[0].expected, rel=0.15)
    assert np.isnan(told.values[:, 60:75]).all() and not np.isnan(busy).any()


def test_a_day_that_is_not_over_may_ring_but_is_never_usual() -> None:
    whole = quiet.table(5, 90, 100, times=6, since=89)
    assert all(one.state in ("warn", "alarm") for one in judge(whole, defaults(), so_far=True))
    morning = whole.values.copy()
    morning[:, -1] = 10
    begun = judge(Table(whole.first, whole.segments, morning), defaults(), so_far=True)
    assert {one.state for one in begun} == {"so-far"}


def test_the_threshold_is_where_the_rule_begins_to_ring() -> None:
    whole = quiet.table(6, 90, 100)
    for main in ("ewma", "farrington"):
        for line, one in enumerate(judge(whole, Rules(main))):
            for observed, rings in ((one.threshold * 1.01 + 1, True), (one.threshold * 0.99 - 1, False)):
                values = whole.values.copy()
                values[line, -1] = observed
                assert judge(Table(whole.first, whole.segments, values), Rules(main))[line].crossed is rings


def test_what_comes_every_year_does_not_ring() -> None:
    days = np.arange(460)
    level = 100 * np.exp(0.5 * ((days % 364) // 7 >= 8))  # from the ninth week of each year on, half as many again
    chance = np.random.default_rng(2)
    values = quiet.released(chance.poisson(level * chance.gamma(60, 1 / 60, (20, 460))).astype(float), chance)
    segments = tuple(Segment(f"UTO-{one}") for one in range(20))
    second, first = 364 + 57, 57
    again = judge(Table(quiet.FIRST, segments, values[:, : second + 1]), defaults())
    before = judge(Table(quiet.FIRST, segments, values[:, : first + 1]), defaults())
    assert sum(one.crossed for one in before) >= 10 and sum(one.crossed for one in again) <= 5


def test_tails_are_those_of_the_books() -> None:
    # Sums written out term by term.
    poisson = 1 - sum(math.exp(-3.2) * 3.2**k / math.factorial(k) for k in range(7))
    assert chances.poisson_at_least(7, 3.2) == pytest.approx(poisson, rel=1e-9)
    size, share = 4.0, 4 / (4 + 10)
    terms_ = [math.comb(k + 3, k) * share**4 * (1 - share) ** k for k in range(25)]
    assert chances.negative_binomial_at_least(25, 10, 10 + 100 / size) == pytest.approx(1 - sum(terms_), rel=1e-9)
    limit = chances.negative_binomial_limit(0.005, 40, 90)
    assert (
        chances.negative_binomial_at_least(limit, 40, 90)
        < 0.005
        <= chances.negative_binomial_at_least(limit - 1, 40, 90)
    )
    assert chances.score_of(chances.normal_above(3.3)) == pytest.approx(3.3)
    assert chances.gamma_below(2.5, 40.0) == pytest.approx(1.0) and chances.poisson_at_least(0, 3) == 1


def _upto(whole: Table, day: int) -> Table:
    return Table(whole.first, whole.segments, whole.values[:, : day + 1])
