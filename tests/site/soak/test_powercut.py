"""The power fails while a unit and its centre write; `xenia soak powercut` does it longer."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from xenia.site.soak.powercut import cuts, run
from xenia.site.soak.powercut.cuts import FILE, Tape
from xenia.site.soak.powercut.disk import Lasting, Step

CUTS = 160


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tape, Tape]:
    return run.record(tmp_path_factory.mktemp("tapes"), 5, 6)


def test_what_was_acknowledged_is_whole_after_every_power_cut(tapes: tuple[Tape, Tape]) -> None:
    found = run.run(tapes, CUTS, 1)
    assert (found["runs"], found["violations"], found["first_violating_seed"]) == (CUTS, 0, None), found
    assert found["cut_twice"] > 10
    assert min(found["transactions"].values()) >= 3
    assert found["under_way"]["-wal"] > 100 and found["under_way"]["database"] > 10


def test_without_a_sync_a_commit_the_same_cuts_lose(tapes: tuple[Tape, Tape]) -> None:
    found = run.run(tapes, 4, 1)["normal"]
    assert found["runs"] == 40
    assert found["lost"] > 5 and found["worst"] >= 1, found


def test_a_tape_holds_the_journal_the_crossings_and_the_line(tapes: tuple[Tape, Tape]) -> None:
    unit, centre = (" ".join(one for each in tape.transactions for one in each) for tape in tapes)
    for table in ("journal_entry", "journal_leaf", "frontier_check", "frontier_crossing"):
        assert table in unit and table in centre
    assert "units_line" in unit and "units_unit" in centre


def test_a_disk_whose_syncs_do_nothing_is_found_out(tapes: tuple[Tape, Tape]) -> None:
    played = cuts.play(tapes[0], tapes[0].pragmas)
    lying = replace(played, steps=[step for step in played.steps if step.kind != "sync"])
    found = cuts.cut(lying, range(40), tapes[0].pragmas)
    assert found.lost + found.damaged > 5
    assert found.first is not None


def test_half_a_transaction_is_found_out(tapes: tuple[Tape, Tape]) -> None:
    unit = tapes[0]
    wider = replace(unit, transactions=tuple((*one, *other) for one, other in _pairs(unit)))
    halves, pairs = cuts.play(unit, unit.pragmas), cuts.play(wider, unit.pragmas)
    done = [replace(step, at=step.at // 2) if step.kind == "done" else step for step in halves.steps]
    found = cuts.cut(replace(pairs, steps=done), range(40), unit.pragmas)
    assert found.half > 5


def _pairs(tape: Tape) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return list(zip(tape.transactions[::2], tape.transactions[1::2], strict=False))


def test_of_one_write_each_512_bytes_stay_or_go_by_themselves() -> None:
    seen = set()
    for seed in range(200):
        lasting = Lasting({FILE: bytearray(b"-" * 1536)})
        lasting.take(Step("write", FILE, 0, b"x" * 1536))
        left = bytes(lasting.after_a_cut(random.Random(seed))[FILE])
        pieces = [left[at : at + 512] for at in range(0, 1536, 512)]
        assert all(piece in (b"x" * 512, b"-" * 512) for piece in pieces)
        seen.add(tuple(piece[:1] for piece in pieces))
    assert len(seen) == 8


def test_what_was_synced_stays_and_what_was_deleted_may_come_back() -> None:
    back = set()
    for seed in range(50):
        lasting = Lasting({FILE: bytearray()})
        for step in (Step("write", FILE, 3, b"abc"), Step("sync", FILE), Step("delete", FILE)):
            lasting.take(step)
        left = lasting.after_a_cut(random.Random(seed))
        assert left.get(FILE) in (None, b"\0\0\0abc")
        back.add(FILE in left)
    assert back == {True, False}
