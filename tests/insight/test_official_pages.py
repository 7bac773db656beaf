"""Pages of the reports: the address is the request, every table is released, files say the same."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from tests import people
from tests.insight import journals
from tests.insight.test_official import _cases, _crossings
from xenia.errors import NotAllowed
from xenia.insight import actions, kinds, report_kinds
from xenia.insight.official import Scope, catalogue, kept, out, pages
from xenia.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
COMMITTEE = "/statistics/reports/committee/?period=2026-Q1&agreement=UTO-ARC"


@pytest.fixture
def world(settings, tmp_path: Path) -> people.World:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True
    return people.build()


@pytest.fixture
def analyst(world: people.World) -> Client:
    return world.client("ana", "analyst")


def fill() -> None:
    journals.warehouse(actions.warehouse().folder.parent, [*_cases(), *_crossings()])


def test_the_list_names_every_report_and_an_officer_gets_none(world: people.World, analyst: Client) -> None:
    page = analyst.get("/statistics/reports/").content.decode()
    for title in ("Readmission committee", "Eurostat: enforcement of immigration law", "Decision times", "Posts"):
        assert title in page
    officer = world.client("olga", "case-officer", authority="UTO-MG")
    assert officer.get("/statistics/reports/committee/").status_code == 403


def test_without_a_period_nothing_is_released(analyst: Client) -> None:
    fill()
    page = analyst.get("/statistics/reports/committee/")
    assert page.status_code == 200 and "Applications by category" not in page.content.decode()
    assert not Entry.objects.filter(kind=kinds.RELEASED).exists()


def test_the_committees_tables_in_the_readers_words(analyst: Client) -> None:
    fill()
    page = analyst.get(COMMITTEE).content.decode()
    for said in ("Applications by category", "National of the requested state", "Nationality not confirmed", "Refused",
                 "1 Jan 2026 to 31 Mar 2026", "Transfers against acceptances of the same month"):  # fmt: skip
        assert said in page, said
    assert "UTO-PAN" not in page.split("</form>")[1]
    assert Entry.objects.filter(kind=kinds.RELEASED).count() >= 17


def test_a_file_says_what_the_page_says(analyst: Client) -> None:
    fill()
    answer = analyst.get("/statistics/reports/committee/file/csv?period=2026-Q1&agreement=UTO-ARC")
    assert answer["Content-Disposition"] == 'attachment; filename="committee-2026-Q1.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["table", "measure", "breakdown_1", "member_1", "breakdown_2", "member_2", "breakdown_3", "member_3",
                       "breakdown_4", "member_4", "value", "note"]  # fmt: skip
    assert [
        "refusals",
        "decision_reasons",
        "side",
        "requested",
        "reason",
        "not_national",
        "",
        "",
        "",
        "",
        "20",
        "",
    ] in rows
    assert not [row for row in rows if "UTO-PAN" in row or "PAN" in row]
    eurostat = analyst.get("/statistics/reports/eurostat/file/csv?period=2026-Q1&table=migr_eirfs").content.decode(
        "utf-8-sig"
    )
    assert eurostat.splitlines()[0] == "TIME,GEO,REASON,CITIZEN,BORDER,UNIT,Value,Flag and Footnotes"


def test_a_file_is_made_of_what_the_page_showed_and_nothing_is_released_again(
    analyst: Client, world: people.World
) -> None:
    fill()
    page = analyst.get("/statistics/reports/eurostat/?period=2026-Q1").content.decode()
    links = [html.unescape(one) for one in re.findall(r'href="([^"]+/file/[^"]+)"', page)]
    assert len(links) == len(out.FORMS) + 2 * 3
    released = Entry.objects.filter(kind=kinds.RELEASED).count()
    journals.warehouse(
        actions.warehouse().folder.parent, _crossings(), "later"
    )  # facts that came after the page was shown
    files = {one: analyst.get(one) for one in links}
    assert {one.status_code for one in files.values()} == {200}
    assert Entry.objects.filter(kind=kinds.RELEASED).count() == released == 4
    told = json.loads(next(answer.content for link, answer in files.items() if "/json?" in link))
    shown = re.findall(r"<td[^>]*><bdi>(\d+)</bdi></td>", page.split("part-migr_eirfs")[1].split("</table>")[0])
    cells = {str(one["value"]) for one in told["tables"][0]["table"]["cells"]}
    assert set(shown) <= cells and {"10", "25", "50"} <= cells
    taken = Entry.objects.filter(kind=report_kinds.TAKEN)
    assert taken.count() == 4 * 4 + 2 * (2 + 1 + 1)  # of each table in each file
    other = world.client("omar", "analyst")
    assert other.get(links[0]).status_code == 404  # what was shown to somebody else
    assert analyst.get(links[0].split("?")[0] + "?made=../../x").status_code == 404


def test_what_is_withheld_stays_withheld_where_a_report_is_kept(analyst: Client, world: people.World) -> None:
    fill()
    here, where = world.standing("ana", "analyst"), actions.warehouse()
    made, _name = kept.show(here, where, catalogue.named("refusals"), Scope(date(2026, 1, 1), date(2026, 4, 1)), "")
    problem = NotAllowed("Too close.", "Wait.", code="too-close-to-released")
    first = replace(made.parts[0], table=None, problem=problem)
    again = kept.from_told(kept.told(replace(made, parts=(first, *made.parts[1:]))))
    assert [one.part.key for one in again.parts] == [one.part.key for one in made.parts]
    assert again.parts[0].problem is not None and again.parts[0].problem.what_to_do == "Wait."
    assert [one.table for one in again.parts[1:]] == [one.table for one in made.parts[1:]]
    assert json.loads(out.data(again, "json", "en"))["withheld"] == [
        {"key": "reasons", "code": "too-close-to-released"}
    ]


def test_an_address_never_gives_exact_counts_and_what_is_wrong_is_said(analyst: Client) -> None:
    fill()
    for query, status, said in (
        ("period=2026-Q1&grade=exact", 422, "A page shows no exact counts."),
        ("period=2026-Q7", 422, "is no period"),
        ("period=2026-Q1&agreement=XX-YY", 404, "There is no such agreement."),
    ):
        page = analyst.get(f"/statistics/reports/committee/?{query}")
        assert (page.status_code, said in page.content.decode()) == (status, True), query
    assert analyst.get("/statistics/reports/weather/").status_code == 404
    assert analyst.get("/statistics/reports/posts/file/exe?period=2026").status_code == 404
    assert not Entry.objects.filter(kind=kinds.RELEASED).exists()


def test_before_there_are_facts_the_page_says_so(analyst: Client) -> None:
    assert "No facts yet" in analyst.get("/statistics/reports/posts/?period=2026").content.decode()


def test_periods_that_are_over_are_offered() -> None:
    found = pages.choices(date(2026, 11, 22), "2026-Q3")
    assert found[0] == "2026-Q3" and "2026-Q4" not in found and "2026" not in found and "2025" in found
    assert pages.choices(date(2026, 11, 22), "2026-03")[0] == "2026-03"
