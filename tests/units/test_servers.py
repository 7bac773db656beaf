"""A unit before two servers of its centre: real doors with the one pinned certificate, of which one serves."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
    servers.take(servers.read(json.dumps(said).encode()))
    one.status = 503
    assert _get(early) == other.url


@pytest.mark.parametrize(
    "doors",
    [[], ["http://127.0.0.1:1"], ["https://a", "https://a"], [f"https://{n}" for n in range(9)], [1], "https://a"],
)
def test_odd_servers_are_not_taken(doors: Any) -> None:
    with pytest.raises(BadInput):
        servers.read(json.dumps({"format": servers.FORMAT, "doors": doors}).encode())


def _pem(folder: Path, name: str, at: datetime) -> tuple[Path, str]:
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = own.self_signed(private, name, at)
    plain = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / name).write_bytes(certificate + plain)
    return folder / name, certificate.decode()


def _closed(known: card.Card, door: Door) -> bool:
    """Whether this unit asks nothing of that door, since it knows no such certificate."""
    with pytest.raises(Unavailable) as refused:
        calling.get(card.Card(**{**known.__dict__, "door": door.url, "doors": []}), "/x")
    return refused.value.code == "strange-door" and door.asked == 0


@pytest.mark.parametrize("years", [-5, 0, 5], ids=["ended", "now", "not-begun"])
def test_certificates_count_while_they_are_named_whatever_the_clock_says(
    two: tuple[card.Card, Door, Door], tmp_path: Path, years: int
) -> None:
    known, one, other = two
    one.status = other.status = 503
    now = datetime.now(UTC).replace(microsecond=0)
    path, new = _pem(tmp_path, "new", now + timedelta(days=366 * years))
    path_of_stranger, _stranger = _pem(tmp_path, "stranger", now)
    later, stranger = _door(path), _door(path_of_stranger)
    try:
        assert _closed(known, later) and _closed(known, stranger)
        assert servers.take_certificates(known, servers.read_certificates([known.certificate, new]), now)
        of_later = card.Card(**{**known.__dict__, "door": later.url, "doors": []})
        assert _get(of_later) == later.url and _closed(known, stranger)
        one.status = 200
        assert _get(known) == one.url  # the old one holds until it is named no more
        assert len(servers.told(known).split()) == 2
        before = servers.path().read_bytes()
        assert not servers.take_certificates(known, [known.certificate], now - timedelta(seconds=1))
        assert servers.path().read_bytes() == before  # what was said earlier says nothing
        assert servers.take_certificates(known, [new], now + timedelta(seconds=1))
        one.asked = 0
        assert _closed(known, one) and _closed(known, stranger) and _get(of_later) == later.url
    finally:
        for door in (later, stranger):
            door.server.shutdown()
            door.server.server_close()


def test_a_file_of_an_earlier_release_names_doors_only(two: tuple[card.Card, Door, Door]) -> None:
    known, one, _other = two
    said = {"format": servers.FORMAT, "generation": 1, "doors": [one.url]}
    servers.path().write_text(json.dumps(said))
    assert servers.known(known).certificates == (known.certificate,) and _get(known) == one.url


@pytest.mark.parametrize("said", [[], ["no certificate"], [1], None, "twice", "many"])
def test_odd_certificates_are_not_taken(two: tuple[card.Card, Door, Door], said: Any) -> None:
    pem = two[0].certificate
    odd = {"twice": [pem, pem], "many": [pem] * 9}.get(said, said) if isinstance(said, str) else said
    with pytest.raises((ValueError, TypeError, AttributeError, BadInput)):
        servers.read_certificates(odd)
