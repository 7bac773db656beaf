"""Checks an unpacked archive of messages: files, journal, keys, signatures, receipts. Needs Python 3 and `cryptography`."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

HERE = Path(__file__).resolve().parent
SAME = timedelta(minutes=5)
"""By how much a time in the directory may differ from that of the entry about it."""
FIRST = ("exchange.sent", "exchange.held", "exchange.received", "exchange.refused")
CANNOT = """
What this cannot prove:
- That the keys are the authorities' own. Compare the key ids above with what each authority says in public, or by telephone.
- That nothing was left out before the archive was signed: another message, an entry about a key. Ask the other authority for its
  own archive of the same thread, and compare the journal's head with one that was kept elsewhere.
- That the exporting side's clock was right: times in the journal are its own. A receipt's time is that of who signed it.
- What a message says is true. It proves who signed which bytes, and who confirmed them."""


class Wrong(ValueError):
    """Something does not hold."""


def decoded(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def canonical(value: dict[str, Any]) -> bytes:
    """JSON as the journal hashes it (RFC 8785)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def moment(text: str) -> datetime:
    """A time with zone."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def thumbprint(key: dict[str, str]) -> str:
    """The id of a public key (RFC 7638)."""
    members = {name: key[name] for name in ("crv", "kty", "x", "y")}
    return base64.urlsafe_b64encode(hashlib.sha256(canonical(members)).digest()).rstrip(b"=").decode()


def signed(key: dict[str, str], data: bytes, raw: bytes) -> None:
    """The key's signature (r, s) over the data holds, or `Wrong`."""
    x, y = (int.from_bytes(decoded(key[axis]), "big") for axis in "xy")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(der, data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        raise Wrong("the signature is wrong") from None


class Archive:
    """What was unpacked. `keys`: by id. `said`: entries of the journal whose content and proof hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.about = self.read("archive.json")
        self.keys = {one["kid"]: one for one in self.read("keys.json")}
        self.journal = self.read("journal.json")
        self.said: list[dict[str, Any]] = []

    def read(self, name: str) -> Any:
        """A file of the archive."""
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def opened(self, name: str, typ: str) -> tuple[bytes, dict[str, Any]]:
        """The signed bytes of a token, and the key that signed, as the directory has it."""
        head, body, signature = (self.folder / name).read_text(encoding="utf-8").strip().split(".")
        header = json.loads(decoded(head))
        if header.get("alg") != "ES256" or header.get("typ") != typ or header.get("kid") not in self.keys:
            raise Wrong("signed by no key of keys.json")
        known: dict[str, Any] = self.keys[header["kid"]]
        if thumbprint(known["key"]) != header["kid"]:
            raise Wrong("keys.json has another key under that id")
        signed(known["key"], f"{head}.{body}".encode(), decoded(signature))
        return decoded(body), known


# The files


def files(archive: Archive) -> str:
    """The files are those that were exported, none more and none less."""
    raw, key = archive.opened("manifest.jws", "xenia-archive+jws")
    listed = json.loads(raw)["files"]
    there = {str(one.relative_to(archive.folder).as_posix()) for one in archive.folder.rglob("*") if one.is_file()}
    odd = (there - {"manifest.jws"}) ^ set(listed)
    odd |= {name for name in set(listed) & there if digest(archive.folder / name) != listed[name]}
    if odd:
        raise Wrong("altered, missing or added: " + ", ".join(sorted(odd)))
    if key["address"] != archive.about["from"]:
        raise Wrong("signed by another than who exported it")
    return f"{len(listed)} files as {key['address']} exported them, signed with key {key['kid']}"


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


# The journal


def entry(archive: Archive, one: dict[str, Any]) -> None:
    """The entry's content is what was sealed, at that place of a journal whose head the journal's key signed."""
    if "proof" not in one:
        raise Wrong("not proved: " + str(one.get("not_proved")))
    proof, header = one["proof"], json.loads(one["proof"]["header"])
    if (header["id"], header["kind"], header["recorded_at"]) != (one["entry"], one["kind"], one["recorded_at"]):
        raise Wrong("the header is of another entry")
    subjects = b"".join(sorted(uuid.UUID(text).bytes for text in one["subjects"]))
    parts = (one["note"].encode(), b"", subjects, canonical(one["body"]))
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    content = hashlib.sha256(bytes.fromhex(one["salt"]) + framed).digest()
    if content.hex() != proof["body_hash"]:
        raise Wrong("its content is not what was sealed")
    leaf = hashlib.sha256(b"\0" + hashlib.sha256(proof["header"].encode()).digest() + content).digest()
    head = proof["head"]
    path = [bytes.fromhex(step) for step in proof["path"]]
    if root(leaf, proof["position"] - 1, head["size"], path) != bytes.fromhex(head["root"]):
        raise Wrong("it does not stand in the journal at that place")
    said = {name: head[name] for name in ("format", "key", "node", "root", "signed_at", "size")}
    if not head["key"] == thumbprint(head["public_key"]) == thumbprint(archive.journal["key"]):
        raise Wrong("the head is signed by no key of the journal")
    if head["node"] != header["node"]:
        raise Wrong("the head is of another journal")
    signed(head["public_key"], canonical(said), decoded(head["signature"]))


def root(leaf: bytes, number: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that the audit path leads to, or None (RFC 9162, 2.1.3.2)."""
    last, found = size - 1, leaf
    if not 0 <= number < size:
        return None
    for step in path:
        if last == 0:
            return None
        if number & 1 or number == last:
            found = hashlib.sha256(b"\1" + step + found).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + step).digest()
        number, last = number >> 1, last >> 1
    return found if last == 0 else None


