"""Cultures made of name tables that somebody else collected, so that the measurement does not rest on our own names only."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from xenia.errors import BadInput
from xenia.site.bench.cultures import Culture

FORENAMES, SURNAMES = "common-forenames-by-country.csv", "common-surnames-by-country.csv"
# A country needs so many names of each kind to stand for a culture.
_LEAST = 8


def cultures(folder: Path) -> tuple[Culture, ...]:
    """One culture for each country of the two CSV files in `folder`, in equal shares, with native spellings.

    Columns: Country, Gender (M, F), Localized Name, Romanized Name; one spelling each, by falling frequency.
    Names of several words are left out. Raises `BadInput` (code `no-name-tables`) where the files are missing.
    """
    if not (folder / FORENAMES).is_file() or not (folder / SURNAMES).is_file():
        raise BadInput(
            f"{folder} holds no name tables.", f"It needs {FORENAMES} and {SURNAMES}.", code="no-name-tables"
        )
    given: dict[tuple[str, str], list[str]] = defaultdict(list)
    family: dict[str, list[str]] = defaultdict(list)
    for row in _rows(folder / FORENAMES):
        _put(given[row["Country"], row["Gender"]], row)
    for row in _rows(folder / SURNAMES):
        _put(family[row["Country"]], row)
    countries = sorted(c for c in family if min(len(family[c]), len(given[c, "M"]), len(given[c, "F"])) >= _LEAST)
    return tuple(_culture(c, given[c, "M"], given[c, "F"], family[c], n) for n, c in enumerate(countries))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _put(names: list[str], row: dict[str, str]) -> None:
    native = row["Localized Name"].strip()
    latin = (row["Romanized Name"] or native).strip()
    if latin and latin.isascii() and latin.isalpha() and not set(native) & set(" =/"):
        entry = latin if native.isascii() or not native else f"{latin}={native}"
        if entry not in names:
            names.append(entry)


def _culture(country: str, men: list[str], women: list[str], family: list[str], number: int) -> Culture:
    native = any("=" in name and not _is_latin(name.partition("=")[2]) for name in (*men, *family))
    whole = native and all("=" in name for name in (*men, *women, *family))
    return Culture(
        country, f"QN{chr(65 + number % 26)}", 1.0, men=" ".join(men), women=" ".join(women), stems=" ".join(family),
        endings="", native="Zyyy" if whole else "",
    )  # fmt: skip


def _is_latin(text: str) -> bool:
    return all(letter <= "\u024f" for letter in text)
