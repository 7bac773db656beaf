"""A request that brings little, slowly, holds no worker for long; and where all are held, whoever holds most gives one up."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.test_hall import _sent, _silent, _there
from tests.exchange.test_two_homes import Home
from xenia.exchange import listener, pace
from xenia.exchange.carriers.https import MEDIA_TYPE, PATH
from xenia.exchange.pace import Pace, Workers

LONG = 2000


def _begun(certificate: Path, port: int) -> ssl.SSLSocket:
    """A message of which the header has come, and none of its bytes."""
    said = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {LONG}\r\n\r\n"
    return _silent(port, certificate, said.encode())


def _own(home: Home) -> Path:
    return next((home.folder / "keys").glob("exchange-tls-*.pem"))


def _drips(line: ssl.SSLSocket, stop: threading.Event) -> None:
    """A byte now and then, until the other side ends it."""
    try:
        while not stop.wait(0.05):
            line.sendall(b"x")
    except OSError:
        return


@pytest.fixture
def dripping(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[Home]]:
    """So many partners and, last, the house they knock at; its bounds are the test's."""
    count, bounds = request.param
    states = (("a", "UTO"), ("c", "XXC"), ("d", "XXD"))[:count]
    partners = [Home(tmp_path / name, state, "MIG") for name, state in states]
    homes = [*partners, _with_bounds(tmp_path, partners, bounds)]
    yield homes
    for one in homes:
        one.stop()


def _with_bounds(folder: Path, partners: list[Home], bounds: dict[str, str]) -> Home:
    class Bounded(Home):
        more = bounds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.exchange.test_hall.Home", Bounded)
        return _there(folder, *partners)


@pytest.mark.parametrize("dripping", [(1, {"XENIA_DOOR_LONGEST_S": "1"})], indirect=True)
def test_a_drip_is_ended_though_it_never_stops(dripping: list[Home]) -> None:
    here, there = dripping[0], dripping[-1]
    line, stop = _begun(_own(here), there.port), threading.Event()
    line.settimeout(120)
    threading.Thread(target=_drips, args=(line, stop), daemon=True).start()
    try:
        said = line.recv(1000)
    except OSError:
        said = b""
    stop.set()
    assert said == b"" or said.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "dripping", [(3, {"XENIA_DOOR_LONGEST_S": "3600", "XENIA_DOOR_BYTES_PER_S": "0"})], indirect=True
)
def test_two_partners_that_drip_keep_no_third_one_waiting(dripping: list[Home]) -> None:
    """Nothing here ends by the clock: each keeps to its bounds, and together they hold every worker."""
    *partners, there = dripping
    first, second, third = partners
    stop, lines = threading.Event(), []
    for one in (first, second):
        lines += [_begun(_own(one), there.port) for _ in range(listener.PER_PARTNER)]
    assert len(lines) == listener.THREADS
    for line in lines:
        threading.Thread(target=_drips, args=(line, stop), daemon=True).start()
    assert _sent(third, there) == 1
    stop.set()


def test_waiting_in_all_and_waiting_for_bytes_are_bounded() -> None:
    one = Pace(longest_s=600, least=500)
    assert one.left() == pace.SILENCE_S
    one.waited_s, one.moved = 30, 500 * 100
    assert one.left() == pace.SILENCE_S + 100 - 30
    one.waited_s, one.moved = 599, 10**9
    assert one.left() == 1
    assert Pace(600, 0, waited_s=60).left() == 540


class _Conn:
    def __init__(self, peer: bytes) -> None:
        self.peer = peer


def test_a_partner_with_no_more_than_the_one_who_waits_gives_nothing_up() -> None:
    workers = Workers(3, 2)
    at_work = [_Conn(peer) for peer in (b"a", b"b", b"b")]
    for one in at_work:
        assert workers.enter(one)
        workers.begin(one, Pace(600, 500, waited_s=100, since=0.0))
    assert not workers.enter(_Conn(b"b")), "it has its share"
    assert workers._slowest(10.0) is None, "nobody waits"
    assert workers.enter(_Conn(b"a"))
    assert workers._slowest(10.0) is None, "who waits has one already, and so has no fewer than the others would"
    workers._waiting.clear()
    assert workers.enter(_Conn(b"c"))
    assert workers._slowest(10.0) in at_work[1:]
    workers._at_work[at_work[2]].since = None  # at work, not waiting
    assert workers._slowest(10.0) is at_work[1]
    workers.left(at_work[1])
    assert workers._slowest(10.0) is None, "a worker is free"
