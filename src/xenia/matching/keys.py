"""Name keys: the whole numbers under which a person is filed and looked for. One function for both sides.

A key is a hash of a few traits that two spellings of one name are likely to share. Kinds, by their first letter:

- `P` the sorted pair of consonant skeletons of any two tokens of one name
- `Y` a skeleton and the birth year (each year of a range)
- `D` the birth date with day and month sorted, and the first two letters of a skeleton
- `G` the skeletons of all tokens in a row, so that merged tokens meet parted ones
- `S` the skeleton of a name that has one token only

Source of the design and its figures: docs/why/matching.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, product

from xenia.formats.dates import PartialDate
from xenia.matching.sounds import HOLLOW, merged, skeletons
from xenia.matching.tokens import token_spellings

# The rules of scripts.py, tokens.py, sounds.py and this file. Raise it with every change that moves a key.
RULES_VERSION = 1

# More names than this are not filed: a list may hold hundreds of aliases for one person.
MOST_NAMES = 40
# Pairs are made of the first tokens only; nobody's name is found by its ninth.
MOST_PAIRED = 8
# A range of years is filed under each of its years up to this many.
MOST_YEARS = 12

_LETTERS = "PFTSKHLRMN"


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def name_keys(names: Iterable[str], birth: PartialDate | None) -> tuple[int, ...]:
    """The keys to file a person under: distinct signed 64-bit numbers in ascending order.

    `names`: whole names in any script and order. A person with several birth dates is filed under the keys of
    each. More names never take a key away. No names, no keys.
    """
    return tuple(sorted({_key(trait) for trait in _traits(names, birth)}))


def query_keys(names: Iterable[str], birth: PartialDate | None) -> tuple[int, ...]:
    """The keys to look under: those of `name_keys`, tokens in any order, and without a birth year one letter off.

    A superset of `name_keys` for the same arguments. Up to about 1,500 keys where the birth year is unknown.
    """
    forms = _forms(names)
    traits = set(_traits_of(forms, birth))
    for form in forms:
        traits |= {"G" + merged(form[turn:] + form[:turn]) for turn in range(1, len(form))}
    if birth is None or birth.year is None:
        traits |= set(_one_off(forms))
    return tuple(sorted({_key(trait) for trait in traits}))


def _forms(names: Iterable[str]) -> list[tuple[str, ...]]:
    distinct: dict[tuple[str, ...], None] = {}
    for name in names:
        distinct.update((form, None) for form in token_spellings(name) if form)
        if len(distinct) >= MOST_NAMES:
            break
    return list(distinct)


def _traits(names: Iterable[str], birth: PartialDate | None) -> Iterator[str]:
    return _traits_of(_forms(names), birth)


def _traits_of(forms: list[tuple[str, ...]], birth: PartialDate | None) -> Iterator[str]:
    singles: set[str] = set()
    for form in forms:
        heard = [skeletons(token) for token in form]
        singles.update(bone for bones in heard for bone in bones)
        for left, right in combinations(heard[:MOST_PAIRED], 2):
            for pair in product(left, right):
                yield "P" + "|".join(sorted(pair))
        if len(form) == 1:
            yield from ("S" + bone for bone in heard[0])
        yield "G" + merged(form)
    if birth is not None:
        yield from _dated(singles, birth)


def _dated(singles: set[str], birth: PartialDate) -> Iterator[str]:
    years = birth.years()[:MOST_YEARS]
    for year in years:
        for bone in singles:
            yield f"Y{year}|{bone}"
    if birth.month is not None and birth.day is not None and birth.year is not None:
        low, high = sorted((birth.month, birth.day))
        for head in {bone[:2] for bone in singles}:
            yield f"D{birth.year}-{low}-{high}|{head}"


def _one_off(forms: list[tuple[str, ...]]) -> Iterator[str]:
    """Pairs of which one skeleton has a letter more, a letter less, another letter, or two that changed places."""
    for form in forms:
        heard = [skeletons(token)[0] for token in form[:4]]
        if len(heard) == 1:
            yield from ("S" + near for near in _near(heard[0]))
        for left, right in combinations(heard, 2):
            for near in _near(left):
                yield "P" + "|".join(sorted((near, right)))
            for near in _near(right):
                yield "P" + "|".join(sorted((left, near)))


@lru_cache(maxsize=16_384)
def _near(bone: str) -> tuple[str, ...]:
    if bone == HOLLOW:
        return ()
    near: set[str] = set()
    for at in range(len(bone) + 1):
        head, tail = bone[:at], bone[at:]
        near.update(head + letter + tail for letter in _LETTERS)
        if tail:
            near.add(head + tail[1:])
            near.update(head + letter + tail[1:] for letter in _LETTERS)
            near.add(head + tail[1:2] + tail[0] + tail[2:])
    return tuple(sorted(n for n in near - {bone} if n))
