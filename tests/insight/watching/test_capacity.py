"""The queue by formula against the same queue played out traveller by traveller."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from xenia.insight.watching.capacity import Lanes, by_hour, day, fewest

TWO_RUSHES = [0, 0, 0, 0, 20, 60, 120, 150, 120, 80, 60, 50, 50, 60, 80, 120, 150, 120, 80, 50, 30, 20, 10, 5]
DAYS = 60


def played(arrivals: list[int], lanes: int, kind: Lanes, seed: int = 1) -> list[tuple[float, float]]:
    """Mean and nine-of-ten wait in minutes of each hour's travellers, over many days of first come, first served."""
    chance = np.random.default_rng(seed)
    waits: list[list[float]] = [[] for _ in arrivals]
    for _ in range(DAYS):
        free, times = [0.0] * lanes, []
        for hour, coming in enumerate(arrivals):
            for at in np.sort(chance.uniform(60 * hour, 60 * hour + 60, chance.poisson(coming / kind.group))):
                times += [float(at)] * int(kind.group)
        taken = chance.gamma(1 / kind.spread**2, kind.minutes * kind.spread**2, len(times))
        for at, long in zip(times, taken, strict=True):
            begins = max(at, heapq.heappop(free))
            waits[int(at // 60)].append(begins - at)
            heapq.heappush(free, begins + float(long))
    return [(float(np.mean(one)), float(np.quantile(one, 0.9))) if one else (0.0, 0.0) for one in waits]


@pytest.mark.parametrize(
    ("lanes", "kind", "near"),
    [
        (2, Lanes(1.0), 0.2),  # more than the lanes can take, twice a day
        (3, Lanes(1.0), 0.2),  # busy, never more
        (6, Lanes(3.0), 0.2),
        (1, Lanes(0.5), 0.2),
        (2, Lanes(1.0, 0.7, 10), 0.25),  # groups of ten
        (4, Lanes(1.0, 0.7, 40), 0.25),  # buses
        (1, Lanes(0.3, 0.7, 5), 0.25),
    ],
)
def test_waits_are_near_those_of_a_simulation(lanes: int, kind: Lanes, near: float) -> None:
    found, played_out = day(TWO_RUSHES, [lanes] * 24, kind), played(TWO_RUSHES, lanes, kind)
    for told, simulated in (("mean", 0), ("ninety", 1)):
        off = sum(
            one.arrivals * abs(getattr(one, told) - said[simulated])
            for one, said in zip(found, played_out, strict=True)
        )
        truth = sum(one.arrivals * said[simulated] for one, said in zip(found, played_out, strict=True))
        assert off <= near * truth + 0.15 * sum(TWO_RUSHES)  # within a fifth or a quarter and nine seconds


def test_a_rush_is_carried_into_the_hours_after_it() -> None:
    hours = day([0, 0, 300, 0, 0, 0], [2] * 6, Lanes(1.0))
    assert hours[2].load == pytest.approx(2.5) and hours[2].left == pytest.approx(180, abs=3)
    assert hours[3].left == pytest.approx(60, abs=6) and hours[3].mean is not None and hours[3].mean > 40
    assert hours[4].left < 3 and hours[5].most < 3
    assert hours[1].mean == hours[1].ninety == 0.0


def test_closed_lanes_give_no_wait_but_a_queue() -> None:
    shut, opened = day([30, 30], [0, 2], Lanes(1.0))
    assert (shut.mean, shut.ninety, shut.left) == (None, None, 30)
    assert opened.most >= 28 and opened.mean is not None and opened.mean > 2
    assert day([0], [0], Lanes(1.0))[0].mean == 0.0


def test_at_an_even_load_it_is_erlangs_formula() -> None:
    # M/M/2 at a load of 0.8: mean wait of 16/9 services by hand (C = 0.7111, over 2 - 1.6).
    hours = day([96] * 24, [2] * 24, Lanes(1.0, 1.0))
    assert hours[-1].mean == pytest.approx(0.711111 / 0.4, rel=0.02)


def test_the_fewest_lanes_keep_the_wait_and_one_less_does_not() -> None:
    for kind in (Lanes(1.0), Lanes(2.0, 0.7, 20)):
        enough = fewest(TWO_RUSHES, kind, 10)
        assert enough is not None
        waits = [[one.ninety for one in day(TWO_RUSHES, [count] * 24, kind)] for count in (enough, enough - 1)]
        assert max(one for one in waits[0] if one is not None) <= 10 < max(one for one in waits[1] if one is not None)


def test_lanes_by_hour_keep_the_wait_with_fewer_hours_of_work() -> None:
    kind = Lanes(1.0)
    lanes = by_hour(TWO_RUSHES, kind, 10)
    assert lanes is not None and len(lanes) == 24 and lanes[0] == 0
    assert all(one.ninety is not None and one.ninety <= 10 for one in day(TWO_RUSHES, lanes, kind))
    all_day = fewest(TWO_RUSHES, kind, 10)
    assert all_day is not None and sum(lanes) < 0.8 * 24 * all_day


def test_more_than_can_be_opened_is_said() -> None:
    assert fewest([60_000], Lanes(1.0), 10) is None and by_hour([60_000], Lanes(1.0), 10) is None


def test_more_lanes_never_wait_longer() -> None:
    waits = [max(one.mean or 0 for one in day(TWO_RUSHES, [count] * 24, Lanes(1.5, 0.7, 5))) for count in range(2, 9)]
    assert waits == sorted(waits, reverse=True)
