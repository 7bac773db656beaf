"""Signed tree heads: what they say to the byte, and how they are kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from xenia.errors import BadInput, NotFound
from xenia.journal import canonical, signing
from xenia.journal.models import Head, KeyRecord
from xenia.journal.node import node as own_node

FORMAT = "xenia/head/1"
KEPT_SIZES = 256
KEPT_FOR = timedelta(hours=1)
"""Between two heads that are kept for good lie at most 256 entries and an hour, or one batch of the sealer."""


@dataclass(frozen=True)
class SignedHead:
    """A head as it travels: it says that the first `size` entries of `node` have this root. `signed_at` as in headers."""

    node: str
    size: int
    root: str
    signed_at: str
    key_id: str
    signature: str
    key: dict[str, str]

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return statement(self.node, self.size, self.root, self.signed_at, self.key_id)

    def is_signed(self) -> bool:
        """Whether the key that comes with it is the one it names and made the signature."""
        try:
            named = signing.thumbprint(self.key) == self.key_id
            return named and signing.check_with(self.key, self.statement(), signing.padded(self.signature))
        except (KeyError, ValueError, TypeError):
            return False

    def to_json(self) -> dict[str, Any]:
        """As `xenia journal head` prints it, without its schema."""
        return {
            "format": FORMAT,
            "node": self.node,
            "size": self.size,
            "root": self.root,
            "signed_at": self.signed_at,
            "key": self.key_id,
            "signature": self.signature,
            "public_key": self.key,
        }


def statement(node: str, size: int, root: str, signed_at: str, key_id: str) -> bytes:
    """The bytes that a head's signature covers: canonical JSON of six fields. `root` in hexadecimal."""
    return canonical.json_bytes(
        {"format": FORMAT, "key": key_id, "node": node, "root": root, "signed_at": signed_at, "size": size}
    )


def from_json(text: str | bytes) -> SignedHead:
    """A head as it was printed. Raises `BadInput` (code `bad-head`) for anything else."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT or not isinstance(data["public_key"], dict):
            raise ValueError
        head = SignedHead(
            str(data["node"]), int(data["size"]), str(data["root"]), str(data["signed_at"]), str(data["key"]),
            str(data["signature"]), {str(name): str(value) for name, value in data["public_key"].items()},
        )  # fmt: skip
        if head.size < 0 or len(bytes.fromhex(head.root)) != 32:
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "That is no head of a journal.", "Give a file that xenia journal head printed.", code="bad-head"
        ) from error
    return head


def of_row(row: Head, key: dict[str, str]) -> SignedHead:
    """A stored head as it travels."""
    return SignedHead(
        row.node, row.size, bytes(row.root).hex(), canonical.moment(row.signed_at), row.key_id,
        signing.unpadded(bytes(row.signature)), key,
    )  # fmt: skip


def latest_row(node: str) -> Head | None:
    """The newest stored head of a node, or None before its first sealing."""
    return Head.objects.filter(node=node).order_by("-size").first()


def latest(node: str | None = None) -> SignedHead:
    """The newest head of a node (this one by default). Raises `NotFound` (code `no-head`) before the first sealing."""
    row = latest_row(node or own_node())
    if row is None:
        raise NotFound("Nothing is sealed yet.", "Wait until the first entries are sealed.", code="no-head")
    record = KeyRecord.objects.filter(pk=row.key_id).first()
    return of_row(row, json.loads(record.jwk) if record else {})


def signed(node: str, size: int, root: bytes, frontier: bytes) -> Head:
    """A new head, signed now with the installation's key; not yet stored."""
    now = datetime.now(UTC)
    key_id = signing.thumbprint(signing.own_key())
    made = signing.sign(statement(node, size, root.hex(), canonical.moment(now), key_id))
    return Head(node=node, size=size, root=root, frontier=frontier, signed_at=now, key_id=key_id, signature=made.raw)


def is_passing(before: Head | None, head: Head | None, after: Head) -> bool:
    """Whether `head` need not be kept once `after` is stored, because `before` and `after` are close to each other."""
    return (
        before is not None
        and head is not None
        and before.key_id == head.key_id == after.key_id
        and after.size - before.size <= KEPT_SIZES
        and after.signed_at - before.signed_at <= KEPT_FOR
    )
