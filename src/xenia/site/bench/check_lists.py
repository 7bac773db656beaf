"""Lists and travellers for `xenia bench check`: invented, the same each time, kept in a cache."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from xenia.formats import mrz
from xenia.formats.dates import PartialDate
from xenia.identity.claim import Claimed, Document, Name
from xenia.site.bench import people

SEED = 7
LOST_SHARE = 0.001
NUMBERS = 10**9
# Whose passports are read: own nationals, visitors without and with visa duty. Invented shares.
OWN, FREE, BOUND = "UTO", "GEO", "AZE"
SHARES = {OWN: 40, FREE: 30, BOUND: 30}


@dataclass(frozen=True)
class Sizes:
    """How many records of each kind there are. `stay_files`: persons with stays; each has `stays_each`, two crossings a stay."""

    persons: int
    documents: int
    visas: int
    notices: int
    stay_files: int
    stays_each: int = 10

    def wanted(self) -> dict[str, int]:
        """Records by register that is a list."""
        return {
            "alerts": self.persons,
            "lost_documents": self.documents,
            "visas": self.visas,
            "notices": self.notices,
        }


def files(cache: Path, sizes: Sizes, say: Callable[[str], None]) -> dict[str, Path]:
    """The list files by register; written once."""
    cache.mkdir(parents=True, exist_ok=True)
    persons, documents = sizes.persons, sizes.documents
    made = {
        "alerts": cache / f"alerts-{persons}.csv",
        "lost_documents": cache / f"lost-{documents}.csv",
        "visas": cache / f"visas-{sizes.visas}.csv",
        "notices": cache / f"notices-{sizes.notices}.csv",
    }
    if not made["visas"].exists():
        say(f"Writing {sizes.visas:,} invented visas ...")
        _write(made["visas"], VISA_COLUMNS, _visas(sizes.visas))
    if not made["notices"].exists():
        say(f"Writing {sizes.notices:,} invented notices ...")
        _write(made["notices"], PERSON_COLUMNS, _persons(sizes.notices, SEED + 40, "red"))
    if not made["alerts"].exists():
        say(f"Writing {persons:,} invented persons ...")
        _write(made["alerts"], PERSON_COLUMNS, _persons(persons))
    if not made["lost_documents"].exists():
        say(f"Writing {documents:,} invented documents ...")
        _write(made["lost_documents"], ("type", "issuing_state", "number", "status", "event_on"), _documents(documents))
    return made


PERSON_COLUMNS = (
    "record_id",
    "surname",
    "given_names",
    "birth_date",
    "category",
    "aliases",
    "native_names",
    "sex",
    "nationalities",
    "reason",
)


def _write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    part = file.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last count is the number of rows
            writer.writerow(row)
        out.write(f"#end,{count}\n")
    part.replace(file)


def _persons(count: int, seed: int = SEED, category: str = "REF-B") -> Iterator[Sequence[str]]:
    rng = random.Random(seed)
    for n, person in enumerate(people.people(count, seed)):
        known = people.listed(person, rng)
        surname, given, _ = known.names[0]
        aliases = "|".join(f"{s}, {g}" for s, g, script in known.names[1:] if script == "Latn")
        native = "|".join(f"{s}, {g}" for s, g, script in known.names[1:] if script != "Latn")
        birth = known.birth.iso() if known.birth else ""
        yield (
            f"B{n:08}",
            surname,
            given,
            birth,
            category,
            aliases,
            native,
            person.sex,
            known.nationality,
            "Invented for a measurement",
        )


def _documents(count: int) -> Iterator[Sequence[str]]:
    step = NUMBERS // count
    for n in range(count):
        yield ("P", "UTO", f"{n * step:09}", "lost", "2024-05-01")


VISA_COLUMNS = (
    "sticker_number",
    "issuing_state",
    "type",
    "valid_from",
    "valid_until",
    "nationalities",
    "documents",
    "entries",
    "days",
    "status",
)


def _visas(count: int) -> Iterator[Sequence[str]]:
    begin, end = (date.today() + timedelta(days=days) for days in (-60, 700))
    for n in range(count):
        paper = f"P:{BOUND}:{n:09}"
        yield (f"B{n:08}", "UTO", "C", begin.isoformat(), end.isoformat(), BOUND, paper, "MULT", "90", "issued")


STARTS = "Bal Dor Fen Gal Hes Iska Jor Kel Lum Mar Nev Ost Pel Quo Ras Sel Tor Ulm Vale Wen Yar Zel".split()
ENDS = "adze elidze ishvili uani anava iladze enko oryan".split()
GIVEN = "Tessa Mirel Odana Livia Ilka Noemi Calla Leon Brando Idris Tamaz Orlo Marek Joris Petros Eino".split()


def visitor(number: int) -> Claimed:
    """The visitor of a number: the same each time, in the register of stays and at the lane."""
    rng = random.Random(number)
    born = date(1945, 1, 1) + timedelta(days=rng.randrange(22_000))
    name = Name((rng.choice(STARTS) + rng.choice("aeiou") + rng.choice(ENDS)).upper(), rng.choice(GIVEN).upper())
    document = Document("P", FREE, f"{number:09}", (date.today() + timedelta(days=1500)).isoformat())
    return Claimed((name,), PartialDate.of(born), rng.choice("FM"), FREE, (document,))


def travellers(sizes: Sizes) -> Iterator[str]:
    """Passports without end: own nationals like the people of the lists, one in a thousand with a listed number;

    visitors with stays behind them; others with a visa.
    """
    rng = random.Random(SEED + 1)
    expires = PartialDate.of(date.today() + timedelta(days=1500))
    while True:
        for person in people.people(5000, rng.randrange(10**6)):
            state = rng.choices(list(SHARES), list(SHARES.values()))[0]
            if state == FREE and sizes.stay_files:
                yield "\n".join(mrz.write("TD3", _visitor_fields(rng.randrange(sizes.stay_files), expires)))
                continue
            surname, given = (people.mrz_text(part) for part in person.name())
            fields = mrz.Fields(
                document_code="P",
                issuing_state=state,
                document_number=f"{_number(rng, state, sizes):09}",
                surname=surname,
                given_names=given,
                nationality=state,
                birth_date=PartialDate.of(person.birth),
                sex="M" if person.sex == "M" else "F",
                expiry_date=expires,
            )
            yield "\n".join(mrz.write("TD3", fields))


def _visitor_fields(number: int, expires: PartialDate) -> mrz.Fields:
    who = visitor(number)
    return mrz.Fields(
        document_code="P",
        issuing_state=FREE,
        document_number=who.documents[0].number,
        surname=who.names[0].surname,
        given_names=who.names[0].given_names,
        nationality=FREE,
        birth_date=who.birth_date,
        sex="M" if who.sex == "M" else "F",
        expiry_date=expires,
    )


def _number(rng: random.Random, state: str, sizes: Sizes) -> int:
    if state == BOUND:
        return rng.randrange(max(1, sizes.visas))
    return rng.randrange(NUMBERS) if rng.random() > LOST_SHARE else 0
