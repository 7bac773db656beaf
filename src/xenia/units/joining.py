"""At a machine that is to become a unit: its keys are made, the centre is asked with the code, the answer is kept."""

from __future__ import annotations

import json
import platform
import secrets
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import httpx
from django.conf import settings

from xenia.errors import BadInput, Conflict, NotAllowed, Unavailable
from xenia.journal import signing
from xenia.journal.node import NAME
from xenia.units import card, codes, enrolling
from xenia.units.card import Card
from xenia.units.store import keyring

PATH: Final = "/units/enrol/"
PROOF: Final = "X-Xenia-Proof"
TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
NEW_CODE: Final = "Ask the centre for a new code."


def join(url: str, typed: str) -> tuple[Card, str]:
    """Make this installation a unit; its card, and the fingerprint that two people compare.

    Raises `Conflict` (`already-unit`, `not-empty`), `BadInput` (`bad-unit-code`, `bad-address`), `NotAllowed` (`unit-code`),
    `Unavailable` (`no-line`, `odd-answer`).
    """
    empty()
    code = codes.read(typed)
    keyring.make_again(typed)  # before any key is made: those of the journal are sealed with its own
    nonce, certificate = secrets.token_hex(16), card.certificate()
    raw = json.dumps(
        {
            "format": enrolling.ASK,
            "code": code.id,
            "key": signing.own_key(),
            "certificate": certificate,
            "machine": platform.node() or "unnamed",
            "nonce": nonce,
        }
    ).encode()
    answer = asked(url, PATH, raw, codes.proof(code.key, "ask", raw))
    if not codes.proves(code.key, "answer", nonce.encode() + answer.content, answer.headers.get(PROOF, "")):
        raise Unavailable(
            "Somebody answered who does not know the code.",
            "Look at the address and at who is on the line.",
            code="odd-answer",
        )
    said = read(answer.content)
    made = card_of(said)
    card.write(made)
    return made, str(said["fingerprint"])


def empty() -> None:
    """Only an installation in which nothing has happened yet becomes a unit: its journal begins under its own name.

    Raises `Conflict` (`already-unit`, `not-empty`).
    """
    if card.read() is not None:
        raise Conflict("This installation is a unit already.", "Use an empty folder: XENIA_HOME.", code="already-unit")
    if (settings.XENIA_HOME / "xenia.sqlite3").exists() and (settings.XENIA_HOME / "xenia.sqlite3").stat().st_size:
        raise Conflict(
            "Something has happened in this installation already.", "Use an empty folder: XENIA_HOME.", code="not-empty"
        )


def asked(url: str, path: str, raw: bytes, proof: str) -> httpx.Response:
    """The centre's answer to a proven question. Raises `BadInput` (`bad-address`), `NotAllowed` (`unit-code`), `Unavailable` (`no-line`, `odd-answer`)."""
    if not url.startswith(("https://", "http://")):
        raise BadInput(f"{url!r} is no address.", "Use https://HOST:PORT.", code="bad-address")
    try:
        with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
            headers = {PROOF: proof, "content-type": "application/json"}
            answer = client.post(url.rstrip("/") + path, content=raw, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unavailable(
            f"The centre cannot be reached: {type(error).__name__}.", "Look at address and line.", code="no-line"
        ) from error
    if answer.status_code in (403, 422):
        raise NotAllowed(enrolling.ONE_SENTENCE, NEW_CODE, code="unit-code")
    if answer.status_code != 200:
        raise Unavailable(
            f"The centre answered with {answer.status_code}.", "Ask its administrator.", code="odd-answer"
        )
    return answer


def card_of(said: Mapping[str, Any]) -> Card:
    """The card out of the centre's answer: what of it this version knows. Raises `KeyError`, `TypeError` where something is missing."""
    return Card(**{one.name: said[one.name] for one in fields(Card) if one.name in said})


def read(raw: bytes) -> dict[str, Any]:
    """What the centre says of itself and the unit. Raises `Unavailable` (code `odd-answer`)."""
    try:
        said: dict[str, Any] = json.loads(raw)
        assert (
            said["format"] == enrolling.ANSWER and NAME.fullmatch(said["node"]) and said["door"].startswith("https://")
        )
        signing.from_jwk(said["key"])
    except (AssertionError, ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            "The centre's answer cannot be read.", "Update Xenia here or there.", code="odd-answer"
        ) from error
    return said
