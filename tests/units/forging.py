"""A unit in wrong hands: a valid key and certificate, an honest shift's entries, and everything that can be done with them.

`Forger` signs whatever it is told to; `everything()` is all that a centre holds besides what units may add to it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.apps import apps

from tests import coming
from xenia.journal import canonical, data_keys, kinds, signing
from xenia.journal.heads import SignedHead
from xenia.journal.models import Entry
from xenia.journal.tree import Frontier
from xenia.units import stored
from xenia.units.models import Unit
from xenia.units.protocol import records, shape
from xenia.units.protocol.records import Record
from xenia.units.protocol.shape import DataKey
from xenia.units.protocol.words import WORDS
from xenia.units.wire import Parcel

NODE, OWNER = "uto-t1-u1", "UTO-BG"
OUTSIDE = {"units.Unit", "units.Aside", "units.Intake", "access.Epoch"}
"""Tables of the units themselves, and counters that say that something is new."""


def record(kind: str, body: dict[str, Any] | bytes, **more: Any) -> Record:
    """An entry as a unit would write it now, unsealed; anything of it otherwise."""
    now = records.micros(datetime.now(UTC))
    said = body if isinstance(body, bytes) else json.dumps(body).encode()
    one = Record(
        uuid4(), kind, 1, OWNER, f"{NODE}/UTO-T1/L1", f"account:{uuid4()}", "border-first-line", "law", "check:1", "journal",
        now, now, b"s" * 16, b"", b"", said, b"",
    )  # fmt: skip
    return again(replace(one, **more))


def again(one: Record, **more: Any) -> Record:
    """The same with other fields, its hash made anew, as its forger would."""
    one = replace(one, **more)
    if one.body is None:
        return replace(one, salt=b"", key=b"", subjects=b"")
    return replace(one, content=records.content_of(one.reference, one.salt, one.key, one.subjects, one.body))


@dataclass
class Shift:
    """What an honest shift wrote: its entries, and the data keys that open them."""

    entries: list[Record]
    keys: list[DataKey]
    plain: dict[UUID, dict[str, Any]]

    def all_as(self, **more: Any) -> list[Record]:
        """All of them with other fields."""
        return [again(one, **more) for one in self.entries]

    def one(self, kind: str) -> Record:
        """The first of a kind."""
        return next(one for one in self.entries if one.kind == kind)


def shift(work: Any) -> Shift:
    """The shift that `work` does at the unit; nothing of it stays here."""
    batch = coming.away(lambda: (work(), _bodies()), NODE)
    keys = [DataKey(row.id, row.subject, row.purpose, row.made_at, data_keys.unwrapped(row)) for row in batch.keys]
    return Shift([stored.record(row) for row in batch.entries], keys, batch.made[1])


def _bodies() -> dict[UUID, dict[str, Any]]:
    from xenia.journal import entries

    return entries.bodies(Entry.objects.filter(node=NODE))


@dataclass
class Forger:
    """Whoever holds the unit's key. `sent`: the leaves of what the centre took; `key`: another one signs what is forged."""

    unit: Unit
    private: ec.EllipticCurvePrivateKey
    sent: list[bytes] = field(default_factory=list)

    def head(self, entries: Sequence[Record], *, first: int | None = None, node: str = NODE, **more: Any) -> SignedHead:
        """A head over all that was sent and these, signed; fields given by name are signed as they are."""
        tree = Frontier()
        leaves = self.sent[: first - 1] if first is not None else self.sent
        for leaf in (*leaves, *(one.leaf(node) for one in entries)):
            tree.add(leaf)
        private = more.pop("private", self.private)
        key = signing.jwk(private.public_key())
        said = {
            "size": tree.size, "root": tree.root().hex(), "signed_at": canonical.moment(datetime.now(UTC)),
            "key_id": signing.thumbprint(key), "key": key, **more,
        }  # fmt: skip
        made = SignedHead(node=node, signature="", **said)
        try:
            statement = made.statement()
        except Exception:  # what cannot be written down cannot be signed; it is sent all the same
            statement = b""
        r, s = decode_dss_signature(private.sign(statement, ec.ECDSA(hashes.SHA256())))
        return replace(made, signature=signing.unpadded(r.to_bytes(32, "big") + s.to_bytes(32, "big")))

    def parcel(self, entries: Sequence[Record], keys: Sequence[DataKey] = (), **more: Any) -> Parcel:
        """The batch that follows, or any other, where its parts are given by name."""
        first = more.pop("first", len(self.sent) + 1)
        head = more.pop("head", None) or self.head(entries, first=min(max(first, 1), len(self.sent) + 1))
        made = Parcel(NODE, first, tuple(entries), head, tuple(keys), {"version": "0"})
        return replace(made, **more)

    def send(self, entries: Sequence[Record], keys: Sequence[DataKey] = (), **more: Any) -> bytes:
        """As it goes over the line."""
        return self.parcel(entries, keys, **more).to_bytes()

    def took(self, entries: Sequence[Record]) -> None:
        """The centre has these."""
        self.sent += [one.leaf(NODE) for one in entries]

    def cover(self, entries: Sequence[Record], change: Any) -> bytes:
        """A batch whose cover was changed by hand."""
        raw = self.send(entries)
        length = int.from_bytes(raw[:4], "big")
        cover = json.loads(raw[4 : 4 + length])
        changed = change(cover)
        said = changed if isinstance(changed, bytes) else json.dumps(cover if changed is None else changed).encode()
        return len(said).to_bytes(4, "big") + said + raw[4 + length :]

    def parts(self, entries: Sequence[Record], change: Callable[[Parts], None], keys: Sequence[DataKey] = ()) -> bytes:
        """A batch whose pack was changed by hand."""
        raw = self.send(entries, keys)
        at = 4 + int.from_bytes(raw[:4], "big")
        parts = Parts.of(raw[at:])
        change(parts)
        return raw[:at] + parts.pack()


