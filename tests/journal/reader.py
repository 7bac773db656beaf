"""A verifier of heads and proofs, written from docs/reference/journal.md alone: it imports nothing of Xenia."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_head(head: dict[str, Any]) -> bool:
    """Whether the key in the head is the one it names and signed it."""
    key = head["public_key"]
    thumbprint = sha256(canonical({name: key[name] for name in ("crv", "kty", "x", "y")}))
    if unpadded(head["key"]) != thumbprint:
        return False
    signed = canonical({name: head[name] for name in ("format", "key", "node", "root", "signed_at", "size")})
    raw = unpadded(head["signature"])
    point = ec.EllipticCurvePublicNumbers(
        int.from_bytes(unpadded(key["x"]), "big"), int.from_bytes(unpadded(key["y"]), "big"), ec.SECP256R1()
    )
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        point.public_key().verify(der, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def check_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """By the definition: go down from the top to the leaf, taking the path from its end."""

    def fold(index: int, size: int, path: list[bytes]) -> bytes | None:
        if size == 1:
            return leaf if not path else None
        if not path:
            return None
        half = 1
        while half * 2 < size:
            half *= 2
        if index < half:
            left = fold(index, half, path[:-1])
            return None if left is None else sha256(b"\x01", left, path[-1])
        right = fold(index - half, size - half, path[:-1])
        return None if right is None else sha256(b"\x01", path[-1], right)

    return fold(index, size, path) == root


def check_growth(old: int, size: int, path: list[bytes], before: bytes, after: bytes) -> bool:
    """By the definition: both roots from the same path."""

    def fold(old: int, size: int, path: list[bytes], whole: bool) -> tuple[bytes, bytes] | None:
        if old == size:
            if whole:
                return (before, before) if not path else None
            return (path[0], path[0]) if len(path) == 1 else None
        if not path:
            return None
        half = 1
        while half * 2 < size:
            half *= 2
        if old <= half:
            inner = fold(old, half, path[:-1], whole)
            return None if inner is None else (inner[0], sha256(b"\x01", inner[1], path[-1]))
        inner = fold(old - half, size - half, path[:-1], False)
        return None if inner is None else (sha256(b"\x01", path[-1], inner[0]), sha256(b"\x01", path[-1], inner[1]))

    return fold(old, size, path, True) == (before, after)


def check_proof(proof: dict[str, Any]) -> bool:
    """Whether header and body hash are those of an entry at its position under the signed head; and the growth, if told."""
    head = proof["head"]
    leaf = sha256(b"\x00", sha256(proof["header"].encode()), bytes.fromhex(proof["body_hash"]))
    path = [bytes.fromhex(step) for step in proof["path"]]
    if not check_head(head):
        return False
    if not check_inclusion(leaf, proof["position"] - 1, head["size"], path, bytes.fromhex(head["root"])):
        return False
    if "since" not in proof:
        return True
    since, growth = proof["since"], [bytes.fromhex(step) for step in proof["growth"]]
    roots = bytes.fromhex(since["root"]), bytes.fromhex(head["root"])
    return check_head(since) and check_growth(since["size"], head["size"], growth, *roots)


def content_hash(salt: bytes, note: bytes, key: bytes, subjects: bytes, body: bytes) -> bytes:
    """The body hash from the parts that are erased together."""
    return sha256(salt, *(len(part).to_bytes(4, "big") + part for part in (note, key, subjects, body)))
