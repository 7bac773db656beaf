"""CSV files: the mark, the line ends, quotes, and no cell that runs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.formats.tables import csv_bytes, read_back
from xenia.formats.tables.cells import BEGINNINGS, harmless


def _read(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_a_table_is_written_with_its_mark_and_line_ends() -> None:
    file = csv_bytes(["Day", "Count"], [[date(2026, 11, 21), 3], ['Łódź, "west"', None]])
    assert file == '\ufeffDay,Count\r\n2026-11-21,3\r\n"Łódź, ""west""",\r\n'.encode()


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_text_that_would_run_gets_an_apostrophe(begin: str) -> None:
    for text in (f"{begin}1+1", f"  {begin}cmd|' /c calc'!A1"):
        assert _read(csv_bytes([text], [[text]]))[1] == [f"'{text}"]


@pytest.mark.parametrize("begin", [*BEGINNINGS, "", "'", "'x"])
def test_the_apostrophe_is_dropped_when_the_text_is_read_back(begin: str) -> None:
    for text in (f"{begin}1+1", f"  {begin}text"):
        assert read_back(harmless(text)) == text


def test_numbers_stay_numbers_and_times_say_their_zone() -> None:
    row = _read(csv_bytes(["n"], [[-5, 1.5, datetime(2026, 1, 2, 3, 4, tzinfo=UTC)]]))[1]
    assert row == ["-5", "1.5", "2026-01-02 03:04:00+00:00"]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_no_text_runs_or_breaks_the_table(texts: list[str]) -> None:
    file = csv_bytes(texts, [texts, texts])
    rows = _read(file)
    assert len(rows) == 3 and all(len(row) == len(texts) for row in rows)
    assert not any(cell.lstrip(" \u00a0").startswith(BEGINNINGS) for row in rows for cell in row)
