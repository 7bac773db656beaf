"""Encrypted streams: a file is sealed chunk by chunk, so that memory stays small and any change shows.

Layout: magic (16 bytes), kind of key (1), salt (32), check of key and header (16), then chunks of
ciphertext of `CHUNK` + 16 bytes, the last one shorter. Each chunk is AES-256-GCM under a key used for this
file only; its nonce is its number (11 bytes) and a last byte that is 1 for the final chunk, so that
reordering, repeating, cutting off and appending fail to decrypt. Same construction as age (C2SP), chunk larger.
"""

from __future__ import annotations

import base64
import hmac
import io
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from xenia.errors import BadInput, Conflict, NotFound

MAGIC = b"XENIA-BACKUP-1\n\x00"
HEADER_BYTES = len(MAGIC) + 1 + 32 + 16
CHUNK = 256 * 1024
TAG = 16
SCRYPT_N = 2**16  # 64 MiB with r = 8; RFC 7914 parameters, about 0.2 s on one core
RAW, PASSPHRASE = b"K", b"P"


@dataclass(frozen=True)
class Key:
    """What opens a backup. `kind`: `K` for 32 random bytes, `P` for a passphrase of any length."""

    kind: bytes
    secret: bytes

    def for_file(self, salt: bytes) -> bytes:
        """The 32-byte key of the file with this 32-byte salt."""
        if self.kind == PASSPHRASE:
            return Scrypt(salt=salt, length=32, n=SCRYPT_N, r=8, p=1).derive(self.secret)
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"xenia backup file").derive(self.secret)


def key_text(secret: bytes) -> str:
    """The 32 bytes as a person can copy them: 13 groups of 4 letters and digits (base32 without padding)."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def parsed_key(text: str) -> Key:
    """The key that `key_text` wrote; spaces, line ends, hyphens and small letters are forgiven. Raises `BadInput`."""
    bare = "".join(text.split()).replace("-", "").upper()
    try:
        secret = base64.b32decode(bare + "=" * (-len(bare) % 8))
    except ValueError:
        secret = b""
    if len(secret) != 32:
        raise BadInput(
            "The recovery key is not complete.",
            "It has 13 groups of letters A-Z and digits 2-7; copy it again from keys/backup.key.",
            code="backup-key",
        )
    return Key(RAW, secret)


def make_key_file(path: Path) -> None:
    """A fresh recovery key at `path`, readable by its owner only. Raises `Conflict` if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Conflict(
            "There is a recovery key already.", "Old backups need it; keep it.", code="backup-key"
        ) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key_text(secrets.token_bytes(32)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path) -> Key:
    """The recovery key in the file. Raises `NotFound` or `BadInput`."""
    return parsed_key(_text(path, "recovery key"))


def read_passphrase_file(path: Path) -> Key:
    """The passphrase in the file, line end taken off. Raises `BadInput` under 12 characters."""
    text = _text(path, "passphrase").rstrip("\r\n")
    if len(text) < 12:
        raise BadInput("The passphrase is too short.", "Use at least 12 characters.", code="backup-key")
    return Key(PASSPHRASE, text.encode())


def _text(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(
            f"The file with the {what} cannot be read.", "Name it with --key or --passphrase.", code="backup-key"
        ) from error


def _nonce(number: int, final: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if final else b"\x00")


def _check(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(file_key, header, "sha256")[:16]


class Sealer(io.RawIOBase):
    """Writes to `file` what is written to it, encrypted. Complete only after `finish`; `close` alone leaves it cut."""

    def __init__(self, file: BinaryIO, key: Key) -> None:
        super().__init__()
        header = MAGIC + key.kind + secrets.token_bytes(32)
        file_key = key.for_file(header[-32:])
        self._file, self._cipher = file, AESGCM(file_key)
        self._held, self._number = bytearray(), 0
        file.write(header + _check(file_key, header))

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: object) -> int:
        """Takes any number of bytes; memory stays under two chunks beyond them."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._held += view
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), final=False)
            del self._held[:CHUNK]
        return len(view)

    def finish(self) -> None:
        """Writes the final chunk. The caller flushes and fsyncs the file."""
        self._put(bytes(self._held), final=True)
        self._held.clear()

    def _put(self, plain: bytes, *, final: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, final), plain, None))
        self._number += 1


class Opener(io.RawIOBase):
    """Reads from `file` what a `Sealer` wrote.

    Raises `BadInput`: `backup-unknown` (no backup), `backup-key` (wrong key), `backup-damaged` (changed or cut).
    Nothing of a chunk is given out before the chunk is proved; what was read counts only once the end was reached.
    """

    def __init__(self, file: BinaryIO, key: Key) -> None:
        super().__init__()
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or header[:16] != MAGIC:
            raise BadInput(
                "This file is no backup of Xenia.", "Choose a file that xenia backup made.", code="backup-unknown"
            )
        if header[16:17] != key.kind:
            wanted = "a passphrase (--passphrase)" if header[16:17] == PASSPHRASE else "a recovery key (--key)"
            raise BadInput(f"This backup was made with {wanted}.", "Give that.", code="backup-key")
        file_key = key.for_file(header[17:49])
        if not hmac.compare_digest(_check(file_key, header[:49]), header[49:]):
            raise BadInput(
                "The key does not open this backup.", "Use the key of the installation that made it.", code="backup-key"
            )
        self._file, self._cipher = file, AESGCM(file_key)
        self._ahead = file.read(CHUNK + TAG)
        self._ready, self._number, self.ended = memoryview(b""), 0, False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fills the buffer as far as the current chunk goes; 0 at the proved end."""
        into = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._ready and not self.ended:
            self._next()
        count = min(len(into), len(self._ready))
        into[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _next(self) -> None:
        sealed, self._ahead = self._ahead, self._file.read(CHUNK + TAG)
        final = not self._ahead
        try:
            self._ready = memoryview(self._cipher.decrypt(_nonce(self._number, final), sealed, None))
        except (InvalidTag, ValueError) as error:
            raise BadInput(
                f"The backup is damaged or cut off near byte {HEADER_BYTES + self._number * (CHUNK + TAG)}.",
                "Fetch the file again from where it is kept, or use another backup. Nothing was restored.",
                code="backup-damaged",
            ) from error
        self._number += 1
        self.ended = final
