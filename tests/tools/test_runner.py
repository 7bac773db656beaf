"""`./xenia test`: what it counts and what it runs."""

import os
import subprocess
import sys

import pytest

from tests.docs.pages import PROJECT

sys.path.insert(0, str(PROJECT / "tools"))
import importlib.util

_spec = importlib.util.spec_from_file_location("xenia_test_runner", PROJECT / "tools" / "test.py")
runner = importlib.util.module_from_spec(_spec)
sys.modules["xenia_test_runner"] = runner
_spec.loader.exec_module(runner)
sys.path.remove(str(PROJECT / "tools"))


def test_a_report_is_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3"/></testsuites>', encoding="utf-8"
    )
    assert runner.count(report) == (3, 3, 3)


@pytest.mark.parametrize(
    ("arguments", "parts", "chosen"),
    [
        ([], {"checks", "sqlite", "postgresql"}, []),
        (["tests/journal", "-k", "gapless"], {"sqlite", "postgresql"}, ["tests/journal", "-k", "gapless"]),
        (["--only", "checks"], {"checks"}, []),
        (["--only", "sqlite", "-x"], {"sqlite"}, ["-x"]),
    ],
)
def test_what_is_run(arguments, parts, chosen):
    assert runner.wanted(arguments) == (parts, chosen)


def test_an_unknown_part_is_wrong_use():
    with pytest.raises(SystemExit) as stopped:
        runner.wanted(["--only", "everything"])
    assert stopped.value.code == 2


def test_a_missing_server_is_said_and_counted(monkeypatch):
    monkeypatch.setattr(runner, "find_programs", lambda: None)
    tally = runner.Tally()
    with runner.postgresql(tally) as address:
        assert not address
    assert (tally.skipped, tally.failed) == (1, 0)
    assert "apt-get install postgresql" in tally.notes[0]


def test_a_server_that_does_not_start_is_a_failure(monkeypatch):
    def broken(programs):
        raise RuntimeError("no room")

    monkeypatch.setattr(runner, "find_programs", lambda: "programs")
    monkeypatch.setattr(runner.Server, "__init__", lambda self, programs: None)
    monkeypatch.setattr(runner.Server, "__enter__", broken)
    tally = runner.Tally()
    with runner.postgresql(tally) as address:
        assert not address
    assert tally.notes == ["FAILED: PostgreSQL did not start: no room"]


def test_a_crash_of_pytest_is_a_failure(tmp_path):
    tally = runner.Tally()
    assert runner.run_pytest(tally, runner.Share("nothing", ("--no-such-option",)), tmp_path) == []
    assert tally.failed == 1


def test_each_test_is_in_one_share():
    chosen = [option for share in runner.shares() for option in share.options if option.startswith("tests/")]
    assert len(chosen) == len(set(chosen))
    found = {
        path.relative_to(PROJECT).parts[1]
        for path in (PROJECT / "tests").rglob("test_*.py")
        if "__pycache__" not in path.parts
    }
    assert {one.removeprefix("tests/") for one in chosen} == found


def test_only_tests_with_a_database_run_a_second_time(tmp_path):
    """The second run's choice, on a little suite with the project's conftest."""
    (tmp_path / "test_choice.py").write_text(
        "import pytest\n"
        "def test_pure(): pass\n"
        "def test_fixture(db): pass\n"
        "@pytest.mark.django_db\ndef test_marked(): pass\n"
        "@pytest.mark.browser\ndef test_browser(db): pass\n"
        "@pytest.fixture\ndef rows(transactional_db): pass\n"
        "def test_indirect(rows): pass\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "--database-tests", "-p", "no:cacheprovider"]
        + ["-p", "tests.conftest", "--rootdir", str(PROJECT), "-c", str(PROJECT / "pyproject.toml"), str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = {line.rsplit("::", 1)[1] for line in done.stdout.splitlines() if "::" in line}
    assert names == {"test_fixture", "test_marked", "test_indirect"}, done.stdout + done.stderr


LITTLE = """
from pathlib import Path
def test_well(): pass
def test_broken(): assert False
def test_unsteady():
    mark = Path(__file__).with_suffix(".mark")
    try:
        assert mark.exists()
    finally:
        mark.touch()
"""


def little(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / f"test_{name}.py").write_text(LITTLE, encoding="utf-8")
    return runner.Share(name, (name,))


@pytest.fixture
def lanes(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    made = runner.Lanes(runner.Tally(), tmp_path)
    made.run([little(tmp_path, "one"), little(tmp_path, "two")])
    return made


def test_shares_are_counted_together(lanes, capsys):
    tally = lanes.tally
    assert (tally.passed, tally.failed, tally.skipped) == (2, 4, 0)
    assert sorted(tally.notes) == ["FAILED: 2 tests on one", "FAILED: 2 tests on two"]


def test_what_fails_twice_has_failed_and_what_does_not_is_named(lanes):
    lanes.again()
    tally = lanes.tally
    assert (tally.passed, tally.failed) == (4, 2)
    unsteady = [note for note in tally.notes if note.startswith("UNSTEADY")]
    assert len(unsteady) == 2 and all("test_unsteady" in note for note in unsteady)
    assert "FAILED: 2 tests on one" in tally.notes


def test_many_failures_are_not_tried_again(lanes, monkeypatch):
    monkeypatch.setattr(runner, "AT_MOST_AGAIN", 3)
    lanes.again()
    assert (lanes.tally.passed, lanes.tally.failed) == (2, 4)


def test_what_runs_is_stopped_with_the_rest(tmp_path):
    (tmp_path / "test_long.py").write_text("import time\ndef test_long(): time.sleep(600)\n", encoding="utf-8")
    program = (
        "import sys, threading, time; sys.path[:0] = [sys.argv[1]]; import test as runner\n"
        "def chosen(tally, parts, chosen, folder):\n"
        "    share = runner.Share('long', (sys.argv[2],))\n"
        "    threading.Thread(target=runner.run_pytest, args=(tally, share, folder), daemon=True).start()\n"
        "    while not runner.RUNNING: time.sleep(0.01)\n"
        "    print(next(iter(runner.RUNNING)).pid, flush=True)\n"
        "    time.sleep(600)\n"
        "runner.install_missing, runner.run_chosen = list, chosen\n"
        "runner.main(['--only', 'sqlite'])\n"
    )
    command = [sys.executable, "-c", program, str(PROJECT / "tools"), str(tmp_path)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    lines = iter(process.stdout.readline, "")
    child = int(next(line for line in lines if line.strip().isdigit()))
    process.terminate()
    process.stdout.close()
    assert process.wait() == 143
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
