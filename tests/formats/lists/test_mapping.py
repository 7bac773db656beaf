"""Files with columns of their own: encodings, separators, dates, words, and files that were cut."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.errors import BadInput
from xenia.formats.lists import free_csv, mapping
from xenia.formats.lists.days import ordered
from xenia.formats.lists.mapping import ColumnMapping
from xenia.formats.lists.reasons import REASONS
from xenia.formats.lists.records import BadList, Limits, Record, Refused, Told

HOW = ColumnMapping(
    columns={
        "Nr": "record_id",
        "Nom": "surname",
        "Prénom": "given_names",
        "Né le": "birth_date",
        "Sexe": "sex",
        "Pays": "nationalities",
    },
    separator=";",
    dates="dmy",
    between="/",
    words={"sex": {"homme": "M", "femme": "F"}},
)
HEADING = "Nr;Nom;Prénom;Né le;Sexe;Pays;Autre"
ROW = "7;ZORBÉK;Tamriko;12.08.1974;femme;UTO/FR;x"


def read(
    text: str = f"{HEADING}\n{ROW}\n",
    how: ColumnMapping = HOW,
    kind: str = "person",
    raw: bytes | None = None,
    **limits: Any,
) -> list[Record | Refused]:
    stream, told, bounds = io.BytesIO(text.encode(how.encoding) if raw is None else raw), Told(), Limits(**limits)
    heading, rows = free_csv.read_rows(stream, how, bounds, told)
    return list(mapping.read(kind, heading, rows, how, bounds, told))


def only(found: list[Record | Refused]) -> Any:
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "cp1252"])
def test_a_row_is_read_in_the_encoding_that_was_chosen(encoding: str) -> None:
    record = only(read(how=replace(HOW, encoding=encoding)))
    assert record.record_id == "7"
    assert record.body["names"][0]["surname"] == "ZORBÉK"
    assert (record.body["birth_dates"], record.body["sex"]) == (["1974-08-12"], "F")
    assert record.body["nationalities"] == ["UTO", "FRA"]


def test_cyrillic_of_windows_is_read() -> None:
    how = ColumnMapping(columns={"№": "record_id", "Фамилия": "surname"}, separator="\t", encoding="cp1251")
    assert only(read("№\tФамилия\n1\tТестов\n", how)).body["names"][0]["full"] == "Тестов"


def test_a_byte_order_mark_is_no_part_of_a_heading() -> None:
    assert only(read(raw=b"\xef\xbb\xbf" + f"{HEADING}\r\n{ROW}\r\n".encode())).record_id == "7"


def test_another_encoding_than_chosen_refuses_the_file() -> None:
    with pytest.raises(BadList) as error:
        read(raw=f"{HEADING}\n{ROW}\n".encode("latin-1"))
    assert error.value.code == "list-encoding"


@pytest.mark.parametrize(
    ("order", "text", "iso"),
    [
        ("dmy", "12.08.1974", "1974-08-12"),
        ("dmy", "12/8/1974", "1974-08-12"),
        ("mdy", "08/12/1974", "1974-08-12"),
        ("ymd", "1974/8/12", "1974-08-12"),
        ("dmy", "8.1974", "1974-08"),
        ("dmy", "00.00.1974", "1974"),
        ("dmy", "1974", "1974"),
        ("dmy", "1974-08-12 00:00:00", "1974-08-12"),
        ("iso", "1974-08-12", "1974-08-12"),
    ],
)
def test_dates_are_read_in_the_order_that_was_chosen(order: str, text: str, iso: str) -> None:
    assert ordered(text, order) == iso


@pytest.mark.parametrize(
    ("order", "text"), [("dmy", "31.02.1974"), ("dmy", "12.08.74"), ("mdy", "13/01/1974"), ("iso", "12.08.1974")]
)
def test_a_date_that_cannot_be_is_refused_with_its_record(order: str, text: str) -> None:
    refused = only(read(f"{HEADING}\n{ROW.replace('12.08.1974', text)}\n", replace(HOW, dates=order)))
    assert (refused.reason, refused.column, refused.record_id) == ("date", "birth_date", "7")


def test_lines_before_the_headings_and_empty_rows_are_passed_over() -> None:
    how = replace(HOW, heading_line=3)
    assert only(read(f"Liste;;\n\n{HEADING}\n\n{ROW}\n;;;;;;\n"[:-9], how)).line == 5


def test_a_value_may_go_on_in_the_next_line() -> None:
    row = ROW.replace("ZORBÉK", '"ZORBÉK\nTWO"')
    assert only(read(f"{HEADING}\n{row}\n")).body["names"][0]["surname"] == "ZORBÉK TWO"


def test_a_quotation_mark_without_end_costs_its_own_line_only() -> None:
    rows = [ROW.replace("7;", '8;"', 1), *(ROW.replace("7;", f"{n};", 1) for n in range(9, 80))]
    found = read("\n".join([HEADING, *rows, ""]))
    assert [one.reason for one in found if isinstance(one, Refused)] == ["many-lines"]
    assert len(found) == 72


def test_a_file_with_too_few_rows_is_taken_for_cut() -> None:
    with pytest.raises(BadList) as error:
        read(how=replace(HOW, minimum_rows=2))
    assert error.value.code == "list-cut"


@pytest.mark.parametrize(
    "heading", [HEADING.replace("Nom;", ""), HEADING.replace("Autre", "Nom"), HEADING.replace(";", ","), ""]
)
def test_other_headings_than_were_approved_refuse_the_file(heading: str) -> None:
    with pytest.raises(BadList) as error:
        read(f"{heading}\n{ROW}\n")
    assert error.value.code == "list-columns"


def test_a_million_columns_and_a_huge_cell_are_refused() -> None:
    with pytest.raises(BadList):
        read(";".join(["x"] * 1_000_000) + "\n")
    found = read(f"{HEADING}\n{ROW.replace('Tamriko', 'x' * 5_000)}\n{'y' * 5_000_000}\n{ROW}\n")
    assert [getattr(one, "reason", "") for one in found] == ["value-too-long", "line-too-long", ""]


def test_nul_bytes_are_refused() -> None:
    assert only(read(f"{HEADING}\n{ROW.replace('Tamriko', 'Tam' + chr(0) + 'riko')}\n")).reason == "control-character"


def test_documents_get_what_their_source_never_says() -> None:
    how = ColumnMapping(columns={"no": "number"}, always={"type": "P", "issuing_state": "UTO", "status": "stolen"})
    record = only(read("no\nX 12\n", how, "document"))
    assert (record.record_id, record.body["status"]) == ("P:UTO:X12", "stolen")


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {}},
        {"columns": {"a": "surname"}},
        {"columns": {"a": "record_id", "b": "shoe_size"}},
        {"encoding": "ebcdic"},
        {"separator": "x"},
        {"dates": "ydm"},
        {"between": "ab"},
        {"minimum_rows": 0},
        {"heading_line": 0},
        {"always": {"surname": "X"}},
        {"words": {"shoe_size": {"a": "b"}}},
    ],
)
def test_a_mapping_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    HOW.check("person")
    with pytest.raises(BadInput) as error:
        replace(HOW, **wrong).check("person")
    assert error.value.code == "list-mapping"


def test_a_mapping_is_saved_and_read_again() -> None:
    assert ColumnMapping.from_json(HOW.to_json()) == HOW
    with pytest.raises(BadInput):
        ColumnMapping.from_json({"columns": {}, "colour": "red"})


@given(st.binary(max_size=300), st.sampled_from(mapping.ENCODINGS))
def test_any_bytes_get_an_answer(raw: bytes, encoding: str) -> None:
    how = replace(HOW, encoding=encoding)
    try:
        for one in read(how=how, raw=(HEADING + "\n").encode(encoding, "replace") + raw):
            assert isinstance(one, Record) or one.reason in REASONS
    except BadList as error:
        assert error.code.startswith("list-") and error.what_to_do
