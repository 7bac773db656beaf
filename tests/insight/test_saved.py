"""Saved questions: kept, shared, copied, put away and back; reports at their hour, missed ones made up for once."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from tests import people
from tests.insight import facts
from xenia.access import actions as access
from xenia.insight import actions, loading, warehouse
from xenia.insight.address import Address
from xenia.insight.saved import actions as saving
from xenia.insight.saved import making, rules
from xenia.insight.saved.actions import Wish
from xenia.insight.saved.models import Report, Saved
from xenia.journal.models import Entry
from xenia.work.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)  # a Wednesday
BY_POST = Address(by=("post",), period="last-month", chart="bars")


@pytest.fixture
def world(settings, tmp_path) -> people.World:
    settings.XENIA_HOME, settings.XENIA_DEMO, settings.TIME_ZONE = tmp_path, True, "Europe/Tirane"
    made = people.build()
    loading.load(actions.warehouse(), facts.write(tmp_path / "facts.csv", facts.many()), facts.SECRET)
    return made


@pytest.fixture
def analyst(world) -> Client:
    return world.client("ana", "analyst")


DUE = [
    ("daily", 1, 6, "2026-06-10T09:30", "2026-06-11T04:00"),  # summer time: 06:00 is 04:00 UTC
    ("daily", 1, 12, "2026-06-10T09:30", "2026-06-10T10:00"),
    ("daily", 1, 6, "2026-06-11T04:00", "2026-06-12T04:00"),  # after the moment, never the same again
    ("weekly", 1, 6, "2026-06-10T09:30", "2026-06-15T04:00"),
    ("weekly", 3, 6, "2026-06-10T09:30", "2026-06-17T04:00"),
    ("monthly", 28, 0, "2026-06-10T09:30", "2026-06-27T22:00"),
    ("monthly", 1, 6, "2026-12-15T00:00", "2027-01-01T05:00"),  # winter time
    ("daily", 1, 2, "2026-03-28T12:00", "2026-03-29T01:00"),  # 02:00 is left out that night
    ("daily", 1, 2, "2026-10-24T12:00", "2026-10-25T00:00"),  # 02:00 comes twice that night: the first
    ("daily", 1, 2, "2026-10-25T00:00", "2026-10-26T01:00"),
]


@pytest.mark.parametrize(("every", "day", "hour", "after", "due"), DUE)
def test_when_a_report_is_due(every, day, hour, after, due) -> None:
    found = rules.next_due(every, day, hour, "Europe/Tirane", datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found.isoformat()[:16] == due


def test_a_question_is_saved_from_its_answer_and_asked_again(analyst: Client) -> None:
    page = analyst.get("/statistics/?measure=crossings&by=post&period=last-year&chart=bars").content.decode()
    address = re.search(r'href="(/statistics/saved/new/\?[^"]+)"', page)[1].replace("&amp;", "&")
    said = {"title": "Crossings of last year", "shared": "on", "every": "weekly", "weekday": 1, "day": 1, "hour": 6}
    answer = analyst.post(address, said, follow=True)
    assert "Every week, Monday at 06:00" in answer.content.decode()
    kept = Saved.objects.get()
    assert (kept.title, kept.shared, kept.question["period"], kept.authority) == (
        said["title"],
        True,
        "last-year",
        "UTO-BG",
    )
    listed = analyst.get("/statistics/saved/?q=crossings").content.decode()
    run = re.search(r'href="(/statistics/\?[^"]+)">Run', listed)[1].replace("&amp;", "&")
    assert "Nothing was counted that fits." in analyst.get(run).content.decode()  # of a year before all facts
    assert "Nothing fits" in analyst.get("/statistics/saved/?q=refusals").content.decode()


def test_only_the_office_sees_what_is_shared_and_only_its_owner_changes_it(analyst: Client, world) -> None:
    own = world.standing("ana", "analyst", post=None)
    mine = saving.save(own, BY_POST, Wish("Only mine"), NOW)
    ours = saving.save(own, BY_POST, Wish("For the office", shared=True), NOW)
    mate, stranger = world.client("ben", "analyst"), world.client("eve", "analyst", authority="UTO-MG")
    assert mate.get(f"/statistics/saved/{ours.pk}/").status_code == 200
    assert mate.get(f"/statistics/saved/{mine.pk}/").status_code == 404
    assert stranger.get(f"/statistics/saved/{ours.pk}/").status_code == 404
    assert mate.post(f"/statistics/saved/{ours.pk}/put-away/").status_code == 403
    assert mate.post(f"/statistics/saved/{mine.pk}/copy/").status_code == 404
    assert mate.post(f"/statistics/saved/{ours.pk}/copy/").status_code == 302
    assert Saved.objects.get(title="Copy of For the office").owner == world.made["ben"].pk


def test_what_is_put_away_comes_back_by_one_press(analyst: Client, world) -> None:
    own = world.standing("ana", "analyst", post=None)
    kept = saving.save(own, BY_POST, Wish("Weekly", every="weekly", day=1), NOW)
    page = analyst.post(f"/statistics/saved/{kept.pk}/put-away/", follow=True).content.decode()
    assert "Put away: Weekly" in page and "Nothing is saved yet" in page
    assert making.make_due(datetime(2027, 1, 1, tzinfo=UTC)) == 0
    analyst.post(f"/statistics/saved/{kept.pk}/bring-back/")
    kept.refresh_from_db()
    assert kept.gone_at is None and kept.due_at > datetime.now(UTC)
    told = [entry.kind for entry in Entry.objects.filter(kind="insight.question-saved")]
    assert len(told) == 3


def test_what_cannot_be_saved(analyst: Client) -> None:
    good = {"title": "T", "every": "", "weekday": 1, "day": 1, "hour": 6}
    address = "/statistics/saved/new/?measure=crossings&by=post"
    assert analyst.post(address, {**good, "title": " "}).status_code == 422
    assert analyst.post(address, {**good, "every": "hourly"}).status_code == 422
    assert analyst.post(address, {**good, "hour": 24}).status_code == 422
    assert analyst.post(address + "&grade=exact", good).status_code == 422
    assert analyst.post("/statistics/saved/new/?measure=crossings&by=person", good).status_code == 422
    assert not Saved.objects.exists()


def test_missed_reports_are_made_up_for_once_and_kept_as_files(analyst: Client, world) -> None:
    own = world.standing("ana", "analyst", post=None)
    kept = saving.save(own, BY_POST, Wish("Daily", every="daily", hour=6), NOW)
    assert making.make_due(NOW) == 0
    later = datetime(2026, 6, 14, 12, tzinfo=UTC)  # four were due
    assert making.make_due(later) == 1 and making.make_due(later) == 0
    report = Report.objects.get()
    kept.refresh_from_db()
    assert report.due_at == datetime(2026, 6, 14, 4, tzinfo=UTC) and kept.due_at == datetime(2026, 6, 15, 4, tzinfo=UTC)
    assert making.find(report).question.since.isoformat() == "2026-05-01"  # last month, on the day it was due
    taken = analyst.get(f"/statistics/saved/{kept.pk}/reports/{report.pk}/csv")
    assert taken.status_code == 200 and b"UTO-BG" in taken.content
    assert analyst.get(f"/statistics/saved/{kept.pk}/reports/{kept.pk}/csv").status_code == 404


def test_a_report_that_fails_waits_for_somebody_until_it_works_again(world) -> None:
    own = world.standing("ana", "analyst", post=None)
    kept = saving.save(own, BY_POST, Wish("Daily", every="daily", hour=6), NOW)
    access.close_account(world.operator, world.made["ana"].pk, "left the office")
    making.make_due(datetime(2026, 6, 11, 5, tzinfo=UTC))
    assert Report.objects.get().code == "no-account"
    assert WorkItem.objects.filter(kind="insight.report-failed", subject=str(kept.pk), answered_at=None).count() == 1
    making.make_due(datetime(2026, 6, 12, 5, tzinfo=UTC))
    assert WorkItem.objects.filter(kind="insight.report-failed").count() == 1  # one item, however often


def test_an_early_report_in_the_east_waits_for_the_end_of_the_day(world, settings) -> None:
    """02:00 of 11 June in Tbilisi is 22:00 of the 10th where facts are counted: yesterday has two hours to come."""
    own = world.standing("ana", "analyst", post=None)
    saving.save(own, Address(period="yesterday"), Wish("Daily", every="daily", hour=2), NOW)
    Saved.objects.update(zone="Asia/Tbilisi", due_at=datetime(2026, 6, 10, 22, tzinfo=UTC))
    assert making.make_due(datetime(2026, 6, 10, 22, 30, tzinfo=UTC)) == 0
    assert making.make_due(datetime(2026, 6, 11, 0, 1, tzinfo=UTC)) == 1
    assert making.find(Report.objects.get()).question.since.isoformat() == "2026-06-10"


def test_a_report_that_the_engine_gives_up_does_not_hold_up_the_others(world, monkeypatch) -> None:
    own = world.standing("ana", "analyst", post=None)
    for title in ("One", "Two"):
        saving.save(own, BY_POST, Wish(title, every="daily", hour=6), NOW)
    monkeypatch.setattr(warehouse, "MEMORY", "1MB")
    assert making.make_due(datetime(2026, 6, 11, 5, tzinfo=UTC)) == 2
    assert [one.code for one in Report.objects.all()] == ["warehouse-memory"] * 2
    monkeypatch.undo()
    assert making.make_due(datetime(2026, 6, 12, 5, tzinfo=UTC)) == 2
    assert Report.objects.filter(code="").count() == 2


def test_what_is_old_is_put_away(world) -> None:
    own = world.standing("ana", "analyst", post=None)
    kept = saving.save(own, BY_POST, Wish("Daily", every="daily", hour=6), NOW)
    making.make_due(datetime(2026, 6, 11, 5, tzinfo=UTC))
    saving.put_away(own, kept.pk, NOW)
    assert making.clean(datetime(2026, 7, 1, tzinfo=UTC)) == 0 and Saved.objects.exists()
    making.clean(datetime(2026, 8, 1, tzinfo=UTC))
    assert not Saved.objects.exists() and not list((actions.warehouse().folder / "reports").glob("*/*"))
