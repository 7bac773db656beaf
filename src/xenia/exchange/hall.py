"""Where connections shake hands before a worker hears them: one thread for all, bounded for each address and in all.

A handshake that stands still costs a socket and no worker. Where an address, or all together, have too many under way, the
oldest of who has most goes: a partner is through before its turn to go comes, a stranger that waits is not.
"""

from __future__ import annotations

import ipaddress
import logging
import selectors
import socket
import ssl
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

log = logging.getLogger("xenia.exchange")
HANDSHAKE_S: Final = 5.0
"""Own choice: three round trips and a lost packet over a satellite."""
PER_ADDRESS: Final = 16
ALL: Final = 256
"""Handshakes under way at once from one address and in all; own choice: a partner needs one."""
WANTS: Final = {ssl.SSLWantReadError: selectors.EVENT_READ, ssl.SSLWantWriteError: selectors.EVENT_WRITE}


def place_of(address: str) -> str:
    """Who is counted as one: an IPv4 address, also one written as IPv6, or the 64 bits that one IPv6 line has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.IPv6Network((found, 64), strict=False))
    return str(found)


@dataclass(eq=False)
class _Guest:
    """A connection (cheroot's, over an `SSLSocket`) whose handshake is under way until `until` (monotonic seconds)."""

    conn: Any
    place: str
    until: float
    events: int = 0


class Hall:
    """The handshakes. `ready(conn)` is called, in the hall's thread, with each connection that is through."""

    def __init__(self, ready: Callable[[Any], None], patience_s: float = HANDSHAKE_S) -> None:
        self.ready, self.patience_s = ready, patience_s
        self._coming: deque[Any] = deque()
        self._guests: list[_Guest] = []  # the oldest first
        self._bell, self._rope = socket.socketpair()
        self._rope.setblocking(False)
        self._ended = threading.Event()
        self._selector = selectors.DefaultSelector()

    def start(self) -> None:
        """Begin, in a thread that holds up no process that ends."""
        self._selector.register(self._bell, selectors.EVENT_READ)
        threading.Thread(target=self._run, name="xenia-exchange-hall", daemon=True).start()

    def stop(self) -> None:
        """Whoever is still shaking hands is let go."""
        self._ended.set()
        self._ring()

    def enter(self, conn: Any) -> None:
        """A new connection; its handshake begins at once. From any thread."""
        self._coming.append(conn)
        self._ring()

    def _ring(self) -> None:
        with suppress(OSError):  # full: it rings already; closed: nobody is there
            self._rope.send(b".")

    def _run(self) -> None:
        while not self._ended.is_set():
            for key, _events in self._selector.select(self._wait_s()):
                if key.data is None:
                    self._bell.recv(4096)
                else:
                    self._step(key.data)
            while self._coming:
                self._admit(self._coming.popleft())
            self._expire()
        for guest in list(self._guests):
            self._drop(guest)
        self._selector.close()
        self._bell.close()
        self._rope.close()

    def _wait_s(self) -> float | None:
        return max(0.0, self._guests[0].until - time.monotonic()) if self._guests else None

    def _admit(self, conn: Any) -> None:
        guest = _Guest(conn, place_of(conn.remote_addr or ""), time.monotonic() + self.patience_s)
        here = Counter(one.place for one in self._guests)
        if here[guest.place] >= PER_ADDRESS:
            self._drop_oldest(guest.place)
        elif len(self._guests) >= ALL:
            self._drop_oldest(here.most_common(1)[0][0])
        self._guests.append(guest)
        self._step(guest)

    def _drop_oldest(self, place: str) -> None:
        log.info("too many handshakes at once: the oldest was let go")
        self._drop(next(one for one in self._guests if one.place == place))

    def _expire(self) -> None:
        now = time.monotonic()
        for guest in [one for one in self._guests if one.until <= now]:
            self._drop(guest)

    def _step(self, guest: _Guest) -> None:
        """One step of one handshake; whatever goes wrong with it ends it and no other."""
        try:
            self._shake(guest)
        except Exception:
            log.exception("a handshake could not be led")
            self._drop(guest)

    def _shake(self, guest: _Guest) -> None:
        try:
            guest.conn.socket.settimeout(0)
            guest.conn.socket.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as wanted:
            self._watch(guest, WANTS[type(wanted)])
        except (OSError, ValueError):  # no pinned certificate, no TLS, gone
            self._drop(guest)
        else:
            self._leave(guest)
            self.ready(guest.conn)

    def _watch(self, guest: _Guest, events: int) -> None:
        if guest.events == 0:
            self._selector.register(guest.conn.socket, events, guest)
        elif guest.events != events:
            self._selector.modify(guest.conn.socket, events, guest)
        guest.events = events

    def _leave(self, guest: _Guest) -> None:
        if guest in self._guests:
            self._guests.remove(guest)
        if guest.events:
            guest.events = 0
            self._selector.unregister(guest.conn.socket)

    def _drop(self, guest: _Guest) -> None:
        self._leave(guest)
        _close(guest.conn)


def _close(conn: Any) -> None:
    with suppress(OSError):
        conn.close()
