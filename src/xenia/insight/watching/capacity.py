"""What a queue would do: travellers by hour, lanes, minutes for each; waiting and length by hour. Pure.

One queue feeds all lanes of a type; nobody leaves it. The mean follows the fluid approximation of queues that change with time
(pointwise stationary fluid flow: Wang, Tipper, Banerjee, IEEE INFOCOM 1996): what leaves depends on how long the queue is, so a
rush that is more than the lanes can take is carried on into the hours after it. How long a queue is at an even load comes from
Erlang's C formula, widened for uneven arrivals and controls (Allen and Cunneen; Kingman 1961), and for groups that come at once.
The spread follows the same equation, so that a rush is known better than a chance queue. Tests hold it against a simulation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xenia.insight.watching.chances import gamma_below

HOURS = 24
QUARTERS = 4
MOST_LANES = 100
GRID = 1 - np.concatenate([np.linspace(1, 0.02, 200), np.geomspace(0.02, 1e-5, 120)[1:]])


@dataclass(frozen=True)
class Lanes:
    """Lanes of one type. `minutes`: from one traveller to the next in a lane; `spread`: its coefficient of variation;
    `group`: how many travellers come at once, on average (a bus, a flight)."""

    minutes: float
    spread: float = 0.7
    group: float = 1.0


@dataclass(frozen=True)
class Hour:
    """One hour. Waits in minutes of those who come in it; `most` and `left`: greatest mean length, and that at its end.

    `load`: arrivals over what the lanes can take, 1.0 and more where the queue can only grow. Waits are None where no lane is
    open while somebody waits.
    """

    hour: int
    arrivals: float
    lanes: int
    load: float
    mean: float | None
    ninety: float | None
    most: float
    left: float


@dataclass(frozen=True)
class _State:
    """In the system on average, and the variance of the queue."""

    inside: float = 0.0
    variance: float = 0.0


def day(arrivals: Sequence[float], lanes: Sequence[int], kind: Lanes) -> list[Hour]:
    """Each hour of a day that begins with nobody waiting. `arrivals`, `lanes`: by hour, as many of one as of the other."""
    state, found = _State(), []
    for number, (coming, there) in enumerate(zip(arrivals, lanes, strict=True)):
        state, hour = _hour(number, coming, there, kind, state)
        found.append(hour)
    return found


def fewest(arrivals: Sequence[float], kind: Lanes, minutes: float, share: str = "ninety") -> int | None:
    """The smallest number of lanes, all day, with which no hour's wait is longer; None where `MOST_LANES` do not do it.

    `share`: `ninety` (nine of ten wait no longer) or `mean`.
    """

    def enough(count: int) -> bool:
        return all(_within(one, minutes, share) for one in day(arrivals, [count] * len(arrivals), kind))

    if not enough(MOST_LANES):
        return None
    low, high = 0, MOST_LANES
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def by_hour(arrivals: Sequence[float], kind: Lanes, minutes: float, share: str = "ninety") -> list[int] | None:
    """For each hour the fewest lanes with which its wait is no longer, given what the hours before left; None as above."""
    state, found = _State(), []
    for number, coming in enumerate(arrivals):
        for count in range(0 if coming == 0 and state.inside < 0.5 else 1, MOST_LANES + 1):
            if count * 60 / kind.minutes < 0.7 * coming:
                continue
            after, hour = _hour(number, coming, count, kind, state)
            if _within(hour, minutes, share):
                break
        else:
            return None
        state = after
        found.append(count)
    return found


def _within(hour: Hour, minutes: float, share: str) -> bool:
    wait = hour.ninety if share == "ninety" else hour.mean
    return wait is not None and wait <= minutes


def _hour(number: int, coming: float, lanes: int, kind: Lanes, state: _State) -> tuple[_State, Hour]:
    """The hour and the state at its end."""
    rate = coming / 60
    if lanes == 0:
        left = state.inside + coming
        nobody = left < 0.5
        empty = 0.0 if nobody else None
        return _State(left, state.variance + coming), Hour(
            number, coming, 0, 0.0 if nobody else math.inf, empty, empty, left, left
        )
    able = lanes / kind.minutes
    long, chance = _even(lanes, kind.group, kind.spread)
    step = min(1.0, kind.minutes / 2)
    count = max(QUARTERS, math.ceil(60 / step / QUARTERS) * QUARTERS)
    step = 60 / count
    inside, variance, waits, queue = state.inside, state.variance, [], 0.0
    most = _busy(inside, variance, lanes, long)[0]
    for one in range(count):
        queue, busy = _busy(inside, variance, lanes, long)
        if one % (count // QUARTERS) == count // QUARTERS // 2:
            waits.append(_wait(queue, variance, able * busy, able, float(np.interp(busy, GRID, chance))))
        moving = rate * kind.group + able * busy * kind.spread**2
        calm = 2 * able * (1 - busy) / max(queue, 1e-6)
        variance = (variance + step * moving) / (1 + step * calm)
        inside = max(0.0, inside + step * (rate - able * busy))
        most = max(most, queue)
    mean = sum(one[0] for one in waits) / len(waits)
    left = _busy(inside, variance, lanes, long)[0]
    return _State(inside, variance), Hour(
        number, coming, lanes, rate / able, mean, _ninety([tail for _mean, tail in waits], mean), max(most, left), left
    )


def _busy(inside: float, variance: float, lanes: int, long: NDArray[np.float64]) -> tuple[float, float]:
    """Mean queue, and the share of the lanes that is busy. A queue that is long for sure leaves no lane idle; one that is as
    long as it varies is what an even load would make."""
    busy = float(np.interp(inside, long, GRID)) if inside < long[-1] else 1.0
    queue = max(0.0, inside - lanes * busy)
    return queue, 1 - (1 - busy) * min(1.0, (variance + 1) / max(queue * queue, 1e-9))


def _wait(
    queue: float, variance: float, leaving: float, able: float, chance: float
) -> tuple[float, Callable[[float], float]]:
    """Mean wait of who comes now, and the chance that it is longer than so many minutes."""
    if queue < 1e-9 or leaving <= 0:
        return 0.0, lambda minutes: 0.0
    mean = queue / leaving
    waits = min(1.0, max(chance, 1e-6))
    shape = max(1.0, queue * queue / max(variance, 1e-9))
    scale = mean / waits / shape

    def longer(minutes: float) -> float:
        return waits * (1 - gamma_below(shape, minutes / scale))

    return mean, longer


def _ninety(tails: Sequence[Callable[[float], float]], mean: float) -> float:
    """The wait that one of ten exceeds, over the quarters of the hour."""

    def above(minutes: float) -> float:
        return sum(one(minutes) for one in tails) / len(tails)

    if above(0.0) <= 0.1:
        return 0.0
    low, high = 0.0, max(4 * mean, 0.1)
    while above(high) > 0.1:
        high *= 2
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) > 0.1 else (low, middle)
    return high


@lru_cache(maxsize=512)
def _even(lanes: int, group: float, spread: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each load of `GRID`: how many are in the system at an even load, and the chance of having to wait."""
    busy = GRID * lanes
    blocked = np.ones_like(busy)
    for lane in range(1, lanes + 1):  # Erlang B, one lane more at a time
        blocked = busy * blocked / (lane + busy * blocked)
    waits = blocked / (1 - GRID + GRID * blocked)
    beyond = max(0.0, group - lanes)  # of a group that finds all lanes free, so many wait for those before them
    waits = waits + (GRID - waits) * beyond / group  # a great group sees the lanes as one quick one
    queue = waits * GRID / (1 - GRID) * (group + spread**2) / 2
    own = beyond * (beyond + 1) / (2 * group) * GRID
    share = np.maximum(waits, beyond / group)
    return busy + queue + own, share
