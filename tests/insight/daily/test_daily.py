"""The daily report: made once, frozen, made anew where late facts change it; as page and to print."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests import people
from tests.insight import facts
from xenia.insight import actions, loading
from xenia.insight.daily import chores, making
from xenia.journal.models import Entry
from xenia.units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)
DAY = date(2026, 11, 17)


def rows(day: date, number: int, nationality: str = "ARC", **more: object) -> list[list[object]]:
    """Crossings of one day: every tenth is refused."""
    chance, found = random.Random(day.toordinal() + number), []
    for one in range(number):
        refused = one % 10 == 0
        found.append([
            f"{day}T{chance.randint(0, 23):02}:00", "UTO-AP1", "entry" if refused else chance.choice(["entry", "exit"]),
            "refused" if refused else "admitted", more.get("other", nationality), 1, chance.choice("FM"), "18-34", "air", 30, 0,
        ])  # fmt: skip
    return found


def load(folder: Path, lines: list[list[object]], name: str = "facts.csv") -> None:
    loading.load(actions.warehouse(), facts.write(folder / name, lines), facts.SECRET)


@pytest.fixture
def analyst(settings, tmp_path, monkeypatch) -> Client:
    settings.XENIA_HOME, settings.XENIA_DEMO, settings.XENIA_DAILY_HOUR = tmp_path, True, 6
    monkeypatch.setattr(chores, "_looked", None)
    return people.build().client("ana", "analyst")


def fill(folder: Path) -> None:
    """Nine weeks of 100 a day, and 300 on the day, a tenth of it of a nationality not seen before."""
    lines = [line for back in range(1, 64) for line in rows(DAY - timedelta(days=back), 100)]
    load(folder, [*lines, *rows(DAY, 270), *rows(DAY, 30, "MOL")])


def test_nothing_is_made_before_the_hour_or_without_facts(analyst: Client, settings, tmp_path: Path) -> None:
    assert chores.make(MORNING) == 0 and making.versions(actions.warehouse()) == {}
    assert "No daily report yet" in analyst.get("/statistics/daily/").content.decode()
    fill(tmp_path)
    assert chores.make(MORNING.replace(hour=5)) == 0
    settings.XENIA_DAILY_HOUR = -1
    assert chores.make(MORNING) == 0


def test_the_report_is_made_once_and_frozen(analyst: Client, tmp_path: Path) -> None:
    fill(tmp_path)
    assert chores.make(MORNING) == 1
    assert chores.make(MORNING + timedelta(minutes=1)) == 0
    entries = Entry.objects.filter(kind="insight.daily-made")
    assert entries.count() == 1
    made = making.latest(actions.warehouse(), DAY)
    assert made is not None and made.version == 1 and list(made.new) == ["MOL"]
    figure = made.figure("crossings")
    assert figure.number is not None and abs(figure.number - 270) <= 6 and figure.reading == "above"
    (busy,) = made.occupancy()
    assert busy.post == "UTO-AP1" and busy.occupied == busy.crossings * 30 / (3600 * made.lanes["UTO-AP1"])
    assert figure.yesterday is not None and abs(figure.yesterday - 90) <= 6


def test_late_facts_make_a_new_version_and_the_first_stays(analyst: Client, tmp_path: Path, monkeypatch) -> None:
    fill(tmp_path)
    chores.make(MORNING)
    monkeypatch.setattr(chores, "_looked", None)
    assert chores.make(MORNING + timedelta(hours=1)) == 0  # nothing new: no version
    load(tmp_path, rows(DAY, 40, other="PAN"), "late.csv")
    monkeypatch.setattr(chores, "_looked", None)
    assert chores.make(MORNING + timedelta(days=1)) >= 1
    assert making.versions(actions.warehouse())[DAY] == 2
    where = actions.warehouse()
    first, second = making.read(where, DAY, 1), making.read(where, DAY, 2)
    assert (first.figure("crossings").number or 0) < (second.figure("crossings").number or 0)
    page = analyst.get(f"/statistics/daily/?on={DAY}&version=1").content.decode()
    assert "Facts that came later have changed this day" in page
    assert "Facts that came later" not in analyst.get(f"/statistics/daily/?on={DAY}").content.decode()


def test_it_is_shown_and_printed(analyst: Client, tmp_path: Path) -> None:
    fill(tmp_path)
    chores.make(MORNING)
    page = analyst.get("/statistics/daily/").content.decode()
    assert "Tue 17 Nov 2026" in page and "more than usual" in page and "New nationalities" in page
    assert "Seconds of control (median)" in page  # a bare 38 may be minutes
    for language in ("ar", "ka"):
        analyst.cookies["django_language"] = language
        assert analyst.get("/statistics/daily/").status_code == 200
        pdf = analyst.get(f"/statistics/daily/pdf/?on={DAY}&version=1")
        assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF-")
    assert Entry.objects.filter(kind="insight.daily-taken").count() == 2


@pytest.mark.parametrize(
    "query", ["on=2020-01-01", "on=yesterday", "version=9", "version=-1", "on=..%2f..%2fx&version=1"]
)
def test_what_was_never_made_is_not_found(analyst: Client, tmp_path: Path, query: str) -> None:
    fill(tmp_path)
    chores.make(MORNING)
    assert analyst.get(f"/statistics/daily/?{query}").status_code == 404


def test_no_count_under_five_stands_in_a_report(analyst: Client, tmp_path: Path) -> None:
    fill(tmp_path)
    load(tmp_path, rows(DAY, 2, other="ZEM"), "few.csv")
    chores.make(MORNING)
    made = making.latest(actions.warehouse(), DAY)
    assert made is not None
    counts = [cell.shown for table in made.tables if table.question.counted.kind == "count" for cell in table.cells]
    assert counts and all(one is None or one % 5 == 0 for one in counts)
    assert all(one is None or one % 5 == 0 for days in made.series.values() for one in days.values())


def test_a_post_that_has_not_reported_is_named(analyst: Client, tmp_path: Path) -> None:
    fill(tmp_path)
    at = MORNING - timedelta(days=3)
    Unit.objects.create(
        name="u1", label="U", post="UTO-AP1", owner="UTO-BG", state="active", invited_by=Unit().pk, invited_at=at,
        seen_at=at, received_at=at, told={"waiting": 12},
    )  # fmt: skip
    chores.make(MORNING)
    page = analyst.get("/statistics/daily/").content.decode()
    assert "The figures will rise when the others report" in page and "Port Meridian has reported until" in page


def test_the_report_says_when_its_day_ends_here(analyst: Client, tmp_path: Path, settings) -> None:
    settings.TIME_ZONE = "Asia/Tbilisi"
    fill(tmp_path)
    chores.make(MORNING)
    page = analyst.get("/statistics/daily/").content.decode()
    assert page.count("Days end at 24:00 UTC, 04:00 here (Asia/Tbilisi).") == 1
    assert "Days begin at midnight UTC." not in page
