"""Whether what is in memory may reach a disk in plain: swap that is on and not encrypted. Linux only; elsewhere nothing is said.

Lists, keys and names are in the memory of a unit at work. With swap that is not encrypted, its pages lie on the disk that nobody may read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.conf import settings

from xenia.errors import Unavailable

OCTAL: Final = re.compile(r"\\([0-7]{3})")
CRYPT: Final = "CRYPT-"
"""How device-mapper names a device that dm-crypt encrypts, LUKS or plain."""


def plain(root: Path = Path("/")) -> tuple[str, ...]:
    """The devices and files of swap that is on and not known to be encrypted, as the system names them."""
    try:
        lines = (root / "proc/swaps").read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    except OSError:
        return ()
    names = [_name(line.split()[0]) for line in lines if line.strip()]
    return tuple(name for name in names if not _is_safe(root, name))


def _name(word: str) -> str:
    """A path as it is, without the escapes of spaces."""
    return OCTAL.sub(lambda found: chr(int(found[1], 8)), word)


def _is_safe(root: Path, name: str) -> bool:
    """Encrypted, or in memory itself. One that is gone or cannot be looked at is not known to be."""
    path = root / name.lstrip("/")
    if re.fullmatch(r"/dev/zram[0-9]+", name):
        return _backing(root, Path(name).name) in ("", "none")
    try:
        about = path.stat()
    except OSError:
        return False
    number = about.st_rdev if path.is_block_device() else about.st_dev
    return is_crypt(root, os.major(number), os.minor(number))


def _backing(root: Path, zram: str) -> str:
    """Where compressed memory is written to when it is full; "" where nobody says so."""
    try:
        return (root / "sys/block" / zram / "backing_dev").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def is_crypt(root: Path, major: int, minor: int) -> bool:
    """Whether a block device, or any that it lies on, is encrypted by dm-crypt. A few steps down: a volume on an encrypted disk is."""
    todo, seen = [root / "sys/dev/block" / f"{major}:{minor}"], 0
    while todo and seen < 16:
        here, seen = todo.pop(), seen + 1
        try:
            if (here / "dm/uuid").read_text(encoding="ascii").startswith(CRYPT):
                return True
        except OSError:
            pass
        below = _children(here / "slaves")
        if len(below) != 1:  # of several, one may be plain
            continue
        todo += below
    return False


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def require(found: Iterable[str] | None = None) -> None:
    """Refuse to start a unit where `XENIA_UNIT_SWAP_REFUSES` says so. Raises `Unavailable` (`plain-swap`)."""
    names = list(plain() if found is None else found)
    if settings.XENIA_UNIT and settings.XENIA_UNIT_SWAP_REFUSES and names:
        raise Unavailable(
            f"Swap is on and not encrypted: {', '.join(names)}.",
            "Switch it off (swapoff) or encrypt it, then start again.",
            code="plain-swap",
        )
