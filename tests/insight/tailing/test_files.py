"""Facts go into files by the hour, then the day, then the month; nothing is lost or doubled on the way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.insight.tailing import world
from xenia.errors import Conflict, NotFound
from xenia.insight import coverage, own_secrets, release
from xenia.insight.question import asked
from xenia.insight.tailing import changing, closing, flushing, following, rebuilding
from xenia.insight.tailing.models import Mark, Waiting
from xenia.journal.actions import writing
from xenia.journal.models import Entry

AT = datetime(2026, 11, 22, 9, 41, tzinfo=UTC)


def _names() -> list[str]:
    return [one.name[0] for one in flushing.house().known()]


def test_each_hour_gives_a_file_and_questions_see_files_and_what_waits_as_one(warehouse_home: Path) -> None:
    for hour in range(3):
        world.cross(AT, f"UX{hour}")
        world.follow()
        assert world.total() == hour + 1
        flushing.flush(AT + timedelta(hours=hour))
        assert world.total() == hour + 1
    assert flushing.flush(AT + timedelta(hours=2, minutes=5)) == 0
    assert _names() == ["h", "h", "h"] and Waiting.objects.count() == 0
    assert len(list((flushing.house().folder / "facts" / "crossing").iterdir())) == 3
    before = world.rows()
    assert flushing.compact(AT + timedelta(hours=3)) == 0  # the day is not over
    assert flushing.compact(AT + timedelta(days=1)) == 3
    assert _names() == ["d"] and world.rows() == before
    assert flushing.compact(AT + timedelta(days=40)) == 1
    assert _names() == ["m"] and world.rows() == before
    assert len(list((flushing.house().folder / "facts" / "crossing").iterdir())) == 1


def test_within_the_hour_facts_wait(warehouse_home: Path) -> None:
    world.cross(AT)
    world.follow()
    assert flushing.flush(AT) == 1
    world.cross(AT)
    world.follow()
    assert flushing.flush(AT + timedelta(minutes=3)) == 0
    assert world.total() == 2 and Waiting.objects.count() == 1


def test_rows_that_the_index_holds_already_are_not_counted_twice(warehouse_home: Path) -> None:
    """As after a kill between the index and the deletion of what waited."""
    world.many(5)
    world.follow()
    held = list(Waiting.objects.all())
    flushing.flush(AT)
    Waiting.objects.bulk_create(held)
    Mark.objects.update(flushed=0)
    assert world.total() == 5
    flushing.flush(AT)
    assert Waiting.objects.count() == 0 and world.total() == 5


def test_files_that_no_index_names_go(warehouse_home: Path) -> None:
    world.cross(AT)
    world.follow()
    flushing.flush(AT)
    folder = flushing.house().folder / "facts" / "crossing"
    for name in ("h-20261122T10-000000000009-000000000010-7.parquet", ".h-half.parquet"):
        (folder / name).write_bytes(b"half")
    flushing.flush(AT, at_once=True)
    assert len(list(folder.iterdir())) == 1


def test_a_folder_of_another_history_is_refused_until_it_is_built_again(warehouse_home: Path) -> None:
    world.many(5)
    world.follow()
    flushing.flush(AT)
    before = world.rows()
    index = flushing.house().index
    index.write_text(index.read_text().replace('"leaf": "', '"leaf": "00'))
    world.many(2, seed=9)
    world.follow()
    with pytest.raises(Conflict) as caught:
        flushing.flush(AT, at_once=True)
    assert caught.value.code == "warehouse-astray" and coverage.now().astray
    done = rebuilding.rebuild(world.ACT)
    assert done.rows == 7 and set(before) < set(world.rows()) and not coverage.now().astray


def test_deleted_and_built_again_it_is_the_same(warehouse_home: Path) -> None:
    made = world.many(40)
    for one in made[:4]:
        world.take_back(one)
    world.follow(7)
    flushing.flush(AT)
    changing.apply(AT)
    for period in ("2026-09", "2026-10"):
        closing.close(period, world.ACT, AT)
    before = world.rows()
    signed = [one.read_text() for one in sorted((flushing.house().folder / "closed").iterdir())]
    for path in (flushing.house().folder / "facts").rglob("*.parquet"):
        path.unlink()
    flushing.house().index.unlink()
    rebuilding.rebuild(world.ACT)
    assert world.rows() == before and len(before) == 36
    assert [one.fault for one in closing.verify()] == ["", ""]
    assert [one.read_text() for one in sorted((flushing.house().folder / "closed").iterdir())] == signed


def test_a_closed_month_that_changes_by_law_is_signed_anew_and_by_another_hand_it_is_found(
    warehouse_home: Path,
) -> None:
    made = world.many(20, since=datetime(2026, 10, 1, tzinfo=UTC), days=28)
    world.follow()
    closing.close("2026-10", world.ACT, AT)
    with pytest.raises(Conflict):
        closing.close("2026-10", world.ACT, AT)
    world.cross(datetime(2026, 10, 9, 12, tzinfo=UTC), "UX-late")  # a post that reports late
    world.take_back(made[0])
    world.follow()
    flushing.flush(AT, at_once=True)
    changing.apply(AT)
    found = closing.verify()
    assert [(one.version, one.fault) for one in found] == [(3, "")]
    house = flushing.house()
    (first, *rest) = house.known()
    house.swap([one for one in house.known() if one != first], house.tail())  # somebody leaves a file out
    assert [one.fault for one in closing.verify()] == ["changed"]
    world.cross(datetime(2026, 10, 9, 13, tzinfo=UTC), "UX-later")
    world.follow()
    flushing.flush(AT + timedelta(hours=1))
    assert [one.fault for one in closing.verify()] == ["changed"]  # and is not signed along
    assert rest


def test_a_version_that_the_journal_does_not_know_is_found(warehouse_home: Path) -> None:
    world.many(5, since=datetime(2026, 10, 1, tzinfo=UTC), days=28)
    world.follow()
    closing.close("2026-10", world.ACT, AT)
    path = flushing.house().folder / "closed" / "2026-10.1.json"
    path.write_text(path.read_text().replace('"why": "closed"', '"why": "opened"'))
    assert [one.fault for one in closing.verify()] == ["signature"]
    path.unlink()
    assert [one.fault for one in closing.verify()] == ["journal"]


def test_a_month_that_is_not_over_stays_open(warehouse_home: Path) -> None:
    with pytest.raises(Conflict):
        closing.close("2026-11", world.ACT, AT)


def test_of_a_year_whose_secret_is_gone_a_rebuild_keeps_the_facts_as_they_are(warehouse_home: Path) -> None:
    world.many(10, since=datetime(2024, 3, 1, tzinfo=UTC))
    world.many(10, seed=8)
    world.follow()
    before = world.rows()
    assert rebuilding.destroy_secrets(world.ACT, datetime(2026, 3, 31, tzinfo=UTC).date()) == []
    assert rebuilding.destroy_secrets(world.ACT, datetime(2026, 4, 1, tzinfo=UTC).date()) == [2024]
    assert own_secrets.years() == [2026]
    rebuilding.rebuild(world.ACT)
    assert world.rows() == before
    world.cross(datetime(2024, 3, 5, tzinfo=UTC), "UX-late")  # and what comes after counts without its person
    world.follow()
    assert world.total() == 21 and own_secrets.years() == [2026]


def test_an_entry_that_was_erased_between_reading_and_writing_gives_no_fact(warehouse_home: Path) -> None:
    one = world.cross(AT)
    world.follow(0)
    held = following.mark().position
    batch = following._read(held, following.sealed())
    with writing():
        Entry.objects.filter(id=one.entry).update(body=None, salt=None, subjects=None, key=None)
    assert following._erased_since(batch)


def test_an_answer_counts_what_waits_with_what_is_in_files(warehouse_home: Path) -> None:
    with pytest.raises(NotFound):
        release.release(flushing.house(), asked("crossings"), "exact", "ann")
    made = world.many(30)
    world.follow()
    wanted = asked("crossings", ["month"])
    first = release.release(flushing.house(), wanted, "exact", "ann")
    assert first.cells[-1].shown == sum(one.said["direction"] == "exit" or not one.said["reasons"] for one in made)
    flushing.flush(AT)
    world.cross(datetime(2026, 10, 1, tzinfo=UTC), "UX-new")
    world.follow()
    again = release.release(flushing.house(), wanted, "exact", "ann")
    assert again.cells[-1].shown == (first.cells[-1].shown or 0) + 1
    persons = asked("persons", since=date(2026, 1, 1), until=date(2027, 1, 1))
    admitted = {one.number for one in made if not one.said["reasons"]} | {"UX-new"}
    assert release.release(flushing.house(), persons, "exact", "ann").cells[-1].shown == len(admitted)
