"""The lane of blobs as two small pure machines: `Lane` at a unit, `look` at the centre. Whoever runs them brings clock, chance and disk.

The centre says what it wants next, and from which byte on; the unit sends one piece at a time, and none while an entry waits.
So nothing but the unit's files and the centre's has to last: whatever else is lost, doubled or late, the next answer says it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

FIRST_PIECE: Final = 16 * 1024
SMALLEST_PIECE: Final = 8 * 1024
LARGEST_PIECE: Final = 256 * 1024
QUICK_S: Final = 0.5
SLOW_S: Final = 1.5
"""A piece that takes less is followed by one twice as large, one that takes more by one half as large: so long an entry waits at
most. Own choices; the smallest takes a second over 64 kbit/s."""
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 300.0
LATER_S: Final = 60.0
ASKS_AGAIN_S: Final = 300.0
"""With nothing to send a unit asks again so often: a centre that was set back wants some once more."""
MOST_ABOUT: Final = 100
MOST_NEXT: Final = 8

AWAITED, KEPT, ERASED, GONE, REFUSED, UNKNOWN = "awaited", "kept", "erased", "gone", "refused", "unknown"
OVER: Final = frozenset({KEPT, ERASED, GONE, REFUSED, UNKNOWN})
"""What a centre may say of a blob after which a unit offers it no more, until it is asked for again."""

APPENDS, ELSEWHERE, TOO_MUCH = "appends", "elsewhere", "too-much"


@dataclass(frozen=True)
class Wanted:
    """A blob that the centre wants, and how much of it is there."""

    address: str
    first: int


@dataclass(frozen=True)
class Ask:
    """A question: how these stand. `gone`: the unit has those no more, and why."""

    about: tuple[str, ...]
    gone: Mapping[str, str]


@dataclass(frozen=True)
class Piece:
    """So many bytes of a blob, from there on."""

    address: str
    first: int
    count: int


@dataclass(frozen=True)
class Answer:
    """What the centre says. `later`: it takes nothing now. `next`: what it wants, the most urgent first."""

    said: Mapping[str, str] = field(default_factory=dict)
    next: tuple[Wanted, ...] = ()
    later: bool = False


def look(there: int, size: int, first: int, count: int) -> str:
    """What to do with a piece of a blob of that size, of which so many bytes are there: `APPENDS`, `ELSEWHERE`, `TOO_MUCH`."""
    if first + count > size:
        return TOO_MUCH
    return APPENDS if first == there and count > 0 else ELSEWHERE


class Lane:
    """What a unit knows of its lane; nothing of it lasts. `has(address)`: the blob's size, or why it is gone, as a code."""

    def __init__(self, has: Callable[[str], int | str]) -> None:
        self.has = has
        self.next: tuple[Wanted, ...] = ()
        self.gone: dict[str, str] = {}
        self.piece = FIRST_PIECE
        self.failures = 0
        self.waits_until = float("-inf")
        self.asks_at = float("-inf")
        self.told: tuple[str, ...] = ()

    def due(self, now: float, waiting: Sequence[str], *, entries_wait: bool) -> Ask | Piece | None:
        """What to send now; None while an entry waits, it is not time, or there is nothing. `waiting`: of blobs, the first to go."""
        if self.waits_until > now + LONGEST_WAIT_S:
            self.waits_until = self.asks_at = now  # the clock was set back
        if entries_wait or now < self.waits_until:
            return None
        for one in self.next:
            if one.address in self.gone:
                continue
            size = self.has(one.address)
            if isinstance(size, str):
                self.gone[one.address] = size
                self.asks_at = now
            else:  # where all is there and was not kept, a piece makes the centre look at it
                first = one.first if one.first < size else 0
                return Piece(one.address, first, min(self.piece, size - first))
        about = tuple(waiting[:MOST_ABOUT])
        if now >= self.asks_at or about != self.told:
            return Ask(about, dict(list(self.gone.items())[:MOST_ABOUT]))
        return None

    def answered(self, sent: Ask | Piece, answer: Answer, now: float, took_s: float) -> dict[str, str]:
        """Take the centre's answer; what is over now, by address."""
        self.failures, self.waits_until, self.next = 0, now, answer.next
        over = {address: state for address, state in answer.said.items() if state in OVER}
        if answer.later:
            self.waits_until, self.next = now + LATER_S, ()
        if isinstance(sent, Piece):
            self._paced(sent, took_s)
            self.asks_at = min(self.asks_at, now) if not self.next else self.asks_at
            return over
        for address in over:
            self.gone.pop(address, None)
        self.told, self.asks_at = sent.about, now + ASKS_AGAIN_S
        if self.gone:  # the centre wants what is not there any more, and has not heard so
            self.asks_at = now + FIRST_WAIT_S
        return over

    def _paced(self, sent: Piece, took_s: float) -> None:
        if took_s > SLOW_S:
            self.piece = max(SMALLEST_PIECE, self.piece // 2)
        elif took_s < QUICK_S and sent.count == self.piece:
            self.piece = min(LARGEST_PIECE, self.piece * 2)

    def failed(self, now: float, chance: float) -> None:
        """No answer came: wait longer each time, and send less at once."""
        self.failures += 1
        longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(self.failures - 1, 20))
        self.waits_until = now + longest * (0.5 + 0.5 * chance)
        self.piece = max(SMALLEST_PIECE, self.piece // 2)
        self.asks_at = self.waits_until
        self.next = ()

    def line_is_back(self) -> None:
        """Something else had an answer: wait no longer."""
        if self.failures:
            self.waits_until = self.asks_at = float("-inf")
