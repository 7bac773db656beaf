"""A signing key that stays in a PKCS#11 token. Needs the package python-pkcs11 (requirements/pkcs11.txt)."""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from xenia.errors import Unavailable

OCTET_STRING = 0x04
UNCOMPRESSED = 0x04


def _trouble(what: str, to_do: str) -> Unavailable:
    return Unavailable(what, to_do, code="token")


class TokenSigner:
    """The key pair labelled `label` in the token labelled `token`. Signs with CKM_ECDSA over a SHA-256 digest.

    The session is opened at the first use and again after the token failed; one signature at a time.
    Raises `Unavailable` (code `token`) if library, token, PIN or key are not to be had.
    """

    def __init__(self, module: str, token: str, pin: str, label: str) -> None:
        self._where = (module, token, pin, label)
        self._door = threading.Lock()
        self._session: Any = None  # python-pkcs11 has no types
        self._private: Any = None
        self._public = self._open()

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """The public half."""
        return self._public

    def sign(self, data: bytes) -> bytes:
        """64 bytes, r then s."""
        import pkcs11

        digest = hashlib.sha256(data).digest()
        with self._door:
            try:
                return bytes(self._private.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))
            except pkcs11.PKCS11Error:
                self._open()
            try:
                return bytes(self._private.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))
            except pkcs11.PKCS11Error as error:
                raise _trouble(
                    "The PKCS#11 token does not sign.", "See whether it is plugged in and unlocked."
                ) from error

    def _open(self) -> ec.EllipticCurvePublicKey:
        try:
            import pkcs11
        except ImportError as error:
            raise _trouble("The package python-pkcs11 is missing.", "Install requirements/pkcs11.txt.") from error
        module, token, pin, label = self._where
        self._close()
        try:
            place = pkcs11.lib(module).get_token(token_label=token)
            try:
                self._session = place.open(user_pin=pin)
            except pkcs11.UserAlreadyLoggedIn:  # a login counts for the whole process
                self._session = place.open()
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise _trouble(
                "The PKCS#11 token cannot be opened.", "Check XENIA_PKCS11_MODULE, _TOKEN and _PIN."
            ) from error
        try:
            self._private = self._session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
            public = self._session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=label)
            point = bytes(public[pkcs11.Attribute.EC_POINT])
        except pkcs11.PKCS11Error as error:
            self._close()
            raise _trouble(
                f"The PKCS#11 token holds no key pair labelled {label}.",
                "Make one of type EC:prime256v1 (docs/reference/journal.md), or set XENIA_PKCS11_KEY.",
            ) from error
        return _public(point)

    def _close(self) -> None:
        session, self._session, self._private = self._session, None, None
        if session is not None:
            with suppress(Exception):  # it may be what is broken
                session.close()


def _public(point: bytes) -> ec.EllipticCurvePublicKey:
    """The public key of CKA_EC_POINT: a DER octet string around an uncompressed point, or the bare point."""
    if len(point) == 67 and point[0] == OCTET_STRING:
        point = point[2:]
    if len(point) != 65 or point[0] != UNCOMPRESSED:
        raise _trouble(
            "The key in the PKCS#11 token is not of the curve P-256.", "Make a key pair of type EC:prime256v1."
        )
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
