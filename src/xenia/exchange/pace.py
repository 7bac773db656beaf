"""How long a request may hold a worker of the door, and whose request goes where all are held.

Counted is only what a request waits for the other side, both ways: so much in all, and no longer than its bytes take at the
least pace. Who keeps to that can still hold a worker for a while; so where every worker is held and somebody waits, the slowest
request of a partner that has more of them than the one who waits is ended.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

log = logging.getLogger("xenia.exchange")
SILENCE_S: Final = 10
"""So long nothing may come or be taken at all."""
LOOKS_EVERY_S: Final = 0.5
ROOM_AFTER_S: Final = 2.0
"""A request that has waited so long for the other side may be ended for one who has no worker. Own choice."""


@dataclass
class Pace:
    """One request. `longest_s`: in all; `least`: bytes a second after the first `SILENCE_S`, 0 for any pace."""

    longest_s: float
    least: float
    waited_s: float = 0.0
    moved: int = 0
    since: float | None = None

    def left(self) -> float:
        """Seconds that it may still wait."""
        by_bytes = SILENCE_S + self.moved / self.least if self.least > 0 else self.longest_s
        return min(self.longest_s, by_bytes) - self.waited_s

    def waits(self, now: float) -> float:
        """How long it has waited in all where it is waiting now; 0 where it is at work."""
        since = self.since
        return 0.0 if since is None else self.waited_s + now - since


class PacedSocket(ssl.SSLSocket):
    """A TLS connection that keeps to `pace` while there is one. Raises `TimeoutError` where it is over."""

    pace: Pace | None = None

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        """As it is, within the pace."""
        return self._paced(lambda: super(PacedSocket, self).recv_into(buffer, nbytes, flags))

    def send(self, data: Any, flags: int = 0) -> int:
        """As it is, within the pace."""
        return self._paced(lambda: super(PacedSocket, self).send(data, flags))

    def _paced(self, do: Callable[[], int]) -> int:
        pace = self.pace
        if pace is None:
            return do()
        left = pace.left()
        if left <= 0:
            raise TimeoutError("timed out")
        self.settimeout(min(SILENCE_S, left))
        pace.since = began = time.monotonic()
        try:
            count = do()
        finally:
            pace.since = None
            pace.waited_s += time.monotonic() - began
        pace.moved += count
        return count


class Workers:
    """Who has a worker and who waits for one. `share`: the most requests of one partner at once."""

    def __init__(self, count: int, share: int) -> None:
        self.count, self.share = count, share
        self._lock = threading.Lock()
        self._waiting: dict[Any, None] = {}
        self._at_work: dict[Any, Pace] = {}

    def enter(self, conn: Any) -> bool:
        """The connection waits for a worker from now on; False where its partner has its share already."""
        with self._lock:
            has = [one for held in (self._waiting, self._at_work) for one in held if one.peer == conn.peer]
            if len(has) >= self.share:
                return False
            self._waiting[conn] = None
            return True

    def begin(self, conn: Any, pace: Pace) -> None:
        """A worker hears it."""
        with self._lock:
            self._waiting.pop(conn, None)
            self._at_work[conn] = pace

    def left(self, conn: Any) -> None:
        """Its request is done with."""
        with self._lock:
            self._at_work.pop(conn, None)

    def keep_room(self, ending: threading.Event) -> None:
        """Look every half second until the end."""
        while not ending.wait(LOOKS_EVERY_S):
            self.make_room()

    def make_room(self) -> None:
        """Where somebody waits and every worker is held, end one request that is waited for."""
        with self._lock:
            gone = self._slowest(time.monotonic())
        if gone is not None:
            log.warning("a slow request of a partner was ended: others wait")
            with suppress(OSError):
                socket.socket.shutdown(gone.socket, socket.SHUT_RDWR)  # the TLS of it belongs to its worker

    def _slowest(self, now: float) -> Any | None:
        """Of the partners with more requests at work than the one who waits longest has, whose most: the slowest."""
        if not self._waiting or len(self._at_work) < self.count:
            return None
        has = Counter(one.peer for one in self._at_work)
        least = has[next(iter(self._waiting)).peer]
        slow = [
            (has[one.peer], waited, one)
            for one, pace in self._at_work.items()
            if has[one.peer] > least + 1 and (waited := pace.waits(now)) > ROOM_AFTER_S
        ]
        return max(slow, key=lambda one: one[:2])[2] if slow else None
