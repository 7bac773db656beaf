"""Our reading beside that of the npm package `mrz` 5.0.2 (MIT), over generated zones, whole and damaged.

The package is put into a cache folder outside the project; without node, npm or a registry the test says
so and is skipped. It knows neither visas nor repairs, and calls a name with a digit or a state outside
its list wrong; zones where only such a difference of purpose shows are compared by their check digits.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from tests.formats.mrz.specimens import TODAY, with_character
from xenia.formats import mrz
from xenia.formats.dates import PartialDate

PACKAGE = "mrz@5.0.2"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xenia-tests/npm-mrz"
ZONES = 3_000
STATES = ["AZE", "GEO", "TUR", "D", "FRA", "UKR", "KAZ", "IND", "BRA", "JPN"]
SURNAMES = ["ALIYEVA", "ORAN", "DA SILVA", "MUELLER", "VAN DER BERG", "O", "KHVATSKAIA"]
GIVEN = ["", "ANNA", "MIRA LOU", "JO", "HUDA MUHAMMAD JAWAD"]
MIXED = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
FORMATS = {"TD1": "TD1", "TD2": "TD2", "TD3": "TD3", "FRENCH_NATIONAL_ID": "ID-FRA"}
DIGITS = {
    "documentNumberCheckDigit": "document_number",
    "birthDateCheckDigit": "birth_date",
    "expirationDateCheckDigit": "expiry_date",
    "personalNumberCheckDigit": "optional_data",
    "compositeCheckDigit": "composite",
}


def module() -> Path:
    """The package's module, installed into the cache if it is not there."""
    path = CACHE / "node_modules/mrz/lib/index.js"
    if not shutil.which("node"):
        pytest.skip("node is not installed: the comparison with the npm package mrz is left out")
    if not path.exists():
        if not shutil.which("npm"):
            pytest.skip("npm is not installed: the comparison with the npm package mrz is left out")
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(CACHE), "--ignore-scripts", "--no-audit", "--no-fund", PACKAGE]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=90)
        except (subprocess.SubprocessError, OSError):
            pytest.skip("the npm package mrz cannot be had here: the comparison with it is left out")
    return path


def theirs(zones: list[tuple[str, ...]]) -> list[dict[str, object]]:
    script = Path(__file__).with_name("npm_mrz.mjs")
    given = "".join(json.dumps({"lines": lines}) + "\n" for lines in zones)
    run = subprocess.run(
        ["node", str(script), str(module())], input=given, capture_output=True, text=True, check=True, timeout=120
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def some_zone(chance: random.Random) -> tuple[str, ...]:
    layout = chance.choice(["TD1", "TD2", "TD3", "ID-FRA"])
    card = layout == "ID-FRA"
    longest = {"TD1": 20, "TD2": 13}.get(layout, 9)
    born = date(1930, 1, 1).toordinal() + chance.randrange(34_000)
    state = "FRA" if card else chance.choice(STATES)
    number = "".join(chance.choices(MIXED, k=8 if card else chance.randint(6, longest)))
    return mrz.write(
        layout,
        mrz.Fields(
            document_code={"TD3": "P", "ID-FRA": "ID"}.get(layout, "I"),
            issuing_state=state,
            document_number=f"{chance.randint(88, 99)}{chance.randint(1, 12):02}{number}" if card else number,
            surname=chance.choice(SURNAMES),
            given_names=chance.choice(GIVEN),
            nationality=state,
            birth_date=PartialDate.of(date.fromordinal(born)),
            sex=chance.choice("MFX"),  # type: ignore[arg-type]
            expiry_date=PartialDate.of(date.fromordinal(TODAY.toordinal() + chance.randrange(3_600))),
            optional_data="".join(chance.choices(MIXED, k=chance.choice([0, 0, 3]))) if layout == "TD3" else "",
        ),
    )


def zones() -> list[tuple[str, ...]]:
    chance = random.Random(20261121)
    made = []
    for number in range(ZONES):
        lines = some_zone(chance)
        for _ in range(number % 3):
            row = chance.randrange(len(lines))
            lines = with_character(lines, row, chance.randrange(len(lines[0])), chance.choice(MIXED + "<"))
        made.append(lines)
    return made


def test_check_digits_and_fields_agree_with_npm_mrz() -> None:
    made = zones()
    differences = []
    compared = same_verdict = 0
    for number, (lines, their) in enumerate(zip(made, theirs(made), strict=True)):
        ours = mrz.read("\n".join(lines), today=TODAY)
        if their.get("error") or ours.layout != FORMATS.get(str(their.get("format"))) or ours.lines != lines:
            continue  # unknown to it, another layout by a damaged document code, or repaired by us
        compared += 1
        wrong = {DIGITS[name] for name in their["wrong"] if name in DIGITS}  # type: ignore[attr-defined]
        if wrong != {check.field for check in ours.checks if not check.ok}:
            differences.append((lines, sorted(wrong), ours.checks))
        same_verdict += ours.valid == their["valid"]
        if number % 3 == 0:  # not damaged
            assert ours.valid and their["valid"]
            fields = their["fields"]
            assert isinstance(fields, dict)
            assert ours.fields.surname == (fields["lastName"] or "")
            assert ours.fields.given_names == (fields["firstName"] or "").replace("  ", " ")
            assert ours.fields.document_number.endswith(fields["documentNumber"])
            assert ours.fields.issuing_state == fields["issuingState"]
    assert compared > ZONES * 0.9
    assert same_verdict > compared * 0.9
    assert differences == []
