"""Pages of retention: periods with their law, a change by two persons, counting and running."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests import people
from tests.access.test_places import second_factor, text
from tests.access.test_policy_changes import sent
from xenia.errors import BadInput
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.models import Entry
from xenia.oversight import cleaning, periods
from xenia.registers.reference import actions as reference
from xenia.work import proposals
from xenia.work.models import Proposal


@pytest.fixture
def world(db: None) -> people.World:
    made = people.build()
    reference.install()
    return made


@pytest.fixture
def admin(world: people.World) -> Client:
    return second_factor(world.client("ann", "administrator"))


@pytest.fixture
def officer(world: people.World) -> Client:
    return second_factor(world.client("dora", "data-protection-officer"))


def asked(**more: str) -> dict[str, str]:
    return {"period": "p1y", "warn": "P2M", "source": "Invented Act 12", "reason": "The law changed.", **more}


def test_every_period_stands_with_its_law(admin: Client):
    page = text(admin.get("/retention/"))
    assert "Reg. (EU) 2018/1861" in page
    assert "3 years" in page
    assert "No run yet." in page
    assert "Count what the next run" not in page, "an administrator does not delete"


def test_a_period_changes_by_two_persons(world: people.World, admin: Client):
    page = text(admin.post("/retention/read/", asked(step="check")))
    assert "the next run would delete more" in page
    admin.post("/retention/read/", sent(page, step="propose"))
    today = datetime.now(UTC).date()
    assert periods.in_force(today)["read"].period.years == 3
    proposals.approve(world.standing("dora", "data-protection-officer"), Proposal.objects.get().pk)
    rule = periods.in_force(today)["read"]
    assert (rule.period.years, rule.warn.months, rule.source) == (1, 2, "Invented Act 12")
    assert "Invented Act 12" in text(admin.get("/retention/"))


def test_a_period_counts_from_its_day_on(world: people.World, admin: Client):
    day = datetime.now(UTC).date() + timedelta(days=30)
    admin.post("/retention/read/", asked(valid_from=day.isoformat(), step="propose"))
    proposals.approve(world.standing("dora", "data-protection-officer"), Proposal.objects.get().pk)
    assert periods.in_force(day - timedelta(days=1))["read"].period.years == 3
    assert periods.in_force(day)["read"].period.years == 1


@pytest.mark.parametrize("period", ["three years", "P0D", "P", "1Y"])
def test_no_period_is_refused(admin: Client, period: str):
    answer = admin.post("/retention/read/", asked(period=period, step="propose"))
    assert answer.status_code == 422
    assert Proposal.objects.count() == 0


def test_records_with_their_own_day_are_not_changed_here(world: people.World, admin: Client):
    assert "carry their own day" in text(admin.get("/retention/crossing/"))
    with pytest.raises(BadInput) as refused:
        periods.propose(world.standing("ann"), "crossing", "P1Y", "P1M", "x", None, "x")
    assert refused.value.code == "own-day"


def test_a_run_is_counted_first_and_then_done(officer: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cleaning, "clean", lambda **_: cleaning.Cleaned(True, ""))
    long_ago = datetime.now(UTC) - timedelta(days=4 * 366)
    read_entries(long_ago)
    page = text(officer.post("/retention/run/"))
    assert "Who read what" in page
    assert "Delete it now" in page
    assert Entry.objects.filter(kind="retention.run").count() == 0
    answer = officer.post("/retention/run/", {"step": "delete"}, follow=True)
    assert "the bodies of 2 entries" in text(answer)
    assert Entry.objects.filter(kind="retention.run").count() == 1
    assert "Nothing is past its time." in text(officer.post("/retention/run/"))


def read_entries(at: datetime) -> None:
    act = Act("system:test", "UTO-BG", "oversight", "", "external:1", "hq")
    with writing():
        for _ in range(2):
            append("journal.viewed", {"first": 1, "last": 1, "rows": 1}, act, occurred_at=at)


def test_only_those_who_may_run_it(admin: Client):
    assert admin.post("/retention/run/").status_code == 403
