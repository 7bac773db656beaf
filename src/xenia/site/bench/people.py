"""Invented persons, what a list says of them, and the ways in which a traveller's name comes otherwise. Pure.

The same seed gives the same people. No name is measured with the tables of `matching`: every block of a name brings
its own spellings (`cultures.py`).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random

from xenia.formats.dates import PartialDate
from xenia.matching import Claim
from xenia.site.bench.cultures import CULTURES, Culture

# Shares of the register, as in the measurement of docs/why/matching.md.
NATIVE_SHARE = 0.55
ALTERNATIVE_SHARE = 0.50
TWO_STEMS_SHARE = 0.5
FULL_BIRTH, YEAR_BIRTH, MONTH_BIRTH = 0.82, 0.10, 0.03
FIRST_OF_JANUARY = 0.02
_FIRST_BIRTH = date(1944, 1, 1)
_BIRTH_DAYS = 62 * 365

Block = tuple[tuple[str, ...], str]


@dataclass(frozen=True)
class Word:
    """One token of a name as the blocks it is made of."""

    blocks: tuple[Block, ...]

    def usual(self) -> str:
        """The first Latin spelling."""
        return "".join(latin[0] for latin, _ in self.blocks)

    def other(self, rng: Random) -> str:
        """Another Latin spelling, where its blocks know one."""
        varied = [n for n, (latin, _) in enumerate(self.blocks) if len(latin) > 1]
        if not varied:
            return self.usual()
        sure = rng.choice(varied)
        return "".join(
            rng.choice(latin[1:]) if n == sure else rng.choice(latin) for n, (latin, _) in enumerate(self.blocks)
        )

    def native(self) -> str:
        """In the script of its culture; "" where it has none."""
        return "".join(native for _, native in self.blocks)


@dataclass(frozen=True)
class Person:
    """Who somebody is: the truth that records and questions say more or less of."""

    culture: Culture
    surname: tuple[Word, ...]
    given: tuple[Word, ...]
    patronymic: Word | None
    link: str
    sex: str
    birth: date

    def name(self, rng: Random | None = None) -> tuple[str, str]:
        """Surname and given names in Latin letters; with `rng` spelt otherwise."""
        words = [word.other(rng) if rng else word.usual() for word in (*self.surname, *self.given)]
        link = rng.choice((*self.culture.links, "")) if rng and self.link else self.link
        surname = " ".join(words[: len(self.surname)])
        given = words[len(self.surname) :]
        if self.patronymic:
            given.append((self.patronymic.other(rng) if rng else self.patronymic.usual()).strip())
        return link + surname, " ".join(given)

    def native_name(self) -> tuple[str, str]:
        """The same in the script of the culture."""
        surname = ("ال" if self.link else "") + " ".join(word.native() for word in self.surname)
        given = [word.native() for word in self.given]
        if self.patronymic:
            given.append(self.patronymic.native().strip())
        return surname, " ".join(given)


@dataclass(frozen=True)
class Listed:
    """What a list says of a person: names as (surname, given names, script), birth, sex, nationality."""

    names: tuple[tuple[str, str, str], ...]
    birth: PartialDate | None
    sex: str
    nationality: str

    def body(self) -> dict[str, object]:
        """As a record's body in a list file."""
        names = [
            {"surname": surname, "given_names": given, "script": script, "kind": "alias" if n else "main"}
            for n, (surname, given, script) in enumerate(self.names)
        ]
        births = [self.birth.iso()] if self.birth else []
        nationalities = [self.nationality] if self.nationality else []
        return {
            "category": "bench", "names": names, "birth_dates": births, "sex": self.sex,
            "nationalities": nationalities, "instruction_first": "Invented for a measurement. Nobody is meant.",
        }  # fmt: skip


def people(count: int, seed: int, cultures: Sequence[Culture] = CULTURES) -> Iterator[Person]:
    """So many persons, cultures by their shares, names by rank: the same for the same seed."""
    rng = Random(seed)
    shares = list(accumulate(culture.share for culture in cultures))
    for _ in range(count):
        yield _person(rng, cultures[bisect(shares, rng.random() * shares[-1])])


