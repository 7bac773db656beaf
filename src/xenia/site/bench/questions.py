"""The classes of questions that the search is measured with: each alters a person's name as life does. Pure."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from xenia.formats.dates import PartialDate
from xenia.matching import Claim
from xenia.site.bench.people import Listed, Person, mrz_text, question, without_patronymic

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MRZ_NAME_CHARACTERS = 39

Alter = Callable[[Person, Listed, Random], Claim | None]


def _plain(person: Person, record: Listed, rng: Random) -> Claim:
    surname, given = person.name()
    return question(person, surname, given, PartialDate.of(person.birth))


def _mrz(person: Person, record: Listed, rng: Random) -> Claim:
    surname, given = map(mrz_text, person.name())
    return question(person, surname, given, PartialDate.of(person.birth))


def _typed(text: str, rng: Random) -> str:
    """One slip of the finger: a letter doubled, dropped, changed or swapped with its neighbour."""
    places = [n for n, letter in enumerate(text) if letter.isalpha() and n > 0]
    if not places:
        return text
    at = rng.choice(places)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + rng.choice(_LETTERS) + text[at + 1 :]
    if kind == 2:
        return text[:at] + rng.choice(_LETTERS) + text[at:]
    return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def _typos(person: Person, rng: Random, slips: int, birth: PartialDate | None) -> Claim:
    parts = list(map(mrz_text, person.name()))
    for _ in range(slips):
        at = rng.randrange(2)
        parts[at] = _typed(parts[at], rng)
    return question(person, parts[0], parts[1], birth)


def _one_typo(person: Person, record: Listed, rng: Random) -> Claim:
    return _typos(person, rng, 1, PartialDate.of(person.birth))


def _two_typos(person: Person, record: Listed, rng: Random) -> Claim:
    return _typos(person, rng, 2, PartialDate.of(person.birth))


def _typo_no_birth(person: Person, record: Listed, rng: Random) -> Claim:
    return _typos(person, rng, 1, None)


def _birth_swapped_typo(person: Person, record: Listed, rng: Random) -> Claim | None:
    day = person.birth
    if day.day > 12 or day.day == day.month:
        return None
    return _typos(person, rng, 1, PartialDate(day.year, day.day, day.month))


def _birth_digit(person: Person, record: Listed, rng: Random) -> Claim | None:
    day = person.birth
    if (day.month, day.day) == (2, 29):
        return None
    surname, given = map(mrz_text, person.name())
    return question(person, surname, given, PartialDate(day.year + rng.choice((-1, 1, -10, 10)), day.month, day.day))


def _other_spelling(person: Person, record: Listed, rng: Random) -> Claim | None:
    surname, given = map(mrz_text, person.name(rng))
    if (surname, given) in {(mrz_text(s), mrz_text(g)) for s, g, _ in record.names}:
        return None
    return question(person, surname, given, PartialDate.of(person.birth))


def _other_romanisation(person: Person, record: Listed, rng: Random) -> Claim | None:
    return _other_spelling(person, record, rng) if person.culture.code in ("az", "ru", "ka") else None


def _swapped(person: Person, record: Listed, rng: Random) -> Claim:
    surname, given = map(mrz_text, person.name())
    return question(person, given, surname, PartialDate.of(person.birth))


def _no_patronymic(person: Person, record: Listed, rng: Random) -> Claim | None:
    if person.patronymic is None and len(person.given) < 2:
        return None
    surname, given = map(mrz_text, without_patronymic(person).name())
    return question(person, surname, given, PartialDate.of(person.birth))


def _merged(person: Person, record: Listed, rng: Random) -> Claim | None:
    """Two neighbouring tokens in one word."""
    parts = list(map(mrz_text, person.name()))
    spaces = [(side, at) for side, text in enumerate(parts) for at, letter in enumerate(text) if letter == " "]
    if not spaces:
        return None
    side, at = rng.choice(spaces)
    parts[side] = parts[side][:at] + parts[side][at + 1 :]
    return question(person, parts[0], parts[1], PartialDate.of(person.birth))


def _cut(person: Person, record: Listed, rng: Random) -> Claim | None:
    """As an MRZ of 30 characters (TD1) cuts it."""
    surname, given = map(mrz_text, person.name())
    room = 30 - len(surname) - 2
    if len(given) <= room or room < 3:
        return None
    return (
        question(person, surname, given[:room].rstrip(), PartialDate.of(person.birth))
        if given[room - 1] != " "
        else None
    )


def _native(person: Person, record: Listed, rng: Random) -> Claim | None:
    if not person.culture.native or not any(script != "Latn" for _, _, script in record.names):
        return None
    return question(person, *person.native_name(), PartialDate.of(person.birth))


def _native_latin_only(person: Person, record: Listed, rng: Random) -> Claim | None:
    if not person.culture.native or any(script != "Latn" for _, _, script in record.names):
        return None
    return question(person, *person.native_name(), PartialDate.of(person.birth))


CLASSES: dict[str, Alter] = {
    "as listed": _plain,
    "as an MRZ": _mrz,
    "one typo": _one_typo,
    "two typos": _two_typos,
    "one typo, no birth date": _typo_no_birth,
    "day and month swapped, one typo": _birth_swapped_typo,
    "year mistaken": _birth_digit,
    "other spelling": _other_spelling,
    "other romanisation (az, ru, ka)": _other_romanisation,
    "surname and given names swapped": _swapped,
    "patronymic or father's name missing": _no_patronymic,
    "tokens merged": _merged,
    "cut by a 30-character MRZ": _cut,
    "own script, record has it": _native,
    "own script, record Latin only": _native_latin_only,
}
