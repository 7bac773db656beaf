"""Codes in files for machines: a total, what is not known, what is hidden."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime

from xenia.insight import out
from xenia.insight.question import Question
from xenia.insight.release import Cell, Released


def test_what_is_not_known_is_no_total_in_sdmx() -> None:
    cells = [Cell(("F",), 40, "r"), Cell(("",), 10, "r"), Cell((None,), 50, "r")]
    made = Released(
        Question("crossings", ("sex",)), "interactive", cells, 0, {}, (), datetime(2026, 7, 1, tzinfo=UTC), "0" * 64
    )
    rows = list(csv.DictReader(out.sdmx(made).decode("utf-8-sig").splitlines()))
    assert {row["SEX"]: row["OBS_VALUE"] for row in rows} == {"F": "40", "_U": "10", "_T": "50"} and len(rows) == 3


def test_codes_are_such_as_sdmx_allows_and_none_stands_twice() -> None:
    names = ("0-13", "65+", "65_", "65#", "_T", "")
    cells = [Cell((name,), 10, "r") for name in names] + [Cell((None,), 60, "r")]
    made = Released(
        Question("crossings", ("age",)), "interactive", cells, 0, {}, (), datetime(2026, 7, 1, tzinfo=UTC), "0" * 64
    )
    rows = list(csv.DictReader(out.sdmx(made).decode("utf-8-sig").splitlines()))
    found = [row["AGE"] for row in rows]
    assert len(set(found)) == len(found) == 7 and all(re.fullmatch(r"[A-Za-z0-9_@$-]+", one) for one in found)
    assert found[0] == "0-13" and found[-1] == "_T" and rows[-1]["OBS_VALUE"] == "60"
