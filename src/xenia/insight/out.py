"""A released table as bytes: CSV with its CSVW description, JSON, a workbook, SDMX-CSV. Exactly what was released, no more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, gettext, gettext_lazy, override

from xenia.formats import tables
from xenia.insight import labels
from xenia.insight import notes as below
from xenia.insight.question import Question
from xenia.insight.release import Released

TOTAL = "_T"
UNKNOWN = "_U"
NOT_IN_CODES = re.compile(r"[^A-Za-z0-9_@$-]")
"""Codes of a total and of what is not known in SDMX (Guidelines for the creation and management of code lists, generic codes)."""
FLAGS = {"": "F", "r": "N", "c": "C"}
"""Confidentiality status (SDMX CL_CONF_STATUS 1.3): F free, N not for publication as exact, C confidential."""
WORDS = {"": "", "r": gettext_lazy("rounded"), "c": gettext_lazy("hidden")}


def headings(made: Released, language: str = "") -> list[str]:
    """Breakdowns, measure and note, by their names."""
    language = language or get_language() or "en"
    fact, measure = made.question.fact, made.question.counted
    named = [_word(fact.dimensions[name].labels, language) for name in made.question.by]
    with override(language):
        return [*named, _word(measure.labels, language), gettext("Note")]


def _word(labels: Mapping[str, str], language: str) -> str:
    return labels.get(language) or labels["en"]


def _rows(made: Released, language: str, named: bool = False) -> list[list[str | int | float | None]]:
    """One line for each cell; `named`: members by their names, else by their codes."""
    dimensions = [made.question.fact.dimensions[name] for name in made.question.by]
    with override(language):
        total, words = gettext("Total"), {flag: str(word) for flag, word in WORDS.items()}
        return [
            [
                *(
                    total if code is None else labels.member(one, code) if named else code
                    for one, code in zip(dimensions, cell.members, strict=True)
                ),
                cell.shown,
                words[cell.flag],
            ]
            for cell in made.cells
        ]


def named_rows(made: Released, language: str = "") -> list[list[str | int | float]]:
    """One line for each cell, members by their names; what is hidden is empty and says so in its note."""
    rows = _rows(made, language or get_language() or "en", named=True)
    return [["" if one is None else one for one in row] for row in rows]


def notes(made: Released, language: str = "en") -> list[str]:
    """What has to be read with the table; definition, source and legal basis in the words of their declaration."""
    with override(language):
        return _notes(made)


def _notes(made: Released) -> list[str]:
    measure, asked = labels.said(made.question.counted), made.question
    said = {"source": measure.source, "basis": measure.legal_basis, "unit": measure.unit}
    released = {
        "grade": below.GRADES[made.grade],
        "at": made.at.isoformat(timespec="seconds"),
        "digest": made.digest[:16],
    }
    return [
        measure.definition,
        gettext("Source: %(source)s. Legal basis: %(basis)s. Unit: %(unit)s.") % said,
        gettext("Period: %(period)s.") % {"period": below.period(asked)},
        *below.conditions(asked),
        *below.of(made),
        gettext("Protection: %(grade)s. Released %(at)s, %(digest)s.") % released,
    ]


def csv(made: Released, language: str = "en") -> bytes:
    """Comma-separated, UTF-8, one line for each cell; what is hidden is empty. No cell begins a formula."""
    rows = [["" if one is None else one for one in row] for row in _rows(made, language)]
    return tables.csv_bytes(headings(made, language), rows)


def csvw(made: Released, url: str, language: str = "en") -> bytes:
    """The description that goes with `csv` (W3C Tabular Data on the Web, 2015)."""
    heads = headings(made, language)
    kinds = ["string"] * len(made.question.by) + ["decimal", "string"]
    names = [*made.question.by, made.question.measure, "note"]
    columns = [
        {"name": name, "titles": {language: title}, "datatype": kind, "null": ""}
        for name, title, kind in zip(names, heads, kinds, strict=True)
    ]
    with override(language):
        title = below.title(made.question)
    said: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        "url": url,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "lineTerminators": ["\r\n"]},
        "dc:title": title,
        "dc:description": notes(made, language)[0],
        "dc:date": made.at.date().isoformat(),
        "notes": notes(made, language),
        "tableSchema": {"columns": columns, "lang": language, "textDirection": "rtl" if language == "ar" else "ltr"},
    }
    if whole := time_period(made.question):
        said["dc:temporal"] = whole
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def as_json(made: Released, language: str = "en") -> bytes:
    """The cells with their codes: a total has no member, what is hidden no value."""
    cells = [{"members": list(one.members), "value": one.shown, "flag": one.flag} for one in made.cells]
    said = {
        "schema": "xenia/table/1",
        "question": made.question.told(),
        "grade": made.grade,
        "at": made.at.isoformat(timespec="seconds"),
        "hidden": made.hidden,
        "parameters": dict(made.parameters),
        "notes": notes(made, language),
        "digest": made.digest,
        "cells": cells,
    }
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def xlsx(made: Released, language: str = "en") -> bytes:
    """A workbook of one sheet: notes, headings, cells."""
    with override(language):
        title, lead = labels.measure(made.question.fact, made.question.measure), below.title(made.question)
    return tables.xlsx_bytes([sheet(made, title, [lead, *notes(made, language)], language)])


def sheet(made: Released, title: str, above: Sequence[str], language: str) -> tables.Sheet:
    """The table as a sheet: what is to be read with it above, columns as wide as what stands in them."""
    heads, rows = headings(made, language), named_rows(made, language)
    return tables.Sheet(
        title, heads, rows, widths=widths(heads, rows), notes=above, right_to_left=language == "ar"
    )  # fmt: skip


def widths(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """Of columns, in characters."""
    return [max(len(str(one)) for one in column) + 2 for column in zip(heads, *rows, strict=True)]


def sdmx(made: Released, language: str = "en") -> bytes:
    """SDMX-CSV 2.0: codes for members, `_T` for totals, `_U` for what is not known, the confidentiality status of each cell."""
    del language
    return sdmx_csv(observations(made))


def observations(made: Released, flow: str = "") -> list[dict[str, str | int | float]]:
    """Each cell as an observation of a structure of our own: components by name. A breakdown by time stays a breakdown, since it has totals.

    `flow`: the name of the structure; else the measure's.
    """
    fixed: dict[str, str | int | float] = {
        "STRUCTURE": "dataflow",
        "STRUCTURE_ID": f"XENIA:{_identifier(flow or made.question.measure)}(1.0)",
        "ACTION": "I",
    }
    names = [_identifier(name) for name in made.question.by]
    codes = [_codes({cell.members[axis] for cell in made.cells}) for axis in range(len(names))]
    time = {"TIME_PERIOD": whole} if (whole := time_period(made.question)) else {}
    return [
        {
            **fixed,
            **{name: of[one] for name, of, one in zip(names, codes, cell.members, strict=True)},
            **time,
            "OBS_VALUE": "" if cell.shown is None else cell.shown,
            "CONF_STATUS": FLAGS[cell.flag],
        }
        for cell in made.cells
    ]


def time_period(asked: Question) -> str:
    """The period as SDMX writes a range: its first day and how long it is; nothing where it has no first or last day."""
    if not asked.since or not asked.until:
        return ""
    return f"{asked.since.isoformat()}/P{(asked.until - asked.since).days}D"


def sdmx_csv(rows: Sequence[Mapping[str, str | int | float]]) -> bytes:
    """Observations of one or more structures as one file: components of any of them are columns, the value after them."""
    first, last = ("STRUCTURE", "STRUCTURE_ID", "ACTION"), ("TIME_PERIOD", "OBS_VALUE", "CONF_STATUS")
    found = dict.fromkeys(name for one in rows for name in one)
    ends = [name for name in last if name in found or name != "TIME_PERIOD"]
    names = [*first, *(name for name in found if name not in (*first, *last)), *ends]
    return tables.csv_bytes(names, [[one.get(name, "") for name in names] for one in rows])


def _codes(members: Iterable[str | None]) -> dict[str | None, str]:
    """Codes that SDMX allows (letters, digits, `_@$-`): `65_` of `65+`; each another one, so that no key stands twice."""
    found: dict[str | None, str] = {None: TOTAL, "": UNKNOWN}
    for one in sorted(one for one in members if one):
        plain = NOT_IN_CODES.sub("_", one)
        while plain in found.values():
            plain += "_"
        found[one] = plain
    return found


def _identifier(name: str) -> str:
    return name.upper().replace("-", "_")


FORMATS: Mapping[str, Callable[[Released, str], bytes]] = {"csv": csv, "json": as_json, "xlsx": xlsx, "sdmx": sdmx}
