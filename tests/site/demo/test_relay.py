"""The demo's line carries what is said, and nothing while it is cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from xenia.site.demo import relay


@pytest.fixture
def echo() -> Iterator[int]:
    """Somebody at a port who says everything again."""
    door = socket.create_server(("127.0.0.1", 0))

    def answer(link: socket.socket) -> None:
        with link:
            while said := link.recv(100):
                link.sendall(said)

    def accept() -> None:
        while True:
            try:
                link, _peer = door.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(link,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield int(door.getsockname()[1])
    door.shutdown(socket.SHUT_RDWR)
    door.close()


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def called(port: int) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), timeout=20)
    link.sendall(b"hello")
    assert link.recv(100) == b"hello"
    return link


def test_a_line_that_is_cut_and_restored(echo: int, tmp_path: Path) -> None:
    port, wish = free(), tmp_path / "line"
    with relay.obeying(relay.Relay(port, echo), wish):
        assert relay.state(wish) == relay.OPEN
        first, second = called(port), called(port)
        assert relay.ask(wish, relay.CUT)
        assert (first.recv(100), second.recv(100)) == (b"", b"")  # who was talking is cut off
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=20)
        assert relay.ask(wish, relay.OPEN)
        called(port).close()
    assert relay.state(wish) == ""
    assert not relay.ask(wish, relay.OPEN)  # nobody is there who could


def test_nobody_at_the_other_end(tmp_path: Path) -> None:
    port, wish = free(), tmp_path / "line"
    with (
        relay.obeying(relay.Relay(port, free()), wish),
        socket.create_connection(("127.0.0.1", port), timeout=20) as link,
    ):
        assert link.recv(100) == b""
