"""Pictures from outside: checked, then decoded and written anew by a limited child process. Keeps nothing."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from xenia.errors import BadInput

CHILD: Final = Path(__file__).parent / "remake.py"
MOST_BYTES: Final = 20_000_000
LONGEST_S: Final = 20.0
LONG_SIDE: Final = 2600
"""Pixels of the longer side, as `remake.py` writes it."""
# First bytes of the formats that are read. Source: ISO/IEC 10918-1, PNG (ISO/IEC 15948), WebP container (RFC 9649).
STARTS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_turns = BoundedSemaphore(2)


@dataclass(frozen=True)
class Remade:
    """A photograph as it is kept: JPEG without hidden data, and a small one for lists."""

    large: bytes
    small: bytes
    width: int
    height: int


def remake(data: bytes) -> Remade:
    """The photograph, decoded and written anew. Raises `BadInput` (`not-a-photograph`): size, format, too many pixels."""
    if len(data) > MOST_BYTES:
        raise _refused("It is larger than 20 MB.")
    if not data.startswith(STARTS):
        raise _refused("It is no JPEG, PNG or WebP.")
    with _turns:
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(CHILD)],
                input=data,
                capture_output=True,
                timeout=LONGEST_S,
                env={},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _refused("It takes too long to open.") from None
    head, found, rest = done.stdout.partition(b"\n")
    if done.returncode or not found:
        raise _refused("It cannot be opened, or has more than 40 million pixels.")
    width, height, large = (int(part) for part in head.split())
    return Remade(rest[:large], rest[large:], width, height)


def _refused(why: str) -> BadInput:
    return BadInput(
        f"This photograph was not taken. {why}",
        "Take it again as JPEG, at most 40 million pixels.",
        code="not-a-photograph",
    )


def is_as_kept(data: bytes) -> bool:
    """Whether bytes that came from elsewhere look like what `remake` writes: a JPEG no larger than those. Decodes nothing.

    Source of the markers: ISO/IEC 10918-1, B.1.1.3 and B.2.2.
    """
    if not data.startswith(b"\xff\xd8\xff") or len(data) > MOST_BYTES:
        return False
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xC2:  # the frame: baseline, extended or progressive
            height, width = (int.from_bytes(data[at + 5 + more : at + 7 + more], "big") for more in (0, 2))
            return 0 < height <= LONG_SIDE and 0 < width <= LONG_SIDE
        if not (0xC4 <= marker <= 0xFE) or marker in (0xD8, 0xD9, 0xDA) or length < 2:
            return False
        at += 2 + length
    return False
