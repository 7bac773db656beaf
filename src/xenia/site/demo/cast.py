"""The people of the scenario: who they are, what they carry, and what the registers know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from xenia.site.demo.people import Person

Row = Sequence[str]


@dataclass(frozen=True)
class PastStay:
    """A stay before today. `entry`, `exit`: days before today, exit None for somebody still inside."""

    person: Person
    entry: int
    exit: int | None
    basis: str = "short-stay"
    sticker: str = ""
    days: int | None = None
    until: int | None = None


@dataclass
class Planted:
    """What lists and registers must hold so that the examples come out as said. `refused`: days before today."""

    alerts: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    lost: list[Row] = field(default_factory=list)
    visas: list[Row] = field(default_factory=list)
    vehicles: list[Row] = field(default_factory=list)
    stays: list[PastStay] = field(default_factory=list)
    refused: list[tuple[Person, int]] = field(default_factory=list)


def people_of(today: date) -> dict[str, Person]:
    """Everybody in the scenario, by a word."""
    later, soon, past = today + timedelta(days=1500), today + timedelta(days=40), today - timedelta(days=30)

    def one(
        surname: str,
        given: str,
        sex: str,
        born: date,
        number: str,
        nationality: str = "UTO",
        expires: date = later,
        code: str = "P",
    ) -> Person:
        issuer = nationality if nationality not in ("XXA", "XXB") else "UTO"
        return Person(surname, given, sex, born, nationality, number, expires, issuer, code)

    return {
        "clear": one("Vale Okonjo", "Tessa Mirande", "F", date(1991, 6, 8), "UX7204816"),
        "expired": one("Halvorsen Reed", "Caspar", "M", date(1968, 2, 27), "UX5510924", expires=past),
        "soon": one("Quintar", "Noemi Ilka", "F", date(1999, 11, 30), "UX8830157", "GEO", soon),
        "stolen": one("Brandt Iskra", "Leon", "M", date(1984, 2, 19), "UX4771093"),
        "refuse": one("Torvash", "Idris Halim", "M", date(1979, 9, 3), "UX2093348", "MDA"),
        "arrest": one("Mukhametov", "Sergei", "M", date(1975, 4, 21), "UX6642201"),
        "possible": one("Marudan", "Petrus", "M", date(1988, 7, 14), "UX1187720"),
        "discreet": one("Selgrenova", "Dunya", "F", date(1993, 1, 5), "UX3390418"),
        "misread": one("Ostfeld", "Viggo Darko", "M", date(1972, 12, 1), "UX0058261"),
        "card": one("Felinor", "Amsel", "F", date(2001, 3, 22), "UX9901457"),
        "free": one("Kelmir", "Anselm", "M", date(1982, 5, 17), "UX2200431", "D"),
        "first": one("Zelikadze", "Mahra", "F", date(1994, 10, 2), "UX2200517", "GEO"),
        "used": one("Ostilanov", "Orlo", "M", date(1986, 3, 28), "UX2200624", "GEO"),
        "left": one("Wenorash", "Livia", "F", date(1990, 8, 9), "UX2200739", "UKR"),
        "visa": one("Yarazade", "Tamaz", "M", date(1977, 1, 12), "UX2200845", "AZE"),
        "novisa": one("Dorivash", "Yusan", "M", date(1996, 6, 6), "UX2200951", "TUR"),
        "oldvisa": one("Rasilogren", "Perla", "F", date(1989, 4, 30), "UX2201064", "IND"),
        "single": one("Galendan", "Petros", "M", date(1981, 9, 19), "UX2201178", "ARM"),
        "revoked": one("Marakov", "Darko", "M", date(1985, 12, 24), "UX2201282", "TUR"),
        "early": one("Lumilorin", "Zofka", "F", date(2000, 2, 11), "UX2201396", "AZE"),
        "permit": one("Fenorapas", "Calla", "F", date(1992, 7, 7), "UX2201407", "IND"),
        "over": one("Jorunavick", "Marek", "M", date(1974, 11, 3), "UX2201513", "MDA"),
        "noentry": one("Corriatsen", "Jorun", "F", date(1969, 5, 25), "UX2201629", "GBR"),
        "inside": one("Telliora", "Felun", "M", date(1998, 1, 31), "UX2201735", "USA"),
        "lately": one("Heselin", "Halim", "M", date(1983, 10, 15), "UX2201842", "EGY"),
        "refugee": one("Nevaholt", "Sunniva", "F", date(1995, 12, 12), "UX2201958", "XXB"),
        "diplomat": one("Ambeneren", "Ravenna", "F", date(1964, 6, 21), "UX2202061", "GEO", code="PD"),
        "minor": one("Zelikadze", "Eino", "M", today - timedelta(days=9 * 365), "UX2202177", "GEO"),
        "wanted": one("Balavash", "Brando", "M", date(1971, 8, 18), "UX2202283", "UKR"),
        "driver": one("Quoranfeld", "Joris", "M", date(1987, 3, 14), "UX2202398"),
        "late": one("Ulmorasen", "Felun Orlo", "M", date(1980, 6, 30), "UX2202404", "D"),
    }


def visa_row(
    sticker: str,
    one: Person,
    today: date,
    *,
    kind: str = "C",
    begins: int = -30,
    ends: int = 150,
    entries: str = "MULT",
    days: int = 60,
    status: str = "issued",
) -> Row:
    """One row of the demo's list of visas; `begins`, `ends`: days from today. Columns: `lists.VISA_COLUMNS`."""

    def day(after: int) -> str:
        return (today + timedelta(days=after)).isoformat()

    paper = f"P:{one.issuer}:{one.number}"
    number = "" if kind == "P" else str(days)
    return (
        sticker,
        "UTO",
        kind,
        day(begins),
        day(ends),
        one.surname,
        one.given_names,
        one.born.isoformat(),
        one.sex,
        one.nationality,
        paper,
        "" if kind == "P" else entries,
        number,
        status,
        "UTO-CO",
    )


