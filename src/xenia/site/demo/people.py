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
STATES = ("UTO", "UTO", "UTO", "XXA", "UTO")


@dataclass(frozen=True)
class Person:
    """One invented person with a passport. Numbers begin with a letter pair that no state issues: `UX`."""

    surname: str
    given_names: str
    sex: str
    born: date
    nationality: str
    number: str
    expires: date


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
    return Person(surname(rng), given_names(rng, sex), sex, born, rng.choice(STATES), number(rng), expires)


def people(seed: int, count: int, today: date) -> Iterator[Person]:
    """So many people; the same seed gives the same ones."""
    rng = random.Random(seed)  # noqa: S311 - invented data, no secret
    for _ in range(count):
        yield person(rng, today)
