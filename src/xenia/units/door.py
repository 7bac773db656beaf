"""Where a centre hears its units: guests of the exchange's door, each with the certificate that was pinned at its enrolment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from xenia.errors import BadInput, NotAllowed
from xenia.exchange.listener import Guests, register_guests
from xenia.journal import clock
from xenia.units import receiving, wire
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
PREFIX: Final = "/units/1/"
UP: Final = PREFIX + "up"
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
    length = environ.get("CONTENT_LENGTH") or ""
    if (
        environ["REQUEST_METHOD"] != "POST"
        or environ["PATH_INFO"] != UP
        or environ.get("CONTENT_TYPE") != wire.MEDIA_TYPE
    ):
        raise BadInput("There is nothing here.", "Update the unit.", code="bad-batch")
    if not length.isdigit() or int(length) > wire.LIMIT:
        raise BadInput("The batch is too large.", "Update the unit.", code="bad-batch")
    now = clock.now()
    answer = receiving.take_in(unit, environ["wsgi.input"].read(int(length)), now)
    said = wire.answer_bytes(answer, now)
    start(
        "200 OK",
        [("Content-Type", "application/json"), ("Content-Length", str(len(said))), ("Cache-Control", "no-store")],
    )
    return [said]


def register() -> None:
    """Make units known to the door; called when Django starts."""
    register_guests(Guests(PREFIX, certificates, hear))
