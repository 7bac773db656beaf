"""The list of specially designated nationals of OFAC: three CSV files that belong together. Individuals become persons.

sdn: number, name, type, programme, title, four columns of ships, flag, owner, remarks; alt: aliases; add: addresses.
No file has a heading; `-0-` means nothing; what else is known of a person stands in the remarks, parted by semicolons.
Source: OFAC, "SDN data specification" (dat_spec.txt), and its published files. Pure: takes binary streams.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from xenia.formats.dates import BadDate
from xenia.formats.lists import values
from xenia.formats.lists.countries import code_of
from xenia.formats.lists.days import english
from xenia.formats.lists.names import name
from xenia.formats.lists.records import PERSON, BadList, Body, Limits, Record, Refused, Told

CATEGORY = "OFAC"
_NOTHING = "-0-"
_WIDTHS = {"sdn": 12, "alt": 5, "add": 6}
_MOST_DETAILS = 2_000_000
_SEXES = {"MALE": "M", "FEMALE": "F"}
_IDENTITY_CARDS = ("NATIONAL ID NO.", "CEDULA NO.", "IDENTIFICATION NUMBER", "NATIONAL FOREIGN ID NUMBER", "C.U.R.P.")
_AFTER_NUMBER = (" (", " issued ", " expires ", " expired ")


@dataclass
class _Details:
    """What the two other files say of one entry."""

    aliases: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def read(
    sdn: BinaryIO, alt: BinaryIO, add: BinaryIO, limits: Limits | None = None, told: Told | None = None
) -> Iterator[Record | Refused]:
    """Listed individuals; organisations, ships and aircraft as `Refused(passed_over=True)`.

    Raises `BadList`: `list-cut` where a file ends inside a row or where aliases or addresses belong to entries that the
    first file does not have; `list-empty`, `list-too-large`, `list-columns` where it is another file.
    """
    limits, told = limits or Limits(), told or Told()
    details = _details(alt, add, limits, told)
    for line, row in _rows(sdn, "sdn", limits, told):
        if isinstance(row, Refused):
            details.pop(row.record_id, None)
            yield row
            continue
        told.rows += 1
        yield from _entry(line, row, details.pop(row[0], _Details()), limits)
    if not told.rows:
        raise BadList("The file lists nobody.", "Ask its source for the three files.", code="list-empty")
    if details:
        raise _cut(f"Aliases or addresses belong to {len(details)} entries that the first file does not have.")


def _details(alt: BinaryIO, add: BinaryIO, limits: Limits, told: Told) -> dict[str, _Details]:
    found: dict[str, _Details] = {}
    for number, (_, row) in enumerate((*_rows(alt, "alt", limits, told), *_rows(add, "add", limits, told))):
        if number > _MOST_DETAILS:
            raise BadList("The file is larger than a list may be.", "Ask its source.", code="list-too-large")
        if isinstance(row, Refused):
            continue
        one = found.setdefault(row[0], _Details())
        if len(row) == _WIDTHS["alt"] and row[3]:
            one.aliases.append((row[3], "low" if "WEAK" in row[4].upper() else "good"))
        elif len(row) == _WIDTHS["add"]:
            one.addresses.append(", ".join(part for part in row[2:5] if part))
    return found


def _rows(stream: BinaryIO, part: str, limits: Limits, told: Told) -> Iterator[tuple[int, list[str] | Refused]]:
    width, line, good = _WIDTHS[part], 0, 0
    while raw := stream.readline(limits.line_bytes + 1):
        line += 1
        told.bytes += len(raw)
        if told.bytes > limits.file_bytes or line > limits.rows:
            raise BadList("The file is larger than a list may be.", "Ask its source.", code="list-too-large")
        text = _decoded(raw).strip("\r\n\x1a")
        if not text:
            continue
        cells = _cells(text)
        if cells is None or len(cells) != width:
            if not raw.endswith(b"\n"):
                raise _cut(f"The {part} file ends inside line {line}.")
            if line > 20 and not good:
                raise BadList(f"This is not the {part} file of OFAC.", "Choose its CSV files.", code="list-columns")
            whose = text.partition(",")[0][:120] if text[:1].isdigit() else ""
            yield line, Refused(line, "columns" if cells else "quote-open", whose, value=text[:80])
            continue
        good += 1
        yield line, ["" if cell.strip() == _NOTHING else cell.strip() for cell in cells]
    if line and not good:
        raise BadList(f"This is not the {part} file of OFAC.", "Choose its CSV files.", code="list-columns")


def _decoded(raw: bytes) -> str:
    """UTF-8 where the line is valid UTF-8, else Latin-1 as Windows writes it: editions of both kinds are published."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace") if any(0x80 <= byte < 0xA0 for byte in raw) else raw.decode("latin-1")


