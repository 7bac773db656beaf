"""Tables of others, read as they are, and beside our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import people
from tests.insight import journals
from xenia.errors import BadInput, Conflict
from xenia.insight import actions
from xenia.insight.official.outside import comparing, keeping, reading
from xenia.insight.warehouse import Warehouse

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "stats"
samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples of statistics are not here")
HEAD = '"TIME","GEO","CITIZEN","UNIT","Value","Flag and Footnotes"\n'


@pytest.mark.parametrize(
    ("text", "value", "flag"),
    [("540,080", 540080, ""), (":", None, ""), (": c", None, "c"), ("1\u00a0234 p", 1234, "p"), ("0", 0, ""),
     ("", None, ""), ("12.5", 12.5, ""), ("-3", -3, ""), ("498,300,775", 498300775, ""), ("5 bd", 5, "bd")],
)  # fmt: skip
def test_figures_as_offices_write_them(text: str, value: float | None, flag: str) -> None:
    assert reading.figure(text) == (value, flag)


@pytest.mark.parametrize("text", ["many", "1,23", "12,34,567", "1 2", "::", "5 B"])
def test_what_is_no_figure(text: str) -> None:
    with pytest.raises(BadInput):
        reading.figure(text)


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("latin-1", "Latin-1"), ("cp1252", "Latin-1")]
)
def test_every_encoding_that_comes_gives_the_same_names(encoding: str, said: str) -> None:
    data = (HEAD + '"2010","Österreich","Côte d’Ivoire","Person","1,230","b"\n').replace("’", "'").encode(encoding)
    table = reading.read(data)
    assert (table.breakdowns, table.encoding) == (("TIME", "GEO", "CITIZEN", "UNIT"), said)
    assert table.figures == (reading.Given(("2010", "Österreich", "Côte d'Ivoire", "Person"), "Value", 1230, "b"),)


def test_a_file_that_is_no_table_is_refused() -> None:
    for data in (b"", b"one\n1\n", HEAD.encode(), b"a,a\n1,2\n", b"a,b\n1\n", b"a,b\nx,y\n", b'a,b\n"1,2\n'):
        with pytest.raises(BadInput) as told:
            reading.read(data)
        assert told.value.code == "outside-file"


@samples
def test_eurostats_orders_to_leave_as_they_came() -> None:
    table = reading.read((SAMPLES / "eurostat_migr_eiord_totals.csv").read_bytes())
    assert (table.time, table.place, table.measures) == ("TIME", "GEO", ("Value",))
    assert (len(table.figures), table.missing, table.rounded) == (238, 18, 5)
    eu = comparing.chosen(table, {"GEO": "European Union (28 countries)"})
    assert eu["2010"] == (540080, "d", 1)
    assert comparing.chosen(table, {"GEO": "Denmark"})["2010"] == (None, "", 1)


@samples
def test_independently_rounded_totals_are_noticed_and_not_mended() -> None:
    table = reading.read((SAMPLES / "eurostat_migr_eiord_totals.csv").read_bytes())
    union = "European Union (28 countries)"
    places = [one for one in comparing.members(table, "GEO") if not one.startswith("European Union")]
    outside = ("Iceland", "Liechtenstein", "Norway", "Switzerland")
    states = [one for one in places if one not in outside]
    assert len(states) == 28
    found = comparing.gaps(table, {"GEO": union}, {"GEO": states})
    assert found and all(abs(whole - parts) <= 2.5 * 28 for _time, whole, parts in found)


@samples
def test_populations_with_thousands_and_gaps() -> None:
    table = reading.read((SAMPLES / "eurostat_demo_pjan.csv").read_bytes())
    assert comparing.chosen(table, {"GEO": "Belgium"})["2007"] == (10584534, "", 1)
    assert (table.missing, table.rounded) == (3, 0)


@samples
def test_unhcrs_small_counts_are_fives_and_said_so(tmp_path: Path, db: None) -> None:
    here = people.build().standing("ana", "analyst", authority="UTO-MG")
    file, where = SAMPLES / "unhcr_population_2008_2012_10_countries.csv", Warehouse(tmp_path / "warehouse")
    kept, table = keeping.take(here, where, file, "UNHCR, refugees 2025.12.1", "CC BY 4.0", "", keeping.SMALL_AS_FIVE)
    assert {"refugees", "asylum_seekers", "idps"} <= set(table.measures) and "coo_name" in table.breakdowns
    assert not [one for one in table.figures if one.value and 1 <= one.value <= 4]
    assert any(one.members[1] == "Türkiye" for one in table.figures)
    theirs = comparing.chosen(table, {"coa_iso": "AZE", "coo_iso": "AFG"}, "asylum_seekers")
    assert theirs["2008"] == (24, "", 1)
    assert comparing.cautions(kept, theirs) == ["small", "differ"]
    assert keeping.find(where, kept.name)[0] == kept
    with pytest.raises(Conflict):
        keeping.take(here, where, file, "UNHCR", "CC BY 4.0", kept.name)


@pytest.mark.django_db(transaction=True)
def test_theirs_stand_beside_ours_by_year(settings, tmp_path: Path) -> None:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True
    world = people.build()
    rows = [
        row for year, number in ((2010, 60), (2011, 35))
        for row in journals.many(number, "crossing", hour=f"{year}-05-01T00:00", outcome="refused", direction="entry")
    ]  # fmt: skip
    journals.warehouse(tmp_path, rows)
    file = tmp_path / "theirs.csv"
    lines = ["2010,Utopia,60,", "2010,Arcadia,40,", "2011,Utopia,:,u", '2012,Utopia,"1,205",']
    file.write_bytes(("TIME,GEO,Value,Flag and Footnotes\n" + "\n".join(lines) + "\n").encode("latin-1"))
    here = world.standing("ana", "analyst", authority="UTO-MG")
    with pytest.raises(BadInput):
        keeping.take(here, actions.warehouse(), file, "", "", "theirs")
    keeping.take(here, actions.warehouse(), file, "An office", "free with the source named", "theirs")
    client = world.client("ida", "analyst")
    assert "An office" in client.get("/statistics/reports/outside/").content.decode()
    page = client.get("/statistics/reports/outside/theirs/?only-GEO=Utopia&ours=refusals").content.decode()
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    cells = [[one.split("</bdi>")[0] for one in row.split("<bdi>")[1:]] for row in body.split("</tr>")[:-1]]
    assert [row[0] for row in cells] == ["2012", "2011", "2010"]
    assert cells[0][1] == "1,205" and "not available" in body and cells[2][1] == "60"
    assert abs(int(cells[2][-1]) - 60) <= 5 and "may mean another thing" in page
    assert client.get("/statistics/reports/outside/theirs/?ours=persons").status_code == 422
    assert client.get("/statistics/reports/outside/nothing/").status_code == 404
