"""The door for partners: its own port, certificates on both sides, one path. It runs as threads of the serving process.

`hall.py` shakes hands with whoever comes; a worker hears only a partner that began to speak.
"""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cheroot import wsgi
from cheroot.makefile import MakeFile
from cheroot.server import HTTPConnection
from cheroot.ssl import Adapter
from cryptography import x509
from django.conf import settings
from django.db import close_old_connections

from xenia.errors import BadInput, XeniaError
from xenia.exchange import delivery, own, partners, receiving, wire
from xenia.exchange.carriers.https import MEDIA_TYPE, PATH
from xenia.exchange.envelope import digest
from xenia.exchange.hall import HANDSHAKE_S, Hall
from xenia.exchange.pace import SILENCE_S, Pace, PacedSocket, Workers
from xenia.journal import clock

log = logging.getLogger("xenia.exchange")
PEER: Final = "xenia.peer"
THREADS: Final = 8
PER_PARTNER: Final = THREADS // 2
"""Requests of one partner under way at once; it sends them one after the other, so that more are none of its own."""
BACKLOG: Final = 128
Answer = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True)
class Guests:
    """Others than partners that come in by this door, such as the field units of a centre; a room above registers them.

    `prefix`: of their paths. `certificates()`: those that are pinned now (PEM), by fingerprint. `answer(fingerprint,
    environ, start)`: the WSGI application that hears them; a `XeniaError` is answered by its code. `strayed(fingerprint)`: is
    told that one of them asked for what is for partners. `even_closed`: heard also while this server does not serve.
    """

    prefix: str
    certificates: Callable[[], dict[str, str]]
    answer: Callable[[str, dict[str, Any], Answer], Iterable[bytes]]
    strayed: Callable[[str], None] = lambda fingerprint: None
    even_closed: bool = False


_guests: dict[str, Guests] = {}


def register_guests(guests: Guests) -> None:
    """Let others in; a later registration of a prefix takes the place of an earlier one."""
    _guests[guests.prefix] = guests


_closed: Callable[[], str] = str


def ask_whether_closed(who: Callable[[], str]) -> None:
    """Who knows why nobody is to be heard here now, "" where everybody is; asked with each request."""
    global _closed
    _closed = who


def _pinned(now: datetime) -> dict[str, str]:
    """Every certificate that may come in now."""
    found = partners.certificates(now)
    for one in _guests.values():
        found = found | one.certificates()
    return found


class _Door(Adapter):
    """TLS 1.3; only certificates that are pinned now come in. The handshake is done in the hall."""

    def __init__(self) -> None:
        self.context_of: tuple[frozenset[str], ssl.SSLContext] | None = None

    def _context(self) -> ssl.SSLContext:
        pinned = _pinned(clock.now())
        path = own.tls()
        key = frozenset({*pinned, str(path)})
        if self.context_of is None or self.context_of[0] != key:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.sslsocket_class = PacedSocket
            context.minimum_version = ssl.TLSVersion.TLSv1_3
            context.verify_mode = ssl.CERT_REQUIRED
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.verify_flags |= own.NO_DATES  # for guests; a partner's is looked at where it is heard
            context.num_tickets = 0  # every connection shows its certificate anew
            context.load_cert_chain(path)
            if pinned:
                context.load_verify_locations(cadata="".join(pinned.values()))
            self.context_of = (key, context)
        return self.context_of[1]

    def bind(self, sock: Any) -> Any:
        """The listening socket as it is: each connection is wrapped when it comes."""
        return sock

    def wrap(self, sock: Any) -> tuple[Any, dict[str, Any]]:
        """The connection in TLS, its handshake still to come."""
        try:
            return self._context().wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            ), self.get_environ()
        finally:
            close_old_connections()

    def get_environ(self) -> dict[str, Any]:
        """What the application hears of TLS."""
        return {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(self, sock: Any, mode: str = "r", bufsize: int = -1) -> Any:
        """A file over the connection."""
        return MakeFile(sock, mode, bufsize)


class _Gateway(wsgi.Gateway_10):
    """Says which certificate came with the request."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]
        """As cheroot's, with the certificate (DER)."""
        found: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        found[PEER] = self.req.conn.peer
        return found


class _Connection(HTTPConnection):
    """A connection. `peer`: the certificate (DER) that it showed, once its handshake is done."""

    peer: bytes | None = None

    def communicate(self) -> Any:
        """As cheroot's, within the pace; afterwards the partner may have another request under way."""
        pace = self.socket.pace = Pace(settings.XENIA_DOOR["LONGEST_S"], settings.XENIA_DOOR["BYTES_PER_S"])
        self.server.workers.begin(self, pace)
        try:
            return super().communicate()  # type: ignore[no-untyped-call]
        except OSError:  # not even told that it was too slow
            return False
        finally:
            self.socket.pace = None
            self.server.workers.left(self)


class _Server(wsgi.Server):
    """Gives a worker only what shook hands and began to speak, and no partner more than its share of them."""

    ConnectionClass = _Connection

    def __init__(self, where: tuple[str, int], patience_s: float) -> None:
        super().__init__(
            where, application, numthreads=THREADS, timeout=SILENCE_S, server_name="xenia", request_queue_size=BACKLOG
        )
        self.gateway = _Gateway
        self.ssl_adapter = _Door()
        self.max_request_body_size = wire.LIMIT
        self.max_request_header_size = 16 * 1024
        self.hall = Hall(self._through, patience_s)
        self.workers, self._ending = Workers(THREADS, PER_PARTNER), threading.Event()

    def prepare(self) -> None:
        """Bind, then let the hall begin."""
        super().prepare()
        self.hall.start()
        threading.Thread(target=self.workers.keep_room, args=(self._ending,), name="xenia-room", daemon=True).start()

    def stop(self) -> None:
        """End it; requests under way are finished."""
        self._ending.set()
        self.hall.stop()
        super().stop()

    def process_conn(self, conn: Any) -> None:
        """A new connection goes to the hall, one that speaks to a worker."""
        if conn.peer is None:
            self.hall.enter(conn)
            return
        if self.workers.enter(conn):
            super().process_conn(conn)
        else:
            log.warning("a partner asks for more at once than it may: the connection was ended")
            conn.close()

    def _through(self, conn: Any) -> None:
        """Its handshake is done: it waits, without a worker, until it speaks."""
        conn.peer = conn.socket.getpeercert(binary_form=True)
        conn.socket.settimeout(SILENCE_S)
        if conn.socket.pending():
            self.process_conn(conn)
        else:
            self.put_conn(conn)

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """What cheroot has to say may quote what a stranger sent: only that it happened is logged."""
        log.info("a connection to the exchange broke off")


def _in_date(der: bytes, now: datetime) -> bool:
    """Whether a partner's certificate holds by its own dates; one that cannot be read holds never."""
    try:
        read = x509.load_der_x509_certificate(der)
    except ValueError:
        return False
    return read.not_valid_before_utc <= now <= read.not_valid_after_utc


def _said(start: Answer, status: str, text: str) -> list[bytes]:
    start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(text))), ("Cache-Control", "no-store")])
    return [text.encode()]


