"""The lane of blobs as pure machines: many invented histories, and what each must hold."""

from __future__ import annotations

import pytest

from xenia.units.blobs import machine
from xenia.units.blobs.machine import Answer, Ask, Lane, Piece, Wanted
from xenia.units.simulation import blobs as simulation

SEEDS = 150


def test_many_histories_lose_nothing_and_never_hold_up_an_entry() -> None:
    outcomes = list(simulation.many(SEEDS))
    assert [(one.seed, one.violations) for one in outcomes if one.violations] == []
    faults = sum((one.faults for one in outcomes), start=outcomes[0].faults.__class__())
    assert len(faults) == 9 and sum(faults.values()) > 12_000, faults


def lane(**sizes: int) -> Lane:
    return Lane(lambda address: sizes.get(address, "erased"))


def test_nothing_goes_while_an_entry_waits() -> None:
    one = lane(a=50_000)
    one.answered(Ask((), {}), Answer({}, (Wanted("a", 0),)), 0.0, 0.1)
    assert one.due(1.0, ["a"], entries_wait=True) is None
    assert one.due(1.0, ["a"], entries_wait=False) == Piece("a", 0, machine.FIRST_PIECE)


@pytest.mark.parametrize(("took", "pieces"), [(0.01, [32, 64, 128, 256, 256]), (5.0, [8, 8, 8, 8, 8]), (1.0, [16] * 5)])
def test_a_piece_is_as_large_as_an_entry_may_wait_for(took: float, pieces: list[int]) -> None:
    one, found = lane(a=1 << 30), []
    for _piece in pieces:
        one.answered(Piece("a", 0, one.piece), Answer({}, (Wanted("a", 0),)), 0.0, took)
        found.append(one.piece // 1024)
    assert found == pieces


def test_what_is_gone_is_told_once_and_the_rest_goes_on() -> None:
    one = lane(b=10)
    one.answered(Ask((), {}), Answer({}, (Wanted("a", 0), Wanted("b", 4))), 0.0, 0.1)
    assert one.due(0.0, ["b"], entries_wait=False) == Piece("b", 4, 6)
    one.answered(Piece("b", 4, 6), Answer({"b": "kept"}, (Wanted("a", 0),)), 0.0, 0.1)
    assert one.due(0.0, [], entries_wait=False) == Ask((), {"a": "erased"})
    assert one.answered(Ask((), {"a": "erased"}), Answer({"a": "gone"}, ()), 0.0, 0.1) == {"a": "gone"}
    assert one.due(1.0, [], entries_wait=False) is None


def test_a_centre_that_takes_nothing_now_is_left_alone_for_a_while() -> None:
    one = lane(a=10)
    one.answered(Ask(("a",), {}), Answer(later=True), 0.0, 0.1)
    assert one.due(machine.LATER_S - 1, ["a"], entries_wait=False) is None
    one.failed(100.0, 1.0)
    assert one.due(101.0, ["a"], entries_wait=False) is None
    one.line_is_back()
    assert one.due(101.0, ["a"], entries_wait=False) == Ask(("a",), {})
