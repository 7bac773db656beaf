"""Looking for words in raw bytes: every spelling and encoding in which a name or number might have stayed behind."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xenia import matching

LEAST = 8
"""The shortest needle, in bytes: its first eight are looked for first."""
PIECE = 4 << 20


def spellings(secret: str) -> set[str]:
    """The word as written, in other cases, as folded for matching, and as a machine-readable zone writes it."""
    folded = matching.fold(secret)
    plain = {secret, secret.upper(), secret.lower(), secret.title(), folded, folded.lower(), folded.replace(" ", "<")}
    return {text for text in plain if len(text.encode()) >= LEAST}


def encodings(text: str) -> set[bytes]:
    """UTF-8, UTF-16 both ways, hexadecimal, and the part of base64 that does not depend on what stands around."""
    raw = text.encode()
    found = {raw, text.encode("utf-16-le"), text.encode("utf-16-be"), raw.hex().encode(), raw.hex().upper().encode()}
    for shift in range(3):
        coded = base64.b64encode(b"\x00" * shift + raw)
        found.add(coded[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6])
    return {needle for needle in found if len(needle) >= LEAST}


def needles(secrets: Iterable[str], raw: Iterable[bytes] = ()) -> dict[bytes, str]:
    """What to look for, each with the word it stands for. `raw`: bytes such as wrapped keys, looked for as they are and in hexadecimal."""
    wanted = {needle: secret for secret in secrets for text in spellings(secret) for needle in encodings(text)}
    for data in raw:
        wanted |= {data: f"key {data[:4].hex()}", data.hex().encode(): f"key {data[:4].hex()}"}
    return {needle: word for needle, word in wanted.items() if len(needle) >= LEAST}


@dataclass(frozen=True)
class Residue:
    """A needle that was found. `offset`: of its first byte in the stream."""

    where: str
    offset: int
    word: str


class Scanner:
    """Looks for many needles at once: the first eight bytes as a number in a sorted array, then the whole needle."""

    def __init__(self, wanted: Mapping[bytes, str]) -> None:
        self._wanted: dict[int, list[tuple[bytes, str]]] = {}
        for needle, word in wanted.items():
            self._wanted.setdefault(int.from_bytes(needle[:8], "little"), []).append((needle, word))
        self._first = np.array(sorted(self._wanted), dtype=np.uint64)
        self._longest = max((len(needle) for needle in wanted), default=LEAST)

    def scan(self, where: str, pieces: Iterable[bytes]) -> Iterator[Residue]:
        """Every needle in the stream of bytes, also across pieces."""
        held, begin = b"", 0
        for piece in pieces:
            data = held + piece
            keep = min(len(data), self._longest - 1)
            yield from self._within(where, data, begin, len(data) - keep)
            begin, held = begin + len(data) - keep, data[len(data) - keep :]
        yield from self._within(where, held, begin, len(held))

    def _within(self, where: str, data: bytes, begin: int, until: int) -> Iterator[Residue]:
        """Needles that begin before `until`."""
        if len(data) < 8 or not len(self._first):
            return
        for shift in range(8):
            count = (len(data) - shift) // 8
            words = np.frombuffer(data, dtype="<u8", count=count, offset=shift)
            at = np.minimum(np.searchsorted(self._first, words), len(self._first) - 1)
            for hit in np.nonzero(self._first[at] == words)[0]:
                offset = int(hit) * 8 + shift
                if offset < until:
                    yield from self._whole(where, data, begin, offset)

    def _whole(self, where: str, data: bytes, begin: int, offset: int) -> Iterator[Residue]:
        for needle, word in self._wanted[int.from_bytes(data[offset : offset + 8], "little")]:
            if data.startswith(needle, offset):
                yield Residue(where, begin + offset, word)

    def file(self, path: Path) -> Iterator[Residue]:
        """Every needle in the file."""
        with path.open("rb") as file:
            yield from self.scan(str(path), iter(lambda: file.read(PIECE), b""))

    def folder(self, home: Path) -> Iterator[Residue]:
        """Every needle in any file below the folder, and in the files' names."""
        for path in sorted(home.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield from self.file(path)
                yield from self.scan(f"name of {path}", [path.name.encode()])
