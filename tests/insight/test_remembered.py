"""What everybody has read is remembered when the facts are deleted; an older place of it is taken over, whoever is killed meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.insight import worlds
from xenia.errors import NotAllowed, Unavailable
from xenia.insight import actions, question
from xenia.insight.release import keeping, release, remembered
from xenia.insight.tailing import flushing
from xenia.insight.warehouse import Warehouse
from xenia.site.keeping import backup, restore

ASKED = question.asked("refusals", ["nationality"])


def rows(number: int = 60) -> list[dict[str, object]]:
    return [worlds.fact("2026-01-05T10:00", outcome="refused", nationality=who) for who in ("UTO", "ARC")] * number


@pytest.fixture
def home(tmp_path: Path) -> Path:
    worlds.warehouse(tmp_path, rows())
    return tmp_path


def house(home: Path) -> Warehouse:
    return Warehouse(home / "warehouse", memory=home / "released")


def kept(folder: Path) -> tuple[list[str], list[str]]:
    """Digests of the lines and names of the tables that are remembered in a folder."""
    log = folder / "released.jsonl"
    lines = [json.loads(one)["digest"] for one in log.read_text().splitlines()] if log.exists() else []
    return lines, sorted(one.name for one in (folder / "published").glob("*.json"))


def test_facts_deleted_and_made_again_are_held_against_what_was_published(home: Path) -> None:
    left = release(house(home), ASKED, "publication", "ada")
    shutil.rmtree(home / "warehouse")
    worlds.warehouse(home, rows())
    assert release(house(home), ASKED, "publication", "ben").digest == left.digest
    shutil.rmtree(home / "warehouse")
    worlds.warehouse(home, [*rows(), worlds.fact("2026-01-06T10:00", outcome="refused")])
    with pytest.raises(NotAllowed) as told:
        release(house(home), ASKED, "publication", "ada")
    assert told.value.code == "too-close-to-released"
    assert (home / "released").stat().st_mode & 0o077 == 0 and not (home / "warehouse" / "released.jsonl").exists()


def test_an_older_memory_is_taken_over_at_first_use(home: Path) -> None:
    old = Warehouse(home / "warehouse")
    digests = [release(old, ASKED, grade, "ada").digest for grade in ("interactive", "publication")]
    with old.log.open("ab") as file:
        file.write(b'{"cut": "of')
    assert [one["digest"] for one in keeping.lines(house(home))] == digests
    assert len(kept(home / "released")[1]) == 1 and kept(home / "warehouse") == ([], [])
    release(house(home), ASKED, "publication", "ada")
    assert [one["digest"] for one in keeping.lines(house(home))] == [*digests, digests[1]]


def test_of_two_memories_none_is_lost(home: Path) -> None:
    """A warehouse of an older backup stands beside a younger memory: the next publication is held against both."""
    old = Warehouse(home / "warehouse")
    first = release(old, ASKED, "publication", "ada").digest
    shutil.copytree(home / "warehouse", home / "aside")
    release(house(home), ASKED, "interactive", "ben")
    second = release(house(home), question.asked("refusals", ["sex"]), "publication", "ada").digest
    third = release(Warehouse(home / "aside"), question.asked("refusals", ["post"]), "publication", "ada").digest
    for name in ("released.jsonl", "published"):
        (home / "aside" / name).rename(home / "warehouse" / name)
    lines = keeping.lines(house(home), "publication")
    assert sorted(one["digest"] for one in lines) == sorted([first, second, third])
    assert [one["at"] for one in lines] == sorted(one["at"] for one in lines)
    assert len(kept(home / "released")[1]) == 3


def test_a_damaged_line_is_not_taken_over_unseen(home: Path) -> None:
    release(house(home), ASKED, "publication", "ada")
    (home / "warehouse" / "released.jsonl").write_bytes(b"{broken}\n")
    with pytest.raises(Unavailable) as told:
        release(house(home), ASKED, "interactive", "ada")
    assert told.value.code == "release-log"
    assert (home / "warehouse" / "released.jsonl").exists() and len(kept(home / "released")[0]) == 1


KILLED = (
    "import os, sys; from pathlib import Path; from xenia.insight.release import keeping; from xenia.insight.warehouse import Warehouse\n"
    "seen, home = 0, Path(sys.argv[1])\n"
    "def dying(event, arguments):\n"
    "    global seen\n"
    "    if event in ('open', 'os.rename', 'os.remove', 'os.rmdir', 'os.mkdir', 'shutil.rmtree'):\n"
    "        if str(home) in str(arguments[0]):\n"
    "            seen += 1\n"
    "            if seen == int(sys.argv[2]):\n"
    "                os.kill(os.getpid(), 9)\n"
    "made = Warehouse(home / 'warehouse', memory=home / 'released')\n"
    "sys.addaudithook(dying)\n"
    "keeping.lines(made)\n"
)


def test_whoever_is_killed_while_taking_over_loses_nothing(home: Path) -> None:
    """Killed before each thing that it does to a file, one after the other; what was begun is gone on with."""
    old = Warehouse(home / "warehouse")
    for by in (["nationality"], ["sex"]):
        release(old, question.asked("refusals", by), "publication", "ada")
    wanted = kept(home / "warehouse")
    killed, step = 0, 0
    while True:
        step += 2
        script = [sys.executable, "-c", KILLED, str(home), str(step)]
        done = subprocess.run(script, env={**os.environ, "PYTHONPATH": "src"}, check=False)
        if done.returncode == 0:
            break
        killed += 1
        there = [kept(home / name) for name in ("warehouse", "released")]
        assert any(wanted[0] == lines for lines, _tables in there)
        assert set(wanted[1]) == {name for _lines, tables in there for name in tables}
    assert killed > 5 and kept(home / "released") == wanted and kept(home / "warehouse") == ([], [])


def test_the_installations_own_is_known_by_every_name(tmp_path: Path, settings: LazySettings) -> None:
    settings.XENIA_HOME = tmp_path / "home"
    own = tmp_path / "home" / "warehouse"
    own.mkdir(parents=True)
    (tmp_path / "link").symlink_to(own)
    for name in ("", str(own), str(own / ".." / "warehouse"), str(tmp_path / "link")):
        assert actions.warehouse(name).memory == tmp_path / "home" / "released"
    assert actions.warehouse(str(tmp_path)).memory == tmp_path and flushing.house().folder == own


def test_a_backup_holds_a_line_and_its_table_of_one_moment(home: Path) -> None:
    release(house(home), ASKED, "publication", "ada")
    hasty = house(home)
    hasty.patience_s = 0.2
    seen = []
    for path in backup.files_of(home):
        seen.append(path.name)
        if path.parent == home / "released":
            with pytest.raises(Unavailable):
                release(hasty, question.asked("refusals", ["sex"]), "publication", "ada")
    assert "released.jsonl" in seen and not any(name.endswith(".lock") for name in seen)
    release(hasty, question.asked("refusals", ["sex"]), "publication", "ada")


def test_what_is_taken_over_while_a_backup_is_made_is_in_it(home: Path) -> None:
    release(Warehouse(home / "warehouse"), ASKED, "publication", "ada")  # as an earlier version wrote it
    (home / "a-first").write_text("x")
    found = backup.files_of(home)
    assert next(found).name == "a-first"
    remembered.settle(house(home))
    assert "released/released.jsonl" in [one.relative_to(home).as_posix() for one in found]


def test_what_is_taken_over_from_nowhere_is_nothing(tmp_path: Path) -> None:
    remembered.take_over(tmp_path / "none", tmp_path / "memory")
    assert not (tmp_path / "memory").exists()


def test_a_restored_backup_does_not_forget_what_was_published_since(home: Path, tmp_path: Path) -> None:
    release(house(home), ASKED, "publication", "ada")
    shutil.copytree(home / "released", tmp_path / "fresh" / "released")
    release(house(home), question.asked("refusals", ["sex"]), "publication", "ada")
    restore._still_known(home, tmp_path / "fresh")
    assert kept(tmp_path / "fresh" / "released") == kept(home / "released")
    (home / "released" / "released.jsonl").write_bytes(b"{broken}\n")
    restore._still_known(home, tmp_path / "fresh")  # what nobody can read keeps nobody from restoring
    assert len(kept(tmp_path / "fresh" / "released")[0]) == 2
