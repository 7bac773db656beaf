"""Damages generated zones in every way that a reader could, and counts what the reading makes of them.

The suite runs a small fixed sample (`test_mrz_fuzz.py`). By hand, from the project's root:
`PYTHONPATH=src:. python -m tests.formats.mrz.fuzz 1000000 [SEED]` prints the figures as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from tests.formats.mrz.specimens import TODAY
from xenia.formats import mrz
from xenia.formats.dates import PartialDate

MIXED = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
CONFUSED = {"0": "OQ", "O": "0", "1": "I", "I": "1", "2": "Z", "Z": "2", "5": "S", "S": "5", "6": "G", "G": "6"} | {
    "8": "B",
    "B": "8",
}
NOISE = "\r\n\t \u00ab\u2039\x00\ufeff*#$abcxyz\u0130\u0661\ud83d\ude00\u202e<<<<KKK0O1I"
LAYOUTS = ("TD3", "TD1", "TD2", "MRV-A", "MRV-B", "ID-FRA")
CHECKED = ("document_number", "birth_date", "expiry_date")


@dataclass
class Figures:
    """What happened, by kind of damage; `slowest_us` is CPU time and depends on the machine."""

    readings: int = 0
    valid: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    repaired_wrongly: Counter[str] = field(default_factory=Counter)
    silently_wrong: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    slowest_us: float = 0.0


def some_fields(chance: random.Random, layout: str) -> mrz.Fields:
    """Fields of an invented traveller that the layout can hold."""
    card = layout == "ID-FRA"
    born = date.fromordinal(date(1930, 1, 1).toordinal() + chance.randrange(34_000))
    state = "FRA" if card else chance.choice(["AZE", "D", "UTO", "XXA", "GBN", "TUR"])
    return mrz.Fields(
        document_code={"T": "I", "M": "V", "I": "ID"}[layout[0]] if layout != "TD3" else "P",
        issuing_state=state,
        document_number="".join(chance.choices(MIXED, k=12 if card else chance.randint(7, 9))),
        surname=chance.choice(["ORAN", "DA SILVA", "KHVATSKAIA", "O"]),
        given_names=chance.choice(["", "MIRA", "MIRA LOU"]),
        nationality="" if card else state,
        birth_date=PartialDate.of(born),
        sex=chance.choice(["M", "F", "X"]),  # type: ignore[arg-type]
        expiry_date=None if card else PartialDate.of(date.fromordinal(TODAY.toordinal() + chance.randrange(3_000))),
    )


def damaged(chance: random.Random, lines: tuple[str, ...], kind: str) -> str:
    """The zone as a text with one kind of damage."""
    text = "\n".join(lines)
    place = chance.randrange(len(text))
    if kind == "whole":
        return text
    if kind == "one misread":
        places = [n for n, c in enumerate(text) if c in CONFUSED]
        place = chance.choice(places)
        return text[:place] + chance.choice(CONFUSED[text[place]]) + text[place + 1 :]
    if kind == "one wrong":
        return text[:place] + chance.choice(MIXED + "<") + text[place + 1 :]
    if kind == "one missing":
        return text[:place] + text[place + 1 :]
    if kind == "one more":
        return text[:place] + chance.choice(MIXED + "<") + text[place:]
    if kind == "noise":
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(text) + 1)
            text = text[:place] + chance.choice(NOISE) + text[place + chance.randrange(2) :]
        return text
    return "".join(chance.choices(MIXED + NOISE + "<<<<<<<<<<", k=chance.randrange(200)))


KINDS = ("whole", "one misread", "one wrong", "one missing", "one more", "noise", "rubbish")


def run(count: int, seed: int) -> Figures:
    """Read `count` zones; raises what a reading raises, so that a crash shows itself."""
    chance = random.Random(seed)
    figures = Figures()
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        layout = chance.choice(LAYOUTS)
        known = some_fields(chance, layout)
        lines = mrz.write(layout, known)
        text = damaged(chance, lines, kind)
        start = time.process_time_ns()
        reading = mrz.read(text, today=TODAY)
        figures.slowest_us = max(figures.slowest_us, (time.process_time_ns() - start) / 1_000)
        _judge(figures, kind, known, reading)
    return figures


def _judge(figures: Figures, kind: str, known: mrz.Fields, reading: mrz.Reading) -> None:
    figures.readings += 1
    figures.kinds[kind] += 1
    figures.valid[kind] += reading.valid
    right = all(getattr(reading.fields, name) == getattr(known, name) for name in CHECKED)
    if any(repair.applied for repair in reading.repairs):
        figures.repaired[kind] += 1
        figures.repaired_wrongly[kind] += not right
    elif reading.valid and not right:
        figures.silently_wrong[kind] += 1


if __name__ == "__main__":
    figures = run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(json.dumps(figures.__dict__, indent=1))
