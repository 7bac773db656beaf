"""Reports whose shape others laid down, from small worlds counted by hand."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests import people
from tests.insight import journals
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotFound
from xenia.insight import kinds
from xenia.insight.official import Scope, catalogue, committee, eurostat, making, out
from xenia.insight.official.making import Made
from xenia.insight.release import standing
from xenia.insight.warehouse import Warehouse
from xenia.journal.models import Entry

QUARTER = Scope(date(2026, 1, 1), date(2026, 4, 1))


@pytest.fixture
def world(db: None) -> people.World:
    return people.build()


@pytest.fixture
def analyst(world: people.World) -> Standing:
    return world.standing("ana", "analyst", authority="UTO-MG")


def _cases() -> journals.Facts:
    """Under UTO-ARC: 60 asked of us, 40 accepted, 20 refused; under another 30; and 25 of ours, all accepted, one by silence."""
    same = {"procedure": "readmission", "hour": "2026-02-02T10:00"}
    theirs = {**same, "agreement": "UTO-ARC", "side": "requested", "partner": "ARC"}
    ours = {**same, "agreement": "UTO-ARC", "side": "requesting", "partner": "ARC"}
    other = {**same, "agreement": "UTO-PAN", "side": "requested", "partner": "PAN"}
    many = journals.many
    return [
        *many(60, "case_step", **theirs, step="lodged", application_category="own_national", nationality="UTO", sex="M"),
        *many(40, "case_step", **theirs, step="decided", outcome="accepted", timely="in_time", days=4),
        *many(20, "case_step", **theirs, step="decided", outcome="refused", timely="late", days=20),
        *many(20, "case_step", **theirs, step="reason", outcome="refused", reason="not_national"),
        *many(10, "case_step", **theirs, step="reason", outcome="refused", reason="evidence_insufficient"),
        *many(60, "case_step", **theirs, step="settled"),
        *many(35, "case_step", **theirs, step="reached", stage="transferred", transfer_mode="air"),
        *many(30, "case_step", **other, step="lodged", application_category="own_national", nationality="UTO"),
        *many(25, "case_step", **ours, step="lodged", application_category="direct_entry", nationality="ZZZ", sex="F"),
        *many(24, "case_step", **ours, step="decided", outcome="accepted", timely="in_time", days=10),
        *many(1, "case_step", **ours, step="decided", outcome="deemed_accepted", timely="late", days=15),
        *many(15, "case_step", **ours, step="settled"),
    ]  # fmt: skip


def _crossings() -> journals.Facts:
    rows: journals.Facts = []
    for nationality, reason, number in (("TUR", "A", 12), ("TUR", "C", 8), ("GRC", "A", 23), ("XXA", "I", 7)):
        rows += journals.many(
            number, "crossing", hour="2026-03-01T00:00", direction="entry", outcome="refused", nationality=nationality,
            reason=reason, post="P1", sex="M", age_group="18-34",
        )  # fmt: skip
    rows += journals.many(
        150, "crossing", hour="2026-03-01T00:00", direction="entry", outcome="admitted", nationality="TUR", post="P1",
        control_s=20,
    )  # fmt: skip
    return rows


@pytest.fixture
def made(tmp_path: Path) -> Warehouse:
    return journals.warehouse(tmp_path, [*_cases(), *_crossings()])


def _values(report: Made, key: str) -> dict[tuple[str | None, ...], Any]:
    found = next(one for one in report.parts if one.part.key == key)
    assert found.table is not None, found.problem
    return {cell.members: cell.shown for cell in found.table.cells if cell.shown != 0}


def test_the_committee_sees_its_agreement_in_both_directions(made: Warehouse, analyst: Standing) -> None:
    report = making.make(analyst, made, committee.REPORT, Scope(date(2026, 1, 1), date(2026, 4, 1), "UTO-ARC"))
    assert report.grade == "publication"
    assert _values(report, "applications-states") == {
        ("requested", "ARC"): 60, ("requesting", "ARC"): 25, ("requested", None): 60, ("requesting", None): 25,
        (None, "ARC"): 85, (None, None): 85,
    }  # fmt: skip
    assert _values(report, "refusals")[("requested", "not_national")] == 20
    assert _values(report, "refusals")[("requested", None)] == 30  # reasons, more than the 20 refusals
    assert _values(report, "days")[("requested",)] == 4 and _values(report, "days-90")[("requested",)] == 20
    assert _values(report, "pending") == {("requesting",): 10, (None,): 10}
    assert _values(report, "transfers")[("requested", "air")] == 35
    assert {one.key for one in report.report.missing} == {"realisation", "interviews"}


def test_one_case_decided_by_silence_is_told_neither_by_counts_nor_by_a_rate(
    made: Warehouse, analyst: Standing
) -> None:
    report = making.make(analyst, made, committee.REPORT, Scope(date(2026, 1, 1), date(2026, 4, 1), "UTO-ARC"))
    answers = _values(report, "answers")
    assert answers[("requesting", "deemed_accepted")] is None
    assert answers[("requesting", "accepted")] is None or answers[("requesting", None)] is None
    assert _values(report, "in-time")[("requesting",)] is None  # 96.0 % of 25 would say: one


def test_exact_counts_need_a_permission_and_everything_is_in_the_journal(made: Warehouse, analyst: Standing) -> None:
    report = making.make(analyst, made, committee.REPORT, QUARTER)
    told = Entry.objects.filter(kind=kinds.RELEASED).count()
    assert told == sum(one.table is not None for one in report.parts) > 10
    with pytest.raises(Exception) as refused:
        making.make(analyst, made, committee.REPORT, QUARTER, "exact", "for the delegation")
    assert getattr(refused.value, "code", "") == "no-permission"
    assert Entry.objects.filter(kind=kinds.RELEASED).count() == told


def test_eurostat_reads_its_own_codes_and_multiples_of_five(made: Warehouse, analyst: Standing) -> None:
    report = making.make(analyst, made, eurostat.REPORT, QUARTER)
    first, whole = report.parts[0], [(one.part, one.table) for one in report.parts if one.table]
    assert first.table is not None
    heads, rows = eurostat.rows(eurostat.datasets(whole)[0], QUARTER)
    assert heads == ["TIME", "GEO", "REASON", "CITIZEN", "BORDER", "UNIT", "Value", "Flag and Footnotes"]
    found = {(row[3], row[2]): row[6] for row in rows if row[4] == "TOTAL" and row[6] != 0}
    assert found == {
        ("TR", "DOC_NV"): 10, ("TR", "VISA_RPRM_NV"): 10, ("TR", "TOTAL"): 20, ("EL", "DOC_NV"): 25, ("EL", "TOTAL"): 25,
        ("STLS", "PUB_THRT"): 5, ("STLS", "TOTAL"): 5, ("TOTAL", "DOC_NV"): 35, ("TOTAL", "VISA_RPRM_NV"): 10,
        ("TOTAL", "PUB_THRT"): 5, ("TOTAL", "TOTAL"): 50,
    }  # fmt: skip
    assert {row[0] for row in rows} == {"2026-Q1"} and {row[5] for row in rows} == {"PER"}
    assert eurostat.ROUNDED in first.table.notes and out.notes(report).count(eurostat.ROUNDED) == 1
    assert {one.key for one in eurostat.REPORT.missing} >= {"migr_eipre", "migr_eiord", "migr_eirtn"}


def test_who_was_transferred_under_an_agreement_is_counted_where_we_asked(tmp_path: Path, analyst: Standing) -> None:
    """12 and 8 whom we asked another state to take; 35 whom another state asked us to take are theirs to report."""
    same = {"procedure": "readmission", "hour": "2026-02-02T10:00", "step": "reached", "stage": "transferred"}
    ours = {**same, "side": "requesting", "nationality": "D", "sex": "M"}
    many = journals.many
    rows = many(12, "case_step", **ours) + many(8, "case_step", **{**ours, "nationality": "DEU", "sex": "X"})
    rows += many(35, "case_step", **{**ours, "side": "requested"})
    rows += many(30, "case_step", **{**ours, "stage": "transfer_failed"})
    report = making.make(analyst, journals.warehouse(tmp_path, rows), eurostat.REPORT, QUARTER)
    (found,) = eurostat.datasets(
        [(one.part, one.table) for one in report.parts if one.part.key == "transferred" and one.table]
    )
    values = {key: value for key, (value, _flag) in found.lines.items()}
    assert values == {("DE", "M"): 10, ("DE", "UNK"): 10, ("DE", "T"): 20, ("TOTAL", "M"): 10, ("TOTAL", "UNK"): 10,
                      ("TOTAL", "T"): 20}  # fmt: skip


def test_totals_are_rounded_on_their_own() -> None:
    """12 + 12 + 12 = 36: 10 + 10 + 10 stands beside 35."""
    from datetime import UTC, datetime

    from xenia.insight.question import Question
    from xenia.insight.release import Cell, Released

    cells = [Cell((name,), 12) for name in "ABC"] + [Cell((None,), 36), Cell(("D",), None, "c")]
    table = Released(
        Question("refusals", ("reason",)), "publication", cells, 1, {}, (), datetime(2026, 1, 1, tzinfo=UTC)
    )
    part = eurostat.REPORT.parts(QUARTER)[0]
    assert [one.shown for one in making.rounded(part, table).cells] == [10, 10, 10, 35, None]
    assert [one.flag for one in making.rounded(part, table).cells] == ["r", "r", "r", "r", "c"]


@pytest.mark.parametrize("name", catalogue.REPORTS)
def test_every_report_is_made_and_written_in_every_form(made: Warehouse, analyst: Standing, name: str) -> None:
    report = making.make(analyst, made, catalogue.named(name), QUARTER)
    assert not [one.problem for one in report.parts if one.problem]
    said = json.loads(out.data(report, "json", "fr"))
    assert [one["key"] for one in said["tables"]] == [one.part.key for one in report.parts]
    book = load_workbook(io.BytesIO(out.data(report, "xlsx", "ar")))
    assert len(book.sheetnames) == len(out.tables_of(report)) + 1
    for form in ("csv", "sdmx"):
        lines = out.data(report, form, "en").decode("utf-8-sig").splitlines()
        shared = {one.part.key: len(one.table.cells) for one in report.parts if one.table}
        twice = 4 if name == "eurostat" else 0  # the reasons and their total stand in two parts and once in the table
        assert len(lines) == 1 + sum(shared.values()) - twice


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [("2026", "2026-01-01", "2027-01-01"), ("2026-H2", "2026-07-01", "2027-01-01"),
     ("2026-Q3", "2026-07-01", "2026-10-01"), ("2026-12", "2026-12-01", "2027-01-01")],
)  # fmt: skip
def test_periods(text: str, first: str, after: str) -> None:
    assert [one.isoformat() for one in making.period(text)] == [first, after]


def test_what_is_no_period_and_no_report() -> None:
    for text in ("2026-13", "2026-Q5", "spring", "20266", ""):
        with pytest.raises(BadInput):
            making.period(text)
    with pytest.raises(NotFound):
        catalogue.named("weather")
    assert [making.last_quarter(date(2026, month, 5)) for month in (1, 3, 4, 12)] == [
        "2025-Q4", "2025-Q4", "2026-Q1", "2026-Q3"
    ]  # fmt: skip


def test_a_table_that_stands_as_it_was_published_is_named_with_its_day(made: Warehouse, analyst: Standing) -> None:
    report = making.make(analyst, made, catalogue.named("refusals"), QUARTER)
    first = report.parts[0]
    assert first.table is not None
    stands = replace(first.table, notes=(*first.table.notes, standing.STANDS.format(day="2026-04-02")))
    said = out.notes(replace(report, parts=(replace(first, table=stands), *report.parts[1:])))
    assert "Reasons of refusal: As published on 2 Apr 2026: what came since cannot be shown beside it." in said
