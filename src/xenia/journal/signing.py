"""Signatures of this installation: ES256, by a key file or by a PKCS#11 token.

The key id is the JSON web key's thumbprint (RFC 7638), 43 characters; a signature is 64 bytes, r then s (RFC 7518 3.4).
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from django.conf import settings

from xenia.errors import Unavailable
from xenia.journal import at_rest, files

ES256 = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class Signature:
    """A signature and the id of the key that made it. `raw`: 64 bytes, r then s."""

    key_id: str
    raw: bytes


class Signer(Protocol):
    """A private key that never leaves its place."""

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """The public half."""

    def sign(self, data: bytes) -> bytes:
        """64 bytes, r then s, over SHA-256 of `data`."""


def unpadded(data: bytes) -> str:
    """base64url without padding, as JOSE writes bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    """The bytes of base64url without padding. Raises `ValueError`."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def jwk(public: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The public key as a JSON web key."""
    numbers = public.public_numbers()
    return {
        "crv": "P-256",
        "kty": "EC",
        "x": unpadded(numbers.x.to_bytes(32, "big")),
        "y": unpadded(numbers.y.to_bytes(32, "big")),
    }


def thumbprint(key: dict[str, str]) -> str:
    """The key id. Source: RFC 7638 section 3."""
    members = {name: key[name] for name in ("crv", "kty", "x", "y")}
    return unpadded(hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest())


def from_jwk(key: dict[str, str]) -> ec.EllipticCurvePublicKey:
    """The public key of a JSON web key. Raises `ValueError` or `KeyError` for one that is none of P-256."""
    if (key["kty"], key["crv"]) != ("EC", "P-256"):
        raise ValueError("not a P-256 key")
    x, y = (int.from_bytes(padded(key[axis]), "big") for axis in "xy")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


class FileSigner:
    """The key in HOME/keys/journal.key: PEM (PKCS#8), owner-only, made at first use."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            private = ec.generate_private_key(ec.SECP256R1())
            pem = private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            files.make_once(path, at_rest.sealed(pem))
        try:
            key = serialization.load_pem_private_key(at_rest.opened(files.read_private(path)), None)
        except ValueError as error:
            raise Unavailable(
                f"The key file {path.name} is damaged.", "Restore it from the backup.", code="key-damaged"
            ) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise Unavailable(
                f"The key file {path.name} holds no P-256 key.", "Restore it from the backup.", code="key-damaged"
            )
        self._key = key

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """The public half."""
        return self._key.public_key()

    def sign(self, data: bytes) -> bytes:
        """64 bytes, r then s."""
        r, s = decode_dss_signature(self._key.sign(data, ES256))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@lru_cache(maxsize=8)
def _signer(folder: str, module: str, token: str, pin: str, label: str) -> Signer:
    if module:
        from xenia.journal.pkcs11_key import TokenSigner

        return TokenSigner(module, token, pin, label)
    return FileSigner(files.keys_folder() / "journal.key")


def signer() -> Signer:
    """The installation's signer. Raises `Unavailable`: `key-rights`, `key-damaged`, `token`."""
    hsm = settings.XENIA_PKCS11
    return _signer(str(settings.XENIA_HOME), str(hsm["MODULE"] or ""), hsm["TOKEN"], hsm["PIN"], hsm["KEY"])


def own_key() -> dict[str, str]:
    """The installation's public key as a JSON web key."""
    return jwk(signer().public)


def present_key() -> dict[str, str] | None:
    """The installation's public key, or None where there is no key yet (a copy that is only looked at). Makes none."""
    if not settings.XENIA_PKCS11["MODULE"] and not (Path(settings.XENIA_HOME) / "keys" / "journal.key").exists():
        return None
    return own_key()


def sign(data: bytes) -> Signature:
    """ES256 over `data` with the installation's key."""
    by = signer()
    return Signature(thumbprint(jwk(by.public)), by.sign(data))


def check_with(key: dict[str, str], data: bytes, raw: bytes) -> bool:
    """Whether `raw` is this key's signature over `data`."""
    if len(raw) != 64:
        return False
    try:
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        from_jwk(key).verify(der, data, ES256)
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True


def known_key(key_id: str) -> dict[str, str] | None:
    """The public key of that id: the installation's own, or one recorded in the journal; None if unknown."""
    from xenia.journal.models import KeyRecord

    own = own_key()
    if thumbprint(own) == key_id:
        return own
    row = KeyRecord.objects.filter(pk=key_id).first()
    key: dict[str, str] | None = json.loads(row.jwk) if row else None
    return key if key and thumbprint(key) == key_id else None


def check(data: bytes, signature: Signature) -> bool:
    """Whether the signature over `data` was made by this installation's present key or an earlier one that it recorded."""
    key = known_key(signature.key_id)
    return key is not None and check_with(key, data, signature.raw)