@dataclass
class Parts:
    """The four parts of a pack. `headers`: what is said as JSON, or bytes that are said instead."""

    headers: Any
    texts: bytes
    marks: bytearray
    raw: bytes

    @classmethod
    def of(cls, pack: bytes) -> Parts:
        """Taken apart."""
        headers, texts, squeezed_bytes = (int.from_bytes(pack[at : at + 4], "big") for at in (4, 8, 12))
        begins, ends = shape.BEGIN, shape.BEGIN + squeezed_bytes
        plain = zlib.decompressobj(-15, zdict=WORDS).decompress(pack[begins:ends])
        marks = bytearray(plain[headers + texts :])
        return cls(json.loads(plain[:headers]), plain[headers : headers + texts], marks, pack[ends:])

    def pack(self) -> bytes:
        """Put together again."""
        headers = self.headers if isinstance(self.headers, bytes) else json.dumps(self.headers).encode()
        parts = squeezed(headers + self.texts + bytes(self.marks))
        lengths = b"".join(len(one).to_bytes(4, "big") for one in (headers, self.texts, parts))
        return shape.MAGIC + lengths + parts + self.raw


def squeezed(plain: bytes) -> bytes:
    """Compressed as packs are."""
    made = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, WORDS)
    return made.compress(plain) + made.flush()


def varint(count: int) -> bytes:
    """A whole number as packs write it, however large."""
    out = bytearray()
    while count > 0x7F:
        out.append(count & 0x7F | 0x80)
        count >>= 7
    return bytes(out) + bytes([count])


def unit_with(private: ec.EllipticCurvePrivateKey, name: str = NODE, post: str = "UTO-T1", **more: Any) -> Unit:
    """A unit that was admitted."""
    key, now = signing.jwk(private.public_key()), datetime.now(UTC)
    said: dict[str, Any] = {
        "label": name, "state": "active", "invited_by": uuid4(), "invited_at": now - timedelta(days=2), "owner": OWNER,
        "key": json.dumps(key), "key_id": signing.thumbprint(key), "fingerprint": "f" * 63 + name[-1], **more,
    }  # fmt: skip
    return Unit.objects.create(name=name, post=post, **said)


def everything(own_keys: Sequence[DataKey] = ()) -> dict[str, list[str]]:
    """Every row that is no unit's own doing: all tables, without what the centre notes about its units."""
    found: dict[str, list[str]] = {}
    kept = set(Entry.objects.exclude(node=NODE).exclude(kind__startswith="unit.").values_list("id", flat=True))
    work = set(Entry.objects.filter(kind="work.opened", reference__startswith="unit:").values_list("id", flat=True))
    mine = {one.id for one in own_keys}
    for model in apps.get_models():
        label = model._meta.label
        if label in OUTSIDE or model._meta.app_label in ("sessions", "contenttypes"):
            continue
        rows = model._default_manager.all()
        if label == "journal.Entry":
            rows = rows.filter(id__in=kept - work)
        elif label == "journal.EntrySubject":
            rows = rows.filter(entry__in=kept - work)
        elif label in ("journal.Leaf", "journal.Head", "journal.KeyRecord"):
            rows = rows.exclude(node=NODE)
        elif label == "journal.DataKey":
            rows = rows.exclude(id__in=mine)
        elif label == "work.WorkItem":
            rows = rows.exclude(kind__startswith="unit.")
        columns = [one.attname for one in model._meta.concrete_fields]
        found[label] = sorted(str([_plain(value) for value in row]) for row in rows.values_list(*columns))
    return found


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def introduced(forger: Forger, key_id: str = "") -> Record:
    """The entry that every node begins with: the key that signs its heads."""
    body = {"key": key_id or forger.unit.key_id, "algorithm": "ES256"}
    return record(
        kinds.KEY_INTRODUCED.name, body, actor="system:sealer", owner="", origin=NODE, purpose="operation", legal_basis="",
        reference="set-up",
    )  # fmt: skip
