"""Signing and sealing: JWS ES256 for messages and receipts, JWE for what travels on a stick. Headers are fixed.

A token is accepted in one spelling only: exactly the header fields below, unpadded base64url, nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from xenia.errors import BadInput
from xenia.exchange.envelope import MESSAGE_LIMIT
from xenia.journal.signing import padded, unpadded

MESSAGE_TYPE: Final = "xenia-message+jws"
RECEIPT_TYPE: Final = "xenia-receipt+jws"
BUNDLE_TYPE: Final = "xenia-bundle+jwe"
ARCHIVE_TYPE: Final = "xenia-archive+jws"
TOKEN_LIMIT: Final = MESSAGE_LIMIT * 4 // 3 + 2048
JWS: Final = jws.JWSRegistry(algorithms=["ES256"])
JWE: Final = jwe.JWERegistry(algorithms=["ECDH-ES+A256KW", "A256GCM"])
JWE.max_ciphertext_length = 256 << 20


ASK: Final = "Nothing was stored. Ask the sender to look at its own log."


def _spelling() -> BadInput:
    return BadInput("The signed message is not written as it must be.", ASK, code="bad-token")


def _header(what: str = "is not exactly what this format has") -> BadInput:
    return BadInput(f"The header of what came {what}.", ASK, code="bad-header")


def _signature() -> BadInput:
    return BadInput("The signature does not fit the message.", ASK, code="bad-signature")


def sign(payload: bytes, private: ECKey, kid: str, typ: str) -> str:
    """The compact JWS of the payload: ES256, `kid`, `typ`, no other header."""
    return jws.serialize_compact({"alg": "ES256", "kid": kid, "typ": typ}, payload, private, registry=JWS)


def _segment(text: str) -> bytes:
    try:
        raw = padded(text)
    except ValueError as error:
        raise _spelling() from error
    if unpadded(raw) != text:
        raise _spelling()
    return raw


def parts(token: str, typ: str) -> tuple[str, bytes]:
    """Key id and payload of a token whose header is exactly ours; the signature is NOT checked yet.

    Raises `BadInput`: `bad-token` (size, spelling), `bad-header` (another algorithm, type, or any further field).
    """
    if len(token) > TOKEN_LIMIT or not token.isascii() or token.count(".") != 2:
        raise _spelling()
    head, body, signature = token.split(".")
    if len(head) > 400 or len(_segment(signature)) != 64:
        raise _spelling()
    try:
        header = json.loads(_segment(head))
    except (ValueError, RecursionError) as error:
        raise _header("is no JSON") from error
    kid = header.get("kid") if isinstance(header, dict) else None
    if not isinstance(kid, str) or header != {"alg": "ES256", "kid": kid, "typ": typ}:
        raise _header()
    return kid, _segment(body)


def verify(token: str, typ: str, key_of: Callable[[str], Mapping[str, str] | None]) -> tuple[str, bytes]:
    """Key id and payload of a token signed by a key that `key_of` knows.

    Raises `BadInput` as `parts`, and `unknown-key`, `bad-signature`.
    """
    kid, payload = parts(token, typ)
    public = key_of(kid)
    if public is None:
        raise BadInput("No pinned key has the id that the message names.", ASK, code="unknown-key")
    try:
        found = jws.deserialize_compact(token, ECKey.import_key(dict(public)), registry=JWS)
    except (JoseError, ValueError) as error:
        raise _signature() from error
    if found.payload != payload:
        raise _signature()
    return kid, payload


def encrypt(plain: bytes, public: Mapping[str, str], kid: str) -> str:
    """The compact JWE for the holder of that key: ECDH-ES+A256KW, A256GCM."""
    header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": kid, "typ": BUNDLE_TYPE}
    return jwe.encrypt_compact(header, plain, ECKey.import_key(dict(public)), registry=JWE)


def decrypt(token: str, private_of: Callable[[str], ECKey | None]) -> bytes:
    """What was encrypted for a key of ours. Raises `BadInput` (`bad-token`, `bad-header`, `unknown-key`)."""
    head = token.partition(".")[0]
    if not token.isascii() or token.count(".") != 4 or len(head) > 800:
        raise _spelling()
    try:
        header: Any = json.loads(_segment(head))
    except (ValueError, RecursionError) as error:
        raise _header("is no JSON") from error
    fixed = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "typ": BUNDLE_TYPE}
    if not isinstance(header, dict) or {k: v for k, v in header.items() if k not in ("kid", "epk")} != fixed:
        raise _header()
    private = private_of(str(header.get("kid")))
    if private is None:
        raise BadInput("The bundle was encrypted for another installation.", ASK, code="unknown-key")
    try:
        plain = jwe.decrypt_compact(token, private, registry=JWE).plaintext
    except (JoseError, ValueError) as error:
        raise BadInput("The bundle does not open: it was damaged or altered.", ASK, code="bad-token") from error
    return plain or b""
