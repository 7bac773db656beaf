"""Our own CSV: what is taken, what is refused row by row, and what refuses the whole file."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.formats.lists.csv import KINDS, read
from xenia.formats.lists.reasons import REASONS
from xenia.formats.lists.records import BadList, Limits, Record, Refused, Told

HEADING = "record_id,surname,given_names,birth_date,aliases,nationalities,documents,category"
ROW = "A-1,OKAFOR,ADA,1974-08,OKAFORR; ADA|Ada O,UTO|XXA,P:UTO:X1234567|I:UTO:99,REF-B"
DOCUMENTS = "type,issuing_state,number,status,event_on"


def persons(text: str | bytes, **limits: Any) -> list[Record | Refused]:
    raw = text.encode() if isinstance(text, str) else text
    return list(read("person", io.BytesIO(raw), Limits(**limits)))


def documents(text: str) -> list[Record | Refused]:
    return list(read("document", io.BytesIO(text.encode())))


def person_list(*rows: str, heading: str = HEADING) -> str:
    return "\n".join([heading, *rows, f"#end,{len(rows)}", ""])


def only(found: list[Record | Refused]) -> Any:
    assert len(found) == 1
    return found[0]


def reason(row: str, heading: str = HEADING) -> Refused:
    refused = only(persons(person_list(row, heading=heading)))
    assert isinstance(refused, Refused)
    assert refused.reason in REASONS
    return refused


def test_a_person_is_read_with_all_names_dates_and_documents() -> None:
    record = only(
        persons(person_list('A-1,OKAFOR,ADA,1974-08|1975,"OKAFORR, ADA|Ada O",UTO|XXA,P:UTO:X1234567|I::99,REF-B'))
    )
    assert (record.record_id, record.kind, record.line) == ("A-1", "person", 2)
    assert [name["full"] for name in record.body["names"]] == ["ADA OKAFOR", "ADA OKAFORR", "Ada O"]
    assert record.body["names"][1]["surname"] == "OKAFORR"
    assert record.body["names"][2]["surname"] == ""
    assert record.body["birth_dates"] == ["1974-08", "1975"]
    assert record.body["nationalities"] == ["UTO", "XXA"]
    assert record.body["documents"] == [
        {"type": "P", "issuing_state": "UTO", "number": "X1234567"},
        {"type": "I", "issuing_state": "", "number": "99"},
    ]
    assert record.body["category"] == "REF-B"


def test_names_keep_their_script() -> None:
    heading = "record_id,surname,given_names,birth_date,native_names,weak_aliases"
    record = only(persons(person_list("A-1,Yusuf,Omar,,عمر يوسف|Омар Юсуф,X Y", heading=heading)))
    assert [name["script"] for name in record.body["names"]] == ["Latn", "Latn", "Arab", "Cyrl"]
    assert record.body["names"][1]["quality"] == "low"


def test_a_byte_order_mark_and_crlf_are_no_matter() -> None:
    with_mark = b"\xef\xbb\xbf" + person_list(ROW).replace("\n", "\r\n").encode()
    assert persons(with_mark) == persons(person_list(ROW))


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (",OKAFOR,ADA,1974,,,,", "record-id-missing", "record_id"),
        ("#1,OKAFOR,ADA,1974,,,,", "record-id", "record_id"),
        ("A-1,,,1974,,,,", "name-missing", "surname"),
        ("A-1,OKAFOR,ADA,1974-13,,,,", "date", "birth_date"),
        ("A-1,OKAFOR,ADA,30.02.1974,,,,", "date", "birth_date"),
        ("A-1,OKAFOR,ADA,1974,,UTOPIA,,", "state", "nationalities"),
        ("A-1,OKAFOR,ADA,1974,,,P-UTO-1,", "document", "documents"),
        ("A-1,OKAFOR,ADA,1974,,,PPP:UTO:1,", "document-type", "type"),
        ("A-1,OKAFOR,ADA,1974,,,P:UTO:--,", "document-number", "number"),
        ("A-1,OKAFOR,ADA,1974,,,,no category", "category", "category"),
        ("A-1,OKAFOR,ADA", "columns", ""),
        ('A-1,"OKAFOR,ADA,1974,,,,', "quote-open", ""),
        ("A-1,OKA\x00FOR,ADA,1974,,,,", "control-character", "surname"),
        ("A-1,OKA\x1bFOR,ADA,1974,,,,", "control-character", "surname"),
        ("A-1," + "O" * 4001 + ",ADA,1974,,,,", "value-too-long", "surname"),
        ("A-1,OKAFOR,ADA,1974," + "|".join("x" * 101) + ",,,", "too-many-values", "aliases"),
    ],
)
def test_a_bad_row_is_refused_with_line_column_and_reason(row: str, code: str, column: str) -> None:
    refused = reason(row)
    assert (refused.line, refused.reason, refused.column) == (2, code, column)
    assert len(refused.value) <= 80


@pytest.mark.parametrize("row", ["A-1,OKAFOR,ADA", '"A-1","OKAFOR,ADA,1974,,,,', "A-1," + "O" * 70_000])
def test_a_row_that_cannot_be_taken_apart_still_says_whose_it_is(row: str) -> None:
    assert reason(row).record_id == "A-1"


@pytest.mark.parametrize(
    ("heading", "row", "record_id"),
    [
        ("type,issuing_state,number,status", "p,uto,u-17", "P:UTO:U17"),
        ("number,type,issuing_state,status", "u 17,P,UTO,lost,too many", "P:UTO:U17"),
        ("status,type,issuing_state,number", "lost,P,UTO", ""),
        ("type,issuing_state,number,status,record_id", "P,UTO,U17", ""),
        ("record_id,type,issuing_state,number,status", "D-1,P,UTO", "D-1"),
        ("type,issuing_state,number,status", "P,UTO", ""),
    ],
)
def test_a_document_row_out_of_line_is_named_by_its_beginning_only(heading: str, row: str, record_id: str) -> None:
    (refused,) = read("document", io.BytesIO(f"{heading}\n{row}\n#end,1\n".encode()))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.record_id) == ("columns", record_id)


def test_a_bad_row_costs_no_other_row() -> None:
    found = persons(person_list(ROW, "A-2,,,,,,,", ROW.replace("A-1", "A-3")))
    assert [type(one).__name__ for one in found] == ["Record", "Refused", "Record"]
    assert found[1].record_id == "A-2"


@pytest.mark.parametrize("row", ["A-1,OKAFOR,ADA,1974,,,,", ROW, "A-9,,,"])
def test_a_list_cut_anywhere_is_refused_whole(row: str) -> None:
    whole = person_list(row, row.replace("A-", "B-")).encode()
    for length in range(len(HEADING) + 1, len(whole) - 1):
        with pytest.raises(BadList) as error:
            persons(whole[:length])
        assert error.value.code == "list-cut"


def test_rows_after_the_end_or_a_wrong_count_refuse_the_list() -> None:
    for text in (
        person_list(ROW) + ROW,
        person_list(ROW).replace("#end,1", "#end,2"),
        person_list(ROW).replace("#end,1", "#end,"),
        person_list(ROW).replace("#end,1", "#ending,1"),
    ):
        with pytest.raises(BadList) as error:
            persons(text)
        assert error.value.code == "list-cut"


def test_a_spreadsheet_may_fill_the_end_row_with_commas() -> None:
    assert len(persons(person_list(ROW).replace("#end,1", "#end,1,,,,,"))) == 1


def test_the_end_row_tells_the_moment_of_the_list() -> None:
    told = Told()
    text = person_list(ROW).replace("#end,1", "#end,1,2026-01-31T06:00:00Z")
    list(read("person", io.BytesIO(text.encode()), told=told))
    assert (told.as_of, told.rows) == ("2026-01-31T06:00:00Z", 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("surname,given_names\n", "list-columns"),
        ("", "list-columns"),
        (HEADING + ",shoe_size\n", "list-columns"),
        (HEADING + ",surname\n", "list-columns"),
        (HEADING.replace(",", ";") + "\n", "list-columns"),
        ("x" * 70_000, "list-columns"),
    ],
)
def test_wrong_columns_refuse_the_list(text: str, code: str) -> None:
    with pytest.raises(BadList) as error:
        persons(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    "raw",
    [
        person_list("A-1,MÜLLER,ADA,1974,,,,").encode("latin-1"),
        person_list(ROW).encode("utf-16"),
        person_list(ROW).encode("utf-16-le"),
    ],
)
def test_another_encoding_refuses_the_list_and_says_the_line(raw: bytes) -> None:
    with pytest.raises(BadList) as error:
        persons(raw)
    assert error.value.code == "list-encoding"


def test_an_endless_line_is_passed_over_in_bounded_memory() -> None:
    class Endless(io.RawIOBase):
        """A heading, one row of `left` bytes, the end row; and the longest piece that was asked for."""

        def __init__(self, left: int) -> None:
            self.head, self.left, self.tail, self.most = HEADING.encode() + b"\n", left, b"\n#end,1\n", 0

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None and size > 0
            self.most = max(self.most, size)
            if self.head:
                self.head, head = b"", self.head
                return head
            if self.left > 0:
                self.left, piece = self.left - size, min(size, self.left)
                return b"A" * piece
            line, _, rest = self.tail.partition(b"\n")
            self.tail = rest
            return line + b"\n" if rest or line else b""

    stream = Endless(1_000_000_000)
    refused = only(list(read("person", stream)))  # type: ignore[arg-type]
    assert (refused.reason, refused.line) == ("line-too-long", 2)
    assert stream.most <= 64_001


def test_a_file_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(BadList) as error:
        persons(person_list(*[ROW] * 50), file_bytes=500)
    assert error.value.code == "list-too-large"
    with pytest.raises(BadList):
        persons(person_list(*[ROW] * 50), rows=10)


def test_a_formula_is_kept_as_the_text_that_it_is() -> None:
    record = only(persons(person_list('A-1,=SUM(A1),+1,1974,"@x",,,')))
    assert record.body["names"][0]["surname"] == "=SUM(A1)"


def test_a_document_has_its_number_as_identity() -> None:
    record = only(documents(f"{DOCUMENTS}\nP,UTO,x 12-34 567,Stolen,2025-03\n#end,1\n"))
    assert record.record_id == "P:UTO:X1234567"
    assert record.body == {
        "type": "P",
        "issuing_state": "UTO",
        "number": "x 12-34 567",
        "status": "stolen",
        "event_on": "2025-03",
        "event_place": "",
        "owner": "",
        "reference": "",
    }


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("P,UTO,X1,burnt,", "status"),
        ("P,UTO,X1,,", "status"),
        ("P,,X1,lost,", "state"),
        ("PASSPORT,UTO,X1,lost,", "document-type"),
        ("P,UTO,,lost,", "document-number"),
        ("P,UTO,X1,lost,yesterday", "date"),
    ],
)
def test_a_bad_document_is_refused(row: str, code: str) -> None:
    refused = only(documents(f"{DOCUMENTS}\n{row}\n#end,1\n"))
    assert refused.reason == code


def test_a_refused_document_still_says_which_one_it_is() -> None:
    refused = only(documents(f"{DOCUMENTS}\nP,UTO,X 1,burnt,\n#end,1\n"))
    assert refused.record_id == "P:UTO:X1"


@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(raw: bytes) -> None:
    for kind in KINDS:
        for head in (b"", HEADING.encode() + b"\n", DOCUMENTS.encode() + b"\n"):
            try:
                for one in read(kind, io.BytesIO(head + raw)):
                    assert isinstance(one, Record | Refused)
            except BadList as error:
                assert error.code.startswith("list-") and error.what_to_do


@given(st.lists(st.text(max_size=30), min_size=8, max_size=8))
def test_any_cells_get_a_record_or_a_reason(cells: list[str]) -> None:
    import csv

    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    text = line.getvalue().replace("\n", " ").replace("\r", " ")
    raw = f"{HEADING}\n{text}\n#end,1\n".encode("utf-8", "replace")
    try:
        for one in persons(raw):
            assert isinstance(one, Record) or one.reason in REASONS
    except BadList as error:
        assert error.code == "list-cut"
