"""The measurement of the name search, small."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from xenia.registers.lists.file import ListFile
from xenia.site.bench import search, withheld


@pytest.fixture(scope="module")
def plan() -> search.Plan:
    return search.Plan(persons=3_000, seed=5)


@pytest.fixture(scope="module")
def register(plan: search.Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "register.list"
    search.register(path, plan, lambda text: None)
    return path


def test_listed_persons_are_found_and_strangers_are_not(plan: search.Plan, register: Path) -> None:
    found = search.measure(ListFile.open(register), search.ask_for(plan, 450, 200))
    whole = search.Class()
    for kind in found.classes.values():
        whole.add(kind)
    assert whole.asked > 400
    assert whole.top / whole.asked >= 0.93
    assert found.classes["as an MRZ"].top == found.classes["as an MRZ"].asked
    assert found.false_hits["EXACT"] == 0
    assert found.false_hits["LIKELY"] <= 2
    assert found.false_hits["POSSIBLE"] <= 10


def test_as_keys_only_most_are_found_and_few_strangers_stopped(
    plan: search.Plan, register: Path, tmp_path: Path
) -> None:
    found = withheld.measured(ListFile.open(register), search.ask_for(plan, 450, 200), tmp_path)
    assert found["all"]["asked"] > 400 and found["all"]["right"] >= 0.85
    assert found["classes"]["as an MRZ"]["right"] >= 0.95
    assert found["strangers"]["stopped"] <= 0.03
    assert not list(tmp_path.iterdir())


def test_the_fingerprint_changes_with_the_plan(plan: search.Plan) -> None:
    assert search.fingerprint(plan) == search.fingerprint(search.Plan(3_000, 5))
    assert search.fingerprint(plan) != search.fingerprint(search.Plan(3_001, 5))


def test_the_command_prints_one_line_of_figures(
    run_xenia: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    done = run_xenia(
        "bench", "search", "--persons", "500", "--questions", "60", "--strangers", "20", "--cache", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["schema"] == "xenia/bench-search/1"
    assert {"machine", "cpu_ms", "questions_per_s_per_core", "bytes_per_person", "classes", "strangers"} <= set(report)
    assert len(list(tmp_path.glob("search-*.list"))) == 1


def test_odd_numbers_are_refused(run_xenia: Callable[..., CompletedProcess[str]], tmp_path: Path) -> None:
    done = run_xenia("bench", "search", "--persons", "1", "--cache", str(tmp_path))
    assert done.returncode == 1
    assert "no measurement" in done.stderr
