"""The Merkle tree of RFC 6962, kept as a frontier: the roots of the full subtrees, largest first. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

HASH = 32
EMPTY = hashlib.sha256(b"").digest()
_sha256 = hashlib.sha256


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01, left, right). Source: RFC 6962 section 2.1."""
    return _sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that grows at its right edge. `peaks` has one root per one-bit of `size`, largest subtree first."""

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> Frontier:
        """From `size` and its peaks in one piece. Raises `ValueError` if their number doesn't fit."""
        if size < 0 or len(packed) != HASH * size.bit_count():
            raise ValueError("the frontier does not fit its size")
        return cls(size, (packed[at : at + HASH] for at in range(0, len(packed), HASH)))

    def pack(self) -> bytes:
        """The peaks in one piece."""
        return b"".join(self.peaks)

    def add(self, leaf: bytes) -> None:
        """One more leaf hash at the right edge."""
        peaks, size = self.peaks, self.size
        while size & 1:
            leaf = _sha256(b"\x01" + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root; of no leaves SHA-256 of nothing."""
        if not self.peaks:
            return EMPTY
        root = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            root = _sha256(b"\x01" + left + root).digest()
        return root

    def copy(self) -> Frontier:
        """The same tree, to grow another way."""
        return Frontier(self.size, self.peaks)


Subtree = Callable[[int, int], bytes]
"""Gives the root over leaves start to stop - 1, counted from 0; asked for at least one leaf."""


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The audit path of leaf `index` (from 0) in the tree of `size` leaves. Source: RFC 6962 section 2.1.1."""

    def path(index: int, start: int, stop: int) -> list[bytes]:
        if stop - start == 1:
            return []
        middle = start + _split(stop - start)
        if index < middle:
            return [*path(index, start, middle), subtree(middle, stop)]
        return [*path(index, middle, stop), subtree(start, middle)]

    return path(index, 0, size)


def consistency(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """The proof that the tree of `size` leaves grew from that of `old`. Source: RFC 6962 section 2.1.2."""

    def proof(old: int, start: int, stop: int, whole: bool) -> list[bytes]:
        if old == stop - start:
            return [] if whole else [subtree(start, stop)]
        half = _split(stop - start)
        if old <= half:
            return [*proof(old, start, start + half, whole), subtree(start + half, stop)]
        return [*proof(old - half, start + half, stop, False), subtree(start, start + half)]

    return proof(old, 0, size, True) if 0 < old < size else []
