"""Which signs the bundled fonts can show, and what is printed for the others. Pure but for one list read once."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from anyascii import anyascii

FONTS: Final = Path(__file__).parent / "fonts"
UNKNOWN: Final = "?"
# Signs that only steer the direction of a text could turn a name around on paper; tabs and line ends are kept as such.
KEPT_CONTROLS: Final = "\n\t"
JOINERS: Final = "\u200c\u200d"


@lru_cache(maxsize=1)
def shown() -> frozenset[int]:
    """The code points of `fonts/letters.txt`."""
    found: set[int] = set()
    for line in (FONTS / "letters.txt").read_text(encoding="ascii").split():
        first, last = line.split("-")
        found |= set(range(int(first, 16), int(last, 16) + 1))
    return frozenset(found)


def printable(text: str) -> str:
    """The text in signs that can be printed: others become their Latin letters, or `?`; controls are left out.

    A letter in a standard that forbids missing glyphs cannot be made with them, and an empty box tells nobody anything.
    """
    known = shown()
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign if ord(sign) in known and not _steers(sign) else _instead(sign) for sign in composed)


def _steers(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf") and sign not in JOINERS


def _instead(sign: str) -> str:
    if sign in KEPT_CONTROLS:
        return "\n" if sign == "\n" else " "
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Mn", "Me"):
        return ""
    if unicodedata.category(sign).startswith("Z"):
        return " "
    return anyascii(sign) or UNKNOWN


def printable_data(value: Any) -> Any:
    """The same for every text in JSON data. Keys are ours and stay."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {str(key): printable_data(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [printable_data(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return printable(str(value))
