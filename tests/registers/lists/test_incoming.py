"""Watched folders: only whole files are taken, put away with their report, and loaded again after a kill."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from tests import people
from tests.registers.lists.worlds import csv_list, csv_numbers, csv_row
from xenia.journal.actions import writing
from xenia.registers.lists import chores, current, incoming, sources, store, waiting
from xenia.registers.lists.models import ListVersion, LoadRun
from xenia.registers.lists.sources import Source
from xenia.work.models import Proposal, WorkItem

CODE = "police-alerts"
LATER = incoming.STABLE_S + 1


@pytest.fixture
def folder(world: people.World) -> Iterator[Path]:
    """The watched folder of a source that loads by itself."""
    with writing():
        source = Source(CODE, "alerts", "csv", "Alerts of the police", "UTO-BG", by_itself=True)
        sources.install(source, world.operator.act(sources.PURPOSE, "test"))
    yield incoming.folder(CODE)
    incoming.settle()
    shutil.rmtree(Path(settings.XENIA_HOME) / "incoming")
    incoming._seen.clear()


def put(folder: Path, content: bytes, name: str = "today.csv", marked: bool = True) -> Path:
    path = folder / name
    path.write_bytes(content)
    if marked:
        path.with_name(name + incoming.MARK).touch()
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock") if folder.is_dir() else []


def count() -> int:
    return sum(one.file.count for one in current.current("alerts"))


def test_a_marked_file_is_loaded_and_put_away_with_its_report(folder: Path) -> None:
    put(folder, csv_list(*(csv_row(n) for n in range(5)), csv_row(9).replace("1980-01-02", "31.02.1980")))
    assert incoming.load_waiting(CODE) == 1
    assert count() == 5
    assert names(folder) == ["done", "loading"]
    assert names(folder / "loading") == []
    assert names(folder / "done") == ["today.csv", "today.csv.refused.csv", "today.csv.report.json"]
    told = json.loads((folder / "done/today.csv.report.json").read_text())
    assert (told["schema"], told["state"], told["counts"]["refused"]) == ("xenia/list-report/1", "published", 1)
    assert "That is not a date" in (folder / "done/today.csv.refused.csv").read_text("utf-8-sig")
    assert (folder / "done/today.csv.report.json").stat().st_mode & 0o077 == 0
    run = LoadRun.objects.get()
    assert (run.origin, run.file_name, run.state) == ("folder", "today.csv", "published")


def test_a_file_is_taken_when_it_has_stopped_growing(folder: Path) -> None:
    path = put(folder, csv_numbers(range(5))[:-20], marked=False)
    assert incoming.complete(CODE, 0) == []
    assert incoming.complete(CODE, LATER - 5) == []
    path.write_bytes(csv_numbers(range(5)))
    assert incoming.complete(CODE, LATER) == []
    assert incoming.complete(CODE, LATER + 5) == []
    assert incoming.complete(CODE, 2 * LATER) == [path]
    assert incoming.load_waiting(CODE, 2 * LATER) == 1
    assert count() == 5


@pytest.mark.parametrize("name", [".today.csv", "today.csv.part", "today.csv.tmp", "today.csv.filepart", "today.csv~"])
def test_a_file_that_is_being_copied_is_never_taken(folder: Path, name: str) -> None:
    path = put(folder, csv_numbers(range(5)), name, marked=False)
    assert incoming.complete(CODE, 0) == incoming.complete(CODE, 10 * LATER) == []
    path.rename(folder / "today.csv")
    assert incoming.complete(CODE, 10 * LATER) == []
    assert len(incoming.complete(CODE, 12 * LATER)) == 1


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(csv_numbers(range(5)))
    (folder / "link.csv").symlink_to(secret)
    (folder / "link.csv.done").touch()
    assert incoming.complete(CODE, 10 * LATER) == []


def test_a_cut_file_is_refused_and_the_editors_are_told_once(folder: Path) -> None:
    put(folder, csv_numbers(range(9)))
    incoming.load_waiting(CODE)
    for name in ("b.csv", "c.csv"):
        put(folder, csv_numbers(range(9))[:-10], name)
    assert incoming.load_waiting(CODE) == 2
    assert count() == 9
    assert names(folder / "refused") == ["b.csv", "b.csv.report.json", "c.csv", "c.csv.report.json"]
    assert json.loads((folder / "refused/b.csv.report.json").read_text())["problem"] == "list-cut"
    item = WorkItem.objects.get(kind=waiting.FAILED)
    assert (item.subject, item.owner, item.role, item.body["problem"]) == (CODE, "UTO-BG", "alert-editor", "list-cut")


def test_files_are_loaded_oldest_first(folder: Path) -> None:
    for number, name in enumerate(("z.csv", "a.csv")):
        os.utime(put(folder, csv_numbers(range(number + 3)), name), (1_000 + number, 1_000 + number))
    assert incoming.load_waiting(CODE) == 2
    assert list(LoadRun.objects.order_by("started_at").values_list("file_name", flat=True)) == ["z.csv", "a.csv"]
    assert count() == 4


def test_a_version_that_removes_much_waits_for_a_second_person(folder: Path) -> None:
    put(folder, csv_numbers(range(50)))
    incoming.load_waiting(CODE)
    put(folder, csv_numbers(range(5)))
    incoming.load_waiting(CODE)
    assert count() == 50
    assert ListVersion.objects.get(state="waiting").number == 2
    assert Proposal.objects.filter(state="waiting").count() == 1
    assert len([name for name in names(folder / "done") if name.endswith(".report.json")]) == 2


def test_what_a_kill_left_in_loading_is_loaded_again(folder: Path) -> None:
    (folder / "loading").mkdir()
    put(folder / "loading", csv_numbers(range(7)), marked=False)
    assert incoming.watch() == 1
    incoming.settle()
    assert count() == 7
    assert names(folder / "done") == ["today.csv", "today.csv.report.json"]


def test_a_source_that_does_not_load_by_itself_is_left_alone(world: people.World) -> None:
    assert incoming.watch() == 0
    put(incoming.folder("alerts-csv"), csv_numbers(range(3)))
    assert incoming.watch() == 0
    shutil.rmtree(Path(settings.XENIA_HOME) / "incoming")


def test_a_list_that_is_loaded_by_hand_meanwhile_is_waited_for(folder: Path) -> None:
    put(folder, csv_numbers(range(3)))
    with store.only_one(CODE):
        assert incoming.load_waiting(CODE) == 0
    assert incoming.load_waiting(CODE) == 1


def test_what_was_loaded_long_ago_is_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, csv_numbers(range(3)))
    incoming.load_waiting(CODE)
    assert incoming.sweep() == 0
    monkeypatch.setattr(incoming, "KEPT_DAYS", {incoming.DONE: -1})
    assert incoming.sweep() == 2
    assert names(folder / "done") == []


def test_a_list_that_is_too_old_is_told_once_for_each_version(folder: Path) -> None:
    put(folder, csv_list(csv_row(1)))
    incoming.load_waiting(CODE)
    ListVersion.objects.update(as_of=timezone.now() - timedelta(days=400))
    assert waiting.tell_stale() == 1
    assert waiting.tell_stale() == 0
    item = WorkItem.objects.get(kind=waiting.STALE)
    WorkItem.objects.filter(pk=item.pk).update(answered_at=timezone.now(), outcome="source-told")
    assert waiting.tell_stale() == 0


def test_the_page_shows_the_folder_and_the_last_loads(
    folder: Path, world: people.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xenia.access.middleware._unsettled", lambda request, gate: None)
    put(folder, csv_numbers(range(3)))
    incoming.load_waiting(CODE)
    put(folder, b"half", "next.csv", marked=False)
    page = world.client("edita", "alert-editor").get("/lists/schedule/").content.decode()
    for words in ("Alerts of the police", f"incoming/{CODE}", "next.csv", "today.csv", "in use"):
        assert words in page


def test_the_chores_of_folders_are_among_the_chores() -> None:
    assert {"lists-folders", "lists-stale"} <= {name for name, _, _ in chores.CHORES}
