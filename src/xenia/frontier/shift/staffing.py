"""How many lanes the travellers of now would need: a simple estimate, with its assumptions said. Pure.

Assumptions, said on the page beside the figures: travellers come at random at an even rate; every lane takes as long as
the post takes on average; one queue feeds all lanes; nobody leaves. Then the mean wait is Erlang's C formula
(A. K. Erlang, 1917; textbook form, M/M/c).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

QUARTER_S = 900
MOST_LANES = 200


@dataclass(frozen=True)
class Estimate:
    """For a rate of travellers per quarter of an hour and lanes that are open.

    `capacity`: travellers that one lane can take in a quarter of an hour. `load`: share of the lanes' time that is
    needed, 1.0 and more where the queue only grows. `wait_s`: mean wait in the queue, None where it only grows.
    `needed`: lanes with which the load stays at the wished share.
    """

    per_quarter: float
    lanes: int
    capacity: float
    load: float
    wait_s: float | None
    needed: int


def estimate(per_quarter: float, lanes: int, service_s: float, wished_load: float) -> Estimate:
    """The estimate. `service_s`: seconds from one document to the next in one lane, more than 0."""
    capacity = QUARTER_S / service_s
    busy = per_quarter / capacity
    load = busy / lanes if lanes else math.inf if busy else 0.0
    wait = mean_wait_s(busy, lanes, service_s) if load < 1 else None
    return Estimate(per_quarter, lanes, capacity, load, wait, min(MOST_LANES, math.ceil(busy / wished_load - 1e-9)))


def mean_wait_s(busy: float, lanes: int, service_s: float) -> float:
    """Mean wait in the queue by Erlang's C formula. `busy`: lanes that would be busy all the time; less than `lanes`."""
    if lanes <= 0 or busy <= 0:
        return 0.0
    blocked = 1.0
    for lane in range(1, lanes + 1):  # Erlang B, one lane more at a time: no factorials, no overflow
        blocked = busy * blocked / (lane + busy * blocked)
    share = busy / lanes
    waits = blocked / (1 - share + share * blocked)
    return waits * service_s / (lanes - busy)
