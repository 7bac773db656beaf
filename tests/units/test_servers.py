"""A unit before two servers of its centre: real doors with the one pinned certificate, of which one serves."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from xenia.errors import BadInput, Unavailable
from xenia.exchange import own
from xenia.units import calling, card, servers


@dataclass
class Door:
    """A server as a unit sees it. `generation`: what it says, None: it says none (a centre of an earlier version)."""

    server: ThreadingHTTPServer
    status: int = 200
    generation: str | None = "1"
    asked: int = 0
    heard: str | None = None

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server.server_address[1]}"


def _door(pem: Path) -> Door:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked += 1
            made.heard = self.headers.get(servers.HEADER)
            self.send_response(made.status)
            if made.generation is not None:
                self.send_header(servers.HEADER, made.generation)
            said = made.url.encode()
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    made = Door(ThreadingHTTPServer(("127.0.0.1", 0), Answers))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    made.server.socket = context.wrap_socket(made.server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=made.server.serve_forever, args=(0.05,), daemon=True).start()
    return made


@pytest.fixture
def two(tmp_path: Path, settings: Any) -> Iterator[tuple[card.Card, Door, Door]]:
    settings.XENIA_HOME = tmp_path / "unit"
    settings.XENIA_HOME.mkdir()
    servers.answered("")
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = own.self_signed(private, "doors", datetime.now(UTC).replace(microsecond=0))
    plain = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = tmp_path / "door.pem"
    pem.write_bytes(certificate + plain)
    one, other = _door(pem), _door(pem)
    known = card.Card("u1", "UTO", "UTO-PM1", "u1", one.url, certificate.decode(), {}, doors=[other.url])
    yield known, one, other
    for door in (one, other):
        door.server.shutdown()
        door.server.server_close()


def _get(known: card.Card) -> str:
    return calling.get(known, "/x").decode()


def test_a_unit_moves_on_to_the_server_that_serves_and_stays_with_it(two: tuple[card.Card, Door, Door]) -> None:
    known, one, other = two
    assert _get(known) == one.url and other.asked == 0
    one.status = 503
    assert _get(known) == other.url
    one.status = 200  # it serves again, in the same generation: no reason to go back
    before = one.asked
    assert _get(known) == other.url and one.asked == before
    other.server.shutdown()
    other.server.server_close()
    assert _get(known) == one.url


def test_a_server_that_was_replaced_acknowledges_nothing(two: tuple[card.Card, Door, Door]) -> None:
    known, one, other = two
    assert _get(known) == one.url and servers.known(known).generation == 1
    one.status, other.generation = 503, "2"
    assert _get(known) == other.url and servers.known(known).generation == 2
    one.status, other.status = 200, 503  # the old one is back, the new one is not to be had
    with pytest.raises(Unavailable) as refused:
        _get(known)
    assert refused.value.code in ("old-generation", "turned-away")
    assert one.heard == "2"  # and it was told
    one.generation = None
    with pytest.raises(Unavailable):
        _get(known)
    other.status = 200
    assert _get(known) == other.url
    assert json.loads(servers.path().read_bytes())["generation"] == 2  # also after a start


def test_what_is_turned_away_by_the_one_that_serves_is_not_tried_elsewhere(two: tuple[card.Card, Door, Door]) -> None:
    known, one, other = two
    one.status = 422
    with pytest.raises(Unavailable) as refused:
        _get(known)
    assert refused.value.code == "turned-away" and other.asked == 0


def test_a_unit_learns_of_a_second_server_that_came_later(two: tuple[card.Card, Door, Door]) -> None:
    known, one, other = two
    early = card.Card(**{**known.__dict__, "doors": []})
    assert servers.known(early).doors == (one.url,)
    said = {"format": servers.FORMAT, "doors": [one.url, other.url]}
    servers.take(early, servers.read(json.dumps(said).encode()))
    one.status = 503
    assert _get(early) == other.url


@pytest.mark.parametrize(
    "doors",
    [[], ["http://127.0.0.1:1"], ["https://a", "https://a"], [f"https://{n}" for n in range(9)], [1], "https://a"],
)
def test_odd_servers_are_not_taken(doors: Any) -> None:
    with pytest.raises(BadInput):
        servers.read(json.dumps({"format": servers.FORMAT, "doors": doors}).encode())
