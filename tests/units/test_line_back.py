"""A unit that failed for long sends soon after the centre was heard again, and not before."""

from __future__ import annotations

from xenia.units.protocol import up

NOW = 1000.0


def _failed(times: int) -> up.Sending:
    machine = up.Sending()
    for _ in range(times):
        machine.failed(NOW, 1.0)
    return machine


def test_after_a_long_silence_the_next_try_is_soon() -> None:
    machine = _failed(12)
    assert machine.due(3, NOW + up.BACK_WITHIN_S) is None
    machine.line_is_back(NOW, 1.0)
    assert machine.due(3, NOW + up.BACK_WITHIN_S - 0.1) is None  # spread: nine units do not come at once
    assert machine.due(3, NOW + up.BACK_WITHIN_S) == range(1, 4)


def test_nobody_waits_longer_for_it() -> None:
    machine = _failed(1)
    machine.line_is_back(NOW, 1.0)
    assert machine.due(3, NOW + up.FIRST_WAIT_S) == range(1, 4)


def test_a_centre_that_takes_nothing_now_is_not_asked_sooner() -> None:
    machine = up.Sending()
    machine.answered(up.Answer(up.BUSY, 0), 3, lambda first, last: [], NOW)
    machine.line_is_back(NOW, 0.0)
    assert machine.due(3, NOW + up.BUSY_WAIT_S - 0.1) is None
