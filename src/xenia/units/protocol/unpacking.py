"""How a pack is read, whoever made it: everything in it is bounded, and nothing is left over. Pure."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xenia.journal.act import split_reference
from xenia.units.protocol import records, shape
from xenia.units.protocol.records import Record
from xenia.units.protocol.shape import DataKey
from xenia.units.protocol.words import WORDS

K = TypeVar("K")


class Reader:
    """Reads a pack, and refuses with `ValueError` and its like what no writer makes."""

    def __init__(self, packed: bytes) -> None:
        if packed[:4] != shape.MAGIC or len(packed) < shape.BEGIN:
            raise ValueError("no pack")
        headers, texts, squeezed = (int.from_bytes(packed[at : at + 4]) for at in (4, 8, 12))
        plain = _expanded(packed[shape.BEGIN : shape.BEGIN + squeezed])
        if headers > records.MOST_HEADERS or headers + texts > len(plain) or shape.BEGIN + squeezed > len(packed):
            raise ValueError("too long")
        self.headers = _headers(plain[:headers])
        self.texts, self.texts_end = _Bytes(plain, headers), headers + texts
        self.marks, self.raw = _Bytes(plain, headers + texts), _Bytes(packed, shape.BEGIN + squeezed)
        self.left = records.MOST_BYTES
        self.ids: list[bytes] = []
        self.times: list[int] = []
        self.keys: list[DataKey] = []
        self.last_ms = self.recorded = 0

    def all(self) -> tuple[tuple[Record, ...], tuple[DataKey, ...]]:
        """Everything in it; nothing is left over."""
        found = []
        while not self.marks.is_done():
            found.append(self._entry())
            if len(found) > records.MOST_RECORDS:
                raise ValueError("too many")
        if not found or not self.raw.is_done() or self.texts.at != self.texts_end:
            raise ValueError("something is left over")
        if len({one.id for one in found}) != len(found) or len({one.id for one in self.keys}) != len(self.keys):
            raise ValueError("twice the same")
        return tuple(found), tuple(self.keys)

    def _entry(self) -> Record:
        header = self.headers[self.marks.varint()]
        self.recorded += self.raw.signed()
        id, occurred = UUID(bytes=self._new_id()), self._time(self.marks.byte())
        records.moment(self.recorded), records.moment(occurred)  # what no calendar has is refused here
        reference = records.text(self._text(records.LONGEST), records.LONGEST)
        said: dict[str, Any] = {
            "id": id,
            "reference": reference,
            "recorded": self.recorded,
            "occurred": occurred,
        } | header
        form = self.marks.byte()
        if form == shape.ERASED:
            if split_reference(reference)[1]:
                raise ValueError("a note that should be gone")
            return Record(**said, salt=b"", key=b"", subjects=b"", body=None, content=self.raw.take(shape.SHA256))
        salt, count = self.raw.take(shape.SALT), self.marks.varint()
        if count > records.MOST_SUBJECTS:
            raise ValueError("too many subjects")
        parts = [self._id(self.marks.byte()) for _one in range(count)]
        if sorted(set(parts)) != parts:
            raise ValueError("subjects out of order")
        key, known = self._key()
        subjects, body = b"".join(parts), self._body(form, key, known)
        content = records.content_of(reference, salt, key, subjects, body)
        return Record(**said, salt=salt, key=key, subjects=subjects, body=body, content=content)

    def _body(self, form: int, key: bytes, known: DataKey | None) -> bytes:
        if form == shape.CIPHER:
            length = self.marks.varint()
            if length > records.MOST_BODY:
                raise ValueError("too long")
            return self.raw.take(length)
        if form == shape.OPEN and not key:
            return self._text(records.MOST_BODY).encode()
        if form != shape.UNSEALED or known is None:
            raise ValueError("no such form")
        nonce, prefix = self.raw.take(shape.NONCE), shape.SEALED + key
        plain = self._text(records.MOST_BODY).encode()
        return prefix + nonce + AESGCM(known.key).encrypt(nonce, plain, prefix)

    def _key(self) -> tuple[bytes, DataKey | None]:
        mark = self.marks.varint()
        if mark == 0:
            return b"", None
        if mark == 1:
            return self._id(self.marks.byte()), None
        if mark > 2:
            if mark - 3 >= len(self.keys):
                raise ValueError("no such key")
            known = self.keys[len(self.keys) - 1 - (mark - 3)]
            return known.id.bytes, known
        id, subject = self._id(self.marks.byte()), self._id(self.marks.byte())
        purpose, made_at = self._text(shape.PURPOSE), records.at(self.recorded + self.raw.signed())
        if not purpose.isprintable() or not purpose:
            raise ValueError("no purpose")
        self.keys.append(DataKey(UUID(bytes=id), UUID(bytes=subject), purpose, made_at, self.raw.take(shape.KEY)))
        return id, self.keys[-1]

    def _text(self, longest: int) -> str:
        """The next text, its places filled in."""
        text = self.texts.line(self.texts_end).decode()
        self.left -= len(text) + 36 * (text.count(shape.ID) + text.count(shape.TIME))
        if self.left < 0:
            raise ValueError("too long")
        whole = shape.BACK.sub(self._named, text)
        if shape.CONTROL.search(whole) or len(whole) > longest:
            raise ValueError("no text")
        return whole

    def _named(self, found: re.Match[str]) -> str:
        place = ord(found[1]) - shape.PLACE
        return str(UUID(bytes=self._id(place))) if found[0][0] == shape.ID else shape.iso(self._time(place))

    def _id(self, place: int) -> bytes:
        return _nth(self.ids, place, self._new_id)

    def _time(self, place: int) -> int:
        return _nth(self.times, place, lambda: self.recorded + self.raw.signed())

    def _new_id(self) -> bytes:
        number = int.from_bytes(self.raw.take(10))
        step, low = number >> 74, number & (1 << 74) - 1
        if step == shape.ESCAPE:
            if not self.raw.byte():
                if low:
                    raise ValueError("no id")
                return self.raw.take(16)
            step = self.raw.signed()
        self.last_ms += step
        if not 0 <= self.last_ms < 1 << 48:
            raise ValueError("no time of an id")
        high = self.last_ms << 80 | shape.V7 << shape.V7_AT | low >> 62 << 64
        return (high | shape.VARIANT << shape.VARIANT_AT | low & (1 << 62) - 1).to_bytes(16)


def _nth(recent: list[K], place: int, new: Callable[[], K]) -> K:
    """What stands there among those named last, or a new one for 0; it stands first from now on."""
    if not 0 <= place <= len(recent):
        raise ValueError("no such place")
    value = recent.pop(place - 1) if place else new()
    recent.insert(0, value)
    del recent[shape.RECENT :]
    return value


def _expanded(squeezed: bytes) -> bytes:
    opened = zlib.decompressobj(-15, zdict=WORDS)
    try:
        plain = opened.decompress(squeezed, records.MOST_BYTES + 1)
    except zlib.error as error:
        raise ValueError("no pack") from error
    if len(plain) > records.MOST_BYTES or not opened.eof or opened.unused_data:
        raise ValueError("too long")
    return plain


def _headers(raw: bytes) -> list[dict[str, Any]]:
    found = []
    for row in json.loads(raw):
        *texts, schema = row
        if len(texts) != len(shape.HEADER) or type(schema) is not int or not 1 <= schema <= records.HIGHEST_SCHEMA:
            raise ValueError("no header")
        said = {
            name: records.text(value, records.SHORT.get(name, records.LONGEST))
            for name, value in zip(shape.HEADER, texts, strict=True)
        }
        found.append(said | {"schema": schema})
    return found


class _Bytes:
    """Takes bytes one after the other; never past the end."""

    def __init__(self, plain: bytes, at: int) -> None:
        self.plain, self.at = plain, at

    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.plain)

    def take(self, count: int) -> bytes:
        """The next bytes. Raises `ValueError` where there are fewer."""
        end = self.at + count
        if end > len(self.plain):
            raise ValueError("too short")
        taken, self.at = self.plain[self.at : end], end
        return taken

    def line(self, end: int) -> bytes:
        """The bytes up to the next zero before `end`, and go past it. Raises `ValueError` where there is none."""
        begin, zero = self.at, self.plain.index(b"\0", self.at, end)
        self.at = zero + 1
        return self.plain[begin:zero]

    def byte(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def varint(self) -> int:
        """A whole number of at most 63 bits, seven to a byte, the lowest first."""
        found = 0
        for shift in range(0, 63, 7):
            byte = self.byte()
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return found
        raise ValueError("too large")

    def signed(self) -> int:
        """A whole number, its sign in the lowest bit."""
        found = self.varint()
        return found >> 1 if found & 1 == 0 else -(found >> 1) - 1
