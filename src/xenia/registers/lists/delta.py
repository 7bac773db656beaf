"""A list version as a difference to the one before: what both files hold is named, only what is new is carried. Pure.

Files are cut where their own content says so, so that pages that moved are found again wherever they are. `XLD1`, the base's
SHA-256, then compressed (LZMA): the size, how long the numbers are, the numbers (how many bytes come, how many are copied,
from where in the base), the bytes that come. Numbers are LEB128; a place is told as its distance from where the last copy ended, zigzag.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from xenia.errors import BadInput

MAGIC: Final = b"XLD1"
_HEAD: Final = len(MAGIC) + 32
LARGEST: Final = 128 << 20
"""A file larger than this travels whole: both are held in memory while they are compared. Own choice."""
_CUT_BITS: Final = 6
_WINDOW: Final = 16
_SLAB: Final = 4 << 20
_LEAST_COPY: Final = 24
_GEAR: Final[npt.NDArray[np.uint32]] = np.frombuffer(
    b"".join(sha256(bytes([byte])).digest()[:4] for byte in range(256)), dtype="<u4"
)


def _cuts(data: bytes) -> list[int]:
    """Where the pieces of a file end: wherever the last sixteen bytes hash to a number with some zeros at its end."""
    found: list[int] = []
    mask = np.uint32((1 << _CUT_BITS) - 1)
    for start in range(0, len(data), _SLAB):
        first = max(0, start - _WINDOW + 1)
        part = _GEAR[np.frombuffer(data, dtype=np.uint8, count=min(len(data), start + _SLAB) - first, offset=first)]
        sums = part.copy()
        for back in range(1, min(_WINDOW, len(part))):
            sums[back:] += part[: len(part) - back] * np.uint32((2 * back + 1) * 2654435761 % (1 << 32))
        ends = np.flatnonzero(((sums >> np.uint32(20)) & mask) == 0) + first + 1
        found += ends[ends > start].tolist()
    if not found or found[-1] != len(data):
        found.append(len(data))
    return found


def _pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    before = 0
    for end in _cuts(data):
        if end > before:
            yield before, data[before:end]
            before = end


def make(base: bytes, new: bytes) -> bytes:
    """What makes `new` of `base`."""
    where: dict[bytes, int] = {}
    for at, piece in _pieces(base):
        where.setdefault(piece, at)
    copies: list[tuple[int, int, int]] = []  # in the new file, in the base, length
    for at, piece in _pieces(new):
        last = copies[-1] if copies else (0, 0, -1)
        follows = last[2] > 0 and at == last[0] + last[2] and base.startswith(piece, last[1] + last[2])
        found = last[1] + last[2] if follows else where.get(piece)
        if found is None:
            continue
        if follows:
            copies[-1] = (last[0], last[1], last[2] + len(piece))
        else:
            copies.append((at, found, len(piece)))
    return _written(base, new, copies)


def _written(base: bytes, new: bytes, copies: list[tuple[int, int, int]]) -> bytes:
    numbers, carried = bytearray(), bytearray()
    done, ended = 0, 0
    for at, place, length in copies:
        while at > done and place > 0 and new[at - 1] == base[place - 1]:
            at, place, length = at - 1, place - 1, length + 1
        if at < done:
            place, length, at = place + done - at, length - (done - at), done
        end = at + length
        while end < len(new) and place + length < len(base) and new[end] == base[place + length]:
            end, length = end + 1, length + 1
        if length < _LEAST_COPY:
            continue
        _number(numbers, at - done)
        _number(numbers, length)
        step = place - ended
        _number(numbers, step << 1 if step >= 0 else (-step << 1) - 1)
        carried += new[done:at]
        done, ended = end, place + length
    carried += new[done:]
    head = bytearray()
    _number(head, len(new))
    _number(head, len(numbers))
    return MAGIC + sha256(base).digest() + lzma.compress(bytes(head + numbers + carried), preset=6)


def write(old: Path, new: Path, out: Path) -> bool:
    """The difference of two files at `out`, where it is worth it: they are not too large, it is less than half of the new one."""
    if max(old.stat().st_size, new.stat().st_size) > LARGEST:
        return False
    made = make(old.read_bytes(), new.read_bytes())
    if 2 * len(made) > new.stat().st_size:
        return False
    out.write_bytes(made)
    return True


def base_of(path: Path) -> str:
    """SHA-256 of the file that this difference is of, hexadecimal; "" where it is none."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return head[len(MAGIC) :].hex() if head.startswith(MAGIC) and len(head) == _HEAD else ""


def apply(base: bytes, delta: bytes, largest: int = LARGEST) -> bytes:
    """What `make` was given. Raises `BadInput` (`bad-delta`) where the delta is none, is of another base, or reaches outside it."""
    if delta[:_HEAD] != MAGIC + sha256(base).digest():
        raise _bad()
    opener = lzma.LZMADecompressor()
    try:
        raw = opener.decompress(delta[_HEAD:], largest + 1)
        if not opener.eof or len(raw) > largest:
            raise _bad()
        size, at = _read(raw, 0)
        length, at = _read(raw, at)
        carried = at + length
        if size > largest or carried > len(raw):
            raise _bad()
        made, ended, limit = bytearray(), 0, carried
        while at < limit:
            fresh, at = _read(raw, at)
            copied, at = _read(raw, at)
            step, at = _read(raw, at)
            place = ended + (step >> 1 if not step & 1 else -((step + 1) >> 1))
            if not 0 <= place <= place + copied <= len(base) or len(made) + fresh + copied > size:
                raise _bad()
            made += raw[carried : carried + fresh]
            carried += fresh
            made += base[place : place + copied]
            ended = place + copied
        made += raw[carried:]
    except (lzma.LZMAError, IndexError) as error:
        raise _bad() from error
    if len(made) != size:
        raise _bad()
    return bytes(made)


def _bad() -> BadInput:
    return BadInput("That is no difference between two lists.", "The whole list is fetched.", code="bad-delta")


def _number(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _read(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if not byte & 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise IndexError
