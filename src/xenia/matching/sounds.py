"""What a folded name token sounds like: one spelling for many, and the skeleton of its consonants.

`sound` keeps vowels and is used to say how alike two tokens are. `skeletons` throws vowels away and puts
consonants into a few classes; equal skeletons are what the name keys are made of. Both are pure, cached per token.
"""

from __future__ import annotations

import re
from functools import lru_cache

_DOUBLED = re.compile(r"([A-Za-z])\1+")

# In this order. Lower-case letters stand for sounds that Latin writes with several letters: c (church), x (she),
# j (jam, and French j), h (Bach).
_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"SHCH|SZCZ|SCHTSCH|CHTCH", "x"),
        (r"TSCH|TCH|TSH|CZ", "c"),
        (r"SCH|SH", "x"),
        (r"CHR", "KR"),
        (r"CH", "c"),
        (r"DZH|DSCH|DJ|DZ(?=[AEIOU])", "j"),
        (r"ZH", "j"),
        (r"KH", "h"),
        (r"GH", "G"),
        (r"PH", "F"),
        (r"TH", "T"),
        (r"DH", "D"),
        (r"QU", "KV"),
        (r"CK", "K"),
        (r"TZ|TS", "S"),
        (r"SC(?=[EIY])", "S"),
        (r"C(?=[EIY])", "S"),
        (r"[CQ]", "K"),
        (r"X", "KS"),
        (r"J", "j"),
        (r"OU|OO|UU|EU", "U"),
        (r"[AE][IY]", "E"),
        (r"AE", "E"),
        (r"OE", "O"),
        (r"UE(?=[A-Z])", "U"),
        (r"EE|IE|II|IY|YI", "I"),
        (r"Y", "I"),
    )
)

CLASSES = str.maketrans(
    {
        "B": "P", "P": "P", "F": "F", "V": "F", "D": "T", "T": "T",
        "S": "S", "Z": "S", "c": "S", "x": "S",
        "K": "K", "G": "K", "j": "K", "h": "H", "H": "H",
        "L": "L", "R": "R", "M": "M", "N": "N",
        "A": None, "E": None, "I": None, "O": None, "U": None, "Y": None, "W": None,
    }
)  # fmt: skip

# What stands for a token that has no consonant at all (Aya, Yui, Wu).
HOLLOW = "O"


@lru_cache(maxsize=131_072)
def sound(token: str) -> str:
    """The token as it sounds: digraphs, doubled letters and equal vowels written in one way. `token` is folded."""
    for pattern, replacement in _SOUNDS:
        token = pattern.sub(replacement, token)
    return _DOUBLED.sub(r"\1", token)


@lru_cache(maxsize=131_072)
def skeleton(token: str) -> str:
    """The token's consonants by class, neighbours of one class once; `O` where it has none. `token` is folded."""
    return _DOUBLED.sub(r"\1", sound(token).translate(CLASSES)) or HOLLOW


@lru_cache(maxsize=131_072)
def skeletons(token: str) -> tuple[str, ...]:
    """All skeletons that the token may have (one to three), the usual one first."""
    return (skeleton(token),)


def merged(form: tuple[str, ...]) -> str:
    """The skeletons of all tokens in a row: the same whether ABDULRAHMAN is written in one word or in two."""
    bones = "".join(skeleton(token) for token in form)
    return _DOUBLED.sub(r"\1", bones.replace(HOLLOW, "")) or HOLLOW


@lru_cache(maxsize=131_072)
def consonants(token: str) -> str:
    """The sound without vowels and half-vowels: what Arabic letters leave of a name."""
    return _DOUBLED.sub(r"\1", sound(token).translate(_NO_VOWELS))


_NO_VOWELS = str.maketrans("", "", "AEIOUYW")
