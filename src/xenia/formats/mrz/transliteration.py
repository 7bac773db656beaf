"""Names as a person writes them, turned into the letters that a machine-readable zone has."""

from __future__ import annotations

import unicodedata

from xenia.formats.mrz import alphabets
from xenia.formats.mrz.digits import LETTERS, BadMRZ

# Longer than any name of a zone, which has 39 letters: nothing behind this would ever be written.
LONGEST_NAME = 1000

_COMMAS = frozenset(",\u060c\uff0c\u3001")


def transliterate(name: str, issuing_state: str = "") -> str:
    """The name in A-Z with one space between its parts.

    `issuing_state`: three-letter code; its row of the Cyrillic table is used where it has one (BLR, BGR,
    MKD, SRB, UKR). Apostrophes and other punctuation are left out, hyphens and commas part the name.
    Raises `BadMRZ` for digits and for letters that no table has (Georgian, Armenian, Greek, Chinese...):
    national rules turn those into Latin letters first. Only the first 1000 characters are looked at.
    Source: ICAO Doc 9303 part 3 (8th ed., 2021), 4.6 and section 6.
    """
    text = unicodedata.normalize("NFKC", name[:LONGEST_NAME]).upper()
    text = unicodedata.normalize("NFC", text)
    parts = (_part(part, issuing_state) for part in _parts(text))
    return " ".join(part for part in parts if part)


def _parts(text: str) -> list[str]:
    """The text cut at spaces, hyphens, commas and fillers."""
    spaced = [" " if c.isspace() or c in _COMMAS or c == "<" or unicodedata.category(c) == "Pd" else c for c in text]
    return "".join(spaced).split()


def _part(part: str, issuing_state: str) -> str:
    letters = [
        c for c in part if (unicodedata.category(c)[0] in "LN" and unicodedata.category(c) != "Lm") or _is_mark(c)
    ]
    last = max((n for n, c in enumerate(letters) if not _is_mark(c)), default=-1)
    written: list[str] = []
    for place, letter in enumerate(letters):
        if letter == alphabets.SHADDA and written:
            written[-1] = _doubled(written[-1])
        elif not _is_mark(letter):
            written.append(_letter(letter, issuing_state, first=not written, last=place == last))
    return "".join(written)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _letter(letter: str, issuing_state: str, *, first: bool, last: bool) -> str:
    if letter in LETTERS:
        return letter
    if last and letter == alphabets.TEH_MARBUTA:
        return alphabets.TEH_MARBUTA_LAST
    if first and letter in alphabets.CYRILLIC_FIRST.get(issuing_state, {}):
        return alphabets.CYRILLIC_FIRST[issuing_state][letter]
    for table in (alphabets.CYRILLIC_OF.get(issuing_state, {}), alphabets.LATIN, alphabets.CYRILLIC, alphabets.ARABIC):
        if letter in table:
            return table[letter]
    base = unicodedata.normalize("NFD", letter)[0]
    if base != letter:
        return _letter(base, issuing_state, first=first, last=last)
    raise BadMRZ(
        f"The character {letter!r} ({unicodedata.name(letter, 'unnamed')}) has no place in the name of a zone.",
        "Give the name in Latin letters, as the issuing state writes it, and numbers in letters.",
    )


def _doubled(written: str) -> str:
    """What a shadda does: the letters repeat, a leading X stands for both (FXDZDZXAH in the standard)."""
    return written + written[1:] if written.startswith("X") and len(written) > 1 else written * 2
