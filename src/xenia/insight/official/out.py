"""A report as a file: all its tables or one of them, as CSV, a workbook of sheets, SDMX-CSV, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from xenia.errors import NotFound
from xenia.formats import tables
from xenia.insight import notes as below
from xenia.insight import out
from xenia.insight.official import Part, eurostat
from xenia.insight.official.making import Made, Shown
from xenia.insight.question import MOST_DIMENSIONS, Question
from xenia.insight.release import Released

TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "csv": (".csv", "text/csv; charset=utf-8"),
    "xlsx": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "sdmx": (".sdmx.csv", "application/vnd.sdmx.data+csv; charset=utf-8"),
    "json": (".json", "application/json"),
}

FORMS: Final[Mapping[str, str]] = {"csv": "CSV", "xlsx": "XLSX", "sdmx": "SDMX-CSV", "json": "JSON"}
"""What files are called."""


def _is_eurostat(made: Made) -> bool:
    return made.report.name == eurostat.REPORT.name


def _released(made: Made) -> list[tuple[Part, Released]]:
    return [(one.part, one.table) for one in made.parts if one.table is not None]


def tables_of(made: Made) -> list[str]:
    """The tables that can be taken by themselves: their keys, or the names that Eurostat gives its own."""
    if _is_eurostat(made):
        return list(dict.fromkeys(eurostat.OF[part.key] for part, _table in _released(made)))
    return [part.key for part, _table in _released(made)]


def only(made: Made, table: str) -> Made:
    """The report with one of its tables. Raises `NotFound` (`unknown-report-table`)."""
    known = tables_of(made)
    if table not in known:
        raise NotFound(
            _("The report has no table “%(name)s” to take.") % {"name": table[:40]},
            _("Choose one of %(known)s.") % {"known": ", ".join(known)}
            if known
            else _("None of its tables could be shown."),
            code="unknown-report-table",
        )
    kept = [one for one in made.parts if (eurostat.OF[one.part.key] if _is_eurostat(made) else one.part.key) == table]
    return replace(made, parts=tuple(kept))


def _lines(one: Shown) -> tuple[list[str], list[list[Any]]]:
    """Headings and lines of a part, by the codes of breakdowns and members."""
    if one.table is None:
        return [], []
    by = one.table.question.by
    rows: list[list[Any]] = [
        [*(out.TOTAL if name is None else name for name in cell.members), "" if cell.shown is None else cell.shown,
         str(out.WORDS[cell.flag])]
        for cell in one.table.cells
    ]  # fmt: skip
    return [*by, one.table.question.measure, "note"], rows


def notes(made: Made, *, missing: bool = True) -> list[str]:
    """What has to be read with a report: its own notes, each table's, and, unless it stands elsewhere, what it lacks."""
    said = [str(one) for one in made.report.notes]
    if _is_eurostat(made):
        said += eurostat.said(_released(made))
    for one in made.parts:
        if one.table is None and one.problem is not None:
            text = _("%(title)s: not shown. %(why)s")
            said.append(text % {"title": one.part.title, "why": _(one.problem.message)})
        elif one.table is not None:
            words = [_said(one.part, text) for text in one.table.notes]
            said += [note for note in words if note not in said]
    for lack in made.report.missing if missing else ():
        said.append(_("%(title)s: not available. %(why)s") % {"title": lack.title, "why": lack.why})
    return said


def _said(part: Part, text: str) -> str:
    """A note of a table in the reader's language; of one that stands as it was published before, with which one that is."""
    stands = below.as_published(text)
    return _("%(name)s: %(values)s") % {"name": part.title, "values": stands} if stands else _(text)


def csv(made: Made) -> bytes:
    """All tables in one file. One of Eurostat's: in its columns; others with the table's key, its breakdowns and members in pairs."""
    if _is_eurostat(made):
        return _eurostat(made)
    pairs = [f"{word}_{number}" for number in range(1, MOST_DIMENSIONS + 1) for word in ("breakdown", "member")]
    rows: list[list[Any]] = []
    for one in made.parts:
        heads, lines = _lines(one)
        for line in lines:
            named = [text for pair in zip(heads[:-2], line[:-2], strict=True) for text in pair]
            rows.append(
                [one.part.key, heads[-2], *named, *[""] * (len(pairs) - len(named)), *line[-2:]],
            )
    return tables.csv_bytes(["table", "measure", *pairs, "value", "note"], rows)


def _eurostat(made: Made) -> bytes:
    """One table just in its columns; several with all their columns and DATASET before, so that the file stays one table."""
    found = [(one.name, *eurostat.rows(one, made.scope)) for one in eurostat.datasets(_released(made))]
    if len(found) == 1:
        return tables.csv_bytes(found[0][1], found[0][2])
    first, last = ("TIME", "GEO"), eurostat.FORMAT
    named = dict.fromkeys(head for _name, heads, _rows in found for head in heads if head not in (*first, *last))
    heads = [*first, *named, *last]
    rows = [[name, *_under(heads, own, row)] for name, own, lines in found for row in lines]
    return tables.csv_bytes(["DATASET", *heads], rows)


def _under(heads: list[str], own: list[str], row: Sequence[Any]) -> list[Any]:
    said = dict(zip(own, row, strict=True))
    return [said.get(head, "") for head in heads]


def xlsx(made: Made) -> bytes:
    """A sheet for each table, with what is to be read with it on the first."""
    language = get_language() or "en"
    title, lead = str(made.report.title), [period(made), *([made.scope.agreement] if made.scope.agreement else [])]
    protected = _("Protection: %(grade)s.") % {"grade": below.GRADES[made.grade]}
    first = [[one] for one in (*lead, protected, *notes(made))]
    sheets = [tables.Sheet(title, [title], first, widths=[100], right_to_left=language == "ar", wrapped=True)]
    if _is_eurostat(made):
        for one in eurostat.datasets(_released(made)):
            heads, rows = eurostat.rows(one, made.scope)
            titles = [str(part.title) for part, _table in _released(made) if eurostat.OF[part.key] == one.name]
            wide, to_left = out.widths(heads, rows), language == "ar"
            sheets.append(tables.Sheet(one.name, heads, rows, wide, [*titles, *lead, protected], to_left))
        return tables.xlsx_bytes(sheets)
    for part, table in _released(made):
        sheets.append(out.sheet(table, part.key, [str(part.title), *out.notes(table, language)], language))
    return tables.xlsx_bytes(sheets)


def period(made: Made) -> str:
    """The days that the report is of."""
    asked = Question(made.parts[0].part.question.measure, since=made.scope.since, until=made.scope.until)
    return below.period(asked)


def sdmx(made: Made) -> bytes:
    """SDMX-CSV 2.0 of every table in one file: STRUCTURE_ID tells them apart, what a structure does not have is empty."""
    found: list[dict[str, str | int | float]] = []
    if _is_eurostat(made):
        for one in eurostat.datasets(_released(made)):
            found += eurostat.sdmx_rows(one, made.scope)
    else:
        for part, table in _released(made):
            found += out.observations(table, part.key)
    return out.sdmx_csv(found)


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


def data(made: Made, form: str, language: str, table: str = "") -> bytes:
    """The report in a form and language, or one of its tables. Raises as `only` does."""
    with override(language):
        return WRITERS[form](only(made, table) if table else made)