def journal(archive: Archive) -> str:
    """Every entry holds; those that do are then relied on."""
    wrong = []
    for one in archive.journal["entries"]:
        try:
            entry(archive, one)
            archive.said.append(one)
        except (ValueError, KeyError, TypeError) as error:
            wrong.append(f"{one.get('kind')} {one.get('entry')}: {error}")
    if wrong:
        raise Wrong("; ".join(wrong))
    heads = {(one["proof"]["head"]["size"], one["proof"]["head"]["root"]) for one in archive.said}
    size, top = max(heads, default=(0, "-"))
    by = thumbprint(archive.journal["key"])
    return (
        f"{len(archive.said)} entries proved, the newest under the head of {size} entries {top}, signed with key {by}"
    )


# The keys


def changes(archive: Archive, kid: str) -> list[tuple[datetime, bool]]:
    """When the journal says that the key became good or worth nothing, in order."""
    address, found = archive.keys[kid]["address"], []
    for one in archive.said:
        said, at = one["body"], moment(one["recorded_at"])
        if one["kind"] == "exchange.own-set" and address == archive.about["from"] and said["key"] == f"sign:{kid}":
            if said["change"] in ("made", "retired"):
                found.append((at, said["change"] == "made"))
        elif one["kind"] == "exchange.partner-changed" and said["partner"] == address:
            if said["change"] == "pinned" and f"sign:{kid}" in said["keys"]:
                found.append((at, True))
            elif said["change"] == "revoked" and kid in said["keys"]:
                found.append((at, False))
    return sorted(found)


def key(archive: Archive, kid: str) -> str:
    """The directory says of the key what the journal says."""
    one, told = archive.keys[kid], changes(archive, kid)
    if thumbprint(one["key"]) != kid:
        raise Wrong("another key has that id")
    if one["address"] not in (archive.about["from"], archive.about["partner"]):
        raise Wrong("the key of a third")
    for name, good in (("from", True), ("until", False)):
        at = next((time for time, state in told if state is good), None)
        wanted = moment(one[name]) if one[name] else None
        if (at is None) != (wanted is None) or (at and wanted and abs(at - wanted) > SAME):
            raise Wrong(f"'{name}' is {one[name]}, but the journal says {at}")
    if one["from"] is None and one["address"] != archive.about["from"]:
        raise Wrong("no entry says that it was pinned")
    since = one["from"] or "the beginning (our own first key: no entry says when it was made)"
    return f"{one['address']}, good from {since}" + (f" until {one['until']}" if one["until"] else "")


def good_then(archive: Archive, kid: str, at: datetime) -> None:
    """The key was good at that time by the journal, or `Wrong`."""
    for time, good in reversed(changes(archive, kid)):
        if time <= at:
            if not good:
                raise Wrong(f"signed with key {kid}, which was worth nothing since {time}")
            return
    if archive.keys[kid]["from"] is not None:
        raise Wrong(f"signed with key {kid}, which was not yet good at {at}")


# The messages


def recorded(archive: Archive, kinds: tuple[str, ...], id: str, kind: str = "") -> dict[str, Any] | None:
    """The first entry of these kinds about the message (and about a receipt of that kind), or None."""
    for one in sorted(archive.said, key=lambda one: str(one["recorded_at"])):
        if one["kind"] in kinds and one["body"].get("message") == id and kind in ("", one["body"].get("kind")):
            return one
    return None


