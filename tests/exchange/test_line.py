"""The line itself: only pinned certificates come in, only the pinned one is spoken to."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.exchange.test_two_homes import Home
from xenia.exchange.carriers.https import MEDIA_TYPE, PATH


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Home]]:
    """Two authorities that trust each other."""
    folder = tmp_path_factory.mktemp("line")
    here, there = Home(folder / "a", "UTO", "MIG"), Home(folder / "b", "ARC", "RET")
    here.ask("trust", card=there.ask("card"))
    there.ask("trust", card=here.ask("card"))
    yield here, there
    here.stop()
    there.stop()


def _context(certificate: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate)
    return context


def _post(port: int, certificate: Path | None, path: str = PATH, body: bytes = b"x", **headers: str) -> tuple[int, str]:
    line = http.client.HTTPSConnection("127.0.0.1", port, context=_context(certificate), timeout=10)
    try:
        line.request("POST", path, body, {"Content-Type": MEDIA_TYPE, **{k.replace("_", "-"): v for k, v in headers.items()}})  # fmt: skip
        answer = line.getresponse()
        return answer.status, answer.read().decode()
    finally:
        line.close()


def _stranger(folder: Path) -> Path:
    """A certificate that nobody pinned, with the very name of a partner's."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Xenia exchange UTO/MIG")])  # fmt: skip
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    file = folder / "stranger.pem"
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))  # fmt: skip
    return file


def test_nobody_without_a_pinned_certificate_comes_in(homes: tuple[Home, Home], tmp_path: Path) -> None:
    _here, there = homes
    for certificate in (None, _stranger(tmp_path)):
        with pytest.raises((ssl.SSLError, OSError, http.client.HTTPException)):
            _post(there.port, certificate)
    plain = http.client.HTTPConnection("127.0.0.1", there.port, timeout=10)
    with pytest.raises((OSError, http.client.HTTPException)):
        plain.request("POST", PATH, b"x")
        plain.getresponse()
    old = _context(None)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, OSError)):
        http.client.HTTPSConnection("127.0.0.1", there.port, context=old, timeout=10).request("GET", "/")
    assert there.ask("state")["rejected"] == []


def test_a_partner_finds_one_path_and_narrow_limits(homes: tuple[Home, Home]) -> None:
    here, there = homes
    own = next((here.folder / "keys").glob("exchange-tls-*.pem"))
    before = len(there.ask("state")["rejected"])
    assert _post(there.port, own, "/") == (404, "not-found")
    assert _post(there.port, own, Content_Length="999999999999")[0] in (413, 422)
    assert _post(there.port, own, Content_Type="text/plain") == (422, "bad-message")
    assert _post(there.port, own) == (422, "bad-token")
    assert there.ask("state")["rejected"][before:] == ["bad-token"]


def test_a_stranger_at_the_partners_address_is_told_nothing(homes: tuple[Home, Home], tmp_path: Path) -> None:
    here, there = homes
    third = Home(tmp_path / "c", "XXC", "RET")
    try:
        card = there.ask("card")
        third.ask("trust", card={**card, "url": f"https://127.0.0.1:{here.port}"})
        third.ask("send", to=there.address, thread=str(uuid4()), n=1)
        assert third.ask("deliver") == 0
        assert third.ask("state")["out"] == [[1, "waiting", "no-line"]] and here.ask("state")["rejected"] == []
    finally:
        third.stop()


def test_large_things_are_enclosed(homes: tuple[Home, Home]) -> None:
    here, there = homes
    seen: Any = there.ask("state")["exchanged"]
    here.ask("send", to=there.address, thread=str(uuid4()), n=99, enclose="x" * 5_000_000)
    assert here.ask("deliver") == 1 and there.ask("state")["exchanged"] == [*seen, 99]


def test_a_new_certificate_counts_at_once_when_the_partner_has_pinned_it(homes: tuple[Home, Home]) -> None:
    here, there = homes
    card = there.ask("new_tls")
    here.ask("pin", card=card)
    there.ask("use_tls", name=card["fingerprints"][1])
    here.ask("send", to=there.address, thread=str(uuid4()), n=100)
    there.ask("send", to=here.address, thread=str(uuid4()), n=101)
    assert here.ask("deliver") == 1 and there.ask("deliver") == 1
    assert here.ask("state")["exchanged"] == [101]
