"""Workbooks: read back with another library, and looked into for anything that runs."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from xenia.errors import BadInput
from xenia.formats.tables import Sheet, xlsx, xlsx_bytes

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://example.invalid")', "https://example.invalid", "007")


def _book(file: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(file))


def test_a_sheet_comes_back_as_it_went_in() -> None:
    rows = [["Utopia", 3, 1.5, date(2026, 11, 21), None], ["Ανδρέας", -2, 0, datetime(2026, 1, 2, tzinfo=UTC), ""]]
    file = xlsx_bytes([Sheet("Nationality", ["State", "n", "share", "day", "none"], rows, (30,))])
    sheet = _book(file)["Nationality"]
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found[0] == ["State", "n", "share", "day", "none"]
    assert found[1] == ["Utopia", 3, 1.5, datetime(2026, 11, 21), None]
    assert found[2] == ["Ανδρέας", -2, 0, "2026-01-02 00:00:00+00:00", None]
    assert sheet.column_dimensions["A"].width > 29 and sheet.freeze_panes == "A2"


def test_no_text_becomes_a_formula_a_link_or_a_number() -> None:
    file = xlsx_bytes([Sheet("t", DANGEROUS, [DANGEROUS], notes=DANGEROUS[:1])])
    sheet = _book(file)["t"]
    assert [cell.value for cell in sheet[4]] == list(DANGEROUS)
    assert all(
        cell.data_type == "s" and cell.hyperlink is None for row in sheet.iter_rows() for cell in row if cell.value
    )
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_the_same_table_gives_the_same_bytes() -> None:
    made = [xlsx_bytes([Sheet("t", ["a"], [[1], ["x"]])]) for _ in range(2)]
    assert made[0] == made[1]


def test_titles_are_made_fit_and_never_twice_the_same() -> None:
    names = ["a/b: [c]*?", "", "x" * 40, "X" * 40, "'quoted'"]
    found = _book(xlsx_bytes([Sheet(name, ["h"], []) for name in names])).sheetnames
    assert found == ["a b   c", "1", "x" * 31, "X" * 29 + " 2", "quoted"]


def test_notes_stand_above_and_columns_may_run_from_the_right() -> None:
    sheet = _book(xlsx_bytes([Sheet("t", ["h"], [["v"]], notes=("November 2026", "Internal"), right_to_left=True)]))[
        "t"
    ]
    assert [cell.value for cell in sheet["A"]] == ["November 2026", "Internal", None, "h", "v"]
    assert sheet.sheet_view.rightToLeft


def test_control_characters_are_left_out_and_long_text_is_cut() -> None:
    sheet = _book(xlsx_bytes([Sheet("t", ["h"], [["a\x00\x0bb\ud800"], ["y" * 40_000]])]))["t"]
    assert sheet["A2"].value == "ab" and len(sheet["A3"].value) == 32_767


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    with pytest.raises(BadInput) as refused:
        xlsx_bytes([Sheet("t", ["h"], [[1], [2], [3]])])
    assert refused.value.code == "table-too-long"
