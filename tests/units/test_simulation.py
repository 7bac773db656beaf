"""The protocol under faults, seed by seed; and that the simulation sees a protocol that is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from xenia.units import simulation
from xenia.units.protocol import up
from xenia.units.simulation.parts import Centre, Held
from xenia.units.simulation.run import World

SEEDS = 300


def test_nothing_is_lost_doubled_or_out_of_order() -> None:
    outcomes = list(simulation.many(SEEDS))
    assert {one.seed: one.violations for one in outcomes if one.violations} == {}
    faults = sum((one.faults for one in outcomes), Counter[str]())
    assert len(faults) == 14 and min(faults.values()) > 100
    assert sum(one.entries for one in outcomes) > 50 * SEEDS


def test_a_seed_is_one_run() -> None:
    assert simulation.one(7) == simulation.one(7) != simulation.one(8)


class AnswersTooEarly(Centre):
    """Says that it has a batch, and forgets it now and then."""

    def take(self, batch: up.Batch, entries: Sequence[bytes], draw: Random) -> up.Answer | None:
        if draw.random() < 0.05:
            return up.Answer(up.RECEIVED, batch.last)
        return super().take(batch, entries, draw)


class TakesTwice(Centre):
    """Stores whatever comes, without asking whether it has it."""

    def take(self, batch: up.Batch, entries: Sequence[bytes], draw: Random) -> up.Answer | None:
        answer = super().take(batch, entries, draw)
        held = self.held[batch.node]
        if answer and answer.kind == up.RECEIVED and batch.last < len(held.entries):
            held.entries += entries
        return answer


class LeavesGaps(Centre):
    """Takes a batch that begins too far on."""

    def take(self, batch: up.Batch, entries: Sequence[bytes], draw: Random) -> up.Answer | None:
        held = self.held.setdefault(batch.node, Held())
        if len(entries) > 1 and batch.first == held.frontier.size + 1 and draw.random() < 0.2:
            held.entries += entries[1:]
            return up.Answer(up.RECEIVED, batch.last)
        return super().take(batch, entries, draw)


class CountsPoison(Centre):
    """Applies what it should have put aside."""

    def _apply(self, held: Held, entry: bytes) -> None:
        self.state[entry.split()[1].decode()] += 1


@pytest.mark.parametrize("broken", [AnswersTooEarly, TakesTwice, LeavesGaps, CountsPoison])
def test_a_broken_centre_is_found(broken: type[Centre]) -> None:
    assert any(World(seed, centre=broken()).run().violations for seed in range(1, 40))


def test_a_unit_that_forgets_what_waits_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """After three failures it gives up, as others do."""
    whole = up.Sending.failed

    def gives_up(self: up.Sending, now: float, chance: float) -> float:
        waits = whole(self, now, chance)
        if self.failures >= 3:
            self.halted = "gave up"
        return waits

    monkeypatch.setattr(up.Sending, "failed", gives_up)
    assert any(simulation.one(seed).violations for seed in range(1, 40))


def test_a_clock_set_back_holds_nothing_up() -> None:
    sending = up.Sending()
    sending.batch("unit", range(1, 2), [b"l" * 32], 1_000_000.0)
    assert sending.due(1, 5.0) == range(1, 2)


def test_a_unit_set_back_to_a_backup_halts_and_changes_nothing() -> None:
    """What it writes now has numbers that the centre holds otherwise."""
    old, new = [b"a" * 32, b"b" * 32, b"c" * 32], [b"a" * 32, b"x" * 32]
    centre, sending = up.Arriving(), up.Sending()
    first = sending.batch("unit", range(1, 4), old, 0.0)
    found = centre.look(first, lambda *_: [])
    assert isinstance(found, up.Arrived)
    centre.take(found)
    back = up.Sending()
    second = back.batch("unit", range(1, 3), new, 0.0)
    answer = centre.look(second, lambda one, last: old[one - 1 : last])
    assert answer == up.Answer(up.FORKED, 3)
    back.answered(answer, 2, lambda *_: [], 0.0)
    assert back.halted == up.FORKED and back.due(2, 1e9) is None
    assert centre.received == 3


def test_an_answer_past_the_own_end_halts() -> None:
    sending = up.Sending()
    assert sending.answered(up.Answer(up.RECEIVED, 9), 4, lambda *_: [b"l" * 32] * 9, 0.0) == 0
    assert sending.halted == up.FORKED


def test_a_centre_set_back_to_a_backup_is_filled_again() -> None:
    """It says so in its answer to a unit that has nothing to send; the unit then sends from there."""
    leaves = [b"a" * 32, b"b" * 32, b"c" * 32]
    sending = up.Sending()
    sending.batch("unit", range(1, 4), leaves, 0.0)
    sending.answered(up.Answer(up.RECEIVED, 3), 3, lambda one, last: leaves[one - 1 : last], 0.0)
    assert sending.due(3, 1.0) is None
    centre = up.Arriving()
    found = centre.look(up.Sending().batch("unit", range(1, 2), leaves[:1], 0.0), lambda *_: [])
    assert isinstance(found, up.Arrived)
    centre.take(found)
    answer = centre.greeted(sending.acknowledged + 1)
    assert answer == up.Answer(up.GAP, 1)
    sending.answered(answer, 3, lambda one, last: leaves[one - 1 : last], 2.0)
    due = sending.due(3, 3.0)
    assert due == range(2, 4)
    again = centre.look(sending.batch("unit", due, leaves[1:], 3.0), lambda *_: [])
    assert isinstance(again, up.Arrived) and centre.take(again) == up.Answer(up.RECEIVED, 3)
