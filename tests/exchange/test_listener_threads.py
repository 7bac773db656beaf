"""The door for other authorities holds up no process that ends."""

from __future__ import annotations

import socket
import threading

import pytest

from xenia.exchange import listener


@pytest.mark.django_db
def test_every_thread_of_the_listener_is_a_daemon() -> None:
    before = set(threading.enumerate())
    made = listener.start("127.0.0.1:0")
    try:
        mine = set(threading.enumerate()) - before
        assert len(mine) > 2
        assert all(one.daemon for one in mine)
    finally:
        made.stop()


@pytest.mark.django_db
def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError):
            listener.start(f"127.0.0.1:{taken.getsockname()[1]}")
