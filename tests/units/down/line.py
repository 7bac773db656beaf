"""A line between unit and centre that counts what comes down, and breaks off where a test says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Breaking:
    """Listens on `port`, passes on to `centre`. `came`: bytes from the centre; after `breaks_at` of them nothing comes any more."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.centre = 0
        self.came = 0
        self.breaks_at: int | None = None
        self._lock = threading.Lock()

    def serve(self) -> None:
        while True:
            try:
                near, _address = self.listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.centre), timeout=20)
            except OSError:
                near.close()
                continue
            for source, target, counts in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._pass, args=(source, target, counts), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while data := source.recv(16384):
                if counts:
                    with self._lock:
                        self.came += len(data)
                    if self.breaks_at is not None and self.came > self.breaks_at:
                        break
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def line() -> Iterator[Breaking]:
    made = Breaking()
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.listening.close()
