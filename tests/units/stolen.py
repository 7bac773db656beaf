"""A program for `test_stolen`: invented names and numbers, put into every corner of a centre and its unit. `python -m tests.units.stolen DO`.

`officers`, `alerts` at the centre; `crossings` at the unit; `plain FOLDER` at the unit: what it keeps, as it would lie there
unencrypted, with the live records opened.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.registers.lists.worlds import csv_list
from tests.units.lane import LANE, POST

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
LISTED, ALERTED, CROSSING, OFFICERS = 320, 160, 16, 4


def word(number: int, letters: int = 10) -> str:
    """A name that nobody has."""
    seed, made = number * 2654435761 % 2**32, ""
    for at in range(letters):
        seed = (seed * 1103515245 + 12345) % 2**31
        made += (VOWELS if at % 2 else CONSONANTS)[(seed >> 8) % (len(VOWELS) if at % 2 else len(CONSONANTS))]
    return made.upper()


def planted(kind: str, count: int) -> list[tuple[str, str]]:
    """Names and document numbers of a kind, or user names of officers."""
    first = {"L": 1_000, "A": 2_000, "C": 3_000, "O": 4_000}[kind]
    return [(word(first + number), f"{kind}Q{first * 71 + number * 37:07}") for number in range(count)]


def csv() -> bytes:
    """The list."""
    rows = [
        f"A-{number},REF-B,{name},Tamriko,1980-01-02,P:UTO:{paper},Call the second line."
        for number, (name, paper) in enumerate(planted("L", LISTED))
    ]
    return csv_list(*rows)


def officers() -> None:
    from xenia.access import actions as access

    operator = access.operator_standing("operator")
    for name, _paper in planted("O", OFFICERS):
        made = access.make_account(operator, name.lower(), name.title(), authority="UTO-BG", password="").account
        access.give_role(operator, made.pk, "first-line-officer", post=POST)


def alerts() -> None:
    from datetime import UTC, datetime

    from xenia.access import actions as access
    from xenia.journal.actions import writing
    from xenia.registers.live import actions as live

    act = access.operator_standing("operator").act("alert-management", "external:test", owner="UTO-BG")
    for name, paper in planted("A", ALERTED):
        body = {
            "category": "REF-B", "names": [{"surname": name, "given_names": "Tamriko"}], "birth_dates": ["1980-01-02"],
            "documents": [{"type": "P", "issuing_state": "UTO", "number": paper}],
        }  # fmt: skip
        with writing():
            live.put("alerts", f"E-{paper}", body, act, now=datetime.now(UTC), category="REF-B")


def crossings() -> None:
    import random

    from xenia.access import standing
    from xenia.frontier import actions, checking
    from xenia.site.demo import people as crowd
    from xenia.site.demo import scenario

    here, draw = standing.by_name("ada", POST, LANE), random.Random(5)
    for name, paper in planted("C", CROSSING):
        one = replace(crowd.person(draw, date.today()), nationality="UTO", issuer="UTO", surname=name, number=paper)
        view = checking.check_text(here, LANE, "\n".join(scenario.passport(one)), "entry")
        actions.admit(here, view.id)


def plain(folder: str) -> None:
    """The database and every sealed file of this home, opened."""
    from django.conf import settings

    from xenia.journal import at_rest

    home, out = Path(settings.XENIA_HOME), Path(folder)
    link = at_rest.connect(home / "xenia.sqlite3")
    link.execute(f"ATTACH '{out / 'plain.sqlite3'}' AS plain KEY ''")
    link.execute("SELECT sqlcipher_export('plain')")
    link.close()
    for number, path in enumerate(one for one in home.rglob("*") if one.is_file() and at_rest.is_sealed(one)):
        (out / f"{number}-{path.name}").write_bytes(at_rest.read_bytes(path))
    (out / "live.json").write_text(json.dumps([one.body for one in _live()], default=str))


def _live() -> list[Any]:
    """Live records of this home, opened with the keys that lie here."""
    from xenia.registers.live import actions as live
    from xenia.registers.live.models import LiveRecord

    return live.opened(list(LiveRecord.objects.exclude(sealed=b"")))


def main(words: list[str]) -> None:
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    {"officers": officers, "alerts": alerts, "crossings": crossings, "plain": plain}[words[0]](*words[1:])
    setup.settle()
    print(json.dumps({"done": words[0]}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
