"""Eurostat's tables: its codes, members that are one for it, keys that stand once, and files that read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests import people
from tests.insight import journals
from xenia.access.standing import Standing
from xenia.errors import NotAllowed, NotFound
from xenia.formats import states
from xenia.insight import declarations, release
from xenia.insight.dialects import PostgreSQL, render
from xenia.insight.official import Scope, codes, eurostat, making, out
from xenia.insight.official.making import Made
from xenia.insight.official.outside import reading
from xenia.insight.question import Question
from xenia.insight.release import Cell, Released
from xenia.insight.warehouse import Warehouse

QUARTER = Scope(date(2026, 1, 1), date(2026, 4, 1))
NATIONALITIES = {
    "TUR": 30,
    "D": 3,
    "DEU": 9,
    "UNK": 8,
    "RKS": 12,
    "XXA": 7,
    "XXB": 2,
    "XXX": 6,
    "": 10,
    "UNO": 6,
    "GBN": 8,
}


def _refused(number: int, **said: str) -> journals.Facts:
    base = {"nationality": "TUR", "reason": "A", "post": "P1", "sex": "M", "age_group": "18-34", "mode": "land"}
    return journals.many(
        number, "crossing", hour="2026-03-01T00:00", direction="entry", outcome="refused", **{**base, **said}
    )


@pytest.fixture
def made(db: None, tmp_path: Path) -> Iterator[Made]:
    """Refusals where two members of ours are one for Eurostat: X and not known, rail and land, D and DEU and so on."""
    rows: journals.Facts = []
    for nationality, number in NATIONALITIES.items():
        rows += _refused(number, nationality=nationality)
    rows += _refused(3, sex="X") + _refused(4, sex="") + _refused(20, sex="F", age_group="") + _refused(6, reason="J")
    rows += _refused(2, mode="rail") + _refused(9, mode="sea") + _refused(6, mode="")
    where = journals.warehouse(tmp_path, rows)
    analyst: Standing = people.build().standing("ana", "analyst", authority="UTO-MG")
    yield making.make(analyst, where, eurostat.REPORT, QUARTER)


def _table(made: Made, name: str) -> dict[tuple[str, ...], str]:
    """A table as its file has it: value by key. Fails where a key stands twice."""
    given = reading.read(out.data(made, "csv", "en", name))
    found: dict[tuple[str, ...], str] = {}
    for one in given.figures:
        assert one.members not in found, one.members
        found[one.members] = ":" if one.value is None else f"{one.value:.0f}"
    return found


def test_members_that_are_one_for_eurostat_are_counted_as_one_before_anything_is_hidden(made: Made) -> None:
    """3 with sex X and 4 of whom it is not known are 7, which may be shown; each alone may not."""
    sexes = {key[3]: value for key, value in _table(made, "refused_sex_age").items() if key[2] == "TOTAL"}
    assert sexes == {"M": "125", "F": "20", "UNK": "5", "T": "150"}
    citizens = {key[3]: value for key, value in _table(made, "migr_eirfs").items() if key[2] == key[4] == "TOTAL"}
    assert citizens["DE"] == "10" and citizens["XK"] == "20" and citizens["STLS"] == "5"
    assert citizens["UNK"] == "25"  # not known 10, unspecified 6, refugees 2, a document of the United Nations 6
    borders = {key[4]: value for key, value in _table(made, "migr_eirfs").items() if key[2] == key[3] == "TOTAL"}
    assert borders == {"LAND": "135", "SEA": "10", "UNK": "5", "TOTAL": "150"}


def test_the_files_read_back_with_our_own_reader_and_no_key_stands_twice(made: Made) -> None:
    for name in out.tables_of(made):
        given = reading.read(out.data(made, "csv", "en", name))
        assert (given.time, given.place, given.measures) == ("TIME", "GEO", ("Value",))
        assert {one.members[0] for one in given.figures} == {"2026-Q1"}
        assert len(_table(made, name)) == len(given.figures) > (0 if name == "transferred" else 10)
    whole = reading.read(out.data(made, "csv", "en"))
    assert whole.breakdowns == ("DATASET", "TIME", "GEO", "REASON", "CITIZEN", "BORDER", "AGE", "SEX", "UNIT")
    assert len({one.members for one in whole.figures}) == len(whole.figures)


def test_what_is_hidden_is_not_available_and_confidential_and_is_shown_where_another_part_shows_it() -> None:
    parts = eurostat.REPORT.parts(QUARTER)
    first = _by_hand(parts[0].question, [("TUR", "A", 10, "r"), ("TUR", None, 25, "r"), (None, "A", None, "c")])
    second = _by_hand(parts[1].question, [("sea", "A", None, "c"), (None, "A", 30, "r")])
    (whole,) = eurostat.datasets([(parts[0], first), (parts[1], second)])
    _heads, rows = eurostat.rows(whole, QUARTER)
    assert [(*row[2:5], *row[6:]) for row in rows] == [
        ("DOC_NV", "TR", "TOTAL", 10, ""), ("TOTAL", "TR", "TOTAL", 25, ""), ("DOC_NV", "TOTAL", "TOTAL", 30, ""),
        ("DOC_NV", "TOTAL", "SEA", ":", "c"),
    ]  # fmt: skip
    assert [one["CONF_STATUS"] for one in eurostat.sdmx_rows(whole, QUARTER)] == ["F", "F", "F", "C"]


def _by_hand(asked: Question, cells: list[tuple[str | None, str | None, int | None, str]]) -> Released:
    found = [Cell((first, second), shown, flag) for first, second, shown, flag in cells]
    return Released(asked, "publication", found, 0, {}, (), datetime(2026, 4, 2, tzinfo=UTC))


def test_sdmx_is_one_table_of_observations_with_a_key_each(made: Made) -> None:
    lines = list(csv.DictReader(io.StringIO(out.data(made, "sdmx", "en").decode("utf-8-sig"))))
    assert list(lines[0])[:4] == ["STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ"]
    assert list(lines[0])[-3:] == ["TIME_PERIOD", "OBS_VALUE", "CONF_STATUS"]
    keys = [tuple(value for name, value in one.items() if name not in ("OBS_VALUE", "CONF_STATUS")) for one in lines]
    assert len(set(keys)) == len(keys)
    assert {one["STRUCTURE_ID"] for one in lines} == {
        f"XENIA:{name}(1.0)" for name in ("MIGR_EIRFS", "REFUSED_SEX_AGE", "TRANSFERRED")
    }
    assert all((one["OBS_VALUE"] == "") == (one["CONF_STATUS"] == "C") for one in lines)
    assert {(one["FREQ"], one["TIME_PERIOD"], one["UNIT"]) for one in lines} == {("Q", "2026-Q1", "PER")}
    alone = list(csv.DictReader(io.StringIO(out.data(made, "sdmx", "en", "migr_eirfs").decode("utf-8-sig"))))
    assert "SEX" not in alone[0] and alone[0]["BORDER"] == "TOTAL"


def test_codes_that_no_list_has_are_kept_and_said(made: Made) -> None:
    said = [note for note in out.notes(made) if "our own" in note]
    assert len(said) == 1 and said[0].endswith(": BORDER UNK, CITIZEN GBN, REASON J.")
    assert ("J", "TOTAL") in {(key[2], key[3]) for key in _table(made, "migr_eirfs")}


def test_a_workbook_has_a_sheet_for_each_table_with_numbers(made: Made) -> None:
    book = load_workbook(io.BytesIO(out.data(made, "xlsx", "ar")))
    assert book.sheetnames[1:] == ["migr_eirfs", "refused_sex_age", "transferred"]
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    values = {cell.value for row in book["migr_eirfs"].iter_rows() for cell in row if isinstance(cell.value, int)}
    assert {10, 20, 135, 150} <= values
    assert any("2026" in str(row[0].value) for row in book.worksheets[0].iter_rows())


def test_one_table_that_there_is_not_is_said_so(made: Made) -> None:
    with pytest.raises(NotFound) as problem:
        out.data(made, "csv", "en", "migr_eipre")
    assert problem.value.code == "unknown-report-table"


def test_a_key_that_stood_twice_would_not_leave(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "code", lambda name, member: "SAME")
    with pytest.raises(ValueError, match="two members"):
        out.data(made, "csv", "en")


def test_no_two_states_have_one_code() -> None:
    """Of every code of documents: what Eurostat has as one is one for the engine."""
    merged = codes.as_one("citizen")
    kept = [one for one in (*states.STATES, "") if one not in merged]
    found = [codes.code("citizen", one) for one in kept]
    assert len(set(found)) == len(found) > 200
    assert all(one in kept for one in merged.values())
    assert codes.code("citizen", "RKS") == "XK" and merged["UNK"] == "RKS"


def test_no_page_offers_the_breakdowns_of_offices_and_each_engine_puts_them_together() -> None:
    fact = declarations.facts()["crossing"]
    assert [name for name, one in fact.dimensions.items() if not one.offered] == list(codes.MADE)
    sql = render(Question("refusals", ("sex_stated",)), PostgreSQL(), "crossing").sql
    assert "CASE WHEN sex = 'X' THEN '' ELSE COALESCE(sex, '') END AS d0" in sql
    with pytest.raises(declarations.Fault):
        replace(fact.dimensions["sex"], as_one={"X' OR '1": ""})


@pytest.mark.parametrize(
    ("since", "until", "text"),
    [("2026-01-01", "2027-01-01", "2026"), ("2026-07-01", "2027-01-01", "2026-S2"), ("2026-04-01", "2026-07-01", "2026-Q2"),
     ("2026-12-01", "2027-01-01", "2026-12"), ("2026-02-01", "2026-05-01", "2026-02-01/P89D")],
)  # fmt: skip
def test_periods_as_eurostat_writes_them(since: str, until: str, text: str) -> None:
    assert eurostat.time_of(Scope(date.fromisoformat(since), date.fromisoformat(until))) == text


@pytest.mark.parametrize("first", ["nationality", "citizen"])
def test_what_is_one_here_and_two_there_tells_no_small_cell_by_its_difference(tmp_path: Path, first: str) -> None:
    """3 documents say D and 9 DEU: published as 9 and, as one, as 12, they would tell of the 3."""
    rows: journals.Facts = []
    for nationality, number in (("D", 3), ("DEU", 9), ("TUR", 30), ("GEO", 40), ("AZE", 25)):
        rows += _refused(number, nationality=nationality)
    where = journals.warehouse(tmp_path, rows)
    second = "citizen" if first == "nationality" else "nationality"
    found: dict[str, dict[str | None, int | float | None]] = {}
    for name in (first, second):
        try:
            table = release.release(where, Question("refusals", (name,)), "publication", "somebody")
        except NotAllowed as problem:
            assert problem.code in ("not-safe", "too-close-to-released")
            return
        found[name] = {cell.members[0]: cell.shown for cell in table.cells}
    assert found["nationality"]["D"] is None
    assert found["nationality"]["DEU"] is None or found["citizen"]["DEU"] is None


def test_the_warehouse_counts_null_and_empty_as_one(tmp_path: Path) -> None:
    where: Warehouse = journals.warehouse(tmp_path, _refused(6, sex="X") + _refused(7, sex=""))
    table = release.release(where, Question("refusals", ("sex_stated",)), "exact", "somebody")
    assert {cell.members: cell.shown for cell in table.cells} == {("",): 13, (None,): 13}
