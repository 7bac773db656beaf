"""The way up as two state machines: `Sending` at a unit, `Arriving` at the centre. Pure: whoever runs them brings clock,
chance, network and disk.

A unit's entries have positions 1, 2, 3 ... in its own tree. It sends them in batches, each with a head that it signs over
everything up to the batch's end; so one signature proves order, completeness and content of all of them. The centre takes a
batch only at the end of what it has, in one transaction, and answers after the commit with the highest position that it has
without a gap. Whatever is lost, doubled or late on the way, the unit asks and sends again from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from xenia.journal.tree import Frontier

BATCH: Final = 500
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 300.0
BACK_WITHIN_S: Final = 5.0
BUSY_WAIT_S: Final = 15.0
"""A centre that takes nothing yet is not sent the same batch each second over a slow line."""
ANSWERS_WITHIN_S: Final = 120.0
"""After so long without an answer a batch counts as lost; the same goes out again."""

RECEIVED: Final = "received"
GAP: Final = "gap"
FORKED: Final = "forked"
FORGED: Final = "forged"
HALTED: Final = "halted"
BUSY: Final = "busy"
STOPPING: Final = frozenset({FORKED, FORGED, HALTED})
"""Answers after which a unit sends nothing more until a person has looked."""


@dataclass(frozen=True)
class Batch:
    """Leaves of the entries `first` to `last` of `node`, with the root over 1 to `last` and its signature.

    The entries themselves travel beside it; their leaves are computed from them by whoever receives, never taken over.
    """

    node: str
    first: int
    leaves: tuple[bytes, ...]
    root: bytes

    @property
    def last(self) -> int:
        """The position of the last entry."""
        return self.first + len(self.leaves) - 1


@dataclass(frozen=True)
class Answer:
    """What the centre says of a batch. `received`: the highest position that it holds without a gap."""

    kind: str
    received: int


@dataclass(frozen=True)
class Arrived:
    """What of a batch is new, from position `first` on, and the tree with it. `new` is empty for a repeated batch."""

    first: int
    new: tuple[bytes, ...]
    frontier: Frontier


class Sending:
    """What a unit knows of the way up. Kept durably: `acknowledged` and the tree up to there; all else is found again.

    `halted`: why nothing goes up any more, "" while all is well. `waits_until`: seconds of the clock that `due` is asked with.
    """

    def __init__(self, acknowledged: int = 0, frontier: Frontier | None = None, halted: str = "") -> None:
        self.frontier = frontier or Frontier()
        if self.frontier.size != acknowledged:
            raise ValueError("The tree is not the one up to what was acknowledged.")
        self.halted = halted
        self.failures = 0
        self.waits_until = float("-inf")
        self.under_way: int | None = None

    @property
    def acknowledged(self) -> int:
        """The highest position of which the centre has said that it has everything up to there."""
        return self.frontier.size

    def due(self, sealed: int, now: float, most: int = BATCH) -> range | None:
        """The positions to send now, of `sealed` entries in all; None while there are none, or it is not time."""
        if self.waits_until > now + max(LONGEST_WAIT_S, ANSWERS_WITHIN_S):
            self.waits_until = now  # the clock was set back: nobody waits that long
        if self.halted or now < self.waits_until or sealed <= self.acknowledged:
            return None
        return range(self.acknowledged + 1, min(sealed, self.acknowledged + max(1, most)) + 1)

    def batch(self, node: str, positions: range, leaves: Sequence[bytes], now: float) -> Batch:
        """The batch of those positions, and note that it is under way."""
        if positions.start != self.acknowledged + 1 or len(leaves) != len(positions):
            raise ValueError("These are not the entries that follow.")
        grown = self.frontier.copy()
        for leaf in leaves:
            grown.add(leaf)
        self.under_way, self.waits_until = positions.stop - 1, now + ANSWERS_WITHIN_S
        return Batch(node, positions.start, tuple(leaves), grown.root())

    def answered(self, answer: Answer, sealed: int, leaves: Callable[[int, int], Sequence[bytes]], now: float) -> int:
        """Take the centre's answer; how many more entries are acknowledged. `leaves(first, last)`: of the own tree.

        An answer that is late, doubled or older than what is known changes nothing. One past the own end means that
        this unit was set back to an older state: it halts, for what it writes now the centre holds otherwise. That lasts; one
        that the centre had stopped goes on once the centre takes from it again. A gap before what was acknowledged means that
        the centre was set back: everything from there on goes up once more.
        """
        self.under_way, self.failures, self.waits_until = None, 0, now
        if answer.received > sealed:
            self.halted = FORKED
            return 0
        if answer.kind in STOPPING:
            self.halted = FORKED if self.halted == FORKED else answer.kind
            return 0
        if answer.kind == RECEIVED and self.halted in (HALTED, FORGED):
            self.halted = ""
        if answer.kind == BUSY:
            self.waits_until = now + BUSY_WAIT_S
        if answer.kind == GAP and answer.received < self.acknowledged:
            self._back(answer.received, leaves)
            return 0
        gained = answer.received - self.acknowledged
        if gained <= 0:
            return 0
        for leaf in leaves(self.acknowledged + 1, answer.received):
            self.frontier.add(leaf)
        return gained

    def _back(self, received: int, leaves: Callable[[int, int], Sequence[bytes]]) -> None:
        """The tree as it was when so many entries were acknowledged."""
        self.frontier = Frontier()
        for leaf in leaves(1, received) if received else ():
            self.frontier.add(leaf)

    def failed(self, now: float, chance: float) -> float:
        """No answer came: wait longer each time, spread by `chance` (0 to 1) so that nine units do not come at once."""
        self.under_way, self.failures = None, self.failures + 1
        longest: float = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(self.failures - 1, 20))
        wait = longest * (0.5 + 0.5 * chance)
        self.waits_until = now + wait
        return wait

    def line_is_back(self, now: float, chance: float) -> None:
        """The centre answered something else after a silence: whoever waited long for it tries again soon, spread as in `failed`."""
        if self.failures:
            self.waits_until = min(self.waits_until, now + BACK_WITHIN_S * chance)


class Arriving:
    """What the centre knows of one unit: the tree of all that it has received. Kept in the transaction that stores entries."""

    def __init__(self, frontier: Frontier | None = None) -> None:
        self.frontier = frontier or Frontier()

    @property
    def received(self) -> int:
        """The highest position received without a gap."""
        return self.frontier.size

    def look(self, batch: Batch, known: Callable[[int, int], Sequence[bytes]]) -> Arrived | Answer:
        """What is new in a batch, or why nothing of it is taken. `known(first, last)`: leaves that are stored.

        The signature over `batch.root` was checked by the caller, who knows keys. Nothing is changed: the caller stores
        what is new and then calls `take`.
        """
        if batch.first < 1 or not batch.leaves:
            return Answer(FORGED, self.received)
        if batch.first > self.received + 1:
            return Answer(GAP, self.received)
        overlap = min(self.received, batch.last) - batch.first + 1
        if overlap > 0 and tuple(known(batch.first, batch.first + overlap - 1)) != batch.leaves[:overlap]:
            return Answer(FORKED, self.received)
        new = batch.leaves[overlap:]
        grown = self.frontier.copy()
        for leaf in new:
            grown.add(leaf)
        if new and grown.root() != batch.root:
            return Answer(FORGED, self.received)
        return Arrived(self.received + 1, new, grown)

    def greeted(self, first: int) -> Answer:
        """The answer to a unit that has nothing to send and would go on with `first`: all is well, or something is gone here."""
        return Answer(GAP if first > self.received + 1 else RECEIVED, self.received)

    def take(self, arrived: Arrived) -> Answer:
        """The new entries are stored for good: go on from there."""
        if arrived.first != self.received + 1:
            raise ValueError("Something else was stored meanwhile.")
        self.frontier = arrived.frontier
        return Answer(RECEIVED, self.received)
