"""The lists of the demo, written as files in the documented format and loaded like any other list."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from xenia.access import actions as access
from xenia.registers.lists import actions as lists
from xenia.registers.lists import current
from xenia.site.demo import people
from xenia.site.demo.cast import Planted, visa_row

ALERTS, LOST, NOTICES, VEHICLES = 320, 200_000, 60, 400
FEW = {"ALERTS": 30, "LOST": 200, "NOTICES": 12, "VEHICLES": 8}
"""Of a bare demo, as stories and tests begin it."""
CATEGORIES = ("REF-B", "REF-B", "REF-S", "ARR", "MIS", "JUD", "RET", "CHK-D", "PRE")
COLOURS = ("red", "red", "blue", "green", "yellow")
VISA_NEEDED = ("AZE", "ARM", "TUR", "IND", "EGY", "XXA")
STATUSES = ("stolen", "lost", "lost", "stolen-blank", "revoked", "invalid")
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
    "documents",
    "reason",
    "handling",
    "valid_until",
    "issuing_authority",
    "legal_basis",
    "decision",
)
VISA_COLUMNS = (
    "sticker_number",
    "issuing_state",
    "type",
    "valid_from",
    "valid_until",
    "surname",
    "given_names",
    "birth_date",
    "sex",
    "nationalities",
    "documents",
    "entries",
    "days",
    "status",
    "issuing_authority",
)
VEHICLE_COLUMNS = (
    "plate",
    "plate_state",
    "vin",
    "status",
    "make",
    "model",
    "colour",
    "event_on",
    "event_place",
    "owner",
    "reference",
)
DOCUMENT_COLUMNS = ("type", "issuing_state", "number", "status", "event_on", "event_place", "owner", "reference")


def fresh(register: str) -> bool:
    """Whether every current list of the register is younger than half of what is permitted."""
    now = datetime.now(UTC)
    ages = [(now - one.as_of).total_seconds() < one.max_age_hours * 1800 for one in current.current(register)]
    return bool(ages) and all(ages)


def of_today(register: str, today: date) -> bool:
    """Whether the register's list was loaded on this day: visas belong to the travellers of one day."""
    return any(one.as_of.date() >= today for one in current.current(register))


