"""Finding a person by keys alone: for lists that lie where no name may lie. Pure.

A record is filed under hashes, made with a secret, of the traits of `keys.py` and of two more kinds, since nothing is there to
compare afterwards:

- `E` the birth date with day and month sorted, and the first two letters of two skeletons
- `M` day and month of birth sorted, and two skeletons: a mistaken year is still found

Which kinds of key a question shares with a record decides whether it may be meant. Whoever has the secret can try names and
dates: a birth date and the consonants of a name fall in seconds. See docs/why/threat-model.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations, product
from typing import Final

from xenia.formats.dates import PartialDate
from xenia.matching.keys import MOST_PAIRED, _forms, _one_off, _traits_of
from xenia.matching.sounds import merged, skeletons

WITH_BIRTH, IN_YEAR, OTHER_YEAR, THIS_YEAR = 32, 3, 9, 4
"""How many records may share what agrees, so that chance alone seldom does it: a skeleton and the year with the date and two beginnings,
a skeleton and the year with the date, a whole name with day and month, a whole name with the year. Source: own measurement,
`xenia bench search --withheld`, 200,000 persons.
"""
_NOBODY: Final = 1 << 40
NEAR: Final = "near"
"""The kind of a key that only a question without a birth date looks under: one letter off."""


@dataclass(frozen=True)
class Shared:
    """What a question and a record share. `pairs`: keys of two skeletons; `pair_of`, `whole_of`, `year_of`: how many records share
    the rarest of these, of the whole names, and of a skeleton with the birth year.
    """

    kinds: frozenset[str]
    pairs: int
    pair_of: int
    whole_of: int
    year_of: int


def name_key(secret: bytes, trait: str) -> int:
    """The key of a trait: a signed 64-bit hash under the secret."""
    digest = blake2b(trait.encode(), digest_size=8, key=secret, person=b"xenia-withheld").digest()
    return int.from_bytes(digest, "big", signed=True)


def filed(secret: bytes, names: Iterable[str], births: Sequence[PartialDate]) -> tuple[int, ...]:
    """The keys to file a person under, ascending. No names, no keys."""
    forms = _forms(names)
    traits = {trait for birth in births or (None,) for trait in _all_traits(forms, birth)}
    return tuple(sorted({name_key(secret, trait) for trait in traits}))


def asked(secret: bytes, names: Iterable[str], birth: PartialDate | None) -> dict[int, str]:
    """The keys to look under, with the kind of each: tokens in any order, and without a birth year one letter off."""
    forms = _forms(names)
    found = {name_key(secret, trait): trait[0] for trait in _all_traits(forms, birth)}
    for form in forms:
        for turn in range(1, len(form)):
            found.setdefault(name_key(secret, "G" + merged(form[turn:] + form[:turn])), "G")
    if birth is None or birth.year is None:
        for trait in _one_off(forms):
            found.setdefault(name_key(secret, trait), NEAR)
    return found


def _all_traits(forms: list[tuple[str, ...]], birth: PartialDate | None) -> Iterator[str]:
    yield from _traits_of(forms, birth)
    if birth is None or birth.year is None or birth.month is None or birth.day is None:
        return
    low, high = sorted((birth.month, birth.day))
    for form in forms:
        heard = [skeletons(token) for token in form]
        for left, right in combinations(heard[:MOST_PAIRED], 2):
            for one, other in product(left, right):
                yield f"E{birth.year}-{low}-{high}|" + "|".join(sorted((one[:2], other[:2])))
                yield f"M{low}-{high}|" + "|".join(sorted((one, other)))


def shared(found: Iterable[tuple[int, Sequence[int]]], kinds: Mapping[int, str]) -> dict[int, Shared]:
    """What each record shares with a question. `found`: keys with the numbers of their records; `kinds`: what `asked` gave."""
    seen: dict[int, list[tuple[str, int]]] = {}
    for key, records in found:
        one = (kinds[key], len(records))
        for number in records:
            seen.setdefault(number, []).append(one)
    return {number: _shared(keys) for number, keys in seen.items()}


def _shared(keys: Sequence[tuple[str, int]]) -> Shared:
    def rarest(*kinds: str) -> int:
        return min((size for kind, size in keys if kind in kinds), default=_NOBODY)

    kinds, pairs = frozenset(kind for kind, _size in keys), sum(kind == "P" for kind, _size in keys)
    return Shared(kinds, pairs, rarest("P", NEAR), rarest("G"), rarest("Y"))


def strength(one: Shared, *, asked_dated: bool, filed_dated: bool) -> int:
    """How surely the record may be meant: 0 it is not, else 1 to 4.

    What many records share is no sign by itself, however many the list holds; docs/why/matching.md has what each rule brought.
    """
    has = one.kinds
    whole, name_of = "G" in has and bool(has & {"P", "S"}), min(one.pair_of, one.whole_of)
    if not asked_dated:
        return 2 if whole and name_of <= THIS_YEAR else int(one.pair_of == 1)
    if not filed_dated:
        return int(whole and name_of == 1)
    if "D" in has and has & {"P", "G", "S"}:
        return 4
    if {"D", "Y"} <= has and one.year_of <= (WITH_BIRTH if "E" in has else IN_YEAR):
        return 3
    if ({"G", "M"} <= has and one.whole_of <= OTHER_YEAR) or ({"G", "Y"} <= has and one.whole_of <= THIS_YEAR):
        return 2
    return int({"P", "Y"} <= has and one.pairs > 2 and one.pair_of == 1)
