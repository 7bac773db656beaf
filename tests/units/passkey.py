"""A passkey made of software, for tests: it says what it is told to say, also what an honest one never would."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

MAKER = bytes(range(16))
FLAG = AuthenticatorData.FLAG
BOTH = FLAG.UP | FLAG.UV


class Key:
    """One passkey of one officer for one domain. `count`: how often it has signed."""

    def __init__(self, domain: str, count: int = 1) -> None:
        self.domain, self.count, self.id = domain, count, os.urandom(32)
        self.private = ec.generate_private_key(ec.SECP256R1())

    def enrolled(self) -> dict[str, Any]:
        """What the browser gives when it is made, as allauth keeps it."""
        public = ES256.from_cryptography_key(self.private.public_key())
        held = AttestedCredentialData.create(MAKER, self.id, public)
        data = AuthenticatorData.create(sha256(self.domain.encode()).digest(), BOTH | FLAG.AT, self.count, held)
        said = {"attestationObject": AttestationObject.create("none", data, {})}
        return self._answer("webauthn.create", "AAAA", f"https://{self.domain}", **said)

    def shows(
        self, challenge: str, account: Any, *, origin: str = "", domain: str = "", count: int | None = None,
        verified: bool = True, by: Key | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Its answer to a challenge. `by`: whose private key signs."""
        self.count = self.count + 1 if count is None else count
        flags = BOTH if verified else FLAG.UP
        data = AuthenticatorData.create(sha256((domain or self.domain).encode()).digest(), flags, self.count)
        client = self._client("webauthn.get", challenge, origin or f"https://unit-1.{self.domain}")
        signed = (by or self).private.sign(bytes(data) + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = user_pk_to_url_str(account).encode()
        said = {"authenticatorData": data, "signature": signed, "userHandle": handle}
        return self._answer("webauthn.get", challenge, origin or f"https://unit-1.{self.domain}", **said)

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _answer(self, kind: str, challenge: str, origin: str, **said: bytes) -> dict[str, Any]:
        name = websafe_encode(self.id)
        response = {word: websafe_encode(bytes(data)) for word, data in said.items()}
        response["clientDataJSON"] = websafe_encode(self._client(kind, challenge, origin))
        return {
            "id": name, "rawId": name, "type": "public-key", "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}}, "authenticatorAttachment": "platform",
        }  # fmt: skip
