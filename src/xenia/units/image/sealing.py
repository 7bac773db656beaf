"""What lies on the stick for a unit to come, sealed with a key that is on it nowhere: it takes both codes. Pure.

A sealed file: pieces of 1 MiB, each AES-256-GCM under a key of that file; the nonce is the number of the piece (11 bytes) and whether
it is the last (1 byte). So no piece can be left out, put elsewhere, doubled or cut off without being noticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xenia.errors import BadInput
from xenia.units.image import start

PIECE: Final = 1 << 20
TAG: Final = 16
SALT: Final = 16


@dataclass(frozen=True)
class Keys:
    """What the codes of an image give, 32 bytes each. `listed`: proves its list of files; `sealed`: opens what is sealed;
    `contact`: what the unit proves at its first contact with the centre."""

    listed: bytes
    sealed: bytes
    contact: bytes


def keys(code: str, release: str, salt: bytes) -> Keys:
    """The keys of these codes, as typed. Without a release code: keys that open nothing. Raises `BadInput` (code `image-code`)."""
    try:
        plain = start.plain(release, start.RELEASE_LETTERS) if release else ""
        made = start.keys(start.plain(code, start.CODE_LETTERS), plain, salt)
    except start.Stopped as wrong:
        raise BadInput(str(wrong), "", code="image-code") from wrong
    return Keys(made[:32], made[32:64], made[64:])


def _cipher(key: bytes, number: int) -> AESGCM:
    info = b"xenia/image/file" + number.to_bytes(4, "big")
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(key))


def _nonce(piece: int, last: bool) -> bytes:
    return piece.to_bytes(11, "big") + bytes([last])


def _pieces(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Number, bytes, and whether it is the last; an empty file is one empty piece."""
    number, here = 0, file.read(size)
    while True:
        following = file.read(size)
        yield number, here, not following
        if not following:
            return
        number, here = number + 1, following


def seal(key: bytes, number: int, source: BinaryIO, target: BinaryIO) -> None:
    """Everything of `source`, sealed as the file of that number."""
    cipher = _cipher(key, number)
    for piece, raw, last in _pieces(source, PIECE):
        target.write(cipher.encrypt(_nonce(piece, last), raw, None))


def opened(key: bytes, number: int, source: Path) -> Iterator[bytes]:
    """What was sealed as the file of that number, piece by piece. Raises `BadInput` (code `image-altered`)."""
    cipher = _cipher(key, number)
    try:
        with source.open("rb") as file:
            for piece, raw, last in _pieces(file, PIECE + TAG):
                yield cipher.decrypt(_nonce(piece, last), raw, None)
    except (InvalidTag, ValueError, OSError) as error:
        raise altered() from error


def altered() -> BadInput:
    """What is on the stick is not what the centre put there, or a code is wrong."""
    return BadInput(
        "A code is not the one of this image, or the image was altered.",
        "Compare the codes; if they are right, do not use it and call the centre.",
        code="image-altered",
    )
