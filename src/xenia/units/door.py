"""Where a centre hears its units: guests of the exchange's door, each with the certificate that was pinned at its enrolment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

from xenia.errors import BadInput, NotAllowed, NotFound, Unavailable
from xenia.exchange.listener import Guests, register_guests
from xenia.journal import clock
from xenia.units import receiving, servers, serving, wire
from xenia.units.blobs import coming, line, said
from xenia.units.down import door as down_door
from xenia.units.down import news, offers, taking
from xenia.units.models import Unit
from xenia.units.store import releasing

log = logging.getLogger("xenia.units")
PREFIX: Final = "/units/1/"
UP: Final = PREFIX + "up"
Start = Callable[[str, list[tuple[str, str]]], Any]
HEARD_GENERATION: Final = "HTTP_" + servers.HEADER.upper().replace("-", "_")
HEARD: Final = ("waiting", "active", "quarantined")
"""States in which a unit gets an answer; a revoked one does not get through the handshake."""


def certificates() -> dict[str, str]:
    """The certificates of the units that may come in, PEM by fingerprint."""
    rows = Unit.objects.filter(state__in=HEARD).exclude(fingerprint="")
    return dict(rows.values_list("fingerprint", "certificate"))


def hear(
    fingerprint: str, environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], Any]
) -> Iterable[bytes]:
    """One request of a unit. Raises `XeniaError`s that the door answers by their codes."""
    unit = Unit.objects.filter(fingerprint=fingerprint, state__in=HEARD).first()
    if unit is None:
        raise NotAllowed("This is no unit of ours.", "Enrol it again.", code="unknown-certificate")
    _in_time(environ.get(HEARD_GENERATION, ""))
    method, path, now = environ["REQUEST_METHOD"], environ["PATH_INFO"], clock.now()
    if path == releasing.PATH:
        return _said(start, releasing.answer(unit, environ, now))
    releasing.require_open(unit, environ)
    if (method, path) == ("POST", releasing.DEPOSIT):
        return _said(start, releasing.deposit(unit, environ))
    if (method, path) == ("POST", UP):
        return _said(start, _up(unit, environ, now))
    if (method, path) == ("POST", line.PATH):
        return _said(start, _blobs(unit, environ, now))
    if method == "GET" and unit.state == "active" and path == taking.MANIFEST:
        return _said(start, offers.manifest(unit, now))
    if method == "GET" and path.startswith(down_door.LETTER):
        return _said(start, down_door.answer(unit, path.removeprefix(down_door.LETTER), now))
    if method == "GET" and unit.state == "active" and path == offers.NEWS:
        return _said(start, news.number())
    if method == "GET" and unit.state == "active" and path.startswith(taking.ITEM):
        return _said(start, _piece(unit, path.removeprefix(taking.ITEM), environ.get("QUERY_STRING", "")))
    if method != "GET" or not path.startswith(
        (taking.MANIFEST, taking.ITEM, offers.NEWS)
    ):  # these a unit asks that is not active yet
        receiving.noticed(unit, "odd-question", now)
    raise BadInput("There is nothing here.", "Update the unit.", code="bad-batch")


def _in_time(told: str) -> None:
    """A unit that has heard of a later generation is sent on. It may be in wrong hands: its word stops nothing but its own request."""
    if told.isdecimal() and len(told) < 16 and int(told) > serving.now().generation:
        raise Unavailable("Another server of this centre serves now.", "Ask that one.", code="old-generation")


def strayed(fingerprint: str) -> None:
    """A unit asked for what is for partners."""
    unit = Unit.objects.filter(fingerprint=fingerprint, state__in=HEARD).first()
    if unit is not None:
        receiving.noticed(unit, "odd-question", clock.now())


def _said(start: Start, said: bytes) -> Iterable[bytes]:
    start(
        "200 OK",
        [
            ("Content-Type", "application/octet-stream"),
            ("Content-Length", str(len(said))),
            ("Cache-Control", "no-store"),
            (servers.HEADER, str(serving.now().generation)),
        ],
    )
    return [said]


def _up(unit: Unit, environ: dict[str, Any], now: datetime) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    if environ.get("CONTENT_TYPE") != wire.MEDIA_TYPE or not length.isdecimal() or int(length) > wire.LIMIT:
        receiving.noticed(unit, "bad-batch", now)
        raise BadInput("That is no batch, or it is too large.", "Update the unit.", code="bad-batch")
    return wire.answer_bytes(receiving.take_in(unit, environ["wsgi.input"].read(int(length)), now), now)


def _blobs(unit: Unit, environ: dict[str, Any], now: datetime) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    if environ.get("CONTENT_TYPE") != said.MEDIA_TYPE or not length.isdecimal() or int(length) > said.LIMIT:
        receiving.noticed(unit, "bad-blobs", now)
        raise BadInput("That is nothing that a unit says of its documents.", "Update the unit.", code="bad-blobs")
    return said.answer_bytes(coming.hear(unit, environ["wsgi.input"].read(int(length)), now))


def _piece(unit: Unit, sha256: str, query: str) -> bytes:
    """Some bytes of an item that this unit is offered."""
    asked = parse_qs(query)
    first, count = (
        int(text) if (text := asked.get(name, ["0"])[0]).isdecimal() and len(text) < 16 else 0
        for name in ("first", "count")
    )
    path = offers.path_of(unit, sha256)
    if path is None:
        raise NotFound("This unit is offered no such item.", "Ask what is in force.", code="no-item")
    with path.open("rb") as file:
        file.seek(first)
        return file.read(min(count or taking.PIECE, taking.PIECE))


def register() -> None:
    """Make units known to the door; called when Django starts."""
    register_guests(Guests(PREFIX, certificates, hear, strayed))
