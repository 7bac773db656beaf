"""`xenia soak exchange`: messages changed in every way, thrown at the door; none may be accepted or leave a trace but its entry.

It pins an invented partner in a home of its own for the time it runs.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from xenia.access.actions import operator_standing
from xenia.commands import Call, Command
from xenia.errors import XeniaError
from xenia.exchange import envelope, jose, own, partners, port, receiving, wire
from xenia.exchange.envelope import Enclosure, Message
from xenia.exchange.models import Incoming, ReceiptRow, Thread
from xenia.journal import scratch, signing
from xenia.journal.models import BlobReference, Entry

ADDRESS: Final = "XXS/SOAK"
STRANGER: Final = "XXS/OTHER"
SPACE: Final = UUID("5f0c9f6e-6f0e-4c38-9d6c-0a6d6f1d2c11")
NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["n"],
    "properties": {"n": {"type": "integer"}, "text": {"type": "string"}},
}


@dataclass
class Found:
    """What came of it. `changed`: tables that were not as before. `codes`: how often each reason."""

    tried: int = 0
    accepted: int = 0
    changed: int = 0
    logged: int = 0
    codes: Counter[str] = field(default_factory=Counter)


def _key() -> tuple[ECKey, dict[str, str], str]:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = signing.jwk(private.public_key())
    return ECKey.import_key(pem), public, signing.thumbprint(public)


class Attacker:
    """Holds the key of a pinned partner, of a stranger, and one message that was truly accepted."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.good, self.bad, self.number = _key(), _key(), 0
        for address, key in ((ADDRESS, self.good), (STRANGER, self.bad)):
            self._pin(address, key)
        self.stranger = _key()
        self.thread = uuid5(SPACE, str(seed))
        self.genuine = self.packed(self.message())

    def _pin(self, address: str, key: tuple[ECKey, dict[str, str], str]) -> None:
        card = {
            "format": own.CARD, "address": address, "name": "Invented", "state": "XXS", "url": "",
            "sign": [key[1]], "box": [_key()[1]], "tls": [],
        }  # fmt: skip
        act = operator_standing("operator").act("operation", "set-up")
        row = partners.trust(partners.read_card(json.dumps(card)), act)
        row.keys.update(valid_from=NOW - timedelta(days=1))

    def message(self, **more: Any) -> Message:
        """A message that would be taken, with a scan enclosed."""
        self.number += 1
        made = Message(
            id=UUID(int=self.chance.getrandbits(128), version=4), thread=self.thread, number=self.number,
            after=self.number - 1, case_ref="S-1", reply_to=None, sender=ADDRESS, recipient=own.address(),
            type="soak/note", version=1, created=NOW, expires=NOW + timedelta(days=9), purpose="operation",
            legal_basis="Invented Agreement 3", classification="restricted", priority="normal",
            body={"n": self.number, "text": "Invented"}, attachments=(SCAN.attachment,),
        )  # fmt: skip
        return replace(made, **more)

    def packed(self, said: Message, key: tuple[ECKey, dict[str, str], str] | None = None) -> bytes:
        """The message signed by the partner's key, or by another."""
        private, _public, kid = key or self.good
        return wire.pack(jose.sign(said.to_bytes(), private, kid, jose.MESSAGE_TYPE), [SCAN.data])

    # Each of these makes one message that must not be had.

    def flipped(self) -> bytes:
        """A bit of the whole turned round."""
        raw = bytearray(self.packed(self.message()))
        raw[self.chance.randrange(len(raw))] ^= 1 << self.chance.randrange(8)
        return bytes(raw)

    def cut(self) -> bytes:
        """Cut off somewhere, or something put in."""
        raw = self.packed(self.message())
        at = self.chance.randrange(1, len(raw))
        return raw[:at] if self.chance.random() < 0.5 else raw[:at] + b"A" + raw[at:]

    def other_words(self) -> bytes:
        """A field of the signed message rewritten, the signature kept."""
        token, rest = self.packed(self.message()).decode().split("\n", 1)
        head, body, signature = token.split(".")
        said = json.loads(signing.padded(body))
        said[self.chance.choice(["to", "from", "type", "case_ref", "expires", "thread"])] = "XXS/ELSE"
        said["body"]["n"] += 1
        raw = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
        return f"{head}.{signing.unpadded(raw)}.{signature}\n{rest}".encode()

    def replayed(self) -> bytes:
        """What was accepted before, once more."""
        return self.genuine

    def readdressed(self) -> bytes:
        """Truly signed, for somebody else, or under another's name."""
        more = {"recipient": "XXS/ELSE"} if self.chance.random() < 0.5 else {"sender": STRANGER}
        return self.packed(self.message(**more))

    def impersonated(self) -> bytes:
        """Signed by the key of another partner, or by a key that nobody knows."""
        return self.packed(self.message(), self.chance.choice([self.bad, self.stranger]))

    def same_id(self) -> bytes:
        """The id or the number of a message that was accepted, with another content."""
        first = envelope.read_message(jose.parts(wire.split(self.genuine)[0], jose.MESSAGE_TYPE)[1])
        return self.packed(replace(first, body={"n": self.chance.randrange(10**6) + 10}))

    def downgraded(self) -> bytes:
        """Another algorithm, none at all, or a header that brings its own key."""
        raw, kid = self.message().to_bytes(), self.good[2]
        scan = base64.b64encode(SCAN.data)
        header: dict[str, Any] = {"alg": "ES256", "kid": kid, "typ": jose.MESSAGE_TYPE}
        kind = self.chance.choice(["none", "hmac", "jwk", "jku", "typ", "crit"])
        if kind == "hmac":
            secret = OctKey.import_key(json.dumps(self.good[1]))
            token = jws.serialize_compact({**header, "alg": "HS256"}, raw, secret)
            return token.encode() + b"\n" + scan
        changed: dict[str, dict[str, Any]] = {
            "none": {"alg": "none"}, "jwk": {"jwk": self.stranger[1]}, "jku": {"jku": "https://127.0.0.1/keys"},
            "typ": {"typ": jose.RECEIPT_TYPE}, "crit": {"crit": ["b64"], "b64": False},
        }  # fmt: skip
        header |= changed[kind]
        signed = f"{signing.unpadded(json.dumps(header).encode())}.{signing.unpadded(raw)}"
        signer = self.stranger[0] if kind == "jwk" else self.good[0]
        plain = jws.serialize_compact({"alg": "ES256"}, raw, signer).rsplit(".", 1)[1]
        signature = "" if kind == "none" else plain
        return f"{signed}.{signature}\n".encode() + scan

    def swapped(self) -> bytes:
        """Something else enclosed than the message says."""
        token = self.packed(self.message()).split(b"\n")[0]
        return token + b"\n" + base64.b64encode(bytes(reversed(SCAN.data)))

    def from_the_future(self) -> bytes:
        """Made at a time still to come."""
        later = NOW + timedelta(hours=1 + self.chance.randrange(1000))
        return self.packed(self.message(created=later, expires=later + timedelta(days=1)))

    def spelled_otherwise(self) -> bytes:
        """The same message with spaces, or a field twice, signed truly: another spelling is not a message."""
        raw = self.message().to_bytes()
        text = raw.replace(b'","', b'", "', 1) if self.chance.random() < 0.5 else raw[:-1] + b',"version":1}'
        return wire.pack(jose.sign(text, self.good[0], self.good[2], jose.MESSAGE_TYPE), [SCAN.data])

    def nested(self) -> bytes:
        """Nested thousands deep, signed truly."""
        depth = self.chance.randrange(30, 5000)
        text = b'{"body":' + b"[" * depth + b"]" * depth + b"}"
        return wire.pack(jose.sign(text, self.good[0], self.good[2], jose.MESSAGE_TYPE), [SCAN.data])

    def ways(self) -> list[Callable[[], bytes]]:
        """All of them."""
        return [
            self.flipped, self.cut, self.other_words, self.replayed, self.readdressed, self.impersonated, self.same_id,
            self.downgraded, self.swapped, self.from_the_future, self.spelled_otherwise, self.nested,
        ]  # fmt: skip