STATUS: Final = {
    422: "422 Unprocessable",
    403: "403 Forbidden",
    404: "404 Not Found",
    409: "409 Conflict",
    503: "503 Later",
}


def application(environ: dict[str, Any], start: Answer) -> Iterable[bytes]:
    """One path, one method: a message in, a signed receipt out. Anything else is turned away with a code."""
    try:
        return _answer(environ, start)
    except XeniaError as error:
        return _said(start, STATUS.get(error.http_status, "500 Error"), error.code)
    except TimeoutError:
        log.info("a request came too slowly")
        return _said(start, "408 Too slow", "too-slow")
    except Exception:
        log.exception("a message could not be taken")
        return _said(start, "500 Error", "error")
    finally:
        close_old_connections()


def _answer(environ: dict[str, Any], start: Answer) -> Iterable[bytes]:
    der, now = environ.get(PEER), datetime.now(UTC)
    if _closed() and not any(
        one.even_closed and environ["PATH_INFO"].startswith(one.prefix) for one in _guests.values()
    ):
        return _said(start, "503 Later", "not-serving")
    for guests in _guests.values():
        if der and environ["PATH_INFO"].startswith(guests.prefix):
            if digest(der) not in guests.certificates():
                return _said(start, "403 Forbidden", "unknown-certificate")
            return guests.answer(digest(der), environ, start)
    peer = partners.by_certificate(digest(der), now) if der and _in_date(der, now) else None
    if peer is None:
        for guests in _guests.values():
            if der:
                guests.strayed(digest(der))
        return _said(start, "403 Forbidden", "unknown-certificate")
    if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] != PATH:
        return _said(start, "404 Not Found", "not-found")
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdigit() or int(length) > wire.LIMIT or environ.get("CONTENT_TYPE") != MEDIA_TYPE:
        return _said(start, "422 Unprocessable", "bad-message")
    packed = environ["wsgi.input"].read(int(length))
    token = receiving.take_in(packed, carrier="https", peer=peer.address, now=now)
    delivery.wake(peer, now)
    return _said(start, "200 OK", token)


class Listener:
    """The server as a thread. `start` binds and returns; `stop` ends it."""

    def __init__(self, host: str, port: int, *, patience_s: float = HANDSHAKE_S) -> None:
        self.server = _Server((host, port), patience_s)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server.bind_addr[1])

    def start(self) -> None:
        """Bind and serve in a thread. Raises `OSError` where the port is taken."""
        bound, failed = threading.Event(), list[OSError]()
        threading.Thread(target=self._serve, args=(bound, failed), name="xenia-exchange", daemon=True).start()
        bound.wait()
        if failed:
            raise failed[0]

    def _serve(self, bound: threading.Event, failed: list[OSError]) -> None:
        """Bind here: the workers are then daemons as this thread is, and hold up no process that ends."""
        try:
            self.server.prepare()
        except OSError as error:
            failed.append(error)
            return
        finally:
            bound.set()
        self.server.serve()

    def stop(self) -> None:
        """End it; requests under way are finished."""
        self.server.stop()


def start(where: str) -> Listener:
    """A listener at `HOST:PORT`, started. Raises `OSError`, `BadInput` (`bad-setting`) for an odd place."""
    host, _, port = where.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise BadInput(f"{where!r} is no place to listen.", "Use HOST:PORT.", code="bad-setting")
    made = Listener(host.strip("[]"), int(port))
    made.start()
    log.info("partners are heard", extra={"port": made.port})
    return made
