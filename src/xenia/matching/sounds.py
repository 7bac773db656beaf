"""What a folded name token sounds like: one spelling for many, and the skeleton of its consonants.

`sound` keeps vowels and is used to say how alike two tokens are. `skeletons` throws vowels away and puts
consonants into a few classes; equal skeletons are what the name keys are made of. Both are pure, cached per token.
The rules were chosen on the samples named in docs/why/matching.md.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

# What stands for a token that has no consonant at all (Aya, Yui, Wu).
HOLLOW = "O"
# A token is asked and filed under so many readings.
MOST_READINGS = 4

# One pass, the first that fits wins. Lower-case letters stand for sounds that Latin writes with several letters:
# c (church), x (she, and zh), j (jam), h (Bach).
_RULES: tuple[tuple[str, str], ...] = (
    (r"SCHTSCH|SHCH|SZCZ|CHTCH", "x"),
    (r"TSCH|TCH|TSH|CZ", "c"),
    (r"SCH|SH|ZH", "x"),
    (r"CH(?=R)", "K"),
    (r"CH", "c"),
    (r"DZH|DSCH|DJ", "j"),
    (r"KH", "h"),
    (r"GH", "G"),
    (r"PH", "F"),
    (r"RH", "R"),
    (r"TH", "T"),
    (r"WH", "V"),
    (r"DH", "D"),
    (r"DZ(?=[AEIOUY])", "Z"),
    (r"GU(?=[EI])", "G"),
    (r"QU(?=[EI])", "K"),
    (r"QU", "KV"),
    (r"CK(?=I$|A$|Y$)", "SK"),
    (r"CK", "K"),
    (r"TT?[SZ]", "S"),
    (r"SC(?=[EIY])", "S"),
    (r"CC?(?=[EIY])", "S"),
    (r"IC$", "Ic"),
    (r"[CQ]", "K"),
    (r"X", "KS"),
    (r"J", "j"),
    (r"W", "V"),
    (r"(?<=O)H(?=[LMNRS])|(?<=[AEU])H(?=L)|H$", ""),
    (r"OU|OO|UU|EU|UE(?=[A-Z])", "U"),
    (r"[AE][IY](?=[^AEIOU]|$)", "E"),
    (r"AE", "E"),
    (r"OE", "O"),
    (r"EE|II|IY|YI", "I"),
    (r"Y", "I"),
)
_SOUNDS = re.compile("|".join(f"({pattern})" for pattern, _ in _RULES))
_HEARD = tuple(sound for _, sound in _RULES)
_DOUBLED = re.compile(r"([A-Za-z])\1+")

_CLASSES = str.maketrans(
    {
        "B": "P", "P": "P", "F": "F", "V": "F", "D": "T", "T": "T",
        "S": "S", "Z": "S", "c": "S", "x": "S",
        "K": "K", "G": "K", "j": "K", "h": "H", "H": "H",
        "L": "L", "R": "R", "M": "M", "N": "N",
        "A": None, "E": None, "I": None, "O": None, "U": None, "Y": None, "W": None,
    }
)  # fmt: skip
_NO_VOWELS = str.maketrans("", "", "AEIOUYW")

# Letters that several languages read differently: what else they may be, tried in the token before it is heard.
_READINGS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"J"), ("Y", "ZH")),
    (re.compile(r"DZH"), ("Z",)),
    (re.compile(r"W"), ("U",)),
    (re.compile(r"(?<!S)CH"), ("K", "KH")),
    (re.compile(r"(?<=[AEIOU])NG$"), ("N",)),
    (re.compile(r"(?<=[AEIOU])GN(?=[AEIOU])"), ("N",)),
    (re.compile(r"C(?=[EIY])"), ("K",)),
    (re.compile(r"C(?=A$)"), ("S",)),
    (re.compile(r"IC$"), ("IK",)),
    (re.compile(r"X"), ("S", "KH")),
    (re.compile(r"^[AE]L(?=[BDFGHJKLMNQRSTWZ][A-Z]{3})"), ("",)),
)

# Quicker than trying each: most tokens have one reading.
_READ_OTHERWISE = re.compile("|".join(pattern.pattern for pattern, _ in _READINGS))


@lru_cache(maxsize=131_072)
def sound(token: str) -> str:
    """The token as it sounds: digraphs, doubled letters and equal vowels written in one way. `token` is folded."""
    return _DOUBLED.sub(r"\1", _SOUNDS.sub(lambda match: _HEARD[(match.lastindex or 1) - 1], token))


@lru_cache(maxsize=131_072)
def skeleton(token: str) -> str:
    """The token's consonants by class, neighbours of one class once; `O` where it has none. `token` is folded."""
    return _DOUBLED.sub(r"\1", sound(token).translate(_CLASSES)) or HOLLOW


@lru_cache(maxsize=131_072)
def skeletons(token: str) -> tuple[str, ...]:
    """All skeletons that the token may have, `MOST_READINGS` at most, the usual one first."""
    if not _READ_OTHERWISE.search(token):
        return (skeleton(token),)
    readings = [token]
    for pattern, others in _READINGS:
        if pattern.search(token):
            readings = [
                reading if other is None else pattern.sub(other, reading)
                for other, reading in product((None, *others), readings)
            ]
    return tuple(dict.fromkeys(skeleton(reading) for reading in readings))[:MOST_READINGS]


@lru_cache(maxsize=131_072)
def outlines(token: str) -> frozenset[str]:
    """The sound with like vowels and like hisses taken as one, also as Azerbaijani and Turkish read c, x and q.

    CEFER, as an MRZ prints Cəfər, shares one with JAFAR; ELSEN with ELSHAN.
    """
    return frozenset(
        _DOUBLED.sub(r"\1", sound(reading).translate(_OUTLINE)) for reading in (token, token.translate(_AZERI))
    )


_OUTLINE = str.maketrans({"E": "A", "O": "U", "x": "S", "c": "S", "Z": "S", "h": "H"})
_AZERI = str.maketrans({"C": "J", "X": "H", "Q": "G"})


@lru_cache(maxsize=131_072)
def consonants(token: str) -> str:
    """The sound without vowels and half-vowels: what Arabic letters leave of a name."""
    return _DOUBLED.sub(r"\1", sound(token).translate(_NO_VOWELS))


def merged(form: tuple[str, ...]) -> str:
    """The skeletons of all tokens in a row: the same whether ABDULRAHMAN is written in one word or in two."""
    bones = "".join(skeleton(token) for token in form)
    return _DOUBLED.sub(r"\1", bones.replace(HOLLOW, "")) or HOLLOW
