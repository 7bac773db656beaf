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
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xenia.journal import canonical
from xenia.journal.act import split_reference
from xenia.units.protocol import records
from xenia.units.protocol.records import Record
from xenia.units.protocol.words import WORDS

K = TypeVar("K")
MAGIC: Final = b"XUP2"
BEGIN: Final = 4 + 3 * 4
HEADER: Final = ("kind", "owner", "origin", "actor", "purpose", "legal_basis", "retention_class")
SALT, SHA256, KEY, NONCE, TAG = canonical.SALT_BYTES, 32, 32, 12, 16
SEALED: Final = b"\x01"
ERASED, OPEN, UNSEALED, CIPHER = range(4)
"""How a body travels: not at all, as it is, as what was sealed in it, or as the sealed bytes."""
RECENT: Final = 64
"""Ids and times named last that a place may point to; few, so that nobody can make the search long."""
ID, TIME, PLACE = "\x01", "\x02", 0x20
TOKENS: Final = re.compile(
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?:19|20)\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}\+00:00",
    re.ASCII,
)
BACK: Final = re.compile("[\x01\x02](.)", re.DOTALL)
CONTROL: Final = re.compile("[\x00-\x1f]")
PURPOSE: Final = 80
V7_AT, V7, VARIANT_AT, VARIANT = 76, 7, 62, 2
ESCAPE: Final = 63


@dataclass(frozen=True)
class DataKey:
    """A data key of the unit that opens bodies of a pack. `key`: 32 bytes."""

    id: UUID
    subject: UUID
    purpose: str
    made_at: datetime
    key: bytes


def pack(entries: Sequence[Record], keys: Sequence[DataKey] = ()) -> bytes:
    """These entries in order, and of these keys the ones that they need."""
    return _Writer({one.id.bytes: one for one in keys}).all(entries)


def unpack(packed: bytes) -> tuple[tuple[Record, ...], tuple[DataKey, ...]]:
    """The entries and keys of a pack. Raises `BadInput` (code `bad-pack`) for anything else, whoever made it."""
    try:
        return _Reader(packed).all()
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


