"""What lies on the disk of a unit, so that the disk alone tells nothing: the key of its store while it is open, and sealed files.

The key is held in the memory of this process only, from when somebody opened the store until the process ends; `units/store`
says who may. A centre has none: there all of this leaves files as they are. What a file is, is seen from its first bytes.

A sealed file: `XAR1`, 16 bytes of its own, then pieces: 4 bytes length, 12 bytes nonce, AES-256-GCM ciphertext and tag. Associated
data of a piece is its number; the key is made of the store's key and the file's own bytes. Pieces can be added at the end. That
none is missing at the end is not proved here: whoever reads knows the hash, or that there is one piece.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import struct
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xenia.errors import Unavailable

MAGIC: Final = b"XAR1"
PLAIN_DATABASE: Final = b"SQLite format 3\x00"
KEY: Final = 32
PIECE: Final = 256 * 1024
_OWN, _NONCE, _TAG = 16, 12, 16
_LENGTH: Final = struct.Struct(">I")

_key: bytes | None = None
_begun = False
_when_open: list[Callable[[], None]] = []


def is_kept() -> bool:
    """Whether this installation keeps an encrypted store, open or not."""
    from django.conf import settings

    return _begun or bool(getattr(settings, "XENIA_SEALED", False))


def is_locked() -> bool:
    """Whether there is an encrypted store that nobody has opened in this process."""
    return _key is None and is_kept()


def hold(key: bytes) -> None:
    """The store is open in this process from now on, and nobody is told yet. `key`: 32 bytes."""
    global _key
    if len(key) != KEY:
        raise ValueError("a key of the store has 32 bytes")
    _key = key


def tell() -> None:
    """Whoever waited for the store to be open is called."""
    while _when_open:
        _when_open.pop(0)()


def open_with(key: bytes) -> None:
    """The store is open in this process from now on, and whoever waited for it is called. `key`: 32 bytes."""
    hold(key)
    tell()


def begin(key: bytes) -> None:
    """A new store, in an installation that has none yet: from now on files of this process are sealed."""
    global _begun
    _begun = True
    open_with(key)


def shut() -> None:
    """This process forgets the key; what it has open stays open."""
    global _key, _begun
    _key, _begun = None, False
    _derived.cache_clear()


def when_open(do: Callable[[], None]) -> None:
    """Do this as soon as the store is open; at once where it is, or where there is none."""
    if is_locked():
        _when_open.append(do)
    else:
        do()


def key() -> bytes:
    """The key itself, to be handed on by `units/store`. Raises `Unavailable` (code `store-locked`)."""
    if _key is None:
        raise Unavailable("This unit is locked.", "Open it: with a PIN, or through its centre.", code="store-locked")
    return _key


@lru_cache(maxsize=256)
def _derived(base: bytes, purpose: str, salt: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY, salt, f"xenia/at-rest/{purpose}".encode()).derive(base)


def subkey(purpose: str, salt: bytes = b"") -> bytes:
    """A key for one purpose. Raises `Unavailable` (code `store-locked`)."""
    return _derived(key(), purpose, salt)


def pragma() -> str:
    """What a connection to the encrypted database says first: the raw key, so that none is stretched. Raises `Unavailable`."""
    return f"PRAGMA key = \"x'{subkey('database').hex()}'\""


def connect(database: Path, *, read_only: bool = False, still: bool = False, **more: Any) -> Any:
    """A connection beside Django's to a database file of this installation, encrypted or plain, whichever it is.

    `still`: nobody writes it meanwhile. Raises `Unavailable` (code `store-locked`).
    """
    read_only = read_only or still
    address = f"file:{database}?mode=ro{'&immutable=1' if still else ''}" if read_only else str(database)
    if not _is_encrypted(database):
        return sqlite3.connect(address, uri=read_only, **more)
    from sqlcipher3 import dbapi2  # type: ignore[import-untyped]

    link = dbapi2.connect(address, uri=read_only, **more)
    link.execute(pragma())
    return link


def errors() -> tuple[type[Exception], ...]:
    """What such a connection may raise."""
    from sqlcipher3 import dbapi2

    return (sqlite3.Error, dbapi2.Error)


def _is_encrypted(database: Path) -> bool:
    """Whether the file is no plain database; one that is empty or missing is what this installation keeps."""
    try:
        with database.open("rb") as file:
            head = file.read(len(PLAIN_DATABASE))
    except FileNotFoundError:
        head = b""
    return head != PLAIN_DATABASE if head else is_kept()


# Files.


def is_sealed(path: Path) -> bool:
    """Whether this file is sealed; one that is missing is not."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except FileNotFoundError:
        return False


