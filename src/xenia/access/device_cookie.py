"""The cookie that tells a bound device: its id and a random secret, signed. Only the secret's hash is kept here."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.http.response import HttpResponseBase

KEPT_S: Final = 400 * 24 * 3600  # the longest that browsers keep any cookie; put anew at each sign-in
SECRET_BYTES: Final = 32


def name() -> str:
    """The cookie's name; with TLS one that only this very host can set."""
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def fresh_secret() -> str:
    """A secret for one device: 256 bits."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hashed(secret: str) -> str:
    """SHA-256, hexadecimal. Enough for a random secret, which nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fits(secret: str, kept_hash: str) -> bool:
    """Whether this is the secret of that hash, in a time that tells nothing."""
    return hmac.compare_digest(hashed(secret), kept_hash)


def read(request: HttpRequest) -> tuple[UUID, str] | None:
    """Id and secret that the browser shows; None without a cookie, or with one that was not made here."""
    raw = request.COOKIES.get(name())
    if not raw:
        return None
    try:
        device, _, secret = Signer(salt="xenia.device").unsign(raw).partition(".")
        return UUID(device), secret
    except (BadSignature, ValueError):
        return None


def put(answer: HttpResponseBase, device: UUID, secret: str) -> None:
    """Leave the cookie with the browser."""
    value = Signer(salt="xenia.device").sign(f"{device.hex}.{secret}")
    answer.set_cookie(
        name(),
        value,
        max_age=KEPT_S,
        path="/",
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Strict",
    )


def forget(answer: HttpResponseBase) -> None:
    """Take the cookie away."""
    answer.delete_cookie(name(), path="/", samesite="Strict")
