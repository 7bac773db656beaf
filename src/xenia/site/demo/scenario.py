"""Thirty documents to scan, and what to expect of each. The people are invented; no state numbers its passports so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xenia.formats import mrz
from xenia.formats.dates import PartialDate
from xenia.site.demo.cast import Planted, people_of, planted
from xenia.site.demo.people import Person

__all__ = ["Example", "Planted", "card", "examples", "fields", "passport", "people_of", "planted"]


@dataclass(frozen=True)
class Example:
    """One document: its lines, a title, what the console should answer and what to do then.

    `direction`: entry or exit; `plate`: typed beside it at a land post.
    """

    title: str
    lines: tuple[str, ...]
    expect: str
    verdict: str
    then: str
    direction: str = "entry"
    plate: str = ""


def passport(one: Person) -> tuple[str, ...]:
    """The machine-readable lines of a person's passport."""
    return mrz.write("TD3", fields(one.code, one))


def card(one: Person) -> tuple[str, ...]:
    """The machine-readable lines of a person's identity card."""
    return mrz.write("TD1", fields("I", one))


def fields(code: str, one: Person) -> mrz.Fields:
    """A person's document as fields."""
    return mrz.Fields(
        document_code=code,
        issuing_state=one.issuer,
        document_number=one.number,
        surname=one.surname,
        given_names=one.given_names,
        nationality=one.nationality,
        birth_date=PartialDate.of(one.born),
        sex="M" if one.sex == "M" else "F",
        expiry_date=PartialDate.of(one.expires),
    )


# Who (see `cast`), title, what is found, verdict, what to do, direction.
TABLE = (
    ("clear", "A passport in order, own national", "Nothing found", "clear", "F2 admits", "entry"),
    ("card", "An identity card in order", "Nothing found", "clear", "F2 admits", "entry"),
    ("expired", "A passport that has expired", "Stop: the document has expired", "stop", "F4 refers", "entry"),
    ("soon", "A passport that expires in 40 days", "Look closely: it expires too soon", "look", "ask, then F2", "entry"),
    ("stolen", "A passport reported stolen", "Stop: document reported stolen", "stop", "F4; admit is dashed", "entry"),
    ("refuse", "Refusal of entry, same person", "Stop: alert, exact", "stop", "F4; second line refuses", "entry"),
    ("arrest", "Arrest, listed in another script", "Stop: alert, exact or likely", "stop", "F4; not to be dismissed", "entry"),
    ("possible", "A similar name, born in another year", "Look closely: a possible hit", "look", "compare, dismiss or F4", "entry"),
    ("discreet", "A discreet alert", "Nothing found; second line gets a work item", "clear", "F2; corvin sees it", "entry"),
    ("misread", "A line that was misread", "Look closely: the check digits do not agree", "look", "read again", "entry"),
    ("free", "A citizen of the area", "Nothing found: free movement", "clear", "F2 admits", "entry"),
    ("first", "First visit without visa duty", "Nothing found; 90 days to stay", "clear", "F2 admits", "entry"),
    ("used", "All 90 days of 180 used", "Stop: no days left", "stop", "F4; second line refuses with F", "entry"),
    ("left", "Some days left", "Nothing found; 12 days to stay", "clear", "F2 admits", "entry"),
    ("visa", "A visa in order", "Nothing found; the visa's days", "clear", "F2 admits", "entry"),
    ("novisa", "Visa needed, none there", "Stop: no visa", "stop", "F4", "entry"),
    ("oldvisa", "A visa that has expired", "Stop: the visa has expired", "stop", "F4", "entry"),
    ("single", "A visa for one entry, used", "Stop: entries used up", "stop", "F4", "entry"),
    ("revoked", "A visa that was revoked", "Stop: visa revoked", "stop", "F4", "entry"),
    ("early", "A visa that begins next week", "Stop: the visa is not yet valid", "stop", "F4", "entry"),
    ("permit", "A resident with permit", "Nothing found; days are not counted", "clear", "F2 admits", "entry"),
    ("over", "Leaving after too many days", "Look closely: overstay", "look", "F2 with the stay noted", "exit"),
    ("noentry", "Leaving without a known entry", "Look closely: no entry found", "look", "look at the stamps, then F2", "exit"),
    ("inside", "Entering while inside", "Look closely: no exit found", "look", "ask when the traveller left", "entry"),
    ("lately", "Refused nine days ago", "Look closely: refused lately", "look", "ask what has changed", "entry"),
    ("refugee", "A travel document for refugees", "Nothing found", "clear", "F2 admits", "entry"),
    ("diplomat", "A diplomatic passport", "Nothing found", "clear", "F2 admits", "entry"),
    ("minor", "A child alone", "Look closely: a minor", "look", "ask who travels with the child", "entry"),
    ("wanted", "A red notice", "Stop: red notice", "stop", "F4 at once", "entry"),
    ("driver", "A car reported stolen, at Sarn Gate", "Stop: vehicle reported stolen", "stop", "F4 (sign in as galen)", "entry"),
)  # fmt: skip
PLATES = {"driver": "UTO-4471-KD"}


def examples(today: date) -> tuple[Example, ...]:
    """The thirty documents."""
    who = people_of(today)
    return tuple(
        Example(title, _lines(key, who[key]), expect, verdict, then, direction, PLATES.get(key, ""))
        for key, title, expect, verdict, then, direction in TABLE
    )


def _lines(key: str, one: Person) -> tuple[str, ...]:
    if key == "card":
        return card(one)
    lines = passport(one)
    if key != "misread":
        return lines
    spoiled = "3" if lines[1][13] != "3" else "4"
    return lines[0], lines[1][:13] + spoiled + lines[1][14:]
