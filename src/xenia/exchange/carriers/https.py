"""HTTPS with certificates on both sides, each pinned by the other. The client's half; `listener.py` is the server's."""

from __future__ import annotations

import logging
import ssl
from datetime import datetime
from typing import Final

import httpx

from xenia.errors import Unavailable
from xenia.exchange import own, partners
from xenia.exchange.models import Partner

log = logging.getLogger("xenia.exchange")
PATH: Final = "/exchange/1/messages"
MEDIA_TYPE: Final = "application/vnd.xenia.message"
TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
AGAIN: Final = "It is tried again by itself."
ANSWER_LIMIT: Final = 32 * 1024


def client_context(pinned: dict[str, str]) -> ssl.SSLContext:
    """TLS 1.3 with our certificate, trusting exactly these certificates and no authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # the certificate itself is pinned
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata="".join(pinned.values()))
    context.load_cert_chain(own.tls())
    return context


def carry(partner: Partner, packed: bytes, now: datetime) -> str:
    """The receipt that the partner answered with, not checked yet.

    Raises `Unavailable`: `no-certificate-good`, `no-line`, `turned-away:<code>` (the partner would not have it), `odd-answer`.
    """
    pinned = partners.certificates(now, partner)
    if not pinned or not partner.url:
        raise Unavailable(
            "The partner has no certificate or address that is good now.",
            "Ask for a new card.",
            code="no-certificate-good",
        )
    try:
        with httpx.Client(verify=client_context(pinned), timeout=TIMEOUT, trust_env=False) as client:
            headers = {"content-type": MEDIA_TYPE}
            with client.stream("POST", partner.url + PATH, content=packed, headers=headers) as answer:
                raw = b""
                for piece in answer.iter_bytes():
                    raw += piece
                    if len(raw) > ANSWER_LIMIT:
                        raise Unavailable("The partner's answer is too long.", AGAIN, code="odd-answer")
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
        raise Unavailable(f"The partner cannot be reached: {type(error).__name__}.", AGAIN, code="no-line") from error
    text = raw.decode("ascii", "replace").strip()
    if answer.status_code != 200:
        code = text[:60] if answer.status_code in (403, 409, 422, 503) and text.replace("-", "").isalnum() else "error"
        raise Unavailable("The partner did not take the message.", AGAIN, code=f"turned-away:{code}")
    return text
