"""A unit calls its centre: HTTPS, its own certificate shown, the centre's pinned; nothing else is believed."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import httpx

from xenia.errors import Unavailable
from xenia.exchange import own
from xenia.journal import at_rest
from xenia.units import card, servers
from xenia.units.store import keyring

log = logging.getLogger("xenia.units")
TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
QUICK: Final = httpx.Timeout(10.0, connect=4.0)
STORE: Final = "X-Xenia-Store"
"""What only an open store can say: the certificate alone, which lies on the disk for anybody, gets nothing."""
AGAIN: Final = "It is tried again by itself."
LETTER: Final = "Ask the centre. If its certificate was changed, it writes a letter: xenia unit letter."
GET_LIMIT: Final = 2 * 1024 * 1024
KEPT_S: Final = 9.0
"""A connection is used again within this time: the centre's door ends it after ten seconds of silence."""

_kept: ContextVar[dict[str, httpx.Client] | None] = ContextVar("kept", default=None)


def context(known: card.Card) -> ssl.SSLContext:
    """TLS 1.3 that trusts exactly the certificates that the centre has named, for as long as it names them."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.check_hostname = False  # the certificates themselves are pinned
    made.verify_mode = ssl.CERT_REQUIRED
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    made.verify_flags |= own.NO_DATES
    made.load_verify_locations(cadata="".join(servers.known(known).certificates))
    made.load_cert_chain(card.tls())
    return made


NOT_SERVING: Final = frozenset({500, 502, 503, 504})
"""With these a server says that it cannot answer now; another one may."""


def _asked(known: card.Card, method: str, path: str, limit: int, **more: Any) -> bytes:
    """The answer of the first server that serves, tried in their order; what the last one did where none does."""
    trouble = Unavailable("The centre cannot be reached.", AGAIN, code="no-line")
    for door in servers.order(known):
        try:
            answer = _one(known, door, method, path, **more)
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
            trouble = _unreached(error)
            continue
        try:
            return taken(known, door, answer, limit)
        except Unavailable as error:
            trouble = error
            if answer.status_code not in NOT_SERVING and error.code != "old-generation":
                raise
    raise trouble


def _unreached(error: Exception) -> Unavailable:
    """Why nobody answered. A door that was proved to be the centre's, and ends the handshake by an alert, does not let this unit in."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLCertVerificationError):
            return Unavailable(
                "Who answers shows a certificate that the centre never named.", LETTER, code="strange-door"
            )
        found = found.__cause__ or found.__context__
    found = error
    while found is not None and not isinstance(
        error, httpx.ConnectError
    ):  # before the handshake is done nobody is proved
        if isinstance(found, ssl.SSLError) and "ALERT" in str(found.reason or found).upper():
            return Unavailable("The centre does not let this unit in.", "Call the centre.", code="turned-away")
        found = found.__cause__ or found.__context__
    return Unavailable(f"The centre cannot be reached: {type(error).__name__}.", AGAIN, code="no-line")


@contextmanager
def one_line() -> Iterator[None]:
    """Within it what a server is asked goes over one connection, for as long as the server keeps it open."""
    if _kept.get() is not None:
        yield
        return
    opened: dict[str, httpx.Client] = {}
    token = _kept.set(opened)
    try:
        yield
    finally:
        _kept.reset(token)
        for client in opened.values():
            client.close()


def said_always(known: card.Card) -> dict[str, str]:
    """The headers of every question: the generation that was heard last, and what only an open store can say."""
    headers = {servers.HEADER: str(servers.known(known).generation)}
    if at_rest.is_kept() and not at_rest.is_locked():
        headers[STORE] = keyring.door_token()
    return headers


def _one(
    known: card.Card, door: str, method: str, path: str, *, timeout: httpx.Timeout = TIMEOUT, **more: object
) -> httpx.Response:
    headers = {**said_always(known), **more.pop("headers", {})}  # type: ignore[dict-item]
    kept = _kept.get()
    if kept is None:
        with _client(known) as client:
            return client.request(method, door + path, headers=headers, timeout=timeout, **more)  # type: ignore[arg-type]
    was_there = door in kept
    client = kept[door] if was_there else kept.setdefault(door, _client(known))
    try:
        return client.request(method, door + path, headers=headers, timeout=timeout, **more)  # type: ignore[arg-type]
    except httpx.TransportError as error:
        kept.pop(door).close()
        if not was_there or isinstance(error, httpx.TimeoutException):
            raise
    # The server had ended it meanwhile. Whatever a unit asks or sends may come twice.
    return _one(known, door, method, path, timeout=timeout, headers=headers, **more)


def _client(known: card.Card) -> httpx.Client:
    limits = httpx.Limits(max_connections=1, keepalive_expiry=KEPT_S)
    return httpx.Client(verify=context(known), timeout=TIMEOUT, trust_env=False, limits=limits)


def taken(known: card.Card, door: str, answer: httpx.Response, limit: int) -> bytes:
    """What a server answered, where it is one that serves, in no older generation than the last one.

    Raises `Unavailable` (`no-line`: it does not serve now, `turned-away`, `old-generation`).
    """
    if answer.status_code >= 500 or answer.status_code in (408, 429):
        raise Unavailable("The centre cannot be reached.", AGAIN, code="no-line")
    if answer.status_code != 200 or len(answer.content) > limit:
        log.warning("the centre turned this unit away", extra={"status": answer.status_code, "code": answer.text[:40]})
        raise Unavailable("The centre did not take the question.", AGAIN, code="turned-away")
    servers.heard(known, answer.headers.get(servers.HEADER))
    servers.answered(door)
    return answer.content


def post(known: card.Card, path: str, raw: bytes, media_type: str, limit: int) -> bytes:
    """The answer to something sent up. Raises `Unavailable` (`no-line`, `turned-away`, `old-generation`)."""
    return _asked(known, "POST", path, limit, content=raw, headers={"content-type": media_type})


def get(known: card.Card, path: str, *, first: int = 0, count: int = 0) -> bytes:
    """What lies at a path; with `count`, at most so many bytes from `first` on. Raises as `post`."""
    asked = {"first": str(first), "count": str(count)} if count else {}
    return _asked(known, "GET", path, GET_LIMIT, params=asked)


def quickly(known: card.Card, path: str, limit: int) -> bytes:
    """What lies at a path, where it can be had within seconds: somebody waits. Raises as `post`."""
    return _asked(known, "GET", path, limit, timeout=QUICK)
