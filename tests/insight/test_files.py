"""Files of a released table, really opened: what stands in the workbook, on the page of paper, and in the description of a CSV file."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.utils import translation
from openpyxl import load_workbook

from tests import people
from tests.insight import journals
from xenia.insight import actions, files, notes, out, shown
from xenia.insight.charts import Wish
from xenia.insight.question import Filter, Question
from xenia.insight.release import Cell, Released

COUNTS = {("TUR", "F"): 40, ("TUR", "M"): 1210, ("GEO", "F"): 75, ("GEO", "M"): 60, ("", "F"): None, ("", "M"): 30}


def _made(by: tuple[str, ...] = ("nationality", "sex")) -> Released:
    """Refusals by nationality and sex, one cell hidden, with what a release says below."""
    asked = Question("refusals", by, (Filter("mode", ("land",)),), date(2026, 1, 1), date(2026, 4, 1))
    cells = [Cell(at, shown, "c" if shown is None else "") for at, shown in COUNTS.items()]
    cells += [
        Cell((one, None), total, "c" if total is None else "")
        for one, total in (("TUR", 1250), ("GEO", 135), ("", None))
    ]
    cells += [Cell((None, "F"), 119), Cell((None, "M"), 1300), Cell((None, None), 1419)]
    said = ("Cells of fewer than 5 persons are hidden (c), and others so that they cannot be worked out from what is shown.",
            "Not all posts have reported: P7.")  # fmt: skip
    return Released(
        asked, "publication", cells, 2, {"threshold": 5}, said, datetime(2026, 4, 2, 6, tzinfo=UTC), "ab" * 32
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_workbook_says_what_it_is_and_holds_numbers(language: str) -> None:
    book = load_workbook(io.BytesIO(out.xlsx(_made(), language)))
    (sheet,) = book.worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[-1] is not None)
    above = "\n".join(str(row[0]) for row in rows[:head] if row[0])
    with translation.override(language):
        for said in (notes.title(_made().question), notes.period(_made().question), *notes.conditions(_made().question),
                     str(notes.GRADES["publication"]), *notes.of(_made())):  # fmt: skip
            assert said in above, said
    values = {tuple(row[:2]): tuple(row[2:]) for row in rows[head + 1 :]}
    figures = [value for value, _note in values.values()]
    assert sorted(one for one in figures if one is not None) == sorted(
        [40, 1210, 75, 60, 30, 1250, 135, 119, 1300, 1419]
    )
    hidden = [note for value, note in values.values() if value is None]
    with translation.override(language):
        assert hidden == [str(out.WORDS["c"])] * 2
    assert bool(sheet.sheet_view.rightToLeft) is (language == "ar")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage  # one page wide, as many long as it takes, of A4
    assert (sheet.page_setup.fitToHeight, sheet.page_setup.paperSize) == (0, 9)
    assert sheet.print_title_rows == f"${head + 1}:${head + 1}" and "&P" in sheet.oddFooter.right.text
    assert sheet.column_dimensions["A"].width >= len("Türkiye")


def _words(data: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages))


@pytest.mark.parametrize("sort", ["", "most", "least"])
def test_paper_has_the_lines_in_the_order_of_the_page(sort: str, tmp_path: Path) -> None:
    made = _made()
    words = _words(files.FORMS["pdf"].make(made, Wish("none"), "en", tmp_path, sort))
    table = shown.table(made, sort)
    names = [line.heads[0] for line in table.lines]
    places = [words.index(f" {name} ") for name in names]
    assert len(names) == 3 and places == sorted(places)
    if sort:
        assert names == sorted(
            names, key=lambda one: {"Türkiye": 1250, "Georgia": 135}.get(one, 0), reverse=sort == "most"
        )
    for line in (*table.lines, *table.totals):
        assert " ".join([*line.heads, *(one.text for one in line.values)]) in words
    for said in (
        notes.period(made.question),
        *notes.conditions(made.question),
        *made.notes,
        "For publication",
        "1 / 1",
    ):
        assert said in words, said


def test_the_description_of_a_csv_file_fits_it() -> None:
    """As W3C Tabular Metadata has it: names once, titles those of the file, each value of its datatype or null."""
    for language in ("en", "ar"):
        made = _made()
        said = json.loads(out.csvw(made, "table.csv", language))
        rows = list(csv.reader(io.StringIO(out.csv(made, language).decode("utf-8-sig"))))
        schema = said["tableSchema"]
        columns = schema["columns"]
        assert [one["titles"][language] for one in columns] == rows[0]
        names = [one["name"] for one in columns]
        assert len(set(names)) == len(names) and all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", one) for one in names)
        for row in rows[1:]:
            for column, value in zip(columns, row, strict=True):
                if column["datatype"] == "decimal":
                    assert value == column["null"] or re.fullmatch(r"-?\d+(\.\d+)?", value), value
        assert sum(row[2] == "" for row in rows[1:]) == made.hidden
        assert said["notes"] == out.notes(made, language) and said["dc:temporal"] == "2026-01-01/P90D"
        assert schema["textDirection"] == ("rtl" if language == "ar" else "ltr")


def test_observations_have_a_period_and_hidden_ones_no_value() -> None:
    lines = list(csv.DictReader(io.StringIO(out.sdmx(_made()).decode("utf-8-sig"))))
    assert list(lines[0]) == ["STRUCTURE", "STRUCTURE_ID", "ACTION", "NATIONALITY", "SEX", "TIME_PERIOD", "OBS_VALUE", "CONF_STATUS"]  # fmt: skip
    assert {one["TIME_PERIOD"] for one in lines} == {"2026-01-01/P90D"}
    assert {(one["NATIONALITY"], one["SEX"]) for one in lines if one["CONF_STATUS"] == "C"} == {
        ("_U", "F"),
        ("_U", "_T"),
    }
    assert all((one["OBS_VALUE"] == "") == (one["CONF_STATUS"] == "C") for one in lines)


@pytest.mark.django_db(transaction=True)
def test_the_page_gives_its_order_to_the_paper(settings: Any, tmp_path: Path) -> None:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True
    client = people.build().client("ana", "analyst")
    rows: journals.Facts = []
    for nationality, number in (("AZE", 40), ("TUR", 200), ("GEO", 90)):
        rows += journals.many(number, "crossing", hour="2026-03-01T00:00", outcome="admitted", nationality=nationality)
    journals.warehouse(actions.warehouse().folder.parent, rows)
    page = client.get("/statistics/?measure=crossings&by=nationality&sort=least&chart=none").content.decode()
    (link,) = [html.unescape(one) for one in re.findall(r'href="([^"]+/pdf[^"]*)"', page)]
    words = _words(client.get(link).content)
    places = [words.index(f" {name} ") for name in ("Azerbaijan", "Georgia", "Türkiye")]
    assert places == sorted(places)
