"""Invented people of invented places: the same seed gives the same people."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

STARTS = (
    "Bal Dor Fen Gal Hes Iska Jor Kel Lum Mar Nev Ost Pel Quo Ras Sel Tor Ulm Vale Wen Yar Zel Ambe Corri Teli".split()
)
MIDDLES = "a e i o u ara eni ilo ora una".split()
ENDS = "dan feld gren holt jas kov lin mir nor pas rin sen tor vash wick zade ani elo ulia".split()
GIVEN_F = "Tessa Mirel Odana Livia Sunniva Ilka Noemi Ravenna Calla Jorun Amsel Dunya Perla Zofka Elowen Mahra".split()
GIVEN_M = "Leon Brando Caspar Idris Tamaz Orlo Felun Marek Joris Anselm Yusan Petros Halim Darko Eino Viggo".split()
# Where travellers come from, and how many of a hundred: of the area, without visa duty, and with it. Invented shares.
STATES = {
    "UTO": 38, "D": 8, "FRA": 5, "POL": 4, "GEO": 10, "UKR": 7, "MDA": 4, "GBR": 4, "USA": 3, "AZE": 5, "ARM": 3, "TUR": 4,
    "IND": 2, "EGY": 1, "XXA": 1, "XXB": 1,
}  # fmt: skip
OWN_PAPERS = ("XXA", "XXB")


@dataclass(frozen=True)
class Person:
    """One invented person with a passport. Numbers begin with `UX`, as no state numbers its passports.

    `issuer`: the state that issued it; `code`: of the document, as its first line begins.
    """

    surname: str
    given_names: str
    sex: str
    born: date
    nationality: str
    number: str
    expires: date
    issuer: str = "UTO"
    code: str = "P"


def surname(rng: random.Random) -> str:
    """One invented surname; some have two parts."""
    made = rng.choice(STARTS) + rng.choice(MIDDLES) + rng.choice(ENDS)
    return f"{made} {surname(rng)}" if rng.random() < 0.08 else made


def given_names(rng: random.Random, sex: str) -> str:
    """One or two given names."""
    pool = GIVEN_F if sex == "F" else GIVEN_M
    return " ".join(rng.sample(pool, 2 if rng.random() < 0.4 else 1))


def number(rng: random.Random) -> str:
    """A document number of nine characters."""
    return "UX" + "".join(rng.choice("0123456789") for _ in range(7))


def person(rng: random.Random, today: date) -> Person:
    """One traveller with a passport that is valid for some years."""
    sex = rng.choice("FM")
    born = today - timedelta(days=rng.randint(18 * 365, 80 * 365))
    expires = today + timedelta(days=rng.randint(200, 3400))
    nationality = rng.choices(list(STATES), list(STATES.values()))[0]
    issuer = "UTO" if nationality in OWN_PAPERS else nationality
    return Person(surname(rng), given_names(rng, sex), sex, born, nationality, number(rng), expires, issuer)


def people(seed: int, count: int, today: date) -> Iterator[Person]:
    """So many people; the same seed gives the same ones."""
    rng = random.Random(seed)  # noqa: S311 - invented data, no secret
    for _ in range(count):
        yield person(rng, today)
