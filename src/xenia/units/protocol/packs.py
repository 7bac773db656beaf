"""Packs: entries with the data keys that open them, as they travel. Whatever either side can work out is not sent. Pure.

A pack: `XUP2`, four lengths of 4 bytes, then headers, marks and texts (compressed together, with `WORDS` known to both), and what
nothing compresses: random parts of ids, salts, keys, nonces, times.

- A body that was sealed travels as what was sealed, with key and nonce, inside the connection that both ends pinned; sealing it
  again gives the same bytes, and the content hash shows that it did. Where the key is gone, the sealed bytes travel.
- An id is sent once, as what is random in it; later it is its place among the ids named last. So is a time in a body.
- Headers that repeat are sent once.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xenia.units.protocol import records, shape
from xenia.units.protocol.records import Record
from xenia.units.protocol.shape import DataKey
from xenia.units.protocol.unpacking import Reader
from xenia.units.protocol.words import WORDS

K = TypeVar("K")


def pack(entries: Sequence[Record], keys: Sequence[DataKey] = ()) -> bytes:
    """These entries in order, and of these keys the ones that they need."""
    return _Writer({one.id.bytes: one for one in keys}).all(entries)


def unpack(packed: bytes) -> tuple[tuple[Record, ...], tuple[DataKey, ...]]:
    """The entries and keys of a pack. Raises `BadInput` (code `bad-pack`) for anything else, whoever made it."""
    try:
        return Reader(packed).all()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise records.bad_pack() from error


def _varint(count: int) -> bytes:
    out = bytearray()
    while count > 0x7F:
        out.append(count & 0x7F | 0x80)
        count >>= 7
    out.append(count)
    return bytes(out)


def _signed(count: int) -> bytes:
    return _varint(count * 2 if count >= 0 else -count * 2 - 1)


def _place(recent: list[K], value: K) -> int:
    """Where a value stands among those named last, from 1; 0 where it does not. It stands first from now on."""
    place = recent.index(value) + 1 if value in recent else 0
    if place:
        del recent[place - 1]
    recent.insert(0, value)
    del recent[shape.RECENT :]
    return place


class _Writer:
    """Builds the four parts of a pack."""

    def __init__(self, keys: dict[bytes, DataKey]) -> None:
        self.keys = keys
        self.headers: dict[tuple[str | int, ...], int] = {}
        self.marks, self.texts, self.raw = bytearray(), bytearray(), bytearray()
        self.ids: list[bytes] = []
        self.times: list[int] = []
        self.sent: dict[bytes, int] = {}
        self.last_ms = self.recorded = 0

    def all(self, entries: Sequence[Record]) -> bytes:
        """The whole pack."""
        for one in entries:
            self._entry(one)
        headers = json.dumps(list(self.headers), ensure_ascii=False, separators=(",", ":")).encode()
        squeezed = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, WORDS)
        parts = squeezed.compress(headers + bytes(self.texts) + bytes(self.marks)) + squeezed.flush()
        lengths = b"".join(len(one).to_bytes(4, "big") for one in (headers, self.texts, parts))
        return shape.MAGIC + lengths + parts + bytes(self.raw)

    def _entry(self, one: Record) -> None:
        header = (*(getattr(one, name) for name in shape.HEADER), one.schema)
        self.marks += _varint(self.headers.setdefault(header, len(self.headers)))
        self.raw += _signed(one.recorded - self.recorded)
        self.recorded = one.recorded
        self._new_id(one.id.bytes)
        self._mark_time(one.occurred)
        self._text(one.reference)
        form, plain = self._form(one)
        self.marks.append(form)
        if form == shape.ERASED:
            self.raw += one.content
            return
        self.raw += one.salt
        self.marks += _varint(len(one.subjects) // 16)
        for at in range(0, len(one.subjects), 16):
            self._mark_id(one.subjects[at : at + 16])
        self._key(one.key)
        if form == shape.CIPHER:
            self.marks += _varint(len(plain))
            self.raw += plain
            return
        if form == shape.UNSEALED:
            assert one.body is not None
            self.raw += one.body[len(shape.SEALED) + 16 : len(shape.SEALED) + 16 + shape.NONCE]
        self._text(plain.decode())

    def _form(self, one: Record) -> tuple[int, bytes]:
        """How the body travels, and what of it."""
        body = one.body
        if body is None:
            return shape.ERASED, b""
        key = self.keys.get(one.key)
        if one.key and key and body[:17] == shape.SEALED + one.key:
            try:
                plain = AESGCM(key.key).decrypt(body[17 : 17 + shape.NONCE], body[17 + shape.NONCE :], body[:17])
            except (InvalidTag, ValueError):
                return shape.CIPHER, body
            return (shape.UNSEALED, plain) if _is_text(plain) else (shape.CIPHER, body)
        return (shape.OPEN, body) if not one.key and _is_text(body) else (shape.CIPHER, body)

    def _key(self, key: bytes) -> None:
        """0 none; 1 named, and nothing is known of it; 2 new; 3 and more: the one that was sent as the so-many-eth, the newest 3."""
        if not key:
            self.marks.append(0)
        elif key in self.sent:
            self.marks += _varint(3 + len(self.sent) - 1 - self.sent[key])
        elif key not in self.keys:
            self.marks.append(1)
            self._mark_id(key)
        else:
            known = self.keys[key]
            self.sent[key] = len(self.sent)
            self.marks.append(2)
            self._mark_id(key)
            self._mark_id(known.subject.bytes)
            self._text(known.purpose)
            self.raw += _signed(records.micros(known.made_at) - self.recorded) + known.key

    def _text(self, text: str) -> None:
        self.texts += shape.TOKENS.sub(lambda found: self._token(found[0]), text).encode() + b"\0"

    def _token(self, text: str) -> str:
        if text[8] == "-":
            return shape.ID + chr(shape.PLACE + self._id(UUID(text).bytes))
        at = shape.moment(text)
        return text if at is None else shape.TIME + chr(shape.PLACE + self._time(at))

    def _mark_id(self, value: bytes) -> None:
        self.marks.append(self._id(value))

    def _id(self, value: bytes) -> int:
        place = _place(self.ids, value)
        if not place:
            self._new_id(value)
        return place

    def _new_id(self, value: bytes) -> None:
        """A version 7: 6 bits of milliseconds since the last, 74 random bits. Anything else: escaped, and as it is."""
        number = int.from_bytes(value)
        ms, low = number >> 80, (number >> 64 & 0xFFF) << 62 | number & (1 << 62) - 1
        is_v7 = number >> shape.V7_AT & 0xF == shape.V7 and number >> shape.VARIANT_AT & 3 == shape.VARIANT
        step = ms - self.last_ms
        if is_v7 and 0 <= step < shape.ESCAPE:
            self.raw += (step << 74 | low).to_bytes(10)
        elif is_v7:
            self.raw += (shape.ESCAPE << 74 | low).to_bytes(10) + b"\1" + _signed(step)
        else:
            self.raw += (shape.ESCAPE << 74).to_bytes(10) + b"\0" + value
        self.last_ms = ms if is_v7 else self.last_ms

    def _mark_time(self, value: int) -> None:
        self.marks.append(self._time(value))

    def _time(self, value: int) -> int:
        place = _place(self.times, value)
        if not place:
            self.raw += _signed(value - self.recorded)
        return place


def _is_text(plain: bytes) -> bool:
    try:
        return shape.CONTROL.search(plain.decode()) is None
    except UnicodeDecodeError:
        return False
