"""A list of reference data as a file of CSV, and back. Pure but for the list's own definition."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

from xenia.errors import BadInput
from xenia.formats.tables import csv_bytes, read_back
from xenia.registers.reference.actions import flat
from xenia.registers.reference.terms import LANGUAGES, Term, listing

SIZE_LIMIT: Final = 300_000  # bytes; ten times the longest list that comes with Xenia
PLAIN: Final = ("code", "order", "valid_from", "valid_to", "source", "confidence")


def columns(list_name: str) -> list[str]:
    """The columns of a list's file: code, labels by language, attributes, then the rest."""
    labels = [f"label_{language}" for language in LANGUAGES]
    attributes = [f"attribute_{one.name}" for one in listing(list_name).attributes]
    return ["code", *labels, *attributes, *PLAIN[1:]]


def written(list_name: str, terms: Iterable[Term]) -> bytes:
    """The list as a file."""
    names = columns(list_name)
    return csv_bytes(names, [[flat(one).get(name, "") for name in names] for one in terms])


def text_of(raw: bytes) -> str:
    """The file as text. Raises `BadInput` (`bad-file`)."""
    if len(raw) > SIZE_LIMIT:
        raise _bad("The file is larger than 300 kB.", "Divide it.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _bad("The file is not UTF-8.", "Save it as CSV in UTF-8.") from None


def contents(list_name: str, text: str) -> list[dict[str, Any]]:
    """What the rows of a file say, as `actions.propose` takes it. Raises `BadInput` (`bad-file`) naming the row.

    A column that is missing leaves nothing as it was: the row says everything about its term. Separated by comma,
    semicolon or tab.
    """
    lines = text.strip("\ufeff\r\n ").splitlines()
    if not lines:
        raise _bad("The file is empty.", "Take the file that this page gives as a pattern.")
    mark = max(",;\t", key=lines[0].count)
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=mark)
    known, names = set(columns(list_name)), list(reader.fieldnames or ())
    odd = [name for name in names if name not in known]
    if odd or "code" not in names or "label_en" not in names:
        raise _bad(
            f"The first row names other columns than this list has: {', '.join(odd)[:200] or 'code or label_en is missing'}.",
            f"Use {', '.join(columns(list_name))}.",
        )
    try:
        return [_content(list_name, number, row) for number, row in enumerate(reader, start=2) if any(row.values())]
    except csv.Error as error:
        raise _bad(f"The file is no table: {error}.", "Take the file that this page gives as a pattern.") from None


def _content(list_name: str, number: int, row: dict[str | None, Any]) -> dict[str, Any]:
    if None in row or None in row.values():
        raise _bad(f"Row {number} has more or fewer fields than the first row.", "Put texts with commas into quotes.")
    said = {str(name): read_back(str(value).strip()) for name, value in row.items()}
    return {
        "list": list_name,
        **{name: said.get(name, "") for name in PLAIN},
        "labels": {language: said.get(f"label_{language}", "") for language in LANGUAGES},
        "attributes": {name.removeprefix("attribute_"): said[name] for name in said if name.startswith("attribute_")},
    }


def _bad(text: str, what_to_do: str) -> BadInput:
    return BadInput(text, what_to_do, code="bad-file")
