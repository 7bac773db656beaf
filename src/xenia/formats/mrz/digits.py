"""The check digit of the machine-readable zone and the characters that it is made of."""

from __future__ import annotations

from xenia.errors import BadInput

FILLER = "<"
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS = frozenset("0123456789")
CHARACTERS = LETTERS | DIGITS | {FILLER}

# ICAO Doc 9303 part 3, 4.9: 0-9 are worth themselves, A-Z 10 to 35, the filler nothing.
_VALUES = {FILLER: 0} | {c: int(c) for c in DIGITS} | {c: ord(c) - 55 for c in LETTERS}
_WEIGHTS = (7, 3, 1)


class BadMRZ(BadInput):
    """Something that has no place in a machine-readable zone."""

    code = "bad-mrz"


def check_digit(text: str) -> int:
    """Weighted check digit of an MRZ field.

    `text`: A-Z, 0-9 and `<` only; weights 7, 3, 1 repeat. Returns 0-9.
    Raises `BadMRZ` naming the first other character and its position.
    Source: ICAO Doc 9303 part 3 (8th ed., 2021), 4.9. Does not upper-case.
    """
    total = 0
    for position, character in enumerate(text):
        value = _VALUES.get(character)
        if value is None:
            raise BadMRZ(
                f"The character {character!r} at position {position + 1} cannot be in a machine-readable zone.",
                "Use A to Z, 0 to 9 and < only.",
            )
        total += value * _WEIGHTS[position % 3]
    return total % 10


def expected_digit(text: str) -> str | None:
    """The check digit as a character; None where the text holds a character that has no value."""
    return str(check_digit(text)) if CHARACTERS.issuperset(text) else None
