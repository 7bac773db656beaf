"""`./xenia test`: what it counts and what it runs."""

import subprocess
import sys
import threading
import time

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


def test_a_missing_server_is_said_and_counted(monkeypatch, tmp_path):
    monkeypatch.setattr(runner, "find_programs", lambda: None)
    tally = runner.Tally()
    runner.run_on_postgresql(tally, [], tmp_path)
    assert (tally.skipped, tally.failed) == (1, 0)
    assert "apt-get install postgresql" in tally.notes[0]


def test_a_crash_of_pytest_is_a_failure(tmp_path):
    tally = runner.Tally()
    runner.run_pytest(tally, "nothing", ["--no-such-option"], tmp_path, may_be_empty=False)
    assert tally.failed == 1


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


def test_the_second_database_runs_beside_and_is_counted(monkeypatch, tmp_path, capsys):
    def fake(tally, chosen, folder, beside):
        done = beside.run([sys.executable, "-c", "print('said beside')"], runner.environment())
        tally.passed += done.returncode == 0
        tally.fail("one thing")

    monkeypatch.setattr(runner, "run_on_postgresql", fake)
    tally, beside = runner.Tally(), runner.Beside(tmp_path)
    beside.finish(tally)
    beside.stop()
    assert (tally.passed, tally.failed, tally.notes) == (1, 1, ["FAILED: one thing"])
    assert "said beside" in capsys.readouterr().out


def test_what_runs_beside_is_stopped_with_the_rest(monkeypatch, tmp_path):
    started = threading.Event()

    def fake(tally, chosen, folder, beside):
        started.set()
        beside.run([sys.executable, "-c", "import time; time.sleep(600)"], runner.environment())

    monkeypatch.setattr(runner, "run_on_postgresql", fake)
    beside = runner.Beside(tmp_path)
    assert started.wait(10)
    ends = time.monotonic() + 10
    while beside.process is None:
        assert time.monotonic() < ends
    beside.stop()
    assert beside.process.returncode
