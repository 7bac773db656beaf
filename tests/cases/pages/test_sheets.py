"""Running cases from spreadsheets: every row is judged before anything is taken; what is wrong comes back in a file."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest

from xenia.cases import catalogue
from xenia.cases.definition import Procedure
from xenia.cases.pages import sheets
from xenia.errors import BadInput
from xenia.formats.tables import Sheet, csv_bytes, xlsx_bytes

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PARTIES = ("AZE/SMS",)
GOOD = {
    "reference": "OLD-1", "side": "requesting", "profile": "CH-AZ", "counterpart": "AZE/SMS", "state": "verifying",
    "opened_on": "2026-11-02", "category": "own_national", "person.surname": "Dray", "person.given_names": "Anselm",
    "person.nationality": "aze", "person.birth_date": "1990-04-02",
}  # fmt: skip


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    return catalogue.latest("readmission")


def _read(procedure: Procedure, *rows: dict[str, str], xlsx: bool = True) -> sheets.Read:
    headings = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[row.get(name, "") for name in headings] for row in rows]
    data = xlsx_bytes([Sheet("cases", headings, cells)]) if xlsx else csv_bytes(headings, cells)
    return sheets.read_file(io.BytesIO(data), procedure)


def _judge(procedure: Procedure, *rows: dict[str, str], xlsx: bool = True) -> list[sheets.Judged]:
    return sheets.judge(_read(procedure, *rows, xlsx=xlsx), procedure, "Europe/Zurich", NOW, PARTIES)


@pytest.mark.parametrize("xlsx", [True, False])
def test_a_good_row_is_a_case(procedure: Procedure, xlsx: bool) -> None:
    (one,) = _judge(procedure, {**GOOD, "due.reply": "2026-11-30"}, xlsx=xlsx)
    assert one.errors == ()
    assert (one.state, one.profile, one.counterpart) == ("verifying", "CH-AZ", "AZE/SMS")
    assert one.deadlines == {"reply": date(2026, 11, 30)}
    assert one.answers["application"]["person"]["nationality"] == "AZE"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "closed"), ("state", "nowhere"), ("side", ""), ("profile", "CH-XX"), ("counterpart", "AZE/OTHER"),
        ("opened_on", "2027-01-01"), ("opened_on", "soon"), ("person.surname", ""), ("person.nationality", "12"),
        ("category", "made up"),
    ],
)  # fmt: skip
def test_a_row_with_an_error_says_what_is_wrong(procedure: Procedure, column: str, value: str) -> None:
    good, bad = _judge(procedure, GOOD, {**GOOD, column: value})
    assert good.errors == ()
    assert len(bad.errors) == 1


def test_the_error_file_can_be_corrected_and_loaded_again(procedure: Procedure) -> None:
    read = _read(procedure, GOOD, {**GOOD, "state": "nowhere"})
    judged = sheets.judge(read, procedure, "Europe/Zurich", NOW, PARTIES)
    again = sheets.read_file(io.BytesIO(sheets.error_file(read, judged)), procedure)
    assert len(again.rows) == 1
    assert again.headings[-1] == sheets.ERRORS
    assert "state" in again.rows[0][1][-1]


def test_the_empty_file_has_only_columns_that_are_known(procedure: Procedure) -> None:
    read = sheets.read_file(io.BytesIO(sheets.template(procedure)), procedure)
    assert read.rows == ()
    assert "person.surname" in read.headings


@pytest.mark.parametrize(
    "row", [{**GOOD, "shoe_size": "42"}, {name: value for name, value in GOOD.items() if name != "state"}]
)
def test_a_file_with_other_columns_is_refused(procedure: Procedure, row: dict[str, str]) -> None:
    with pytest.raises(BadInput) as caught:
        _read(procedure, row)
    assert caught.value.code == "cases-columns"


def test_more_cases_than_a_person_can_wait_for_are_refused(procedure: Procedure) -> None:
    with pytest.raises(BadInput) as caught:
        _read(procedure, *[GOOD] * (sheets.MOST_ROWS + 1))
    assert caught.value.code == "cases-rows"