def _moment(text: str) -> int | None:
    """Microseconds since 1970 of a time as bodies write it; None where it would be written otherwise."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return records.micros(at) if _iso(records.micros(at)) == text else None


def _iso(micros: int) -> str:
    return records.at(micros).astimezone(UTC).isoformat(timespec="microseconds")


def _place(recent: list[K], value: K) -> int:
    """Where a value stands among those named last, from 1; 0 where it does not. It stands first from now on."""
    place = recent.index(value) + 1 if value in recent else 0
    if place:
        del recent[place - 1]
    recent.insert(0, value)
    del recent[RECENT:]
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
        return MAGIC + lengths + parts + bytes(self.raw)

    def _entry(self, one: Record) -> None:
        header = (*(getattr(one, name) for name in HEADER), one.schema)
        self.marks += _varint(self.headers.setdefault(header, len(self.headers)))
        self.raw += _signed(one.recorded - self.recorded)
        self.recorded = one.recorded
        self._new_id(one.id.bytes)
        self._mark_time(one.occurred)
        self._text(one.reference)
        form, plain = self._form(one)
        self.marks.append(form)
        if form == ERASED:
            self.raw += one.content
            return
        self.raw += one.salt
        self.marks += _varint(len(one.subjects) // 16)
        for at in range(0, len(one.subjects), 16):
            self._mark_id(one.subjects[at : at + 16])
        self._key(one.key)
        if form == CIPHER:
            self.marks += _varint(len(plain))
            self.raw += plain
            return
        if form == UNSEALED:
            assert one.body is not None
            self.raw += one.body[len(SEALED) + 16 : len(SEALED) + 16 + NONCE]
        self._text(plain.decode())

    def _form(self, one: Record) -> tuple[int, bytes]:
        """How the body travels, and what of it."""
        body = one.body
        if body is None:
            return ERASED, b""
        key = self.keys.get(one.key)
        if one.key and key and body[:17] == SEALED + one.key:
            try:
                plain = AESGCM(key.key).decrypt(body[17 : 17 + NONCE], body[17 + NONCE :], body[:17])
            except (InvalidTag, ValueError):
                return CIPHER, body
            return (UNSEALED, plain) if _is_text(plain) else (CIPHER, body)
        return (OPEN, body) if not one.key and _is_text(body) else (CIPHER, body)

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
        self.texts += TOKENS.sub(lambda found: self._token(found[0]), text).encode() + b"\0"

    def _token(self, text: str) -> str:
        if text[8] == "-":
            return ID + chr(PLACE + self._id(UUID(text).bytes))
        at = _moment(text)
        return text if at is None else TIME + chr(PLACE + self._time(at))

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
        is_v7 = number >> V7_AT & 0xF == V7 and number >> VARIANT_AT & 3 == VARIANT
        step = ms - self.last_ms
        if is_v7 and 0 <= step < ESCAPE:
            self.raw += (step << 74 | low).to_bytes(10)
        elif is_v7:
            self.raw += (ESCAPE << 74 | low).to_bytes(10) + b"\1" + _signed(step)
        else:
            self.raw += (ESCAPE << 74).to_bytes(10) + b"\0" + value
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
        return CONTROL.search(plain.decode()) is None
    except UnicodeDecodeError:
        return False


class _Reader:
    """Reads a pack, and refuses with `ValueError` and its like what no writer makes."""

    def __init__(self, packed: bytes) -> None:
        if packed[:4] != MAGIC or len(packed) < BEGIN:
            raise ValueError("no pack")
        headers, texts, squeezed = (int.from_bytes(packed[at : at + 4]) for at in (4, 8, 12))
        plain = _expanded(packed[BEGIN : BEGIN + squeezed])
        if headers > records.MOST_HEADERS or headers + texts > len(plain) or BEGIN + squeezed > len(packed):
            raise ValueError("too long")
        self.headers = _headers(plain[:headers])
        self.texts, self.texts_end = _Bytes(plain, headers), headers + texts
        self.marks, self.raw = _Bytes(plain, headers + texts), _Bytes(packed, BEGIN + squeezed)
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
        if form == ERASED:
            if split_reference(reference)[1]:
                raise ValueError("a note that should be gone")
            return Record(**said, salt=b"", key=b"", subjects=b"", body=None, content=self.raw.take(SHA256))
        salt, count = self.raw.take(SALT), self.marks.varint()
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
        if form == CIPHER:
            length = self.marks.varint()
            if length > records.MOST_BODY:
                raise ValueError("too long")
            return self.raw.take(length)
        if form == OPEN and not key:
            return self._text(records.MOST_BODY).encode()
        if form != UNSEALED or known is None:
            raise ValueError("no such form")
        nonce, prefix = self.raw.take(NONCE), SEALED + key
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
        purpose, made_at = self._text(PURPOSE), records.at(self.recorded + self.raw.signed())
        if not purpose.isprintable() or not purpose:
            raise ValueError("no purpose")
        self.keys.append(DataKey(UUID(bytes=id), UUID(bytes=subject), purpose, made_at, self.raw.take(KEY)))
        return id, self.keys[-1]

    def _text(self, longest: int) -> str:
        """The next text, its places filled in."""
        text = self.texts.line(self.texts_end).decode()
        self.left -= len(text) + 36 * (text.count(ID) + text.count(TIME))
        if self.left < 0:
            raise ValueError("too long")
        whole = BACK.sub(self._named, text)
        if CONTROL.search(whole) or len(whole) > longest:
            raise ValueError("no text")
        return whole

    def _named(self, found: re.Match[str]) -> str:
        place = ord(found[1]) - PLACE
        return str(UUID(bytes=self._id(place))) if found[0][0] == ID else _iso(self._time(place))

    def _id(self, place: int) -> bytes:
        return _nth(self.ids, place, self._new_id)

    def _time(self, place: int) -> int:
        return _nth(self.times, place, lambda: self.recorded + self.raw.signed())

    def _new_id(self) -> bytes:
        number = int.from_bytes(self.raw.take(10))
        step, low = number >> 74, number & (1 << 74) - 1
        if step == ESCAPE:
            if not self.raw.byte():
                if low:
                    raise ValueError("no id")
                return self.raw.take(16)
            step = self.raw.signed()
        self.last_ms += step
        if not 0 <= self.last_ms < 1 << 48:
            raise ValueError("no time of an id")
        high = self.last_ms << 80 | V7 << V7_AT | low >> 62 << 64
        return (high | VARIANT << VARIANT_AT | low & (1 << 62) - 1).to_bytes(16)


def _nth(recent: list[K], place: int, new: Callable[[], K]) -> K:
    """What stands there among those named last, or a new one for 0; it stands first from now on."""
    if not 0 <= place <= len(recent):
        raise ValueError("no such place")
    value = recent.pop(place - 1) if place else new()
    recent.insert(0, value)
    del recent[RECENT:]
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
        if len(texts) != len(HEADER) or type(schema) is not int or not 1 <= schema <= records.HIGHEST_SCHEMA:
            raise ValueError("no header")
        said = {
            name: records.text(value, records.SHORT.get(name, records.LONGEST))
            for name, value in zip(HEADER, texts, strict=True)
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
