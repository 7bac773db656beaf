"""Spreadsheets: values, days and formulas as they were saved; bombs, entities and crooked parts refused."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.formats.lists import mapping, xlsx
from xenia.formats.lists.mapping import ColumnMapping
from xenia.formats.lists.records import BadList, Limits, Record, Refused, Told

HOW = ColumnMapping(columns={"No": "record_id", "Family name": "surname", "Born": "birth_date", "Paper": "documents"})
LAUGHS = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'


def book(*rows: list[Any], title: str = "Sheet") -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def whole() -> bytes:
    return book(["No", "Family name", "Born", "Paper", None], [17, "ZORBEK", date(1974, 8, 12), "P:UTO:X1"])


def read(raw: bytes, how: ColumnMapping = HOW) -> list[Record | Refused]:
    told = Told()
    heading, rows = xlsx.read_rows(io.BytesIO(raw), how, Limits(), told)
    return list(mapping.read("person", heading, rows, how, told=told))


def changed(raw: bytes, part: str, content: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


def refusal(raw: bytes, how: ColumnMapping = HOW) -> str:
    with pytest.raises(BadList) as error:
        read(raw, how)
    assert error.value.what_to_do
    return error.value.code


def test_numbers_days_and_texts_are_read() -> None:
    (record,) = read(whole())
    assert isinstance(record, Record)
    assert (record.record_id, record.line) == ("17", 2)
    assert record.body["birth_dates"] == ["1974-08-12"]
    assert record.body["documents"][0]["number"] == "X1"


def test_a_formula_counts_as_the_value_that_was_saved_and_an_error_is_told() -> None:
    raw = book(["No", "Family name", "Born", "Paper"], [1, "=1+1", None, None])
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheet = archive.read(part).decode()
    saved = (
        sheet.replace("<v></v>", "<v>ZORBEK</v>")
        .replace("<v />", "<v>ZORBEK</v>")
        .replace('<c r="B2"', '<c t="str" r="B2"', 1)
    )
    assert "ZORBEK" in saved
    (record,) = read(changed(raw, part, saved))
    assert isinstance(record, Record)
    assert record.body["names"][0]["full"] == "ZORBEK"
    wrong = saved.replace('t="str"', 't="e"').replace("ZORBEK", "#REF!")
    (refused,) = read(changed(raw, part, wrong))
    assert isinstance(refused, Refused)
    assert refused.reason == "formula-error"


def test_a_sheet_is_chosen_by_its_name() -> None:
    raw = book(["No", "Family name", "Born", "Paper"], [1, "A", None, None], title="Persons")
    assert len(read(raw, replace(HOW, sheet="Persons"))) == 1
    assert refusal(raw, replace(HOW, sheet="Ships")) == "list-columns"
    assert xlsx.sheets(io.BytesIO(raw)) == ["Persons"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"]
)
def test_a_document_type_in_any_part_is_refused(part: str, encoding: str) -> None:
    laughs = LAUGHS.replace('"1.0"', f'"1.0" encoding="{encoding}"').encode(encoding)
    assert refusal(changed(whole(), part, laughs)) == "list-xlsx"


@pytest.mark.parametrize("blanks", [0, 200_000])
def test_a_document_type_in_a_part_that_hides_behind_its_name_is_refused(blanks: int) -> None:
    laughs, out = (" " * blanks + LAUGHS.partition("?>")[2]).encode(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = laughs if name == "xl/worksheets/sheet1.xml" else old.read(name)
            content = content.replace(b"worksheets/sheet1.xml", b"worksheets/sheet1.bin")
            new.writestr(name.replace("sheet1.xml", "sheet1.bin"), content)
    assert refusal(out.getvalue()) == "list-xlsx"


def test_a_zip_bomb_is_stopped_while_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_BYTES", 20_000_000)
    assert refusal(changed(whole(), "xl/theme/theme1.xml", b"<a>" + b" " * 30_000_000 + b"</a>")) == "list-too-large"


def test_deep_elements_many_parts_and_twins_are_refused() -> None:
    assert refusal(changed(whole(), "xl/styles.xml", b"<a>" * 1_000 + b"</a>" * 1_000)) == "list-xlsx"
    out = io.BytesIO(whole())
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(xlsx.MOST_PARTS):
            archive.writestr(f"xl/media/{number}.bin", b"")
    assert refusal(out.getvalue()) == "list-xlsx"
    out = io.BytesIO(whole())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/media/x.bin", b"")
    assert refusal(out.getvalue()) == "list-xlsx"


def test_far_rows_and_columns_end_quickly() -> None:
    with zipfile.ZipFile(io.BytesIO(whole())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    far = sheet.replace('r="A2"', 'r="XFD2"')
    assert isinstance(read(changed(whole(), "xl/worksheets/sheet1.xml", far)), list)
    below = sheet.replace('<row r="2"', '<row r="999999999"').replace('r="A2"', 'r="A999999999"')
    with pytest.raises(BadList):
        read(changed(whole(), "xl/worksheets/sheet1.xml", below), replace(HOW, minimum_rows=1))


@pytest.mark.parametrize("cut", [0, 10, 500, -30])
def test_a_cut_or_foreign_file_is_refused(cut: int) -> None:
    assert refusal(whole()[:cut]) in ("list-cut", "list-xlsx")
    assert refusal(b"%PDF-1.7" + b"\x00" * 500) == "list-cut"


@given(st.integers(min_value=0, max_value=7_000), st.binary(min_size=1, max_size=20))
def test_any_damage_gets_an_answer(at: int, damage: bytes) -> None:
    raw = whole()
    try:
        read(raw[: at % len(raw)] + damage + raw[at % len(raw) + len(damage) :])
    except BadList as error:
        assert error.code.startswith("list-")
