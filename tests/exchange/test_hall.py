"""Whoever stands in the door keeps nobody else out: slow handshakes and silent partners hold no worker."""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.exchange.test_line import _context
from tests.exchange.test_two_homes import Home
from xenia.exchange import hall, listener
from xenia.exchange.carriers.https import PATH

HELLO = bytes.fromhex("1603010200010001fc0303")
"""How a TLS client begins: a record of 512 bytes is promised, and does not come."""


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Home, Home, Home]]:
    """Two partners and the house they knock at, which waits an hour for a handshake: nothing here hangs on a clock."""
    here, third = Home(tmp_path / "a", "UTO", "MIG"), Home(tmp_path / "c", "XXC", "RET")
    monkeypatch.setenv("EXCHANGE_PATIENCE_S", "3600")
    there = _there(tmp_path, here, third)
    yield here, there, third
    for one in (here, there, third):
        one.stop()


def _there(folder: Path, *partners: Home) -> Home:
    made = Home(folder / "b", "ARC", "RET")
    for one in partners:
        made.ask("trust", card=one.ask("card"))
        one.ask("trust", card=made.ask("card"))
    return made


def _slow(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=20)
    made.sendall(HELLO)
    return made


def _silent(port: int, certificate: Path, said: bytes = b"") -> ssl.SSLSocket:
    """A partner's connection whose handshake is done."""
    raw = socket.create_connection(("127.0.0.1", port), timeout=20)
    made = _context(certificate).wrap_socket(raw)
    made.sendall(said) if said else None
    return made


def _open(slow: list[socket.socket]) -> int:
    """How many of them the other side has not ended."""
    found = 0
    for one in slow:
        one.setblocking(False)
        try:
            found += one.recv(1) != b""
        except (BlockingIOError, ssl.SSLWantReadError):
            found += 1
        except OSError:
            pass
    return found


def _sent(sender: Home, to: Home) -> int:
    sender.ask("send", to=to.address, thread=str(uuid4()), n=1)
    done: int = sender.ask("deliver")
    return done


def test_slow_handshakes_from_one_address_keep_no_partner_waiting(three: tuple[Home, Home, Home]) -> None:
    here, there, _third = three
    few = hall.PER_ADDRESS - 1  # the partner comes from the same address
    slow = [_slow(there.port) for _ in range(few)]
    assert few > listener.THREADS
    assert _sent(here, there) == 1
    assert _open(slow) == few  # it did not wait for one of them to end
    slow += [_slow(there.port) for _ in range(3 * hall.PER_ADDRESS)]
    assert _sent(here, there) == 1
    assert _open(slow) < hall.PER_ADDRESS and _open(slow[:few]) == 0  # the oldest went


def test_a_partner_that_says_nothing_or_half_a_thing_holds_no_more_than_its_share(
    three: tuple[Home, Home, Home],
) -> None:
    here, there, third = three
    own = next((here.folder / "keys").glob("exchange-tls-*.pem"))
    silent = [_silent(there.port, own) for _ in range(2 * listener.THREADS)]
    assert _sent(here, there) == 1 and _open(list(silent)) == len(silent)
    half = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n".encode()
    talking = [_silent(there.port, own, half) for _ in range(2 * listener.THREADS)]
    ended = _ended(talking, len(talking) - listener.PER_PARTNER)
    assert _open([one for one in talking if one not in ended]) == listener.PER_PARTNER
    assert _sent(third, there) == 1


def _ended(lines: list[ssl.SSLSocket], count: int) -> list[ssl.SSLSocket]:
    """The first so many that the other side ends."""
    found: list[ssl.SSLSocket] = []
    with selectors.DefaultSelector() as waiting:
        for one in lines:
            waiting.register(one, selectors.EVENT_READ)
        while len(found) < count:
            ready = waiting.select(20)
            assert ready, f"only {len(found)} were ended"
            for key, _ in ready:
                waiting.unregister(key.fileobj)
                found.append(key.fileobj)
    return found


def test_a_handshake_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_PATIENCE_S", "0.2")
    there = Home(tmp_path / "b", "ARC", "RET")
    try:
        slow = [_slow(there.port) for _ in range(3)]
        assert [one.recv(1) for one in slow] == [b""] * 3
    finally:
        there.stop()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("", ""),
    ],
)  # fmt: skip
def test_one_line_counts_as_one(address: str, place: str) -> None:
    assert hall.place_of(address) == place
