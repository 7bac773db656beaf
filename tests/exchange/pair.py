"""This installation and an invented partner in one process: the partner's half is made by hand, with its own key."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from xenia.exchange import delivery, envelope, jose, own, partners, receiving, wire
from xenia.exchange.envelope import Message, Receipt
from xenia.journal import signing
from xenia.journal.actions import writing

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADDRESS = "ARC/RET"


def key() -> tuple[ECKey, dict[str, str], str]:
    """A private key, its public half, its name."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())  # fmt: skip
    public = signing.jwk(private.public_key())
    return ECKey.import_key(pem), public, signing.thumbprint(public)


@dataclass
class Other:
    """The invented partner."""

    address: str = ADDRESS
    signs: tuple[ECKey, dict[str, str], str] = field(default_factory=key)
    opens: tuple[ECKey, dict[str, str], str] = field(default_factory=key)
    thread: UUID = field(default_factory=uuid4)
    number: int = 0

    def card(self, **more: Any) -> str:
        return json.dumps(
            {
                "format": own.CARD, "address": self.address, "name": "Invented authority", "state": self.address[:3],
                "url": "https://127.0.0.1:9", "sign": [self.signs[1]], "box": [self.opens[1]], "tls": [], **more,
            }
        )  # fmt: skip

    def message(self, **more: Any) -> Message:
        self.number += 1
        made = Message(
            id=uuid4(), thread=self.thread, number=self.number, after=self.number - 1, case_ref="B-1", reply_to=None,
            sender=self.address, recipient=own.address(), type="test/note", version=1, created=NOW,
            expires=NOW + timedelta(days=14), purpose="operation", legal_basis="Invented Agreement 3",
            classification="restricted", priority="normal", body={"n": self.number},
        )  # fmt: skip
        return replace(made, **more)

    def packed(self, message: Message, enclosed: tuple[bytes, ...] = ()) -> bytes:
        return wire.pack(jose.sign(message.to_bytes(), self.signs[0], self.signs[2], jose.MESSAGE_TYPE), enclosed)

    def answer(self, packed: bytes, kind: str = "accepted", at: datetime = NOW, code: str = "", **more: Any) -> str:
        """A receipt for bytes of ours."""
        raw = jose.parts(wire.split(packed)[0], jose.MESSAGE_TYPE)[1]
        said = envelope.read_message(raw)
        made = Receipt(said.id, kind, at, envelope.digest(raw), self.address, said.sender, code)
        made = replace(made, **more)
        return jose.sign(made.to_bytes(), self.signs[0], self.signs[2], jose.RECEIPT_TYPE)


def pin(other: Other, operator: Any, **more: Any) -> Any:
    return partners.trust(partners.read_card(other.card()), operator.act("operation", "set-up"), **more)


def take(packed: bytes, at: datetime = NOW, peer: str = ADDRESS) -> Receipt:
    """The receipt that we answer with."""
    token = receiving.take_in(packed, carrier="https", peer=peer, now=at)
    return envelope.read_receipt(jose.parts(token, jose.RECEIPT_TYPE)[1])


__all__ = ["ADDRESS", "NOW", "Other", "delivery", "pin", "take", "writing"]