def load_all(
    folder: Path, planted: Planted, seed: int, say: Callable[[str], None], travellers: Iterable[people.Person] = ()
) -> None:
    """Write and load the demo's lists where they are missing or half too old. `travellers`: who needs a visa today."""
    operator = access.operator_standing("operator")
    today, travellers = datetime.now(UTC).date(), list(travellers)
    makers: tuple[tuple[str, str, Sequence[str], Callable[[], Iterable[Sequence[str]]]], ...] = (
        ("alerts", "alerts-csv", PERSON_COLUMNS, lambda: alerts(seed, today, planted, travellers)),
        ("notices", "notices-csv", PERSON_COLUMNS, lambda: notices(seed, today, planted, travellers)),
        ("lost_documents", "lost-documents-csv", DOCUMENT_COLUMNS, lambda: lost(seed, today, planted, travellers)),
        ("visas", "visas-csv", VISA_COLUMNS, lambda: visas(seed, today, planted, travellers)),
        ("vehicles", "vehicles-csv", VEHICLE_COLUMNS, lambda: vehicles(seed, today, planted)),
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for register, source, columns, rows in makers:
        if fresh(register) and (register == "vehicles" or of_today(register, today)):
            continue
        file = folder / f"{register}.csv"
        count = write(file, columns, rows())
        say(f"Loading {count:,} invented {register.replace('_', ' ')} ...")
        lists.load(operator, source, file, reference="set-up").discard()


def write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write one list file with its end row; returns the number of rows."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
        out.write(f"#end,{count}\n")
    return count


def some_of(travellers: Sequence[people.Person], every: int, first: int) -> Iterable[people.Person]:
    """A few of the travellers of these days, so that every kind of finding happens without anybody's doing."""
    return travellers[first::every]


def alerts(
    seed: int, today: date, planted: Planted, travellers: Sequence[people.Person] = ()
) -> Iterable[Sequence[str]]:
    """Alerts on invented people; those of the scenario first, then some of today's travellers."""
    yield from planted.alerts
    for n, one in enumerate(some_of(travellers, 260, 17)):
        category = CATEGORIES[n % len(CATEGORIES)]
        if not (one.nationality == "UTO" and category in ("REF-B", "REF-S", "RET")):
            yield person_row(f"T{n:05}", one, category, today)
    rng = random.Random(seed + 1)  # noqa: S311 - invented data, no secret
    for n, one in enumerate(people.people(seed + 2, ALERTS - len(planted.alerts), today)):
        yield person_row(f"A{n:05}", one, rng.choice(CATEGORIES), today, born=_partly(rng, one.born))


def _partly(rng: random.Random, born: date) -> str:
    share = rng.random()
    return born.isoformat() if share < 0.82 else str(born.year) if share < 0.92 else born.isoformat()[:7]


def notices(
    seed: int, today: date, planted: Planted, travellers: Sequence[people.Person] = ()
) -> Iterable[Sequence[str]]:
    """Notices on invented people; those of the scenario first, then some of today's travellers."""
    yield from planted.notices
    for n, one in enumerate(some_of(travellers, 700, 91)):
        yield person_row(f"M{n:05}", one, COLOURS[n % len(COLOURS)], today)
    for n, one in enumerate(people.people(seed + 3, NOTICES - len(planted.notices), today)):
        yield person_row(f"N{n:05}", one, COLOURS[n % len(COLOURS)], today, born=str(one.born.year))


def person_row(
    record_id: str,
    one: people.Person,
    category: str,
    today: date,
    *,
    born: str = "",
    aliases: str = "",
    native: str = "",
    documents: str = "",
    nationality: str | None = None,
) -> Sequence[str]:
    """One row of the documented CSV for persons."""
    until = (today + timedelta(days=900)).isoformat()
    return (
        record_id,
        one.surname,
        one.given_names,
        born or one.born.isoformat(),
        category,
        aliases,
        native,
        one.sex,
        one.nationality if nationality is None else nationality,
        documents,
        "Invented for the demonstration",
        "discreet" if category.startswith(("CHK-D", "CHK-I", "INF")) else "open",
        until,
        "UTO-BG",
        "Invented Act, section 1",
        f"D-{record_id}",
    )


def lost(seed: int, today: date, planted: Planted, travellers: Sequence[people.Person] = ()) -> Iterable[Sequence[str]]:
    """Lost documents; those of the scenario first, then some of today's travellers'."""
    yield from planted.lost
    for one in some_of(travellers, 500, 43):
        day = (today - timedelta(days=20)).isoformat()
        yield ("P", one.issuer, one.number, "stolen", day, "Port Meridian", "UTO-BG", f"R-{one.number}")
    rng = random.Random(seed + 4)  # noqa: S311 - invented data, no secret
    seen: set[str] = set()
    while len(seen) < LOST - len(planted.lost):
        number = "UL" + f"{rng.randrange(10**7):07}"
        if number in seen:
            continue
        seen.add(number)
        day = (today - timedelta(days=rng.randint(5, 3000))).isoformat()
        yield ("P", "UTO", number, rng.choice(STATUSES), day, "Port Meridian", "UTO-BG", f"R-{number}")


def visas(seed: int, today: date, planted: Planted, travellers: Iterable[people.Person]) -> Iterable[Sequence[str]]:
    """Visas and permits of today's travellers who need one, all but a few; those of the scenario first."""
    yield from planted.visas
    rng = random.Random(seed + 5)  # noqa: S311 - invented data, no secret
    for n, one in enumerate(one for one in travellers if one.nationality in VISA_NEEDED):
        share = rng.random()
        if share < 0.02:
            continue
        kind = "P" if share < 0.2 else "C"
        yield visa_row(
            f"UV{2000000 + n}", one, today, kind=kind, begins=-40, ends=-3 if share > 0.985 else 180, days=60
        )


def vehicles(seed: int, today: date, planted: Planted) -> Iterable[Sequence[str]]:
    """Vehicles that are looked for; those of the scenario first."""
    yield from planted.vehicles
    rng = random.Random(seed + 6)  # noqa: S311 - invented data, no secret
    for n in range(VEHICLES - len(planted.vehicles)):
        day = (today - timedelta(days=rng.randint(3, 900))).isoformat()
        make, colour = rng.choice(("Orren", "Calder", "Vosk")), rng.choice(("grey", "white", "blue", "red"))
        yield (f"UTO-{5000 + n}-XX", "UTO", "", "stolen", make, "Vista", colour, day, "Sarn", "UTO-PO", f"V-{5000 + n}")