SCAN: Final = Enclosure("application/pdf", b"%PDF-1.7 invented for soaking")
LOGGED: Final = ("exchange.rejected", "exchange.repeated")


def _state() -> tuple[Any, ...]:
    rows = Incoming.objects.order_by("row").values_list("row", "state", "hash", "receipt")
    threads = Thread.objects.order_by("id").values_list("id", "received", "sent")
    return list(rows), list(threads), ReceiptRow.objects.count(), BlobReference.objects.count()


def _taken() -> int:
    return Entry.objects.filter(kind__in=("exchange.received", "exchange.held", "exchange.refused")).count()


def _nothing(*_: Any) -> None:
    """The handler stores nothing of its own."""


def attack(count: int, seed: int) -> Found:
    """Throws `count` changed messages at the door; what came of them."""
    port.register_handler(port.Handler("soak/", lambda type, version: SCHEMA if version == 1 else None, _nothing))
    by, found = Attacker(seed), Found()
    try:
        receiving.take_in(by.genuine, carrier="https", peer=ADDRESS, now=NOW)
        before, logged, taken = _state(), Entry.objects.filter(kind__in=LOGGED).count(), _taken()
        ways = by.ways()
        for number in range(count):
            packed = ways[number % len(ways)]()
            by.number = 1  # none of them was taken: the next number is still 2
            found.tried += 1
            try:
                receiving.take_in(packed, carrier="https", peer=ADDRESS, now=NOW)
                found.codes["answered-as-before" if packed == by.genuine else "TAKEN"] += 1
            except XeniaError as error:
                found.codes[error.code] += 1
        found.logged = Entry.objects.filter(kind__in=LOGGED).count() - logged
        found.accepted, found.changed = _taken() - taken, int(_state() != before)
    finally:
        port.forget_handler("soak/")
    return found


def main(arguments: Sequence[str]) -> int:
    """In a scratch installation: attacks, prints what came of it as one JSON line; exit code."""
    parser = argparse.ArgumentParser()
    _words(parser)
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    found = attack(options.count, options.seed)
    summary = {
        "schema": "xenia/soak-exchange/1",
        "tried": found.tried,
        "accepted": found.accepted,
        "changed": found.changed,
        "logged": found.logged,
        "codes": dict(sorted(found.codes.items())),
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(summary))
    return int(bool(found.accepted or found.changed or found.logged != found.tried))


def begin() -> None:
    """In the scratch process: the tables, the first policy and one authority."""
    scratch.begin()
    from django.core.management import call_command

    from xenia.access import actions, place_actions

    call_command("migrate", verbosity=0)
    actions.install()
    place_actions.make_authority(actions.operator_standing("operator"), "UTO-MG", "Invented", kind="migration")


def _soak(call: Call) -> int:
    words = ["--count", str(call.options.count), "--seed", str(call.options.seed)]
    return scratch.run("xenia.exchange.soaking", words, call)


def _words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=10_000, help="how many messages (default 10,000)")
    parser.add_argument("--seed", type=int, default=4, help="the same seed makes the same messages")


COMMANDS: tuple[Command, ...] = (
    Command("soak exchange", "Throw changed messages at the exchange; none may be had", _soak, None, _words, False, False),
)  # fmt: skip
