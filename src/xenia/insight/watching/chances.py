"""Tails of three distributions without a statistics library. Pure."""

from __future__ import annotations

import math
from statistics import NormalDist

NORMAL = NormalDist()
SMALLEST = 1e-15


def normal_above(score: float) -> float:
    """Chance of a standard normal above the score."""
    return 0.5 * math.erfc(score / math.sqrt(2))


def score_of(chance: float) -> float:
    """The score that a standard normal exceeds with this chance; at most about 8."""
    return -NORMAL.inv_cdf(min(max(chance, SMALLEST), 1 - SMALLEST))


def for_few(score: float, freedom: int) -> float:
    """A score whose spread was itself estimated, as a normal one (Wallace, Ann. Math. Stat. 30 (1959) 1124)."""
    few = (8 * freedom + 1) / (8 * freedom + 3)
    return math.copysign(few * math.sqrt(freedom * math.log1p(score * score / freedom)), score)


def with_few(score: float, freedom: int) -> float:
    """The other way round, for a score of at least 0."""
    few = (8 * freedom + 1) / (8 * freedom + 3)
    return math.sqrt(freedom * math.expm1((score / few) ** 2 / freedom))


def poisson_at_least(count: int, mean: float) -> float:
    """Chance of a Poisson number of at least `count`."""
    if count <= 0:
        return 1.0
    return gamma_below(count, mean)


def negative_binomial_at_least(count: int, mean: float, variance: float) -> float:
    """Chance of a negative binomial number of at least `count`; of a Poisson number where it spreads no more than that."""
    if count <= 0:
        return 1.0
    if variance <= mean * (1 + 1e-9):
        return poisson_at_least(count, mean)
    size = mean * mean / (variance - mean)
    return _beta_below(count, size, mean / (mean + size))


def negative_binomial_limit(chance: float, mean: float, variance: float) -> int:
    """The smallest number that is reached with less than this chance."""
    low, high = 0, 1
    while negative_binomial_at_least(high, mean, variance) >= chance:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if negative_binomial_at_least(middle, mean, variance) >= chance else (low, middle)
    return high


def gamma_below(shape: float, at: float) -> float:
    """Regularised incomplete gamma P: series below the mean, continued fraction above (Abramowitz and Stegun 6.5)."""
    if at <= 0:
        return 0.0
    front = math.exp(-at + shape * math.log(at) - math.lgamma(shape))
    if at < shape + 1:
        part = whole = 1 / shape
        step = shape
        while part > whole * 1e-14:
            step += 1
            part *= at / step
            whole += part
        return min(1.0, front * whole)
    b = at + 1 - shape
    c, d = 1e300, 1 / b
    found = d
    for one in range(1, 10_000):
        a = -one * (one - shape)
        b += 2
        d = 1 / _apart(a * d + b)
        c = _apart(b + a / c)
        found *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return max(0.0, 1 - front * found)


def _beta_below(a: float, b: float, at: float) -> float:
    """Regularised incomplete beta I (Abramowitz and Stegun 26.5.8, evaluated by Lentz's method)."""
    if at <= 0 or at >= 1:
        return float(at >= 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(at) + b * math.log1p(-at))
    if at < (a + 1) / (a + b + 2):
        return min(1.0, front * _beta_fraction(a, b, at) / a)
    return max(0.0, 1 - front * _beta_fraction(b, a, 1 - at) / b)


def _beta_fraction(a: float, b: float, at: float) -> float:
    c, d = 1.0, 1 / _apart(1 - (a + b) * at / (a + 1))
    found = d
    for one in range(1, 100_000):
        two = 2 * one
        for part in (
            one * (b - one) * at / ((a + two - 1) * (a + two)),
            -(a + one) * (a + b + one) * at / ((a + two) * (a + two + 1)),
        ):
            d = 1 / _apart(1 + part * d)
            c = _apart(1 + part / c)
            found *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return found


def _apart(number: float) -> float:
    """Not nearer to 0 than can be divided by."""
    return number if abs(number) > 1e-300 else 1e-300
