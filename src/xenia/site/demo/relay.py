"""The line between the demo's post and its centre: a relay of bytes that can be cut. While it is cut nobody listens, and nothing is carried.

It runs beside the serving process, and does what a word in a file asks for: so a page and a command in another terminal can cut it.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

OPEN, CUT = "open", "cut"
PIECE: Final = 64 * 1024
LOOKS_EVERY_S: Final = 0.2
OBEYS_WITHIN_S: Final = 5.0


class Relay:
    """Carries from `address`:`listen` to `address`:`to`, both ports of this machine."""

    def __init__(self, listen: int, to: int, address: str = "127.0.0.1") -> None:
        self.at, self.to = (address, listen), (address, to)
        self._door: socket.socket | None = None
        self._links: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether anything is carried."""
        return self._door is not None

    def open(self) -> None:
        """Carry. Raises `OSError` where the port is taken."""
        if self._door is not None:
            return
        door = socket.create_server(self.at, reuse_port=False)
        self._door = door
        threading.Thread(target=self._accept, args=(door,), name="demo-line", daemon=True).start()

    def cut(self) -> None:
        """Carry nothing: nobody listens, and who was talking is cut off."""
        with self._lock:
            door, self._door = self._door, None
            links, self._links = self._links, set()
        if door is not None:
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)  # wakes whoever accepts
            door.close()
        for link in links:
            _end(link)

    def _accept(self, door: socket.socket) -> None:
        while True:
            try:
                near, _peer = door.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.to, timeout=10)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                if self._door is not door:
                    _end(near)
                    _end(far)
                    return
                self._links |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), name="demo-line", daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(PIECE):
                other.sendall(piece)
        for link in (one, other):
            _end(link)
        with self._lock:
            self._links -= {one, other}


def _end(link: socket.socket) -> None:
    with suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
    link.close()


@contextmanager
def obeying(relay: Relay, wish: Path) -> Iterator[None]:
    """Within it the relay is what the file `wish` asks for; it begins open, and the file beside it (`.is`) says what it is."""
    stop = threading.Event()
    wish.write_text(OPEN, encoding="ascii")
    relay.open()
    _said(wish).write_text(OPEN, encoding="ascii")

    def look() -> None:
        while not stop.wait(LOOKS_EVERY_S):
            with suppress(OSError):
                asked = wish.read_text(encoding="ascii").strip()
                if (asked == CUT) is relay.is_open:
                    relay.cut() if asked == CUT else relay.open()
                    _said(wish).write_text(OPEN if relay.is_open else CUT, encoding="ascii")

    thread = threading.Thread(target=look, name="demo-line-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        relay.cut()
        _said(wish).unlink(missing_ok=True)


def _said(wish: Path) -> Path:
    return wish.with_name(f"{wish.name}.is")


def state(wish: Path) -> str:
    """`open`, `cut`, or "" where no relay runs."""
    return _said(wish).read_text(encoding="ascii") if _said(wish).exists() else ""


def ask(wish: Path, word: str) -> bool:
    """Ask for the line to be `open` or `cut`; whether it is so now."""
    wish.write_text(word, encoding="ascii")
    until = time.monotonic() + OBEYS_WITHIN_S
    while state(wish) not in (word, "") and time.monotonic() < until:
        time.sleep(LOOKS_EVERY_S / 4)
    return state(wish) == word
