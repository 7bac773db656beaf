"""What the other server of the pair may ask here: how we are, our files, and that we give way to it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import parse_qs

from django.db import DatabaseError

from xenia.errors import BadInput, NotAllowed
from xenia.exchange import own
from xenia.exchange.listener import Answer, Guests, register_guests
from xenia.journal import files
from xenia.site.standby import copying, home, peer, postgres, standing

HEARD_SECRET: Final = "HTTP_" + peer.SECRET.upper().replace("-", "_")


def certificates() -> dict[str, str]:
    """The certificates that both servers have; nothing where this is no pair."""
    if home.read() is None:
        return {}
    found = [
        files.read_private(one.path) for one in own.key_files("tls")
    ]  # one of them may be in use at the other only
    return {own.fingerprint(pem): own.alone(pem) for pem in found}


def hear(_fingerprint: str, environ: dict[str, Any], start: Answer) -> Iterable[bytes]:
    """One question of the other server. Raises `NotAllowed` (`not-the-pair`), `BadInput` (`no-such-file`, `bad-input`)."""
    if not hmac.compare_digest(environ.get(HEARD_SECRET, "").encode(), home.key().encode()):
        raise NotAllowed("This is not the other server.", "Copy HOME/keys to both.", code="not-the-pair")
    asked = {name: found[0] for name, found in parse_qs(environ.get("QUERY_STRING", "")).items()}
    said = _said((environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(peer.PREFIX)), asked)
    start("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(said)))])
    return [said]


def _said(what: tuple[str, str], asked: dict[str, str]) -> bytes:
    if what == ("GET", "state"):
        return _state()
    if what == ("POST", "give-way") and asked.get("generation", "").isdecimal():
        return _give_way(int(asked["generation"]))
    if what == ("GET", "keys"):
        return copying.sealed_keys(home.key())
    if what == ("GET", "files"):
        return json.dumps([(one.name, one.size, one.stamp) for one in copying.page(asked.get("after", ""))]).encode()
    if what == ("GET", "file") and asked.get("first", "").isdecimal():
        with copying.opened(asked.get("name", "")).open("rb") as file:
            file.seek(int(asked["first"]))
            return file.read(copying.PIECE)
    raise BadInput("There is nothing here.", "Bring both servers to one version.", code="bad-input")


def _state() -> bytes:
    held = standing.look()
    position, clients = "", 0
    if held.why not in (standing.FOLLOWS, standing.NO_DATABASE):
        try:
            clients = postgres.clients()
            position = postgres.position()  # after: nobody who was counted writes past it
        except DatabaseError:
            position, clients = "", 0
    made = peer.State(
        home.needed().server, held.why, held.generation, position, clients, copying.keys_digest(home.key())
    )
    return json.dumps(asdict(made)).encode()


def _give_way(generation: int) -> bytes:
    """We serve no more, on disk for good; only the next generation may ask for it."""
    now = standing.look()
    if generation != now.generation + 1:
        raise BadInput("That is not the next generation.", "Look at xenia standby status.", code="bad-input")
    home.heard(generation)
    standing.forget()
    return _state()


def register() -> None:
    """Make the other server known to the door; called when Django starts."""
    register_guests(Guests(peer.PREFIX, certificates, hear, even_closed=True))
