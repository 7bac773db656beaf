"""A backup reads the warehouse while nobody changes it: its index names files that are in the same backup."""

from __future__ import annotations

import fcntl
from pathlib import Path

from xenia.insight.warehouse import Warehouse
from xenia.site.keeping import backup


def taken(folder: Path) -> bool:
    """Whether somebody holds the warehouse."""
    with (folder / ".lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_the_warehouse_is_held_while_its_files_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    with Warehouse(folder).alone():
        (folder / "files.json").write_text("{}")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "one.key").write_bytes(b"1")
    seen = {}
    for path in backup.files_of(tmp_path):
        seen[path.name] = taken(folder)
    assert seen == {"one.key": False, "files.json": True}
    assert not taken(folder)


def test_a_home_without_statistics_needs_no_lock(tmp_path: Path) -> None:
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "note").write_text("x")
    assert [one.name for one in backup.files_of(tmp_path)] == ["note"]
    assert not (tmp_path / "warehouse" / ".lock").exists()


def test_another_folder_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".lock").write_bytes(b"")
    (tmp_path / "other" / "note").write_text("x")
    assert [taken(tmp_path / "other") for _one in backup.files_of(tmp_path)] == [False]
