"""Every installation that an earlier version left is opened, migrated and verified by this one."""

import json
import os
import shutil
from pathlib import Path

import pytest

FIXTURES = sorted(path.parent for path in (Path(__file__).resolve().parents[1] / "fixtures").glob("*/about.json"))


@pytest.fixture(params=FIXTURES, ids=lambda path: path.name)
def fixture(request, tmp_path):
    """A copy of the fixture's home where `run_xenia` looks for it, with the rights that a checkout loses."""
    home = tmp_path / "home"
    shutil.copytree(request.param / "home", home)
    for folder, folders, files in os.walk(home):
        Path(folder).chmod(0o700)
        for name in files:
            (Path(folder) / name).chmod(0o600)
    about = json.loads((request.param / "about.json").read_text(encoding="utf-8"))
    (tmp_path / "head.json").write_text(json.dumps(about["head"]), encoding="utf-8")
    return about


def lines(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_there_is_a_fixture():
    assert FIXTURES


def test_its_journal_is_whole_and_continues_the_kept_head(fixture, run_xenia):
    (verified,) = lines(run_xenia("journal", "verify", "--head", "head.json"))
    assert verified["whole"] is True and verified["findings"] == []


def test_its_tables_are_what_its_entries_say(fixture, run_xenia):
    assert run_xenia("rebuild", "--check").returncode == 0


def test_who_was_kept_is_found_and_who_was_erased_is_not(fixture, run_xenia):
    for name in fixture["kept"][:3]:
        assert lines(run_xenia("subject", "find", "--name", name, "--reference", "fixture")), name
    for name in fixture["erased"]:
        assert lines(run_xenia("subject", "find", "--name", name, "--reference", "fixture")) == [], name


def test_what_is_held_is_still_opened(fixture, run_xenia):
    (first, *_) = lines(run_xenia("subject", "find", "--name", fixture["kept"][0], "--reference", "fixture"))
    (held,) = lines(run_xenia("subject", "export", first["subject"], "--reference", "fixture"))
    assert fixture["kept"][0].split()[0].upper() in json.dumps(held).upper()


def test_it_can_be_backed_up_and_restored(fixture, run_xenia, tmp_path):
    lines(run_xenia("backup", "x.backup"))
    (done,) = lines(run_xenia("restore", "x.backup", "--into", str(tmp_path / "other")))
    assert done["journal"]["whole"] is True
