"""A released table as bytes: CSV with its CSVW description, JSON, a workbook, SDMX-CSV. Exactly what was released, no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy, override

from xenia.formats import tables
from xenia.insight import labels
from xenia.insight import notes as below
from xenia.insight.release import Released

TOTAL = "_T"
UNKNOWN = "_U"
"""Codes of a total and of what is not known in SDMX (Guidelines for the creation and management of code lists, generic codes)."""
FLAGS = {"": "F", "r": "N", "c": "C"}
"""Confidentiality status (SDMX CL_CONF_STATUS 1.3): F free, N not for publication as exact, C confidential."""
WORDS = {"": "", "r": gettext_lazy("rounded"), "c": gettext_lazy("hidden")}


def _headings(made: Released, language: str) -> list[str]:
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


def notes(made: Released, language: str = "en") -> list[str]:
    """What has to be read with the table; definition, source and legal basis in the words of their declaration."""
    with override(language):
        return _notes(made)


def _notes(made: Released) -> list[str]:
    measure, asked = made.question.counted, made.question
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
    return tables.csv_bytes(_headings(made, language), rows)


def csvw(made: Released, url: str, language: str = "en") -> bytes:
    """The description that goes with `csv` (W3C Tabular Data on the Web, 2015)."""
    headings = _headings(made, language)
    kinds = ["string"] * len(made.question.by) + ["decimal", "string"]
    names = [*made.question.by, made.question.measure, "note"]
    columns = [
        {"name": name, "titles": {language: title}, "datatype": kind}
        for name, title, kind in zip(names, headings, kinds, strict=True)
    ]
    said: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        "url": url,
        "dc:title": _word(made.question.counted.labels, language),
        "dc:description": " ".join(notes(made, language)),
        "dc:date": made.at.date().isoformat(),
        "tableSchema": {"columns": columns},
    }
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
    rows = [["" if one is None else one for one in row] for row in _rows(made, language, named=True)]
    title = _word(made.question.counted.labels, language)
    sheet = tables.Sheet(
        title, _headings(made, language), rows, notes=notes(made, language), right_to_left=language == "ar"
    )
    return tables.xlsx_bytes([sheet])


def sdmx(made: Released, language: str = "en") -> bytes:
    """SDMX-CSV 2.0: codes for members, `_T` for totals, `_U` for what is not known, the confidentiality status of each cell."""
    del language
    names = [name.upper() for name in made.question.by]
    flow = f"XENIA:{made.question.measure.upper()}(1.0)"
    rows = [
        ["dataflow", flow, "I", *(TOTAL if name is None else name or UNKNOWN for name in cell.members), "" if cell.shown is None else cell.shown, FLAGS[cell.flag]]
        for cell in made.cells
    ]  # fmt: skip
    return tables.csv_bytes(["STRUCTURE", "STRUCTURE_ID", "ACTION", *names, "OBS_VALUE", "CONF_STATUS"], rows)


FORMATS: Mapping[str, Callable[[Released, str], bytes]] = {"csv": csv, "json": as_json, "xlsx": xlsx, "sdmx": sdmx}
