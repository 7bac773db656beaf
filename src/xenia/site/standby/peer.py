"""The other server of the pair, asked at its door: with the certificate that both have, and the secret of the pair."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from typing import Any, Final

import httpx

from xenia.errors import Conflict, Unavailable
from xenia.exchange import own
from xenia.journal import files
from xenia.site.standby import home
from xenia.site.standby.copying import File
from xenia.site.standby.models import Server

PREFIX: Final = "/standby/1/"
SECRET: Final = "X-Xenia-Pair"  # noqa: S105 - the name of a header
TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)


@dataclass(frozen=True)
class State:
    """What the other says of itself. `why`: as `standing.Standing`; `position`: of its log, "" where its database does not say."""

    server: str
    why: str
    generation: int
    position: str
    clients: int
    keys: str


def other() -> Server:
    """The other server. Raises `Conflict` (code `no-pair`)."""
    row = Server.objects.exclude(pk=home.needed().server).order_by("place").first()
    if row is None:
        raise Conflict("There is no other server.", "Name it: xenia standby pair.", code="no-pair")
    return row


class Peer:
    """The other server. Every question raises `Unavailable` (`no-peer`, `no-pair-key`) where it does not answer it."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def _context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.minimum_version = ssl.TLSVersion.TLSv1_3
        made.check_hostname = False  # the certificate itself is ours
        made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        made.verify_flags |= own.NO_DATES
        known = [own.alone(files.read_private(one.path)) for one in own.key_files("tls")]
        made.load_verify_locations(cadata="".join(known))
        made.load_cert_chain(own.tls())
        return made

    def _asked(self, method: str, path: str, **params: str) -> bytes:
        headers = {SECRET: home.key()}
        try:
            with httpx.Client(verify=self._context(), timeout=TIMEOUT, trust_env=False) as client:
                answer = client.request(method, self.server.door + PREFIX + path, params=params, headers=headers)
            if answer.status_code != 200:
                raise httpx.HTTPError(str(answer.status_code))
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
            raise Unavailable(
                f"The server {self.server.pk} does not answer: {type(error).__name__}.",
                "Look at it and at the line between the two.",
                code="no-peer",
            ) from error
        return answer.content

    def _state(self, raw: bytes) -> State:
        try:
            return State(**json.loads(raw))
        except (ValueError, TypeError) as error:
            raise Unavailable(
                "The other server's answer cannot be read.", "Bring both to one version.", code="no-peer"
            ) from error

    def state(self) -> State:
        """How it is."""
        return self._state(self._asked("GET", "state"))

    def give_way(self, generation: int) -> State:
        """It serves no more: somebody is about to serve in this generation."""
        return self._state(self._asked("POST", "give-way", generation=str(generation)))

    def keys(self) -> bytes:
        """Its keys, sealed: see `copying.take_keys`."""
        return self._asked("GET", "keys")

    def files(self, after: str) -> list[File]:
        """Its files from there on."""
        said: Any = json.loads(self._asked("GET", "files", after=after))
        return [File(*one) for one in said]

    def piece(self, name: str, first: int, count: int) -> bytes:
        """Some bytes of one of its files."""
        return self._asked("GET", "file", name=name, first=str(first), count=str(count))