def planted(today: date) -> Planted:
    """What must be known for the examples."""
    from xenia.site.demo.lists import person_row

    who = people_of(today)
    near = Person("Marodan", "Petros", "M", date(1987, 1, 1), "UTO", "", today)
    rows = Planted()
    rows.alerts = [
        person_row("S-REFUSE", who["refuse"], "REF-B", today, documents="P:MDA:UX2093348"),
        person_row("S-ARREST", Person("Мухаметов", "Сергей", "M", date(1975, 4, 21), "", "", today), "ARR", today),
        person_row("S-POSSIBLE", near, "REF-B", today, born="1987", nationality=""),
        person_row("S-DISCREET", who["discreet"], "CHK-D", today),
    ]
    rows.notices = [person_row("S-RED", who["wanted"], "red", today, native="Балаваш Брандо")]
    reported = (today - timedelta(days=12)).isoformat()
    rows.lost = [("P", "UTO", who["stolen"].number, "stolen", reported, "Port Meridian", "UTO-BG", "R-4771")]
    rows.vehicles = [
        ("UTO-4471-KD", "UTO", "", "stolen", "Orren", "Vista", "grey", reported, "Sarn", "UTO-PO", "V-4471")
    ]
    rows.visas = [
        visa_row("UV1000001", who["visa"], today),
        visa_row("UV1000002", who["oldvisa"], today, begins=-200, ends=-20),
        visa_row("UV1000003", who["single"], today, entries="1", days=30),
        visa_row("UV1000004", who["revoked"], today, status="revoked"),
        visa_row("UV1000005", who["early"], today, begins=9, ends=99),
        visa_row("UV1000006", who["permit"], today, kind="P", begins=-400, ends=600),
        visa_row("UV1000007", who["lately"], today),
    ]
    rows.stays = [
        PastStay(who["used"], 100, 11),
        PastStay(who["left"], 150, 73),
        PastStay(who["single"], 40, 25, "visa", "UV1000003", 30, 150),
        PastStay(who["over"], 120, None),
        PastStay(who["inside"], 20, None),
    ]
    rows.refused = [(who["lately"], 9)]
    return rows
