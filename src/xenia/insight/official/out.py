"""A report as a file: one table below the other as CSV, a workbook of sheets, SDMX-CSV, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from xenia.formats import tables
from xenia.insight import out
from xenia.insight.official import eurostat
from xenia.insight.official.making import Made, Shown
from xenia.insight.question import MOST_DIMENSIONS

TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "csv": (".csv", "text/csv; charset=utf-8"),
    "xlsx": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "sdmx": (".sdmx.csv", "application/vnd.sdmx.data+csv; charset=utf-8"),
    "json": (".json", "application/json"),
}


def _lines(made: Made, one: Shown) -> tuple[list[str], list[list[Any]]]:
    """Headings and lines of a part: those of the office whose table it is, else the breakdowns by name."""
    if one.table is None:
        return [], []
    if made.report.name == eurostat.REPORT.name:
        return eurostat.rows(one.part, one.table, made.scope)
    by = one.table.question.by
    rows: list[list[Any]] = [
        [*(out.TOTAL if name is None else name for name in cell.members), "" if cell.shown is None else cell.shown,
         str(out.WORDS[cell.flag])]
        for cell in one.table.cells
    ]  # fmt: skip
    return [*by, one.table.question.measure, "note"], rows


def notes(made: Made) -> list[str]:
    """What has to be read with a report: its own notes, each table's, and what it lacks."""
    said = [str(one) for one in made.report.notes]
    for one in made.parts:
        if one.table is None and one.problem is not None:
            text = _("%(title)s: not shown. %(why)s")
            said.append(text % {"title": one.part.title, "why": _(one.problem.message)})
        elif one.table is not None:
            said += [note for note in map(_, one.table.notes) if note not in said]
    for lack in made.report.missing:
        said.append(_("%(title)s: not available. %(why)s") % {"title": lack.title, "why": lack.why})
    return said


def csv(made: Made) -> bytes:
    """All tables in one file. Eurostat's in its columns; others with the table's key, its breakdowns and members in pairs."""
    if made.report.name == eurostat.REPORT.name:
        return _eurostat(made)
    pairs = [f"{word}_{number}" for number in range(1, MOST_DIMENSIONS + 1) for word in ("breakdown", "member")]
    rows: list[list[Any]] = []
    for one in made.parts:
        heads, lines = _lines(made, one)
        for line in lines:
            named = [text for pair in zip(heads[:-2], line[:-2], strict=True) for text in pair]
            rows.append(
                [one.part.key, heads[-2], *named, *[""] * (len(pairs) - len(named)), *line[-2:]],
            )
    return tables.csv_bytes(["table", "measure", *pairs, "value", "note"], rows)


def _eurostat(made: Made) -> bytes:
    """Its tables have different columns: each with its own line of headings, an empty line between."""
    parts = [_lines(made, one) for one in made.parts if one.table is not None]
    return b"\r\n".join(tables.csv_bytes(heads, rows) for heads, rows in parts)


def xlsx(made: Made) -> bytes:
    """A sheet for each table, with what is to be read with it on the first."""
    whole = notes(made)
    sheets = [tables.Sheet(str(made.report.title), [str(made.report.title)], [[one] for one in whole])]
    for one in made.parts:
        heads, rows = _lines(made, one)
        if one.table is not None:
            sheets.append(tables.Sheet(one.part.key, heads, rows, notes=[str(one.part.title), *out.notes(one.table)]))
    return tables.xlsx_bytes(sheets)


def sdmx(made: Made) -> bytes:
    """SDMX-CSV of every table, one after the other: STRUCTURE_ID tells them apart."""
    return b"\r\n".join(out.sdmx(one.table) for one in made.parts if one.table is not None)


def as_json(made: Made) -> bytes:
    """Every table as `xenia/table/1`, with what is not shown and what is lacking."""
    said = {
        "schema": "xenia/report/1",
        "report": made.report.name,
        "since": made.scope.since.isoformat(),
        "until": made.scope.until.isoformat(),
        "agreement": made.scope.agreement,
        "grade": made.grade,
        "tables": [
            {"key": one.part.key, "title": str(one.part.title), "table": json.loads(out.as_json(one.table))}
            for one in made.parts
            if one.table is not None
        ],
        "withheld": [{"key": one.part.key, "code": one.problem.code} for one in made.parts if one.problem],
        "missing": [{"key": one.key, "why": str(one.why)} for one in made.report.missing],
        "notes": notes(made),
    }
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


WRITERS: Final[Mapping[str, Callable[[Made], bytes]]] = {"csv": csv, "xlsx": xlsx, "sdmx": sdmx, "json": as_json}


def data(made: Made, form: str, language: str) -> bytes:
    """The report in a form and language."""
    with override(language):
        return WRITERS[form](made)
