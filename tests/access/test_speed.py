"""What a decision costs. The bound is loose, because test machines are shared; `-s` prints the figure."""

from __future__ import annotations

import time

from tests import people
from xenia.access import epochs, policy

ROUNDS = 50_000
BOUND_US = 25


def test_a_decision_costs_about_a_microsecond(world: people.World) -> None:
    officer = world.standing("ada", "first-line-officer")
    with epochs.one_request():
        policy.decide(officer, "border-first-line", "alerts")
        start = time.process_time()
        for _ in range(ROUNDS):
            policy.decide(officer, "border-first-line", "alerts", "UTO-BG")
        cost_us = (time.process_time() - start) / ROUNDS * 1e6
    print(f"\ndecide: {cost_us:.2f} us")
    assert cost_us < BOUND_US
