"""Lists and travellers for `xenia bench check`: invented, the same each time, kept in a cache."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from xenia.formats import mrz
from xenia.formats.dates import PartialDate
from xenia.site.bench import people

SEED = 7
LOST_SHARE = 0.001
NUMBERS = 10**9


def files(cache: Path, persons: int, documents: int, say: Callable[[str], None]) -> dict[str, Path]:
    """The list files by register; written once."""
    cache.mkdir(parents=True, exist_ok=True)
    made = {"alerts": cache / f"alerts-{persons}.csv", "lost_documents": cache / f"lost-{documents}.csv"}
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


def _persons(count: int) -> Iterator[Sequence[str]]:
    rng = random.Random(SEED)
    for n, person in enumerate(people.people(count, SEED)):
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
            "REF-B",
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


def travellers() -> Iterator[str]:
    """Passports without end: people of the same cultures as the list, one in a thousand with a listed number."""
    rng = random.Random(SEED + 1)
    expires = PartialDate.of(date.today() + timedelta(days=1500))
    while True:
        for person in people.people(5000, rng.randrange(10**6)):
            surname, given = (people.mrz_text(part) for part in person.name())
            number = rng.randrange(NUMBERS) if rng.random() > LOST_SHARE else 0
            fields = mrz.Fields(
                document_code="P",
                issuing_state="UTO",
                document_number=f"{number:09}",
                surname=surname,
                given_names=given,
                nationality="UTO",
                birth_date=PartialDate.of(person.birth),
                sex="M" if person.sex == "M" else "F",
                expiry_date=expires,
            )
            yield "\n".join(mrz.write("TD3", fields))
