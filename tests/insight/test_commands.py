"""`xenia insight load` and `query` as somebody at a terminal runs them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.insight import facts


def test_facts_are_looked_through_loaded_and_asked(run_xenia, tmp_path: Path) -> None:
    file = facts.write(tmp_path / "facts.csv", facts.many(2000))
    seen = run_xenia("insight", "load", str(file), "--preview")
    assert seen.returncode == 0, seen.stderr
    told = json.loads(seen.stdout)
    assert (told["rows"], told["loaded"]) == (2000, False)
    assert run_xenia("insight", "query", "--measure", "crossings").returncode == 1  # nothing was loaded
    done = run_xenia("insight", "load", str(file))
    assert done.returncode == 0, done.stderr
    home = tmp_path / "home" / "warehouse"
    assert (home / "files.json").is_file() and not (tmp_path / "facts").exists()  # in the house, not where one stands
    again = run_xenia("insight", "load", str(file))
    assert again.returncode == 1 and "loaded before" in again.stderr
    table = run_xenia(
        "insight", "query", "--measure", "refusals", "--by", "month,nationality", "--grade", "publication"
    )
    assert table.returncode == 0, table.stderr
    assert table.stdout.startswith("Month,Nationality,Refusals of entry,Note") and "cells are hidden" in table.stderr
    out = tmp_path / "t.csv"
    query = ("insight", "query", "--measure", "crossings", "--by", "post", "--output", str(out))
    assert run_xenia(*query).returncode == 0
    assert out.exists() and json.loads((tmp_path / "t.csv-metadata.json").read_text())["url"] == "t.csv"
    assert "reason" in run_xenia("insight", "query", "--measure", "crossings", "--grade", "exact").stderr
    exact = run_xenia(
        "insight", "query", "--measure", "crossings", "--grade", "exact", "--reason", "Audit", "--format", "json"
    )
    assert json.loads(exact.stdout)["cells"][0]["value"] == sum(row[3] == "admitted" for row in facts.many(2000))


def test_faults_are_listed_in_a_file(run_xenia, tmp_path: Path) -> None:
    rows = facts.many(10)
    rows[4][2] = "sideways"
    file = facts.write(tmp_path / "facts.csv", rows)
    done = run_xenia("insight", "load", str(file), "--errors", str(tmp_path / "errors.csv"))
    assert done.returncode == 1 and "line 6, direction" in done.stderr
    assert (tmp_path / "errors.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith("6,direction,")
