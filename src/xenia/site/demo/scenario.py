"""Ten documents to scan, and what to expect of each. The people are invented; the numbers are issued by no state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from xenia.formats import mrz
from xenia.formats.dates import PartialDate
from xenia.site.demo.people import Person


@dataclass(frozen=True)
class Example:
    """One document: its lines, a title, what the console should answer and what to do then."""

    title: str
    lines: tuple[str, ...]
    expect: str
    verdict: str
    then: str


@dataclass
class Planted:
    """Rows that the lists must hold so that the examples come out as said."""

    alerts: list[Sequence[str]] = field(default_factory=list)
    notices: list[Sequence[str]] = field(default_factory=list)
    lost: list[Sequence[str]] = field(default_factory=list)


def passport(one: Person) -> tuple[str, ...]:
    """The machine-readable lines of a person's passport."""
    return mrz.write("TD3", fields("P", one))


def card(one: Person) -> tuple[str, ...]:
    """The machine-readable lines of a person's identity card."""
    return mrz.write("TD1", fields("I", one))


def fields(code: str, one: Person) -> mrz.Fields:
    """A person's document as fields."""
    return mrz.Fields(
        document_code=code,
        issuing_state="UTO",
        document_number=one.number,
        surname=one.surname,
        given_names=one.given_names,
        nationality=one.nationality,
        birth_date=PartialDate.of(one.born),
        sex="M" if one.sex == "M" else "F",
        expiry_date=PartialDate.of(one.expires),
    )


def people_of(today: date) -> dict[str, Person]:
    """The people of the scenario."""
    later, soon, past = today + timedelta(days=1500), today + timedelta(days=40), today - timedelta(days=30)

    def one(
        surname: str, given: str, sex: str, born: date, number: str, expires: date = later, nationality: str = "UTO"
    ) -> Person:
        return Person(surname, given, sex, born, nationality, number, expires)

    return {
        "clear": one("Vale Okonjo", "Tessa Mirande", "F", date(1991, 6, 8), "UX7204816"),
        "expired": one("Halvorsen Reed", "Caspar", "M", date(1968, 2, 27), "UX5510924", past),
        "soon": one("Quintar", "Noemi Ilka", "F", date(1999, 11, 30), "UX8830157", soon),
        "stolen": one("Brandt Iskra", "Leon", "M", date(1984, 2, 19), "UX4771093"),
        "refuse": one("Torvash", "Idris Halim", "M", date(1979, 9, 3), "UX2093348"),
        "arrest": one("Mukhametov", "Sergei", "M", date(1975, 4, 21), "UX6642201"),
        "possible": one("Marudan", "Petrus", "M", date(1988, 7, 14), "UX1187720"),
        "discreet": one("Selgrenova", "Dunya", "F", date(1993, 1, 5), "UX3390418"),
        "misread": one("Ostfeld", "Viggo Darko", "M", date(1972, 12, 1), "UX0058261"),
        "card": one("Felinor", "Amsel", "F", date(2001, 3, 22), "UX9901457"),
    }


def examples(today: date) -> tuple[Example, ...]:
    """The ten documents."""
    who = people_of(today)
    spoiled = list(passport(who["misread"]))
    spoiled[1] = spoiled[1][:13] + ("3" if spoiled[1][13] != "3" else "4") + spoiled[1][14:]
    return (
        Example("A passport in order", passport(who["clear"]), "Nothing found", "clear", "F2 admits"),
        Example("An identity card in order", card(who["card"]), "Nothing found", "clear", "F2 admits"),
        Example(
            "A passport that has expired",
            passport(who["expired"]),
            "Stop: the document has expired",
            "stop",
            "F4 refers",
        ),
        Example(
            "A passport that expires in 40 days",
            passport(who["soon"]),
            "Look closely: expires within three months",
            "look",
            "ask, then F2",
        ),
        Example(
            "A passport reported stolen",
            passport(who["stolen"]),
            "Stop: document reported stolen (exact)",
            "stop",
            "F4; admit is dashed",
        ),
        Example(
            "Refusal of entry, same person",
            passport(who["refuse"]),
            "Stop: alert, exact",
            "stop",
            "F4; second line refuses with reason H",
        ),
        Example(
            "Arrest, name written in another script in the list",
            passport(who["arrest"]),
            "Stop: alert, exact or likely",
            "stop",
            "F4; not to be dismissed here",
        ),
        Example(
            "A similar name, born in another year",
            passport(who["possible"]),
            "Look closely: a possible hit",
            "look",
            "compare, dismiss with a reason or F4",
        ),
        Example(
            "A discreet alert",
            passport(who["discreet"]),
            "Nothing found; second line gets a work item",
            "clear",
            "F2 admits; sign in as corvin to see it",
        ),
        Example(
            "A line that was misread",
            tuple(spoiled),
            "Look closely: the check digits do not agree",
            "look",
            "read again",
        ),
    )


def planted(today: date) -> Planted:
    """What the lists must hold for the examples."""
    from xenia.site.demo.lists import person_row

    who = people_of(today)
    near = Person("Marodan", "Petros", "M", date(1987, 1, 1), "UTO", "", today)
    rows = Planted()
    rows.alerts = [
        person_row("S-REFUSE", who["refuse"], "REF-B", today, documents="P:UTO:UX2093348"),
        person_row("S-ARREST", Person("Мухаметов", "Сергей", "M", date(1975, 4, 21), "", "", today), "ARR", today),
        person_row("S-POSSIBLE", near, "REF-B", today, born="1987", nationality=""),
        person_row("S-DISCREET", who["discreet"], "CHK-D", today),
    ]
    reported = (today - timedelta(days=12)).isoformat()
    rows.lost = [("P", "UTO", who["stolen"].number, "stolen", reported, "Port Meridian", "UTO-BG", "R-4771")]
    return rows