def message(archive: Archive, one: dict[str, Any]) -> str:
    """A line about a message; `Wrong` for what does not hold."""
    first = recorded(archive, FIRST, one["id"])
    if first is None:
        raise Wrong("the journal says nothing about it")
    if first["body"]["hash"] != one["hash"]:
        raise Wrong("the journal has another hash")
    folder = f"messages/{one['place']}"
    told = receipts(archive, folder, one)
    if one["erased"]:
        if (archive.folder / folder / "message.jws").exists():
            raise Wrong("it is said to be erased, and is there")
        return f"what it said was erased; hash {one['hash']}, recorded {first['recorded_at']}: {told}"
    raw, by = archive.opened(f"{folder}/message.jws", "xenia-message+jws")
    said = json.loads(raw)
    if said["from"] != by["address"]:
        raise Wrong("signed by another than its sender")
    if (said["id"], hashlib.sha256(raw).hexdigest()) != (one["id"], one["hash"]) or said["thread"] != archive.about["thread"]:  # fmt: skip
        raise Wrong("it is not the message that the journal names")
    if (said["from"] == archive.about["from"]) != one["ours"] or (first["kind"] == "exchange.sent") != one["ours"]:
        raise Wrong("the journal has it the other way round")
    good_then(archive, by["kid"], moment(first["recorded_at"]))
    for part in said["attachments"]:
        if digest(archive.folder / folder / "enclosed" / part["sha256"]) != part["sha256"]:
            raise Wrong("something enclosed was altered")
    return f"{said['from']} to {said['to']}, {said['type']}, made {said['created']}, recorded {first['recorded_at']}: {told}"


def receipts(archive: Archive, folder: str, one: dict[str, Any]) -> str:
    """What the signed receipts of a message say; `Wrong` for one that does not fit."""
    recipient = archive.about["partner"] if one["ours"] else archive.about["from"]
    told = []
    for kind in ("delivered", "accepted", "refused"):
        if not (archive.folder / folder / f"{kind}.jws").exists():
            continue
        raw, by = archive.opened(f"{folder}/{kind}.jws", "xenia-receipt+jws")
        said = json.loads(raw)
        if (said["hash"], said["message"], said["kind"]) != (one["hash"], one["id"], kind) or by[
            "address"
        ] != recipient:
            raise Wrong(f"the receipt {kind} does not fit")
        at = receipt_recorded(archive, one, kind, said["hash"])
        good_then(archive, by["kid"], moment(at or said["at"]))
        told.append(f"{kind} {said['at']} (key {by['kid']}{'' if at else '; the time is the signer’s own'})")
    final = {"accepted", "refused"} & {line.split()[0] for line in told}
    if one["state"] in ("accepted", "refused") and final != {one["state"]}:
        raise Wrong(f"it is said to be {one['state']}, and no receipt says so")
    return ", ".join(told) or "no receipt"


def receipt_recorded(archive: Archive, one: dict[str, Any], kind: str, hash: str) -> str | None:
    """When the journal recorded the receipt; None for `delivered`, of which it has no entry of its own."""
    if kind == "delivered":
        return None
    ours = {"accepted": "exchange.received", "refused": "exchange.refused"}[kind]
    found = recorded(archive, ("exchange.receipt",), one["id"], kind) if one["ours"] else recorded(archive, (ours,), one["id"])  # fmt: skip
    if found is None or found["body"]["hash"] != hash:
        raise Wrong(f"the journal has no such receipt {kind}")
    return str(found["recorded_at"])


def main(folder: Path = HERE) -> int:
    """Checks everything; 0 if all of it holds."""
    archive, wrong = Archive(folder), 0
    places = [one["place"] for one in archive.about["messages"]]
    steps: list[tuple[str, Any, tuple[Any, ...]]] = [("files", files, ()), ("journal", journal, ())]
    steps += [(f"key {kid}", key, (kid,)) for kid in archive.keys]
    steps += [(one["place"], message, (one,)) for one in archive.about["messages"]]
    for name, step, more in steps:
        try:
            print(f"{name}: good: {step(archive, *more)}")
        except (ValueError, KeyError, TypeError, OSError) as error:
            wrong += 1
            print(f"{name}: WRONG: {error}")
    print(f"\n{len(places)} messages, {wrong} things wrong.")
    print(CANNOT)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
