"""Who is erased is in no file and in nothing that waits; the counts stay."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from django.db import connection

from tests.insight.tailing import world
from xenia.insight import own_secrets, question, release
from xenia.insight.tailing import changing, chores, closing, flushing, rebuilding
from xenia.insight.tailing.forgetting import InsightPart
from xenia.insight.tailing.models import Change, Waiting
from xenia.journal import forgetting
from xenia.journal.actions import writing

AT = datetime(2026, 11, 22, 9, 41, tzinfo=UTC)


def _erase(*subjects: object) -> dict[str, int]:
    counts: dict[str, int] = {}
    with writing():
        for part in forgetting.parts():
            counts |= part.erase(list(subjects), world.ACT)  # type: ignore[arg-type]
    for thread in threading.enumerate():
        if thread.name == "xenia-insight-forget":
            thread.join(300)
    return counts


def _pseudonyms(folder: Path) -> list[int]:
    """Every pseudonym in any file of the folder, whether an index names it or not, and in the database."""
    found = [row["person"] for row in Waiting.objects.values_list("row", flat=True)]
    found += [row["person"] for row in Change.objects.values_list("row", flat=True)]
    for path in folder.rglob("*.parquet"):
        found += [row[0] for row in duckdb.sql(f"SELECT person FROM read_parquet('{path}')").fetchall()]  # noqa: S608
    return [one for one in found if one is not None]


@pytest.mark.parametrize("where", ["waiting", "hour", "month", "both"])
def test_after_an_erasure_no_pseudonym_of_the_person_is_left(warehouse_home: Path, where: str) -> None:
    mine, other = world.cross(AT, "UX0000001"), world.cross(AT, "UX0000002")
    world.cross(AT, "UX0000001", nationality="PAN")  # the same person, not erased
    world.follow()
    if where != "waiting":
        flushing.flush(AT)
    if where == "month":
        flushing.compact(datetime(2026, 11, 23, tzinfo=UTC))
        flushing.compact(datetime(2026, 12, 1, tzinfo=UTC))
    if where == "both":
        mine2 = world.cross(AT, "UX0000001", nationality="MOL")
        world.follow()
    before, counted = world.rows(), _pseudonyms(flushing.house().folder)
    done = _erase(mine.subject, *([mine2.subject] if where == "both" else []))
    if where == "waiting":  # no file yet: the follower sees that none was under way
        assert changing.apply() == 1
    after = _pseudonyms(flushing.house().folder)
    assert done["fact"] == (2 if where == "both" else 1)
    assert len(counted) - len(after) == done["fact"] and Change.objects.count() == 0
    assert other.number != mine.number
    assert len(world.rows()) == len(before)
    assert sorted(row[:12] for row in world.rows()) == sorted(row[:12] for row in before)


def test_after_an_erasure_no_answer_is_left_that_counted_the_person(warehouse_home: Path) -> None:
    """The key of different persons is their pseudonyms' sum: of one person it is what is left of that one's."""
    one = world.cross(AT, "UX0000001")
    world.follow()
    flushing.flush(AT)
    asked = question.asked("persons", ["nationality"], (), date(2026, 11, 1), date(2026, 11, 30))
    release.release(flushing.house(), asked, "interactive", "ada")
    kept = flushing.house().folder / "prepared"
    assert len(list(kept.glob("*.npz"))) == 1
    assert chores.renew_choices() == 1 and (kept / "choices-crossing.json").is_file()
    _erase(one.subject)
    assert not list(kept.glob("*"))


def test_nobody_else_of_the_machine_reads_the_folder(warehouse_home: Path) -> None:
    world.cross(AT)
    world.follow()
    flushing.flush(AT)
    folder = flushing.house().folder
    assert folder.stat().st_mode & 0o077 == 0 and flushing.house().index.stat().st_mode & 0o077 == 0
    with flushing.house().open() as engine:
        (spill,) = engine.execute("SELECT current_setting('temp_directory')").fetchone()
    assert Path(spill).parent == folder  # what is too big for memory holds pseudonyms too
    Path(spill).mkdir()
    (Path(spill) / "left by a crash").touch()
    flushing.flush(AT)
    assert not Path(spill).exists()


def test_what_was_erased_outlives_a_rebuild(warehouse_home: Path) -> None:
    made = world.many(12)
    world.follow()
    flushing.flush(AT)
    closing.close("2026-09", world.ACT, AT)
    closing.close("2026-10", world.ACT, AT)
    _erase(*(one.subject for one in made[:5]))
    before = world.rows()
    assert sum(row[-3] is None for row in before) == 5
    assert [one.fault for one in closing.verify()] == ["", ""]
    rebuilding.rebuild(world.ACT)
    assert world.rows() == before
    assert [one.fault for one in closing.verify()] == ["", ""]


def test_who_is_erased_before_the_crossing_was_followed_is_counted_all_the_same(warehouse_home: Path) -> None:
    one = world.cross(AT)
    _erase(one.subject)
    world.follow()
    assert [row[-3] for row in world.rows()] == [None]


def test_an_erasure_at_a_unit_notes_no_fact_there(warehouse_home: Path, settings) -> None:
    """A unit counts nothing: facts noted for its files would never be taken up, and what is noted holds the pseudonym."""
    one = world.cross(AT)
    settings.XENIA_UNIT = {"unit": "u1"}
    assert _erase(one.subject)["fact"] == 0
    assert not Waiting.objects.exists() and not Change.objects.exists()
    assert own_secrets.years() == []


def test_an_erasure_that_a_crash_cut_off_is_finished_by_the_follower(warehouse_home: Path) -> None:
    one = world.cross(AT)
    world.cross(AT, "UX0000009")
    world.follow()
    flushing.flush(AT)
    with writing():
        InsightPart().erase([one.subject], world.ACT)
        connection.run_on_commit.clear()  # the process dies with the commit
    assert len(_pseudonyms(flushing.house().folder)) == 3 and Change.objects.count() == 1
    assert changing.apply() == 1
    assert len(_pseudonyms(flushing.house().folder)) == 1 and world.total() == 2


def test_a_change_that_is_in_the_index_is_not_done_twice(warehouse_home: Path) -> None:
    """As after a kill between the index and the deletion of what was noted."""
    one = world.cross(AT)
    world.cross(AT, "UX0000002")
    world.follow()
    flushing.flush(AT)
    world.take_back(one)
    world.follow()
    held = list(Change.objects.all())
    changing.apply()
    Change.objects.bulk_create(held)
    assert changing.apply() == 1
    assert world.total() == 1