def _cells(text: str) -> list[str] | None:
    try:
        return next(csv.reader([text], strict=True), None)
    except csv.Error:
        return None


def _entry(line: int, row: list[str], details: _Details, limits: Limits) -> Iterator[Record | Refused]:
    if row[2].lower() != "individual":
        yield Refused(line, "thing" if row[2] else "entity", row[0][:120], passed_over=True)
        return
    try:
        cells = [values.clean(cell, "", limits) for cell in row]
        body, noted = _body(cells, details, limits)
        yield Record(values.record_id(cells[0]), PERSON, body, line)
        for column, reason, value in noted[: limits.values]:
            yield Refused(line, reason, cells[0], column, value[:80], noted=True)
    except values.Refusal as refusal:
        yield refusal.at(line, row[0])


def _body(cells: list[str], details: _Details, limits: Limits) -> tuple[Body, list[tuple[str, str, str]]]:
    if not cells[1]:
        raise values.Refusal("nothing-known", "name", "")
    said = _Remarks(cells[11])
    weak = [(text, "low") for text in said.aliases]
    aliases = [(values.clean(text, "aliases", limits), quality) for text, quality in [*details.aliases, *weak] if text]
    names = {cells[1]: _name(cells[1], "main", "")}
    for text, quality in aliases:
        names.setdefault(text, _name(text, "alias", quality))
    told = (cells[4], cells[11].rstrip("."), *(f"Address: {text}" for text in details.addresses if text))
    body: Body = {
        "category": CATEGORY,
        "names": list(names.values())[: limits.values],
        "birth_dates": said.births[: limits.values],
        "sex": said.sex,
        "nationalities": said.nationalities[: limits.values],
        "documents": said.papers[: limits.values],
        "reason": cells[3],
        "description": ". ".join(text for text in told if text)[: limits.value_chars],
        "issuing_authority": "US Department of the Treasury, OFAC",
        "source_id": cells[0],
    }
    return body, said.noted


def _name(text: str, kind: str, quality: str) -> Body:
    surname, comma, given_names = text.partition(",")
    if not comma:
        return name("", "", kind, quality, text)
    return name(surname.strip(), given_names.strip(), kind, quality)


class _Remarks:
    """Birth dates, nationalities, documents, sex and weak aliases out of the remarks; all else is left as text."""

    def __init__(self, text: str) -> None:
        self.births: list[str] = []
        self.nationalities: list[str] = []
        self.papers: list[Body] = []
        self.aliases: list[str] = []
        self.noted: list[tuple[str, str, str]] = []
        self.sex = ""
        for part in text.rstrip(".").split(";"):
            self._take(part.strip().removeprefix("alt. "))

    def _take(self, part: str) -> None:
        first, _, rest = part.partition(" ")
        upper = part.upper()
        if first == "DOB":
            self._born(rest)
        elif first in ("nationality", "citizen"):
            self._national(rest)
        elif first == "Gender":
            self.sex = _SEXES.get(rest.upper(), "")
        elif first == "a.k.a.":
            self.aliases.append(rest.strip(" '\""))
        elif first == "Passport":
            self._paper("P", rest)
        else:
            start = next((start for start in _IDENTITY_CARDS if upper.startswith(start)), "")
            if start:
                self._paper("I", part[len(start) :].strip())

    def _born(self, text: str) -> None:
        try:
            birth = english(text)
        except BadDate:
            birth = text[-4:] if text[-4:].isascii() and text[-4:].isdigit() else ""
            self.noted.append(("birth_date", "impossible-date", text))
        if birth and birth not in self.births:
            self.births.append(birth)

    def _national(self, text: str) -> None:
        code = code_of(text)
        if not code:
            self.noted.append(("nationalities", "unknown-country", text))
        elif code not in self.nationalities:
            self.nationalities.append(code)

    def _paper(self, kind: str, text: str) -> None:
        ends = [at for mark in _AFTER_NUMBER if (at := text.find(mark)) > 0]
        number = text[: min(ends)] if ends else text
        _, bracket, country = text.partition(" (")
        issuer = code_of(country.partition(")")[0]) if bracket else ""
        if len(number) <= 40 and any(c.isalnum() for c in number):
            self.papers.append({"type": kind, "issuing_state": issuer, "number": number})
        else:
            self.noted.append(("documents", "document-number", text))


def _cut(message: str) -> BadList:
    return BadList(message, "Ask its source for all three files of one day.", code="list-cut")
