"""At the centre: the bytes of a blob that have come so far, one file each; a blob that is whole moves to where blobs lie."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from xenia.journal import awaited, blobs, files


@dataclass
class Part:
    """An open part, held against any other thread or process."""

    path: Path
    file: IO[bytes]

    @property
    def size(self) -> int:
        """How many bytes are there."""
        return os.fstat(self.file.fileno()).st_size

    def append(self, piece: bytes) -> None:
        """Add them at the end. A piece that is cut off here is seen by the size, or by the hash of the whole."""
        self.file.seek(0, os.SEEK_END)
        self.file.write(piece)
        self.file.flush()

    def whole(self) -> bytes:
        """All of it."""
        self.file.seek(0)
        return self.file.read()

    def begin_anew(self) -> None:
        """Nothing of it is there."""
        self.file.truncate(0)

    def keep(self, address: str) -> None:
        """Its file is the blob's from now on, on disk for good."""
        os.fsync(self.file.fileno())
        place = blobs.path(address)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.utime(self.path)  # as young as its claim: the sweep of unclaimed files must not see it as an old one
        self.path.rename(place)
        for folder in (place.parent, place.parent.parent, blobs.folder(), self.path.parent):
            files.sync_folder(folder)


def size(node: str, address: str) -> int:
    """How many bytes of it are there."""
    try:
        return awaited.part(node, address).stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def held(node: str, address: str) -> Iterator[Part]:
    """The part, made where there is none. Raises `OSError` where the disk takes nothing."""
    path = awaited.part(node, address)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                is_still_it = os.fstat(file.fileno()).st_ino == path.stat().st_ino
            except FileNotFoundError:
                is_still_it = False
            if is_still_it:  # else it was kept or given up while this one waited
                yield Part(path, file)
                return