def _piece(cipher: AESGCM, number: int, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    sealed = cipher.encrypt(nonce, plain, MAGIC + number.to_bytes(8, "big"))
    return _LENGTH.pack(len(sealed)) + nonce + sealed


def _begin(own: bytes) -> tuple[bytes, AESGCM]:
    return MAGIC + own, AESGCM(subkey("file", own))


def sealed(data: bytes) -> bytes:
    """Small data as a whole sealed file; as they are where no store is kept. Raises `Unavailable` (code `store-locked`)."""
    if not is_kept():
        return data
    head, cipher = _begin(secrets.token_bytes(_OWN))
    return head + _piece(cipher, 0, data)


def opened(data: bytes) -> bytes:
    """What was `sealed`, or the data as they are. Raises `Unavailable` (`store-locked`, `store-damaged`)."""
    if not data.startswith(MAGIC):
        return data
    import io

    return b"".join(_plain(io.BytesIO(data)))


def _plain(file: IO[bytes]) -> Iterator[bytes]:
    """The pieces of a sealed file, opened; a piece that was not written to its end is left out."""
    head = file.read(len(MAGIC) + _OWN)
    _head, cipher = _begin(head[len(MAGIC) :])
    for number, (nonce, body) in enumerate(_raw(file)):
        try:
            yield cipher.decrypt(nonce, body, MAGIC + number.to_bytes(8, "big"))
        except InvalidTag as error:
            raise Unavailable(
                "A sealed file of this unit is damaged, or of another unit.",
                "Restore the unit from its backup, or enrol it again.",
                code="store-damaged",
            ) from error


def _raw(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    while len(length := file.read(_LENGTH.size)) == _LENGTH.size:
        (size,) = _LENGTH.unpack(length)
        nonce, body = file.read(_NONCE), file.read(size)
        if len(body) < size:
            return
        yield nonce, body


def _spans(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Where each whole piece ends, and how long what it holds is. Reads lengths only: files grow piece by piece."""
    whole = os.fstat(file.fileno()).st_size
    at = len(MAGIC) + _OWN
    while at + _LENGTH.size <= whole:
        file.seek(at)
        (size,) = _LENGTH.unpack(file.read(_LENGTH.size))
        at += _LENGTH.size + _NONCE + size
        if at > whole:
            return
        yield at, size - _TAG


def pieces(path: Path) -> Iterator[bytes]:
    """The content of a file of this installation, sealed or not. Raises as `opened`, and `OSError`."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) == MAGIC:
            file.seek(0)
            yield from _plain(file)
            return
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def read_bytes(path: Path) -> bytes:
    """The whole content. Raises as `pieces`."""
    return b"".join(pieces(path))


def sha256(path: Path) -> str:
    """SHA-256 of the content, hexadecimal, whether the file is sealed or not."""
    digest = hashlib.sha256()
    for one in pieces(path):
        digest.update(one)
    return digest.hexdigest()


def size(path: Path) -> int:
    """Bytes of the content, 0 where there is no file. Opens nothing."""
    if not is_sealed(path):
        return path.stat().st_size if path.exists() else 0
    with path.open("rb") as file:
        return sum(length for _end, length in _spans(file))


def append(path: Path, data: bytes) -> None:
    """Add at the end of a file, sealed where a store is kept; what a broken write left there is cut off first."""
    if not is_kept() or (path.exists() and path.stat().st_size and not is_sealed(path)):
        with path.open("ab") as file:
            file.write(data)
        return
    if not path.exists() or path.stat().st_size < len(MAGIC) + _OWN:
        path.write_bytes(MAGIC + secrets.token_bytes(_OWN))
    with path.open("r+b") as file:
        head = file.read(len(MAGIC) + _OWN)
        _head, cipher = _begin(head[len(MAGIC) :])
        number, end = 0, len(head)
        for at, _length in _spans(file):
            number, end = number + 1, at
        file.seek(end)
        file.truncate()
        file.write(_piece(cipher, number, data))


def write(path: Path, content: Iterable[bytes]) -> None:
    """A new file of this content, sealed where a store is kept, forced to disk, then renamed into place."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            if is_kept():
                head, cipher = _begin(secrets.token_bytes(_OWN))
                file.write(head)
                for number, one in enumerate(content):
                    file.write(_piece(cipher, number, one))
            else:
                for one in content:
                    file.write(one)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    except BaseException:
        fresh.unlink(missing_ok=True)  # a full disk is not made fuller with each try
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
