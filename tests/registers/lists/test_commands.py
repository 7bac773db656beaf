"""The commands, as a person or a script runs them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.registers.lists.worlds import csv_list, csv_numbers, csv_row, documents_csv

Run = Callable[..., subprocess.CompletedProcess[str]]


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], str]:
    def to(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return to


def test_a_fresh_home_loads_a_list_and_says_what_changed(run_xenia: Run, write: Callable[[str, bytes], str]) -> None:
    first, second = (
        write("a.csv", csv_numbers(range(5))),
        write("b.csv", csv_list(*(csv_row(n) for n in range(1, 7)), "x,y")),
    )
    done = run_xenia("lists", "load", "alerts", first)
    said = answer(done)
    assert (said["schema"], said["state"], said["number"]) == ("xenia/list-load/1", "published", 1)
    assert said["added"] == {"count": 5, "ids": [f"A-{n}" for n in range(5)]}
    assert "In use now" in done.stderr
    tried = answer(run_xenia("lists", "load", "alerts", second, "--dry-run"))
    assert (tried["state"], tried["number"], tried["sha256"]) == ("tried", None, None)
    assert tried["added"]["ids"] == ["A-5", "A-6"]
    assert tried["removed"] == {"count": 1, "ids": ["A-0"]}
    assert tried["refused"]["count"] == 1
    assert tried["refused"]["ids"] == ["x"]
    assert tried["refused"]["rows"][0]["line"] == 8
    assert tried["refused"]["rows"][0]["reason"] == "columns"
    loaded = answer(run_xenia("lists", "load", "alerts", second))
    assert {name: loaded[name] for name in ("added", "changed", "removed", "refused")} == {
        name: tried[name] for name in ("added", "changed", "removed", "refused")
    }
    status = [json.loads(line) for line in run_xenia("lists", "status").stdout.splitlines()]
    assert {one["code"]: one["number"] for one in status} == {
        "alerts-csv": 2,
        "lost-documents-csv": None,
        "notices-csv": None,
        "notices-json": None,
        "notices-ofac": None,
        "notices-un-xml": None,
        "vehicles-csv": None,
        "visas-csv": None,
    }


def test_two_files_are_compared_without_a_home(
    run_xenia: Run, write: Callable[[str, bytes], str], tmp_path: Path
) -> None:
    old, new = write("old.csv", documents_csv(range(10))), write("new.csv", documents_csv(range(2, 11)))
    said = answer(run_xenia("lists", "diff", old, new, "--format", "csv"))
    assert list(said)[0] == "schema"
    assert said["added"] == {"count": 1, "ids": ["P:UTO:U00000010"]}
    assert said["removed"] == {"count": 2, "ids": ["P:UTO:U00000000", "P:UTO:U00000001"]}
    assert said["changed"] == {"count": 0, "ids": []}
    assert not list((tmp_path / "home").rglob("*.list"))
    assert b"U00000003" not in b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())


def test_editions_of_the_un_list_are_compared(
    run_xenia: Run, write: Callable[[str, bytes], str], samples: Path
) -> None:
    raw = (samples / "names" / "un_consolidated_2018_cut.xml").read_bytes()
    begin = raw.index(b"<INDIVIDUAL>")
    end = raw.index(b"</INDIVIDUAL>") + len(b"</INDIVIDUAL>")
    earlier = raw[:begin] + raw[end:].replace(b"<GENDER>Male", b"<GENDER>Female", 1)
    old, new = write("old.xml", earlier), write("new.xml", raw)
    said = answer(run_xenia("lists", "diff", old, new, "--format", "un-xml"))
    assert said["added"] == {"count": 1, "ids": ["QDi.346"]}
    assert said["changed"]["count"] == 1
    assert said["removed"]["count"] == 0
    assert said["refused"]["count"] == 0
    assert said["passed_over"]["count"] == 20


WRONG_CALLS = (
    (["load", "alerts", "missing.csv"], 1, "no file"),
    (["load", "nothing", "a.csv"], 1, "no register"),
    (["load", "alerts", "a.csv", "--format", "un-xml"], 1, "No approved source"),
    (["load", "alerts", "a.csv", "--source", "lost-documents-csv"], 1, "lost_documents"),
    (["load", "alerts", "cut.csv"], 1, "end row"),
    (["load", "lost_documents", "a.csv"], 1, "column"),
    (["load", "alerts"], 2, "FILE"),
    (["load", "alerts", "a.csv", "--format", "xls"], 2, "--format"),
    (["diff", "a.csv", "cut.csv", "--format", "csv"], 1, "end row"),
)


def test_a_wrong_call_says_what_to_do(run_xenia: Run, write: Callable[[str, bytes], str]) -> None:
    write("a.csv", csv_numbers(range(3)))
    write("cut.csv", csv_numbers(range(3))[:-9])
    for arguments, code, message in WRONG_CALLS:
        done = run_xenia("lists", *arguments)
        assert (done.returncode, done.stdout) == (code, ""), arguments
        assert message in done.stderr
        assert "Traceback" not in done.stderr
