"""A unit asks over one connection within a turn, and opens another where the server ended it meanwhile."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from xenia.errors import Unavailable
from xenia.units import calling, card, servers

ENDS_AFTER = 3
"""Questions that the server answers on one connection, before it ends it without a word."""


class _Door(ThreadingHTTPServer):
    connections = 0
    asked: list[str]
    daemon_threads = True


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Door

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1
        self.here = 0

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response({"/none": 404, "/later": 503}.get(self.path, 200))
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"piece")
        self.here += 1
        self.close_connection = self.here >= ENDS_AFTER

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Door]:
    """A server whose certificate nobody looks at here, and only the lines to it count."""
    made = _Door(("127.0.0.1", 0), _Answers)
    made.asked = []
    threading.Thread(target=made.serve_forever, daemon=True).start()
    monkeypatch.setattr(calling, "context", lambda known: ssl.create_default_context())
    monkeypatch.setattr(servers, "_last", "")  # put back afterwards
    yield made
    made.shutdown()
    made.server_close()


def _card(door: _Door) -> card.Card:
    said = {"node": "uto-t1-u1", "state": "UTO", "post": "UTO-T1", "label": "", "certificate": "", "key": {}}
    return card.Card(door=f"http://127.0.0.1:{door.server_address[1]}", **said)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_within_a_turn_a_connection_is_used_again_while_the_server_keeps_it(door: _Door) -> None:
    known = _card(door)
    with calling.one_line():
        assert [calling.get(known, f"/{one}") for one in range(2 * ENDS_AFTER)] == [b"piece"] * (2 * ENDS_AFTER)
    assert door.connections == 2 and door.asked == [f"/{one}" for one in range(2 * ENDS_AFTER)]
    for one in range(2):
        calling.get(known, f"/{one}")
    assert door.connections == 4, "outside of it each question has one of its own"


@pytest.mark.django_db
def test_a_door_that_is_gone_is_no_line_and_one_that_says_no_is_heard(door: _Door) -> None:
    known = _card(door)
    with calling.one_line():
        calling.get(known, "/1")
        with pytest.raises(Unavailable) as refused:
            calling.get(known, "/none")
        assert refused.value.code == "turned-away" and door.connections == 1
        calling.get(known, "/3")  # after which the server ends the line
        door.shutdown()
        door.server_close()
        with pytest.raises(Unavailable) as gone:
            calling.get(known, "/4")
        assert gone.value.code == "no-line"


@pytest.mark.django_db
def test_a_centre_that_does_not_serve_for_a_moment_has_put_nobody_out(door: _Door) -> None:
    with pytest.raises(Unavailable) as told:
        calling.get(_card(door), "/later")
    assert told.value.code == "no-line"
