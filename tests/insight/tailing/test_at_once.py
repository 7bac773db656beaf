"""Several follow at once; posts report late; the disk is full; a real lane."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from tests import coming
from tests.frontier.conftest import at_lane, passport, person, post  # noqa: F401
from tests.insight.tailing import world
from tests.units import disks
from xenia.access.standing import Standing
from xenia.errors import Unavailable
from xenia.frontier import actions, checking
from xenia.frontier.models import Crossing
from xenia.insight.tailing import changing, chores, flushing, following
from xenia.insight.tailing.models import Count, Waiting
from xenia.journal import sealer
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.ids import uuid7
from xenia.units import kinds as units
from xenia.units.models import Aside, Unit

AT = datetime(2026, 11, 22, 9, 41, tzinfo=UTC)


def test_three_followers_and_two_writers_of_files_count_everything_once(warehouse_home: Path) -> None:
    now = datetime.now(UTC)
    made = [world.cross(now - timedelta(minutes=number), f"UX{number:07}") for number in range(60)]
    for one in made[:6]:
        world.take_back(one)
    sealer.seal_now()
    failed: list[BaseException] = []

    def at_it(work: Callable[[], int]) -> None:
        try:
            while following.behind() or Waiting.objects.exists():
                work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    works = [lambda: following.step(5)] * 3 + [lambda: flushing.flush(now, at_once=True)] * 2 + [changing.apply]
    threads = [threading.Thread(target=at_it, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(500)
    assert failed == []
    while changing.apply():
        pass
    assert len(world.rows()) == 54 and len(set(world.rows())) == 54
    assert sum(Count.objects.values_list("n", flat=True)) == 54


def _received(batch: coming.Batch, first: int) -> None:
    body = {
        "unit": str(uuid7()),
        "node": batch.name,
        "first": first,
        "last": first + len(batch.entries) - 1,
        "root": "",
    }
    act = Act("system:units", "UTO-BG", "operation", "", f"unit:{batch.name}", "hq")
    with writing():
        append(units.RECEIVED, body, act)


def test_a_post_that_reports_late_counts_in_the_hour_of_the_event(warehouse_home: Path) -> None:
    late = datetime.now(UTC) - timedelta(days=3)
    batch = coming.away(lambda: [world.cross(late, f"UX{number}") for number in range(4)])
    world.cross(datetime.now(UTC), "UX-here")
    coming.arrive(batch, effects=False)
    world.follow()
    assert world.total() == 1  # what the journal does not say to have received is not there
    _received(batch, 1)
    world.follow(1)
    rows = list(Waiting.objects.order_by("id").values_list("row", flat=True))
    assert [row["hour"] for row in rows[1:]] == [
        late.replace(minute=0, second=0, microsecond=0, tzinfo=None).isoformat()
    ] * 4
    assert {row["received"] for row in rows} == {datetime.now(UTC).date().isoformat()}
    assert all(row["sex"] == "F" and row["person"] for row in rows)
    assert sum(Count.objects.values_list("n", flat=True)) == 1  # three days ago is not live


def test_what_a_unit_sent_and_cannot_be_done_counts_for_nothing(warehouse_home: Path) -> None:
    batch = coming.away(lambda: [world.cross(AT), world.cross(AT)])
    coming.arrive(batch, effects=False)
    fields = {
        "state": "active",
        "owner": "UTO-BG",
        "invited_by": uuid7(),
        "invited_at": AT,
        "label": "one",
        "post": "UTO-AP1",
    }
    unit = Unit.objects.create(name=batch.name, **fields)
    wrong = next(number for number, kind in enumerate(batch.kinds, 1) if kind == "crossing.admitted")
    Aside.objects.create(
        unit=unit, position=wrong, entry=batch.entries[wrong - 1].id, kind="crossing.admitted", code="x", at=AT
    )
    body = {"unit": str(unit.pk), "node": batch.name, "first": 1, "last": len(batch.entries), "root": ""}
    with writing():
        append(units.RECEIVED, body, Act("system:units", "UTO-BG", "operation", "", f"unit:{batch.name}", "hq"))
    world.follow()
    assert world.total() == 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[disks.Disk]:
    """A small disk for the warehouse alone."""
    made = disks.made(tmp_path, 8)
    yield made
    made.unmount()


def test_a_full_disk_keeps_facts_waiting_and_counted(warehouse_home: Path, disk: disks.Disk) -> None:
    (warehouse_home / "warehouse").symlink_to(disk.at)
    world.cross(AT)
    world.follow()
    flushing.flush(AT)
    world.many(30)
    world.follow()
    before = world.rows()
    disk.fill()
    with pytest.raises(Unavailable) as caught:
        flushing.flush(AT, at_once=True)
    assert caught.value.code == "warehouse-disk"
    assert chores.write_files() == 0  # the chore says so in the log, and goes on
    assert world.rows() == before and Waiting.objects.count() == 30
    disk.free()
    assert flushing.flush(AT, at_once=True) == 30
    assert world.rows() == before


def test_a_decision_at_a_lane_is_counted(warehouse_home: Path, at_lane: Callable[..., Standing]) -> None:  # noqa: F811
    here = at_lane("first")
    for number in ("UX1234567", "UX7654321"):
        view = checking.check_text(here, "L1", passport(person(number)), "entry")
        actions.admit(here, view.id)
    last = view
    world.follow()
    rows = list(Waiting.objects.order_by("id").values_list("row", flat=True))
    assert [(one["outcome"], one["direction"], one["sex"], one["mode"], one["n"]) for one in rows] == [
        ("admitted", "entry", "F", "air", 1)
    ] * 2
    assert rows[0]["age_group"] == "35-64" and rows[0]["person"] != rows[1]["person"]
    actions.take_back(here, Crossing.objects.get(check_made=last.id).id)
    world.follow()
    assert world.total() == 1
