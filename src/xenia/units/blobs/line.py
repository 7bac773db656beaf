"""The connection of the lane of blobs: kept open between pieces, which are many and small."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import httpx

from xenia.errors import Unavailable
from xenia.units import calling, card, servers
from xenia.units.blobs import said
from xenia.units.blobs.machine import Answer
from xenia.units.blobs.said import Said

PATH: Final = "/units/1/blobs"
KEPT: Final = timedelta(seconds=9)
"""Used again within this time: the centre's door ends a connection after ten seconds of silence."""

_client: httpx.Client | None = None


def forget() -> None:
    """End the connection; as after a start."""
    global _client
    if _client is not None:
        _client.close()
    _client = None


def carry(what: Said, known: card.Card) -> Answer:
    """The centre's answer. Raises `Unavailable` (`no-line`, `turned-away`, `old-generation`), `BadInput` (`bad-answer`)."""
    global _client
    if _client is None:
        limits = httpx.Limits(max_connections=1, keepalive_expiry=KEPT.total_seconds())
        _client = httpx.Client(verify=calling.context(known), timeout=calling.TIMEOUT, trust_env=False, limits=limits)
    door = servers.order(known)[0]
    headers = {"content-type": said.MEDIA_TYPE, **calling.said_always(known)}
    try:
        answer = _client.post(door + PATH, content=what.to_bytes(), headers=headers)
        raw = calling.taken(known, door, answer, said.ANSWER_LIMIT)
    except (httpx.HTTPError, OSError) as error:
        forget()
        raise Unavailable(
            f"The centre cannot be reached: {type(error).__name__}.", calling.AGAIN, code="no-line"
        ) from error
    except Unavailable:
        forget()
        raise
    return said.read_answer(raw)