def listed(person: Person, rng: Random) -> Listed:
    """What a list says: native script and other spellings in part of the records, birth dates of every kind."""
    names = [(*person.name(), "Latn")]
    if person.culture.native and rng.random() < NATIVE_SHARE:
        names.append((*person.native_name(), person.culture.native))
    if rng.random() < ALTERNATIVE_SHARE:
        names.append((*person.name(rng), "Latn"))
    draw = rng.random()
    full = PartialDate.of(person.birth)
    if draw < FULL_BIRTH:
        birth: PartialDate | None = full
    elif draw < FULL_BIRTH + YEAR_BIRTH:
        birth = PartialDate(full.year)
    elif draw < FULL_BIRTH + YEAR_BIRTH + MONTH_BIRTH:
        birth = PartialDate(full.year, full.month)
    else:
        birth = None
    sex = person.sex if rng.random() < 0.95 else ""
    nationality = person.culture.state if rng.random() < 0.85 else ""
    return Listed(tuple(dict.fromkeys(names)), birth, sex, nationality)


def question(person: Person, surname: str, given: str, birth: PartialDate | None) -> Claim:
    """A traveller as the document tells: parted name, full birth date, sex, nationality."""
    return Claim(
        surname, given, birth=birth, sex="M" if person.sex == "M" else "F",
        nationalities=frozenset({person.culture.state}),
    )  # fmt: skip


def mrz_text(text: str) -> str:
    """Upper-case ASCII letters and spaces, as a document would print them. Simple marks come off."""
    plain = text.translate(_MRZ_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    kept = "".join(c if c.isalpha() else "" if c in "'’" else " " for c in plain.upper())
    return " ".join(kept.encode("ascii", "ignore").decode().split())


# ICAO Doc 9303 part 3 section 6 A, for the letters that the cultures use.
_MRZ_LETTERS = str.maketrans(
    {"ə": "e", "Ə": "E", "ı": "i", "ß": "ss", "ø": "oe", "ö": "oe", "ü": "ue", "ä": "ae", "å": "aa", "ł": "l",
     "Ö": "OE", "Ü": "UE", "Å": "AA", "đ": "d"}
)  # fmt: skip


def _person(rng: Random, culture: Culture) -> Person:
    sex = rng.choice("MF")
    order = rng.choice(culture.order)
    given = [_drawn(rng, culture.men if sex == "M" else culture.women)]
    given += [_drawn(rng, culture.men if sex == "M" else culture.women) for _ in range(order.count("h"))]
    given += [_drawn(rng, culture.men) for _ in range(order.count("f"))]
    patronymic = None
    if "p" in order:
        father = _drawn(rng, culture.men)
        ending = culture.patronymic[0 if sex == "M" else 1]
        patronymic = Word((*father.blocks, *_blocks(ending)))
    surname = tuple(_surname(rng, culture, sex) for _ in range(order.count("s")))
    link = culture.links[0] if culture.links and rng.random() < 0.6 else ""
    birth = _FIRST_BIRTH + timedelta(days=int(rng.triangular(0, _BIRTH_DAYS, _BIRTH_DAYS * 0.7)))
    if rng.random() < FIRST_OF_JANUARY:
        birth = _first_of_january(birth)
    return Person(culture, surname, tuple(given), patronymic, link, sex, birth)


def _first_of_january(birth: date) -> date:
    """1 January of the same year, as registers write for an unknown day."""
    return birth.replace(month=1, day=1)


def _surname(rng: Random, culture: Culture, sex: str) -> Word:
    stems = [_drawn(rng, culture.stems)]
    if not culture.endings:
        return stems[0]
    if rng.random() < TWO_STEMS_SHARE:
        stems.append(_lowered(_drawn(rng, culture.stems)))
    endings = culture.women_endings if sex == "F" and culture.women_endings else culture.endings
    return Word(tuple(block for word in (*stems, _drawn(rng, endings)) for block in word.blocks))


def _lowered(word: Word) -> Word:
    return Word(tuple((tuple(t.lower() for t in latin), native.lower()) for latin, native in word.blocks))


def _drawn(rng: Random, text: str) -> Word:
    words, ranks = _parsed(text)
    return words[bisect(ranks, rng.random() * ranks[-1])]


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[tuple[Word, ...], list[float]]:
    words = tuple(Word(_blocks(entry)) for entry in text.split())
    return words, list(accumulate(1 / (rank + 3) for rank in range(len(words))))


def _blocks(entry: str) -> tuple[Block, ...]:
    latin, _, native = entry.partition("=")
    return ((tuple(latin.split("/")), native),)


def without_patronymic(person: Person) -> Person:
    """The same person with the patronymic or the father's names left out."""
    return replace(person, patronymic=None, given=person.given[:1])
