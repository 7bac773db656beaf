"""`xenia soak units`: many seeds of the simulation, on as many processes as there are cores."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from types import FrameType
from typing import Any, Final

from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.units import simulation
from xenia.units.simulation import blobs

PIECE = 50
"""Seeds that a process runs before it looks up: half a second, so that whoever stops the soak does not wait."""
MOST_SEEDS = 10_000_000


LANES: Final = {"entries": simulation.many, "documents": blobs.many}


@dataclass
class Found:
    """What many runs came to. `first`: the first seed that broke something, with its words."""

    runs: int = 0
    entries: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    violations: int = 0
    first: tuple[int, tuple[str, ...]] | None = None

    def add(self, other: Found) -> None:
        """Other runs too."""
        self.runs += other.runs
        self.entries += other.entries
        self.faults += other.faults
        self.violations += other.violations
        if other.first and (self.first is None or other.first[0] < self.first[0]):
            self.first = other.first

    def to_json(self, seconds: float, *, stopped: bool = False) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "runs": self.runs,
            "stopped": stopped,
            "entries": self.entries,
            "faults": dict(sorted(self.faults.items())),
            "faults_injected": sum(self.faults.values()),
            "violations": self.violations,
            "first_violating_seed": self.first[0] if self.first else None,
            "what": list(self.first[1]) if self.first else [],
            "seconds": round(seconds, 1),
        }


def piece(first: int, count: int, lane: str = "entries") -> Found:
    """So many seeds of a lane from `first` on; documents count as entries do."""
    found = Found()
    for outcome in LANES[lane](count, first):
        violated = (outcome.seed, outcome.violations) if outcome.violations else None
        found.add(Found(1, outcome.entries, outcome.faults, int(bool(violated)), violated))
    return found


def pieces(first: int, count: int) -> Iterator[tuple[int, int]]:
    """The seeds in pieces: where each begins, and how many it has."""
    for begin in range(first, first + count, PIECE):
        yield begin, min(PIECE, first + count - begin)


def _run(call: Call) -> int:
    count, first, lane = call.options.seeds, call.options.first_seed, call.options.lane
    if not 1 <= count <= MOST_SEEDS or first < 0:
        raise BadInput(
            f"Run between 1 and {MOST_SEEDS:,} seeds from 0 on.",
            "Choose another number with --seeds.",
            code="bad-input",
        )
    found, began = Found(), time.perf_counter()
    stopped = False
    with _ends_like_ctrl_c(), ProcessPoolExecutor(_cores(), initializer=_left_alone) as pool:
        try:
            for part in pool.map(piece, *zip(*pieces(first, count), strict=True), repeat(lane)):
                found.add(part)
                if found.runs % 1000 == 0:
                    call.say(f"  {found.runs:,} runs, {found.violations} violations")
        except KeyboardInterrupt:  # what was run counts
            stopped = True
            pool.shutdown(cancel_futures=True)
    call.say(f"{found.runs:,} runs, {sum(found.faults.values()):,} faults, {found.violations} violations.")
    if stopped:
        call.say(f"Stopped by you after seed {first + found.runs - 1}.")
    if found.first:
        call.say(
            f"Seed {found.first[0]}: {'; '.join(found.first[1])}. Again: xenia soak units --lane {lane} --seeds 1"
            f" --first-seed {found.first[0]}"
        )
    call.answer("xenia/soak-units/1", found.to_json(time.perf_counter() - began, stopped=stopped))
    return int(stopped or bool(found.violations))


def _cores() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _left_alone() -> None:
    """In a process of the pool: Ctrl-C is for the one that began it, which lets each finish its piece."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def _ends_like_ctrl_c() -> Iterator[None]:
    """A request to end is heard as Ctrl-C is."""

    def ended(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Also where whoever started this had Ctrl-C ignored, as shells do with what runs in the background.
    before = {number: signal.signal(number, ended) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, default=2000, help="how many runs, a seed each (default 2000)")
    parser.add_argument("--lane", choices=tuple(LANES), default="entries", help="of which lane (default entries)")
    parser.add_argument("--first-seed", type=int, default=1, help="the first seed (default 1)")


COMMANDS = (
    Command(
        "soak units", "Run units and a centre under faults, a seed each; nothing may be lost or doubled.", _run, "bench",
        _arguments, needs_home=False, writes=False,
    ),
)  # fmt: skip
