"""What is inside a backup: members, each a name, a mode and bytes of unknown length, packed and sealed.

A tar file would need every length beforehand, and thus a plain copy of a database dump on the disk.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from xenia.errors import BadInput
from xenia.site.keeping.sealing import Key, Opener, Sealer

PIECE = 256 * 1024
HEADER_LIMIT = 64 * 1024
_LENGTH = struct.Struct(">I")


class Packer:
    """Takes members one after the other."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def add(self, name: str, source: BinaryIO, *, mode: int = 0o600) -> int:
        """Copies `source` to its end; returns how many bytes that were."""
        self._block(json.dumps({"name": name, "mode": mode}).encode())
        total = 0
        while piece := source.read(PIECE):
            self._block(piece)
            total += len(piece)
        self._block(b"")
        return total

    def add_json(self, name: str, data: Any) -> None:
        """A small member of JSON."""
        self.add(name, io.BytesIO(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()))

    def _block(self, data: bytes) -> None:
        self._stream.write(_LENGTH.pack(len(data)))
        self._stream.write(data)


@contextmanager
def packing(file: BinaryIO, key: Key) -> Iterator[Packer]:
    """A packer onto `file`; the backup is complete only when the block ends without an error."""
    sealer = Sealer(file, key)
    with gzip.GzipFile(fileobj=sealer, mode="wb", compresslevel=1, mtime=0, filename="") as packed:
        packer = Packer(packed)  # type: ignore[arg-type]
        yield packer
        packer._block(b"")
    sealer.finish()


@dataclass(frozen=True)
class Member:
    """`pieces` must be used up before the next member is asked for."""

    name: str
    mode: int
    pieces: Iterator[bytes]

    def json(self) -> Any:
        """The member as JSON."""
        return json.loads(b"".join(self.pieces))


def members(file: BinaryIO, key: Key) -> Iterator[Member]:
    """The members in their order. Having run to its end proves that the whole backup is as it was made.

    Raises `BadInput` (see `Opener`); a name that leaves the folder is refused as `backup-damaged`.
    """
    opener = Opener(file, key)
    try:
        with gzip.GzipFile(fileobj=io.BufferedReader(opener, PIECE), mode="rb") as stream:
            while header := _block(stream, HEADER_LIMIT):
                about = json.loads(header)
                yield Member(_safe(about["name"]), int(about["mode"]) & 0o700, _pieces(stream))
            if stream.read(1) or not opener.ended:
                raise _damaged()
    except (EOFError, gzip.BadGzipFile, struct.error, KeyError, ValueError) as error:
        raise _damaged() from error


def _pieces(stream: gzip.GzipFile) -> Iterator[bytes]:
    while piece := _block(stream, PIECE):
        yield piece


def _block(stream: gzip.GzipFile, limit: int) -> bytes:
    (length,) = _LENGTH.unpack(stream.read(_LENGTH.size))
    if length > limit:
        raise _damaged()
    data = stream.read(length)
    if len(data) < length:
        raise _damaged()
    return data


def _safe(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\x00" in name or "\\" in name:
        raise _damaged()
    return str(path)


def _damaged() -> BadInput:
    return BadInput(
        "The backup is damaged or cut off.",
        "Fetch the file again from where it is kept, or use another backup. Nothing was restored.",
        code="backup-damaged",
    )
