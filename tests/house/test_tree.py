"""The shape of the tree: sizes, READMEs, licences."""

import shutil
import subprocess
import sys

import pytest

from tests.docs.pages import PROJECT

SOURCE = PROJECT / "src" / "xenia"
ROOMS = sorted(path.parent for path in SOURCE.glob("*/__init__.py"))


def test_no_file_holds_two_subjects():
    """At about 400 lines a file is split by subject."""
    long = {}
    for path in SOURCE.rglob("*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 400 and "migrations" not in path.parts:
            long[str(path.relative_to(SOURCE))] = lines
    assert not long


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_says_in_a_page_what_it_is(room):
    assert len((room / "README.md").read_text(encoding="utf-8").splitlines()) <= 60
    assert (room / "__init__.py").read_text(encoding="utf-8").startswith('"""')


def test_every_file_has_a_licence():
    if shutil.which("git") is None or not (PROJECT / ".git").exists():
        pytest.skip("git is missing, which tells the project's files from others: licences were not looked at.")
    done = subprocess.run(
        [sys.executable, "-m", "reuse", "--root", str(PROJECT), "lint"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_two_commands_can_be_run():
    for name in ("xenia", ".ci/run"):
        assert (PROJECT / name).stat().st_mode & 0o111 == 0o111
