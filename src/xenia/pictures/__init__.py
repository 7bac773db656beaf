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
