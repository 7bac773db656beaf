"""Checks an unpacked archive of messages: signatures, receipts, what is enclosed. Needs Python 3 and `cryptography`."""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

HERE = Path(__file__).resolve().parent


def decoded(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def opened(path: Path, keys: "dict[str, dict[str, Any]]") -> "tuple[bytes, str]":
    """The signed bytes of a token and the address that signed; raises ValueError for what does not hold."""
    head, body, signature = path.read_text().strip().split(".")
    header = json.loads(decoded(head))
    if header["alg"] != "ES256" or header["kid"] not in keys:
        raise ValueError("signed by no key of keys.json")
    known = keys[header["kid"]]
    x, y = (int.from_bytes(decoded(known["key"][axis]), "big") for axis in "xy")
    raw = decoded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    try:
        public.verify(der, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise ValueError("the signature is wrong") from None
    return decoded(body), known["address"]


def check(folder: Path, keys: "dict[str, dict[str, Any]]") -> str:
    """One line about a message; raises ValueError for what does not hold."""
    raw, signer = opened(folder / "message.jws", keys)
    said = json.loads(raw)
    if said["from"] != signer:
        raise ValueError("signed by another than its sender")
    for one in said["attachments"]:
        data = (folder / "enclosed" / one["sha256"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != one["sha256"]:
            raise ValueError("something enclosed was altered")
    told = []
    for kind in ("delivered", "accepted", "refused"):
        if not (folder / f"{kind}.jws").exists():
            continue
        receipt, by = opened(folder / f"{kind}.jws", keys)
        shown = json.loads(receipt)
        fits = shown["hash"] == hashlib.sha256(raw).hexdigest() and shown["message"] == said["id"]
        if not fits or by != said["to"] or shown["kind"] != kind:
            raise ValueError(f"the receipt {kind} does not fit")
        told.append(f"{kind} {shown['at']}")
    return f"{said['from']} to {said['to']}, {said['type']}, made {said['created']}: {', '.join(told) or 'no receipt'}"


def main() -> int:
    """Checks everything; 0 if all of it holds."""
    keys = {one["kid"]: one for one in json.loads((HERE / "keys.json").read_text())}
    wrong = 0
    for folder in sorted((HERE / "messages").iterdir()):
        try:
            print(f"{folder.name}: good: {check(folder, keys)}")
        except (ValueError, KeyError, OSError) as error:
            wrong += 1
            print(f"{folder.name}: WRONG: {error}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
